"""What a commission scheme says: a document, checked when it is put, read as frozen values when it is used.

Rates are whole numbers: basis points of money (`rate_bp`, 250 is 2.5 %), or minor units for a thousand pieces
(`minor_per_1000`, 5000 is 5 cents a piece). Nothing here is ever a float. `commission` does the arithmetic.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from fieldsales.commission.rules import Accelerator, Basis, Only, Rule, Scheme, Split, Step
from fieldsales.errors import Conflict, Invalid, NotFound
from fieldsales.money import exponent
from fieldsales.policies.rules import check_shape

Body = Mapping[str, Any]


class SchemeInvalid(Invalid):
    """A scheme contradicts itself. `GET /api/v1/schemes/shape` tells what one looks like."""

    code = "scheme.invalid"
    title = "This scheme contradicts itself"


class SchemeNotFound(NotFound):
    """There is no such commission scheme, or none of that code holds on that day."""

    code = "scheme.not_found"
    title = "There is no such commission scheme"


class SchemeInForce(Conflict):
    """A month is paid by that version already, so it cannot be withdrawn. Put another one in its place."""

    code = "scheme.in_force"
    title = "A month is paid by that scheme"


class SchemeTooEarly(Invalid):
    """A version holds from the first day of a month, and of no month that is closed."""

    code = "scheme.too_early"
    title = "The scheme cannot begin then"


def _names(most: int = 500) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": 120}
    return {"type": "array", "items": text, "maxItems": most, "uniqueItems": True}


def _whole(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


def _closed(required: Sequence[str] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {name.rstrip("_"): shape for name, shape in properties.items()},
    }


def _by_login(least: int, most: int) -> dict[str, Any]:
    return {"type": "object", "maxProperties": 2000, "additionalProperties": _whole(least, most)}


_MONEY = 10**15
_RATE = {"rate_bp": _whole(0, 100_000), "minor_per_1000": _whole(0, 10**12)}
_STEPS = {
    "type": "array",
    "minItems": 1,
    "maxItems": 20,
    "items": _closed(["from"], from_=_whole(0, _MONEY), **_RATE),
}
_ONLY = _closed(
    products=_names(), brands=_names(), categories=_names(), tiers=_names(), segments=_names(), channels=_names()
)
SCHEME: dict[str, Any] = _closed(
    ["currency", "rules"],
    currency={"type": "string", "pattern": "^[A-Z]{3}$"},
    reps={"anyOf": [{"const": "all"}, _names(2000)]},
    cap_minor=_whole(0, _MONEY),
    split=_closed(
        key_accounts={"enum": [each.value for each in Split]}, weights=_by_login(0, 10_000), taker_bp=_whole(0, 10_000)
    ),
    claw_back=_closed(returns={"type": "boolean"}, unpaid_days={"anyOf": [{"type": "null"}, _whole(0, 1000)]}),
    rules={
        "type": "array",
        "minItems": 1,
        "maxItems": 50,
        "items": _closed(
            ["name", "basis"],
            name={"type": "string", "minLength": 1, "maxLength": 60},
            basis={"enum": [each.value for each in Basis]},
            only=_ONLY,
            except_=_ONLY,
            tiers=_closed(
                ["steps"], mode={"enum": ["marginal", "whole"]}, of={"enum": ["basis", "target"]}, steps=_STEPS
            ),
            bands=_closed(["steps"], of={"enum": ["price", "list"]}, steps=_STEPS),
            target=_closed(["usual"], usual=_whole(1, _MONEY), reps=_by_login(1, _MONEY)),
            accelerator=_closed(
                ["times_bp"], times_bp=_whole(0, 1_000_000), from_=_whole(0, _MONEY), of_target_bp=_whole(0, 1_000_000)
            )
            | {"oneOf": [{"required": ["from"]}, {"required": ["of_target_bp"]}]},
            cap_minor=_whole(0, _MONEY),
            earned_by={"enum": ["seller", "collector"]},
            **_RATE,
        ),
    },
)
"""What the document of a scheme looks like, as JSON Schema 2020-12. docs/pay.md says what each field does."""

EXAMPLE: Body = {
    "currency": "EUR",
    "reps": "all",
    "rules": [
        {
            "name": "sales",
            "basis": "amount",
            "tiers": {"mode": "marginal", "steps": [{"from": 0, "rate_bp": 100}, {"from": 1_000_000, "rate_bp": 200}]},
        }
    ],
    "split": {"key_accounts": "equal"},
    "claw_back": {"returns": True, "unpaid_days": 60},
}
"""One to begin with: 1 %, and 2 % of what is above 10,000 a month."""


def read_scheme(body: Body) -> Scheme:
    """Return the value of a document. Raises `PolicyInvalid` for its shape, `SchemeInvalid` for what no shape tells."""
    check_shape("commission scheme", SCHEME, body)
    exponent(body["currency"])
    names = [each["name"] for each in body["rules"]]
    if len(set(names)) < len(names):
        raise _wrong("/rules", "two rules have the same name", "Give each rule a name of its own.")
    rules = tuple(_rule(each, f"/rules/{place}") for place, each in enumerate(body["rules"]))
    split, back = body.get("split", {}), body.get("claw_back", {})
    how = Split(split.get("key_accounts", Split.TAKER))
    if split.get("weights") and how is not Split.WEIGHTS:
        raise _wrong("/split/weights", "weights count only where key_accounts is “weights”", "Leave one of them out.")
    reps = body.get("reps", "all")
    return Scheme(
        currency=body["currency"],
        rules=rules,
        reps=None if reps == "all" else frozenset(reps),
        cap_minor=body.get("cap_minor"),
        split=how,
        weights=dict(split.get("weights", {})),
        taker_bp=split.get("taker_bp", 0),
        claw_back_returns=back.get("returns", True),
        unpaid_days=back.get("unpaid_days"),
    )


def logins_of(body: Body) -> set[str]:
    """Return everybody whom a document that has its shape names."""
    named = set(body["reps"]) if isinstance(body.get("reps"), Sequence) and body.get("reps") != "all" else set()
    targets = (each.get("target", {}).get("reps", {}) for each in body["rules"])
    return named.union(body.get("split", {}).get("weights", {}), *targets)


def fingerprint(value: Any) -> str:
    """Return the SHA-256 of a JSON value, however its fields are ordered."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check_first_day(day: date) -> None:
    """Raise `SchemeTooEarly` for a day on which no month begins."""
    if day.day != 1:
        raise SchemeTooEarly(f"{day} is not the first day of a month.", mend=f"Choose {day.replace(day=1)}, or later.")


def _rule(told: Body, where: str) -> Rule:
    basis = Basis(told["basis"])
    steps, kind = _steps(told, basis, where)
    target = told.get("target", {})
    rule = Rule(
        name=told["name"],
        basis=basis,
        steps=steps,
        only=_only(told.get("only", {})),
        but=_only(told.get("except", {})),
        marginal=kind.get("mode", "marginal") == "marginal",
        by_target=kind.get("of") == "target",
        by_list=kind.get("of") == "list",
        usual_target=target.get("usual"),
        targets=dict(target.get("reps", {})),
        accelerator=_accelerator(told.get("accelerator")),
        cap_minor=told.get("cap_minor"),
        by_seller=told.get("earned_by") == "seller",
    )
    _check(rule, told, where)
    return rule


def _steps(told: Body, basis: Basis, where: str) -> tuple[tuple[Step, ...], Body]:
    ways = [name for name in ("rate_bp", "minor_per_1000", "tiers", "bands") if name in told]
    if len(ways) != 1:
        found = " and ".join(ways) or "no rate"
        raise _wrong(where, f"it has {found}", "Give one of rate_bp, minor_per_1000, tiers, bands.")
    [way] = ways
    rate = "minor_per_1000" if basis is Basis.QUANTITY else "rate_bp"
    if (way == "bands") != (basis is Basis.UNIT_PRICE):
        raise _wrong(f"{where}/{way}", f"the basis {basis} cannot have {way}", "Bands are for unit_price, only.")
    if way in ("rate_bp", "minor_per_1000"):
        if way != rate:
            raise _wrong(f"{where}/{way}", f"the basis {basis} has {rate}", f"Say {rate}.")
        return (Step(0, told[way]),), {}
    steps = told[way]["steps"]
    for place, each in enumerate(steps):
        if rate not in each or len(each) != 2:
            raise _wrong(f"{where}/{way}/steps/{place}", f"the basis {basis} has {rate}", f"Say from and {rate}.")
    made = tuple(Step(each["from"], each[rate]) for each in steps)
    if made[0].least != 0 or any(one.least >= other.least for one, other in pairwise(made)):
        raise _wrong(f"{where}/{way}/steps", "steps begin at 0 and go up", "Order them by from.")
    return made, told[way]


def _check(rule: Rule, told: Body, where: str) -> None:
    needs_target = rule.by_target or (rule.accelerator is not None and rule.accelerator.of_target_bp is not None)
    if needs_target and rule.usual_target is None:
        raise _wrong(f"{where}/target", "it counts from a target, and there is none", "Say target.usual.")
    if rule.basis is Basis.COLLECTIONS and (rule.only.of_products or rule.but.of_products):
        raise _wrong(f"{where}/only", "money is of no product", "Choose by tiers or segments.")
    if rule.basis is not Basis.COLLECTIONS and "earned_by" in told:
        raise _wrong(f"{where}/earned_by", "only collections have a collector", "Leave it out.")
    if rule.basis is Basis.UNIT_PRICE and rule.accelerator is not None:
        raise _wrong(f"{where}/accelerator", "unit prices have no accelerator", "Leave it out.")


def _accelerator(told: Body | None) -> Accelerator | None:
    return None if told is None else Accelerator(told["times_bp"], told.get("from"), told.get("of_target_bp"))


def _only(told: Body) -> Only:
    return Only(**{name: frozenset(each.strip().casefold() for each in values) for name, values in told.items()})


def _wrong(pointer: str, what: str, mend: str) -> SchemeInvalid:
    errors = [{"in": "json", "pointer": pointer, "message": what}]
    return SchemeInvalid(f"{pointer}: {what}.", mend=mend, errors=errors)
