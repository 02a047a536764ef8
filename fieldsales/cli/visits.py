"""`fieldsales visits`: how far visits can be believed, from the terminal."""

from __future__ import annotations

import uuid
from typing import Any

import click
from rich.table import Table

from fieldsales.cli.context import Context, whole
from fieldsales.cli.lookup import find_rep, find_visit
from fieldsales.clock import utc_now
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from fieldsales.integrity.models import Decision
from fieldsales.integrity.queries import Looked, Looking, Wanted, doubtful_ones, find_scores, look_at, waiting
from fieldsales.integrity.service import decide, judge_due, mark_since

SHOWN = 100
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def visits() -> None:
    """How far visits can be believed, and what to do about the doubtful ones.

    \b
      fieldsales visits judge                       score what came in
      fieldsales visits list --doubtful
      fieldsales visits show 01955
      fieldsales visits review 01955 honest --note "the pin is wrong"
    """


@visits.command("judge")
@click.option("--since", type=DAY, help="Score again all visits from this day on.")
@click.pass_obj
def judge_visits(context: Context, since: Any) -> None:
    """Score what came in since the last time. Have it done every few minutes."""
    if since:
        with transaction(context.engine) as session:
            mark_since(session, since.date(), utc_now())
    total = 0
    while True:
        with transaction(context.engine) as session:
            done = judge_due(session, utc_now())
        total += done
        if not done:
            break
    context.console.print(f"{total} visits scored.")


@visits.command("list")
@click.option("--doubtful", is_flag=True, help="Only doubtful ones that nobody has decided about.")
@click.option("--day", type=DAY, help="Only of this day.")
@click.option("--rep", help="Only of this rep.")
@click.pass_obj
def list_visits(context: Context, doubtful: bool, day: Any, rep: str | None) -> None:
    """List visits with their scores, the latest day first."""
    with reading(context.engine) as session:
        page = PageWanted(limit=SHOWN)
        if doubtful and not (day or rep):
            found = doubtful_ones(session, None, page)
        else:
            rep_id = find_rep(session, rep).id if rep else None
            wanted = Wanted(day=day.date() if day else None, rep_id=rep_id, doubtful=True if doubtful else None)
            found = find_scores(session, None, wanted, page)
        _print(context, found.items)
        if found.next:
            context.console.print(f"The first {SHOWN}; narrow them down with --day or --rep.")
        if left := waiting(session):
            context.console.print(f"{left} visits wait to be scored: fieldsales visits judge")


def _print(context: Context, lines: list[Looked]) -> None:
    if not lines:
        context.console.print("None.")
        return
    table = Table(whole("visit"), "day", "rep", "customer", "score", "why", box=None)
    for each in lines:
        why = ", ".join(signal["code"] for signal in each.score.signals if signal["points"])
        score = "–" if each.score.score is None else str(each.score.score)
        found = each.score.decision.value if each.score.decision else ("doubtful" if each.score.doubtful else "")
        told = " ".join(filter(None, (score, found)))
        table.add_row(str(each.visit.id), str(each.score.day), each.rep, each.customer, told, why)
    context.console.print(table)


@visits.command("show")
@click.argument("visit")
@click.pass_obj
def show_visit(context: Context, visit: str) -> None:
    """Say all about one VISIT; the start of its id is enough."""
    with reading(context.engine) as session:
        looking = look_at(session, None, find_visit(session, visit))
        for line in _told(looking):
            context.console.print(line, soft_wrap=True, markup=False, highlight=False)


def _told(looking: Looking) -> list[str]:
    line = looking.line
    lines = [f"{line.rep} at {line.customer} on {line.score.day}, visit {line.visit.id}"]
    for event in line.visit.events:
        away = "" if event.distance_m is None else f", {event.distance_m:.0f} m from the customer"
        sure = "" if event.accuracy_m is None else f", sure to {event.accuracy_m:.0f} m"
        lines.append(f"  {event.at:%H:%M:%S} UTC {event.kind.value}{away}{sure}")
    if looking.missing:
        lines.append(f"  missing: {', '.join(looking.missing)}")
    score = line.score
    lines.append("not scored yet" if score.score is None else f"score {score.score} of 100")
    lines += [f"  −{signal['points']:<3} {signal['code']}: {signal['says']}" for signal in score.signals]
    if score.decision:
        lines.append(
            f"decided: {score.decision.value} (the score was {score.decided_score}) {score.note or ''}".rstrip()
        )
    return lines + [f"  {each.at:%Y-%m-%d %H:%M} said: {each.text}" for each in looking.comments]


@visits.command("review")
@click.argument("visit")
@click.argument("decision", type=click.Choice([each.value for each in Decision]))
@click.option("--note", help="Why; fake and unclear need one.")
@click.pass_obj
def review_visit(context: Context, visit: str, decision: str, note: str | None) -> None:
    """Say what a VISIT was. The decision stays whatever the score becomes."""
    with transaction(context.engine) as session:
        visit_id: uuid.UUID = find_visit(session, visit)
        found = decide(session, visit_id, Decision(decision), note, by=None, now=utc_now())
        context.console.print(f"{visit_id}: {decision} (score {found.decided_score}).", soft_wrap=True)
