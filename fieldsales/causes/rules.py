"""The causes that a visit asks for, and the promotion that it proposes: a list that a manager edits, as a policy.

A rep is asked for the cause where a customer's buying has changed. Codes travel; labels are what a screen shows. What
a phone tells and the list does not know is kept and flagged (`summaries`), for the phone may be older than the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from fieldsales.errors import Invalid
from fieldsales.policies.rules import Body, Kind

ANOMALY_KINDS = ("churn_risk", "amount_plunge", "count_plunge")
"""What an anomaly is of; `anomalies.models.AnomalyKind` has the same words."""

_CODE = "^[a-z][a-z0-9_]{0,39}$"
_KINDS = {"type": "array", "items": {"enum": [*ANOMALY_KINDS]}, "minItems": 1, "uniqueItems": True}
_WORDS = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}

SHAPE = {
    "type": "object",
    "properties": {
        "causes": {
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string", "pattern": _CODE},
                    "label": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": r"\S"},
                    "kinds": _KINDS,
                },
                "required": ["code", "label"],
                "additionalProperties": False,
            },
        },
        "promotions": {
            "type": "object",
            "properties": dict.fromkeys(ANOMALY_KINDS, _WORDS),
            "additionalProperties": False,
        },
    },
    "required": ["causes"],
    "additionalProperties": False,
}

BUILT_IN: Body = {
    "causes": [
        {"code": "owner_absent", "label": "The owner was not there"},
        {"code": "closed", "label": "The shop is closed"},
        {"code": "overstocked", "label": "Has too much in stock"},
        {"code": "no_money", "label": "Has no money"},
        {"code": "debts", "label": "Owes too much"},
        {"code": "competitor", "label": "Buys from a competitor"},
        {"code": "price", "label": "Finds it too dear"},
        {"code": "quality", "label": "Is not content with the goods"},
        {"code": "refused", "label": "Would not say"},
        {"code": "other", "label": "Something else"},
    ],
    "promotions": {
        "churn_risk": "Welcome back: a discount on the first order",
        "amount_plunge": "A bundle of what the customer used to buy",
        "count_plunge": "Free delivery for an order in the usual rhythm",
    },
}
"""What holds where nobody set anything."""


class CauseTwice(Invalid):
    """Two causes of the list have the same code. Give one of them another."""

    code = "causes.code_twice"
    title = "Two causes have the same code"


class CauseUnknown(Invalid):
    """The list of causes that holds has no such code. `GET /api/v1/causes` tells those there are."""

    code = "causes.unknown"
    title = "There is no such cause"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a customer buys less: its code, what a screen shows, and for which kinds of anomaly it is offered."""

    code: str
    label: str
    kinds: tuple[str, ...] = ANOMALY_KINDS


@dataclass(frozen=True, slots=True)
class Causes:
    """The list that holds: causes in the order of a screen, and the promotion to propose by kind of anomaly."""

    causes: tuple[Cause, ...]
    promotions: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> frozenset[str]:
        """All codes there are."""
        return frozenset(cause.code for cause in self.causes)

    def promotion_for(self, kind: str | None) -> str | None:
        """Return what to propose to a customer with an anomaly of a kind; None where nothing is."""
        return None if kind is None else self.promotions.get(str(kind))


NO_CAUSES = Causes(())
"""A list of nothing."""


def parse(body: Body) -> Causes:
    """Return what a document says; raise `CauseTwice`."""
    codes = Counter(each["code"] for each in body["causes"])
    for code, many in codes.items():
        if many > 1:
            raise CauseTwice(f"The code “{code}” stands in the list {many} times.", mend="Keep one.", cause_code=code)
    causes = (Cause(each["code"], each["label"], tuple(each.get("kinds", ANOMALY_KINDS))) for each in body["causes"])
    return Causes(tuple(causes), dict(body.get("promotions", {})))


CAUSES = Kind(
    name="causes",
    about="The causes that a visit to a customer with an anomaly asks for, and the promotion that it proposes.",
    schema=SHAPE,
    default=BUILT_IN,
    parse=parse,
)
