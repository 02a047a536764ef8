"""The life of a file that was handed over: kept, worked on, over, erased."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.intakes.models import Intake, IntakeState
from fieldsales.intakes.queries import require_intake
from fieldsales.intakes.rules import (
    MOST_OF_ONE,
    MOST_OPEN,
    OPEN,
    Asked,
    IntakeBusy,
    IntakeOvertaken,
    OtherFile,
    TooManyIntakes,
)
from fieldsales.people.models import User
from fieldsales.people.rules import Actor


def take_in(session: Session, intake: Intake) -> Intake:
    """Note a file that was handed over; the same under the same id again is answered as it stands.

    Raises `OtherFile`, `TooManyIntakes`.
    """
    session.execute(select(User.id).where(User.id == intake.handed_in_by).with_for_update()).all()
    there = session.get(Intake, intake.id)
    if there is not None:
        check_same(there, intake.handed_in_by, intake.sha256)
        return there
    check_room(session, intake.handed_in_by, intake.handed_in_at)
    session.add(intake)
    session.flush()
    return intake


def check_same(there: Intake, person_id: uuid.UUID, sha256: str) -> None:
    """Raise `OtherFile` unless a person handed over these bytes under that id."""
    if there.handed_in_by != person_id or there.sha256 != sha256:
        raise OtherFile(f"{there.id} names another file.", mend="Make a new id for each file.", id=str(there.id))


def check_room(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Raise `TooManyIntakes` if a person has as many files here as one may."""
    kept = select(func.count()).where(Intake.handed_in_by == person_id, Intake.expires_at > now)
    many = session.scalar(kept) or 0
    if many >= MOST_OF_ONE:
        raise TooManyIntakes(
            f"{many} files of yours are kept.", mend="Delete those that you are done with.", most=MOST_OF_ONE
        )


def begin(
    session: Session,
    by: Actor,
    intake_id: uuid.UUID,
    asked: Asked,
    *,
    dry_run: bool,
    dead: Sequence[uuid.UUID],
    now: datetime,
) -> Intake:
    """Have a file worked on; `dead` are those whose work is known to have died.

    Raises `IntakeNotFound`, `IntakeBusy`, `TooManyIntakes`.
    """
    session.execute(
        update(Intake).where(Intake.id.in_(dead), Intake.state.in_(OPEN)).values(state=IntakeState.DIED, ended_at=now)
    )
    intake = require_intake(session, by, intake_id, now)
    session.refresh(intake, with_for_update=True)
    if intake.state in OPEN:
        raise IntakeBusy("The file is being worked on.", mend="Wait for it, or cancel that.", state=str(intake.state))
    under_way = session.scalar(select(func.count()).where(Intake.state.in_(OPEN))) or 0
    if under_way >= MOST_OPEN:
        raise TooManyIntakes(f"{under_way} files are being worked on.", mend="Wait for one of them.", most=MOST_OPEN)
    intake.attempt += 1
    intake.state, intake.kind, intake.dry_run, intake.asked = IntakeState.WAITING, asked.kind, dry_run, asked.told()
    intake.begun_at, intake.ended_at, intake.report, intake.problem = now, None, None, None
    session.flush()
    return intake


def set_running(session: Session, intake_id: uuid.UUID, attempt: int) -> None:
    """Note that work began. Raises `IntakeOvertaken`."""
    _change(session, intake_id, attempt, state=IntakeState.RUNNING)


def end(
    session: Session,
    intake_id: uuid.UUID,
    attempt: int,
    state: IntakeState,
    now: datetime,
    *,
    report: dict[str, Any] | None = None,
    problem: dict[str, Any] | None = None,
    run_id: uuid.UUID | None = None,
) -> None:
    """Note how an attempt ended, once. Raises `IntakeOvertaken` if it had ended already, or was begun again."""
    told: dict[str, Any] = {"state": state, "ended_at": now, "report": report, "problem": problem}
    if run_id is not None:
        told["run_id"] = run_id
    _change(session, intake_id, attempt, **told)


def note_import(session: Session, intake: Intake, run_id: uuid.UUID, report: dict[str, Any], now: datetime) -> None:
    """Write into the audit trail who imported what."""
    counts = {name: report[name] for name in ("read", "new", "changed", "unchanged", "rejects")}
    facts = {"file": intake.file_name, "sha256": intake.sha256, "kind": str(intake.kind), "counts": counts}
    record(session, "import.run", ("import_run", run_id), actor_id=intake.handed_in_by, now=now, **facts)


def forget(session: Session, by: Actor, intake_id: uuid.UUID, *, is_dead: bool, now: datetime) -> None:
    """Forget a file. Raises `IntakeNotFound`, and `IntakeBusy` while it is worked on."""
    intake = require_intake(session, by, intake_id, now)
    if intake.state in OPEN and not is_dead:
        raise IntakeBusy("The file is being worked on.", mend="Cancel that first.", state=str(intake.state))
    session.delete(intake)
    session.flush()


def forget_expired(session: Session, now: datetime, grace: timedelta = timedelta(hours=6)) -> int:
    """Forget the files whose time is up; those that are worked on have a grace. Return how many."""
    over = (Intake.state.not_in(OPEN)) | (Intake.expires_at <= now - grace)
    gone = session.execute(delete(Intake).where(Intake.expires_at <= now, over).returning(Intake.id))
    return len(gone.all())


def _change(session: Session, intake_id: uuid.UUID, attempt: int, **values: Any) -> None:
    mine = update(Intake).where(Intake.id == intake_id, Intake.attempt == attempt, Intake.state.in_(OPEN))
    if session.execute(mine.values(**values).returning(Intake.id)).first() is None:
        raise IntakeOvertaken("Work on the file ended meanwhile.", mend="Look how it stands.", id=str(intake_id))
