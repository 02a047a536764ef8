"""Why a day is as it is: why a stop is left out and what would make it fit, why a rep waits, why a way is driven."""

from routing.reasons.causes import with_causes
from routing.reasons.codes import CAUSES, REMEDIES, SENTENCES, CauseCode, Reason, RemedyCode, sentence
from routing.reasons.findings import explain, left_out_of

__all__ = [
    "CAUSES",
    "REMEDIES",
    "SENTENCES",
    "CauseCode",
    "Reason",
    "RemedyCode",
    "explain",
    "left_out_of",
    "sentence",
    "with_causes",
]
