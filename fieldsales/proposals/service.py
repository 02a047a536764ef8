"""What reps propose from the road: a shop that nobody knew, and better facts about one that is known."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session, lazyload

from fieldsales.audit.service import record
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.customers.rules import mended_flags
from fieldsales.errors import Conflict, Invalid, NeedsDecision
from fieldsales.hours import check_hours
from fieldsales.people.models import Territory, User
from fieldsales.phones import e164
from fieldsales.proposals import queries, rules
from fieldsales.proposals.rules import Edit, Loser, Value, Weighed, weigh
from fieldsales.visits.queries import standing_of
from fieldsales.visits.rules import merged, standing_flags

TEXTS = ("name", "category", "address", "city", "postal_code", "phone", "opening_hours")
FIELDS = (*TEXTS, "position")
"""What a phone may change about a customer; everything else is the office's."""


class CustomerTaken(Conflict):
    """The id stands for another customer. Give each customer an id of its own."""

    code = "customer.id_taken"
    title = "That customer is another one"


class NotYourCustomerToEdit(NeedsDecision):
    """The rep never served this customer. The edit is kept; a supervisor decides."""

    code = "customer.not_served"
    title = "This customer was never yours"


class NameMissing(Invalid):
    """A customer was left without a name."""

    code = "customer.name_missing"
    title = "A customer needs a name"


@dataclass(frozen=True, slots=True)
class Shop:
    """A new shop as a rep found it. `place` is in degrees north and east; None where the phone had none."""

    customer_id: uuid.UUID
    texts: Mapping[str, str | None]
    place: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Author:
    """Who proposes something, when by the server's clock, and what was odd about the phone's."""

    rep_id: uuid.UUID
    at: datetime
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of an edit: the customer's version now, what was weighed how, and what was odd."""

    version: int
    weighed: Weighed
    flags: tuple[str, ...]


def propose_customer(session: Session, shop: Shop, author: Author) -> tuple[Customer, list[uuid.UUID]]:
    """Take a new shop up at once, as the rep's own, for a person to confirm; return it and those that it may be.

    What cannot be read (a number, opening hours) is left out and flagged, as an import does. Raises `CustomerTaken`,
    `NameMissing`.
    """
    if session.get(Customer, shop.customer_id, options=[lazyload("*")]) is not None:
        raise CustomerTaken("The id stands for another customer.", mend="Give each customer an id of its own.")
    territory = _territory_of(session, author.rep_id)
    texts, faults = _checked(shop.texts, territory.region)
    if "name" in faults or not texts.get("name"):
        raise NameMissing("The shop has no name.", mend="Send what stands above its door.")
    name = str(texts["name"])
    suspects = [each.id for each, _ in queries.alike(session, name, shop.place, texts.get("phone"))]
    customer = Customer(
        id=shop.customer_id,
        territory_id=territory.id,
        latitude=shop.place[0] if shop.place else None,
        longitude=shop.place[1] if shop.place else None,
        flags=_flags_of(shop, faults, suspects),
        proposed_by=author.rep_id,
        created_at=author.at,
        updated_at=author.at,
        **texts,
    )
    session.add(customer)
    session.flush()
    session.add(
        Assignment(
            customer_id=customer.id, rep_id=author.rep_id, kind=AssignmentKind.OWNER, assigned_at=author.at,
            assigned_by=author.rep_id,
        )
    )  # fmt: skip
    _note(session, "customer.propose", customer, author, alike=[str(each) for each in suspects])
    session.flush()
    return customer, suspects


def edit_customer(
    session: Session, customer_id: uuid.UUID, edits: Iterable[Edit], base_version: int | None, author: Author,
    *, approved: bool = False,
) -> Edited:  # fmt: skip
    """Weigh an edit made on a phone against what stands here, and set what may be set; see `rules.weigh`.

    A value that breaks a rule is kept for a person like one that lost, and its neighbours are set all the same. Raises
    `CustomerNotFound`, and `NotYourCustomerToEdit` unless a person `approved` it.
    """
    customer = session.get(Customer, customer_id, with_for_update=True, populate_existing=True, options=[lazyload("*")])
    standing = standing_of(session, author.rep_id, customer_id, author.at)
    if customer is None or standing is None:
        raise CustomerNotFound(f"There is no customer {customer_id}.", customer_id=str(customer_id))
    if not approved and not queries.ever_served(session, author.rep_id, customer_id):
        raise NotYourCustomerToEdit("The rep never served this customer.", mend="It is kept; a supervisor decides.")
    ours = {name: _value_of(customer, name) for name in FIELDS}
    sound, unsound = _sorted_out(edits, session.get_one(Territory, customer.territory_id).region, ours)
    weighed = weigh(sound, ours, queries.versions_of_fields(session, customer_id), base_version)
    weighed = replace(weighed, kept=weighed.kept | unsound)
    flags = standing_flags(active=customer.active, served=standing.served)
    if weighed.applied:
        _set(customer, weighed.applied, author.at)
        _note(session, "customer.edit", customer, author, fields=sorted(weighed.applied))
    session.flush()
    told = merged([*author.flags], *flags, *((rules.CONFLICT,) if weighed.kept else ()))
    return Edited(customer.version, weighed, tuple(told))


def confirm_customer(session: Session, customer: Customer, *, by: uuid.UUID | None, now: datetime) -> None:
    """Take the doubt off a proposed shop: somebody looked, and it is one of its own. Twice changes nothing."""
    left = [flag for flag in customer.flags if flag not in {rules.PROPOSED, rules.POSSIBLE_DUPLICATE}]
    if left != customer.flags:
        customer.flags = left
        customer.updated_at = now
        record(session, "customer.confirm", ("customer", customer.id), actor_id=by, now=now)
    session.flush()


def _note(session: Session, action: str, customer: Customer, author: Author, **facts: object) -> None:
    record(session, action, ("customer", customer.id), actor_id=author.rep_id, now=author.at, **facts)


def _territory_of(session: Session, rep_id: uuid.UUID) -> Territory:
    territory = session.get_one(User, rep_id).territory
    if territory is None:
        raise Invalid("Only somebody with a territory proposes a shop.", mend="Let a rep do it.")
    return territory


def _flags_of(shop: Shop, faults: Mapping[str, Invalid], suspects: list[uuid.UUID]) -> list[str]:
    flags = {rules.PROPOSED} | {f"{name}_invalid" for name in faults}
    if suspects:
        flags.add(rules.POSSIBLE_DUPLICATE)
    return mended_flags(flags, (), shop.place[0] if shop.place else None)


def _checks(region: str) -> dict[str, Callable[[str], str]]:
    return {"phone": lambda text: e164(text, region), "opening_hours": lambda text: check_hours(text, region)}


def _checked(texts: Mapping[str, str | None], region: str) -> tuple[dict[str, str | None], dict[str, Invalid]]:
    """Tidy texts; return the sound ones (a blank is none), and what is wrong with the others."""
    checks = _checks(region)
    sound: dict[str, str | None] = {}
    faults: dict[str, Invalid] = {}
    for name, text in texts.items():
        tidy = " ".join((text or "").split()) or None
        try:
            if name == "name" and tidy is None:
                raise NameMissing("The name is blank.", mend="Send what stands above the door.")
            sound[name] = checks[name](tidy) if tidy and name in checks else tidy
        except Invalid as wrong:
            faults[name] = wrong
    return sound, faults


def _sorted_out(edits: Iterable[Edit], region: str, ours: Mapping[str, Value]) -> tuple[list[Edit], dict[str, Loser]]:
    sound: list[Edit] = []
    unsound: dict[str, Loser] = {}
    for edit in edits:
        if isinstance(edit.now, tuple) or edit.field == "position":
            sound.append(edit)
            continue
        texts, faults = _checked({edit.field: edit.now}, region)
        if edit.field in faults:
            unsound[edit.field] = Loser(edit.now, ours[edit.field], faults[edit.field].code)
        else:
            sound.append(replace(edit, now=texts[edit.field]))
    return sound, unsound


def _value_of(customer: Customer, name: str) -> Value:
    if name != "position":
        found: Value = getattr(customer, name)
        return found
    return None if customer.latitude is None or customer.longitude is None else (customer.latitude, customer.longitude)


def _set(customer: Customer, values: Mapping[str, Value], now: datetime) -> None:
    given: set[str] = set()
    for name, value in values.items():
        if name == "position":
            customer.latitude, customer.longitude = value if isinstance(value, tuple) else (None, None)
            given |= {"latitude", "longitude"}
        else:
            setattr(customer, name, value)
            given.add(name)
    customer.flags = mended_flags(customer.flags, given, customer.latitude)
    customer.updated_at = now
