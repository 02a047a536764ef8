"""Building the demo: a city, its tables, its next working day."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import Engine, make_url, select
from sqlalchemy.orm import Session

from fieldsales.cli.context import Context
from fieldsales.cli.plans import Wanted, plan_and_print
from fieldsales.clock import utc_now
from fieldsales.db.session import transaction
from fieldsales.demo.afterwards import deliver_some, settle_a_day
from fieldsales.demo.atlas import city_geojson
from fieldsales.demo.city import City, build_city
from fieldsales.demo.load import load_city
from fieldsales.demo.office import open_office
from fieldsales.demo.seen_day import tell_a_day
from fieldsales.demo.stock import stock_up
from fieldsales.demo.workdays import is_workday
from fieldsales.errors import BadSetting, Conflict
from fieldsales.passwords import hash_password
from fieldsales.people.models import User
from fieldsales.storage import open_storage

MARK = ".fieldsales-demo"
DEMO_PASSWORD = "port-solene-demo"  # noqa: S105 -- of invented people, in the demo only


class FolderInUse(Conflict):
    """The folder holds something that is not a demo's, or another demo is at work in it."""

    code = "demo.folder_in_use"
    title = "The demo may not use this folder"


@contextmanager
def own_folder(folder: Path) -> Iterator[None]:
    """Keep a folder for one demo as long as it builds and serves; what an earlier demo left may be deleted.

    Raises `FolderInUse` for a folder that no demo has made, or in which another is at work, and `BadSetting` where
    nothing can be written.
    """
    mark = folder / MARK
    try:
        if folder.is_dir() and any(folder.iterdir()) and not mark.exists():
            raise FolderInUse(
                f"{folder} holds files that no demo has made; they would be deleted.",
                mend="Name another with --folder.",
            )
        folder.mkdir(parents=True, exist_ok=True)
        lock = mark.open("a")
    except OSError as wrong:
        raise BadSetting(
            f"{folder} cannot be written to: {wrong.strerror}.", mend="Name another folder with --folder."
        ) from wrong
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise FolderInUse(
                f"Another demo is at work in {folder}.", mend="Stop it first, or name another with --folder."
            ) from busy
        yield


def build_demo(
    context: Context, upgrade: Callable[[Engine], None], *, seed: int, as_of: date, shops: int, reps: int
) -> date:
    """Make the demo's folder anew, load the city, plan its next working day and print it; return that day.

    `upgrade` makes the tables: the migrations stand above this room.
    """
    city = build_city(seed, as_of, shops, reps)
    _clear(context)
    upgrade(context.engine)
    with transaction(context.engine) as session, _loading(context.console, city) as progress:
        load_city(session, city, now=utc_now(), progress=lambda what, more: _advance(progress, what, more))
        _give_passwords(session)
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    (context.settings.data_dir / "streets.geojson").write_text(city_geojson(city), encoding="utf-8")
    context.console.print(
        f"[bold]{city.name}[/], as of {as_of:%A} {as_of:%d %B %Y}: {len(city.shops)} customers in "
        f"{len(city.territories) - 1} districts, {len(city.products)} products, two years of orders."
    )
    day = _next_workday(as_of)
    plan_and_print(context, Wanted(day))
    with transaction(context.engine) as session:
        vans = stock_up(session, day, utc_now())
        delivered = deliver_some(session, utc_now())
        office = open_office(session, seed, as_of, day, utc_now())
        settled = settle_a_day(session, utc_now())
        storage = open_storage(context.settings.photo_store, context.settings.data_dir)
        seen = tell_a_day(session, storage, seed, utc_now())
    context.console.print(f"{vans} vans are loaded for {day:%A}; see: fieldsales stock show VAN-01")
    told = "; one rep handed in a little less than was collected: fieldsales settlements list" if settled else ""
    context.console.print(f"{delivered} orders are on their way or delivered: fieldsales deliveries list{told}")
    if office:
        context.console.print(
            f"{office.invoices} invoices, {office.runs} runs of pay, {office.targets} targets and {office.alerts} open "
            "alerts: fieldsales pay show, targets show, alerts list"
        )
    if seen:
        context.console.print(
            f"{seen.doubtful} of the visits of {seen.day:%A} {seen.day:%d %B} are doubtful: "
            "fieldsales visits list --doubtful"
        )
    return day


def _next_workday(as_of: date) -> date:
    """The next day that is neither a weekend nor a holiday in town."""
    coming = (as_of + timedelta(days=ahead) for ahead in range(1, 15))
    return next(day for day in coming if is_workday(day) and day.weekday() < 5)


def _clear(context: Context) -> None:
    """Delete what an earlier demo left, and nothing else."""
    database = Path(str(make_url(context.settings.database_url).database))
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.rmtree(context.settings.data_dir, ignore_errors=True)
    context.make_database()


def _give_passwords(session: Session) -> None:
    hashed = hash_password(DEMO_PASSWORD)
    for user in session.scalars(select(User)):
        user.password_hash = hashed


def _loading(console: Console, city: City) -> Progress:
    progress = Progress(
        TextColumn("Loading {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    for what, total in (("products", len(city.products)), ("customers", len(city.shops)), ("orders", None)):
        progress.add_task(what, total=total)
    return progress


def _advance(progress: Progress, what: str, more: int) -> None:
    task = next(task for task in progress.tasks if task.description == what)
    progress.advance(task.id, more)
