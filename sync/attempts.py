"""Trying one mutation: whether it can be done now, by whom, and what comes of it."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from fieldsales.db.desk import Desk
from fieldsales.db.session import is_broken_off
from fieldsales.errors import Conflict, FieldsalesError, NeedsDecision, Unavailable
from sync import ledger
from sync.envelope import MutationMalformed
from sync.handlers.context import Context, Handler, NotHereYet
from sync.handlers.registry import HANDLERS
from sync.models import Decision, Mutation, Status
from sync.outcomes import Outcome, reasons_in
from sync.skills import skill
from sync.wire import load, problem_of

log = logging.getLogger(__name__)


class UnknownType(Conflict):
    """A type or a version that this server does not know yet, or any more. It is kept; update the server or the app."""

    code = "mutation.unknown_type"
    title = "This server does not know that type of mutation"


class OurFault(FieldsalesError):
    """An error of our own over one mutation. It is stored, and a person will look at it."""

    code = "mutation.internal_error"
    title = "Something went wrong on our side"


def ready(session: Session, mutation: Mutation, settled: set[uuid.UUID]) -> Handler | Outcome:
    """Return who does a mutation, or its outcome where it cannot be done, at least not now."""
    if not mutation.type:
        return Outcome(Status.REJECTED, problem=mutation.outcome["problem"])
    after = {uuid.UUID(each) for each in mutation.payload.get("after", ())} - settled - {mutation.id}
    if missing := ledger.unsettled(session, mutation.user_id, after):
        return Outcome.held(NotHereYet("mutation", min(missing)), *missing)
    handler = HANDLERS.get((mutation.type, mutation.v))
    if handler is None:
        unknown = UnknownType(f"“{mutation.type}” in version {mutation.v} is not known here.", mend="It is kept.")
        return Outcome.held(unknown, skill(mutation.type, mutation.v))
    return handler


def attempt(session: Session, mutation: Mutation, handler: Handler) -> Outcome:
    """Run a handler in a savepoint of its own; raise `Unavailable` if it may work when sent again."""
    try:
        return _run(session, mutation, handler, _let_pass(mutation))
    except Unavailable:
        raise
    except FieldsalesError as told:
        return refusal(told)
    except OperationalError:
        raise  # no savepoint stands between this and what is written: the batch fails as a whole
    except Exception:
        log.exception("mutation %s (%s v%s) failed and is held", mutation.id, mutation.type, mutation.v)
        return Outcome.held(OurFault("It is stored, and somebody will look at it.", mend="Nothing is lost."))


def refusal(told: FieldsalesError) -> Outcome:
    """Return the outcome of a mutation whose verb would not do it."""
    if isinstance(told, NotHereYet):
        return Outcome.held(told, told.identity)
    return Outcome.held(told) if isinstance(told, NeedsDecision) else Outcome.refused(told)


def _let_pass(mutation: Mutation) -> frozenset[str]:
    """Return the codes of what a person accepted about a mutation; nothing else passes by that."""
    accepted = mutation.decision is Decision.ACCEPTED and mutation.outcome.get("accepted", ())
    return frozenset(accepted or ())


def _run(session: Session, mutation: Mutation, handler: Handler, approved: frozenset[str]) -> Outcome:
    """Run a handler in a savepoint; where a person must decide, raise that with all other reasons that there are."""
    try:
        return _twice(session, mutation, handler, approved)
    except NeedsDecision as told:
        _add_reasons(session, mutation, handler, told, approved)
        raise


def _add_reasons(
    session: Session, mutation: Mutation, handler: Handler, told: NeedsDecision, approved: frozenset[str]
) -> None:
    """Add what else a person would have to let pass to the `breaches` of the first reason, and its facts.

    Each reason hides those that are judged after it. The mutation is tried as if what is known were let pass, and
    undone, until nothing new is said.
    """
    let, more, others = approved, told, []
    while not reasons_in(problem_of(more)) <= let:
        let |= reasons_in(problem_of(more))
        try:
            with session.begin_nested() as trial:
                _alone(session, mutation, handler, let)
                trial.rollback()
            break
        except NeedsDecision as next_one:
            more = next_one
            others += [] if more.code in let else [more]
        except (FieldsalesError, IntegrityError):
            break
    if others:
        own = told.facts.get("breaches") or [{"code": told.code, "why": told.detail}]
        facts = {name: value for each in reversed(others) for name, value in each.facts.items()}
        breaches = [*own, *({"code": each.code, "why": each.detail} for each in others)]
        told.facts = facts | told.facts | {"breaches": breaches}


def _twice(session: Session, mutation: Mutation, handler: Handler, approved: frozenset[str]) -> Outcome:
    """Run a handler in a savepoint; once more if a row of the same id was committed while it ran.

    The second run sees that row and says what is wrong.
    """
    try:
        with session.begin_nested():
            return _alone(session, mutation, handler, approved)
    except IntegrityError:
        log.info("mutation %s met another one and is tried once more", mutation.id)
    with session.begin_nested():
        return _alone(session, mutation, handler, approved)


def _alone(session: Session, mutation: Mutation, handler: Handler, approved: frozenset[str]) -> Outcome:
    desk = Desk(session)
    try:
        outcome = perform(desk, mutation, handler, data_of(mutation, handler), approved)
        desk.write()
    except OperationalError as down:
        if is_broken_off(down):
            raise  # only a fresh transaction helps
        raise Unavailable("The database could not do this just now.", mend="Send it again.") from down
    return outcome


def data_of(mutation: Mutation, handler: Handler) -> dict[str, Any]:
    """Return the data of a mutation, as a person corrected it if one did. Raises `MutationMalformed`."""
    told = mutation.payload["data"] if mutation.corrected is None else mutation.corrected
    data = load(handler.schema, told, MutationMalformed, f"The data of {mutation.type}")
    kind, key = handler.entity
    entity = mutation.payload["entity"]
    if entity["type"] != kind or uuid.UUID(entity["id"]) != data[key]:
        raise MutationMalformed(
            f"The entity is not the {kind} that data.{key} names.", mend="Name the same one twice.", field="entity"
        )
    return data


def perform(
    desk: Desk, mutation: Mutation, handler: Handler, data: dict[str, Any], approved: frozenset[str] = frozenset()
) -> Outcome:
    """Have a handler do a mutation; raise what its verb raises. What is new may still lie on the desk."""
    context = Context(
        desk=desk,
        mutation_id=mutation.id,
        rep_id=mutation.user_id,
        device_id=mutation.device_id,
        at=mutation.at or mutation.received_at,
        received_at=mutation.received_at,
        skew=timedelta(milliseconds=mutation.skew_ms),
        clock_flags=tuple(mutation.clock_flags),
        base_version=mutation.payload.get("base_version"),
        approved=approved,
    )
    applied = handler.run(context, data)
    return Outcome(Status.APPLIED, result=applied.result, flags=applied.flags, review=applied.review)
