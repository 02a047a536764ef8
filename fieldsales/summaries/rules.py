"""Why a visit went as it did. Nothing here refuses a summary: what is odd is flagged."""

from __future__ import annotations

from collections.abc import Collection

from fieldsales.errors import Invalid

LONGEST = 2000
"""As many signs as a visit's summary may have in all."""

UNKNOWN_CAUSE = "unknown_cause"
SECOND_CAUSE = "second_cause"
SUMMARY_CUT = "summary_cut"


class SummaryEmpty(Invalid):
    """A summary that says nothing. Send a text, a cause, or both."""

    code = "visit.summary_empty"
    title = "The summary says nothing"


def cause_flags(told: str, before: str | None, known: Collection[str]) -> tuple[str, ...]:
    """Return what is odd about a cause, given the one that stood before it and the codes of the list that holds."""
    found = ((UNKNOWN_CAUSE, told not in known), (SECOND_CAUSE, before not in (None, told)))
    return tuple(flag for flag, holds in found if holds)


def joined(before: str | None, told: str) -> tuple[str, tuple[str, ...]]:
    """Return a summary with more said below what was said before, and what is odd about it.

    The same said twice stands once. What does not fit is cut and flagged; whole it stands in the mutation.
    """
    if not before or before == told:
        text = told
    elif before.endswith(f"\n{told}"):
        text = before
    else:
        text = f"{before}\n{told}"
    return text[:LONGEST], (SUMMARY_CUT,) if len(text) > LONGEST else ()
