"""`fieldsales jobs`: what the house does by itself, how it fares, and a worker for it."""

from __future__ import annotations

import signal
import threading
import uuid
from datetime import datetime

import click
from rich.table import Table

from fieldsales.chores.background import Background, dispatcher
from fieldsales.chores.overview import ask_for_chore, require_chore, series_of, standings
from fieldsales.chores.worker import Worker
from fieldsales.cli.context import Context
from fieldsales.clock import utc_now
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from fieldsales.jobs.models import Job, JobState
from fieldsales.jobs.queries import JobsWanted, duration_s, job_page, require_job
from fieldsales.jobs.service import pause, resume, retry

SHOWN = 30


@click.group()
def jobs() -> None:
    """What the house does by itself, by night and by day.

    \b
    Servers do it beside their requests; nothing needs to be typed. To look, and to help:
      fieldsales jobs list
      fieldsales jobs show plans.make
      fieldsales jobs run plans.make
    To do it in a process of its own, with FIELDSALES_JOBS=apart for the servers:
      fieldsales jobs work
    """


@jobs.command("list")
@click.pass_obj
def list_jobs(context: Context) -> None:
    """List the chores: when each comes, how it last went, what failed."""
    now = utc_now()
    table = Table("Chore", "What", "When", "Last", "Took", "State", "Next", box=None)
    with reading(context.engine) as session:
        for each in standings(session, now):
            last = each.last
            state = "paused" if each.paused_at else str(last.state) if last else "–"
            if each.failed:
                state = f"[red]{each.failed} failed[/]"
            table.add_row(
                each.code,
                each.title,
                str(each.schedule),
                _moment(last.started_at if last else None),
                _seconds(duration_s(last, now) if last else None),
                state,
                _moment(each.next_at),
            )
    context.console.print(table)
    context.console.print("Moments are in UTC, schedules in the time of each territory.")


@jobs.command()
@click.argument("what")
@click.pass_obj
def show(context: Context, what: str) -> None:
    """Show a job by its id, or the last jobs of a chore by its code."""
    with reading(context.engine) as session:
        try:
            found = [require_job(session, uuid.UUID(what))]
        except ValueError:
            wanted = JobsWanted(require_chore(what).code)
            found = job_page(session, wanted, PageWanted(limit=SHOWN)).items
        for job in found:
            _print_job(context, job)
        if not found:
            context.console.print("None yet.")


@jobs.command()
@click.argument("code")
@click.option("--dry-run", is_flag=True, help="Say for which days it would run and do nothing.")
@click.pass_obj
def run(context: Context, code: str, dry_run: bool) -> None:
    """Do a chore now, here, whether it is due or not. Exits with 1 if it fails."""
    now = utc_now()
    if dry_run:
        with reading(context.engine) as session:
            for each in series_of(session, code, now):
                zone = f" in {each.zone}" if each.zone else ""
                context.console.print(f"Would run {code}{zone} for {each.last(now).day}. Nothing was done.")
        return
    with transaction(context.engine) as session:
        asked = [(job.id, job.zone) for job in ask_for_chore(session, code, by=None, now=now)]
    worker, failed = Worker(context.engine, context.settings), False
    for job_id, zone in asked:
        done = worker.work_once(job_id)
        if done is None:
            context.console.print(f"{code} {zone}: it waits for another, and will be done by a worker.")
            continue
        failed |= done.state is not JobState.DONE
        with reading(context.engine) as session:
            _print_job(context, require_job(session, job_id))
    if failed:
        raise click.exceptions.Exit(1)


@jobs.command("retry")
@click.argument("job", type=click.UUID)
@click.pass_obj
def retry_job(context: Context, job: uuid.UUID) -> None:
    """Try a job again that failed."""
    with transaction(context.engine) as session:
        again = retry(session, job, by=None, now=utc_now())
        context.console.print(f"{again.chore} will be tried again by the next worker.")


@jobs.command("pause")
@click.argument("code")
@click.pass_obj
def pause_chore(context: Context, code: str) -> None:
    """Let a chore rest."""
    with transaction(context.engine) as session:
        pause(session, require_chore(code).code, by=None, now=utc_now())
    context.console.print(f"{code} rests until: fieldsales jobs resume {code}")


@jobs.command("resume")
@click.argument("code")
@click.pass_obj
def resume_chore(context: Context, code: str) -> None:
    """Let a chore go on; what it missed is caught up."""
    with transaction(context.engine) as session:
        resume(session, require_chore(code).code, by=None, now=utc_now())
    context.console.print(f"{code} goes on.")


@jobs.command()
@click.option("--once", is_flag=True, help="Do what is due and end.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="How many at once by Celery.")
@click.pass_obj
def work(context: Context, once: bool, threads: int) -> None:
    """Do what is due, and go on until stopped. With FIELDSALES_CELERY_BROKER it is a worker of Celery.

    Any number may run at once, on any machine that reaches the database.
    """
    worker = Worker(context.engine, context.settings)
    if once:
        done = worker.work_off()
        for each in done:
            context.console.print(f"{each.chore}: {each.state or 'lost'} {each.error or ''}".rstrip(), markup=False)
        context.console.print(f"{len(done)} jobs done.")
        return
    if context.settings.celery_broker:
        background = Background(context.settings)
        background.begin()
        dispatcher(worker).work(threads)
        background.end()
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    context.console.print("Working (stop with Ctrl-C).")
    worker.keep_on(stop, context.settings.jobs_seconds)


def _print_job(context: Context, job: Job) -> None:
    zone = f" {job.zone}" if job.zone else ""
    took = _seconds(duration_s(job, utc_now()))
    told = f"{job.chore}{zone} for {job.day}: {job.state}, {job.attempts} attempts, {_moment(job.started_at)} {took}"
    say = context.console.print
    say(told, soft_wrap=True, markup=False)
    say(f"  id {job.id}", markup=False)
    if job.missed:
        say(f"  stands for {job.missed} that were missed", markup=False)
    if job.told or job.units_done is not None:
        say(f"  {job.units_done} of {job.units or '?'} {job.told or ''}".rstrip(), markup=False)
    if job.result is not None:
        say(f"  {job.result}", soft_wrap=True, markup=False)
    if job.error:
        say(f"  {job.error}", style="red", soft_wrap=True, markup=False)


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "–"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"
