"""What is kept up, and what is kept no longer: covers, pay, sums, positions, files; and whom nobody looks after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.chores.chore import Context, Result
from fieldsales.config import Settings
from fieldsales.departures.service import carry_out
from fieldsales.inbox import Inbox
from fieldsales.intakes.models import Intake
from fieldsales.intakes.service import forget_expired
from fieldsales.orphans.service import tell_orphans
from fieldsales.payruns.service import run_due
from fieldsales.rollups.models import DirtyDay
from fieldsales.rollups.service import refresh
from fieldsales.tracks.service import erase_expired


def carry_out_covers(context: Context) -> Result:
    """Give out what absent reps got meanwhile, end absences, hand over the customers of reps who left."""
    with context.transaction() as session:
        done = carry_out(session, now=context.now())
    return {"given_out": done.given_out, "over": done.over, "departed": len(done.departed)}


def tell_of_orphans(context: Context) -> Result:
    """Alert of the customers whom nobody looks after."""
    with context.transaction() as session:
        found = tell_orphans(session, context.day, context.now())
    return {"customers": found.customers, "opened": found.opened, "resolved": found.resolved}


def make_pay_runs(context: Context) -> Result:
    """Make the runs of the month that ended last which are not there; people close them."""
    with context.transaction() as session:
        return {"made": len(run_due(session, now=context.now()))}


def is_any_dirty(session: Session, _now: datetime, _settings: Settings) -> bool:
    """Tell whether sums of results wait to be made anew."""
    return session.scalars(select(DirtyDay.day).limit(1)).first() is not None


def refresh_sums(context: Context) -> Result:
    """Make the sums of results anew, a month at a time."""
    months, more = 0, True
    while more:
        with context.transaction() as session:
            more = refresh(session)
        months += 1
        context.progress(months)
    return {"months": months}


def erase_positions(context: Context) -> Result:
    """Erase positions, and who looked at them, that are older than the policy `tracking` keeps them."""
    points = looks = 0
    more = True
    while more:
        with context.transaction() as session:
            erased = erase_expired(session, context.now())
        points, looks, more = points + erased.points, looks + erased.accesses, erased.more
        context.progress(points + looks)
    return {"points": points, "looks": looks}


def forget_files(context: Context) -> Result:
    """Delete files that were handed over to be imported, once their time is up."""
    with context.transaction() as session:
        forgotten = forget_expired(session, context.now())
        known = set(session.scalars(select(Intake.id)))
    swept = Inbox(context.settings.data_dir.absolute() / "imports").sweep(known)
    return {"forgotten": forgotten, "swept": swept}
