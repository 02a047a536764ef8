"""`fieldsales alerts`: what is watched, what was found, and whom nobody is told about."""

from __future__ import annotations

import uuid
from datetime import datetime, time
from functools import partial
from typing import Any

import click
from rich.table import Table

from fieldsales.alerts.models import AlertState
from fieldsales.alerts.queries import find_alerts, require_alert
from fieldsales.alerts.service import acknowledge
from fieldsales.attempts.queries import attempts_at
from fieldsales.chores.alerts import deliver_round, look_round
from fieldsales.cli.context import Context, whole
from fieldsales.cli.lookup import find_customer, find_person, find_rep, find_territory
from fieldsales.cli.rounds import keep_on
from fieldsales.clock import local_day, utc_now
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from fieldsales.findings.queries import find, threshold_told
from fieldsales.lookouts.service import Seen
from fieldsales.mutes.queries import mutes_in_force, names_of
from fieldsales.mutes.service import add_mute, end_mute
from fieldsales.people.queries import names_of_people
from fieldsales.registry.rules import MEASURES
from fieldsales.spans.rules import Compared
from fieldsales.watches.queries import watches_visible_to, zone_of
from fieldsales.watches.rules import Condition, Grain, Kind, Window
from fieldsales.watches.service import Draft, add_watch, draft_watch, end_watch, review_watch

DAY = click.DateTime(["%Y-%m-%d"])
WALL = click.DateTime(["%H:%M"])


@click.group()
def alerts() -> None:
    """Rules over any measure, and what they found.

    \b
      fieldsales alerts add "No order in a week" --measure orders --each customer --days 7 --absent \\
          --owner sara --review 2027-03-01 --mail sara@harbour.example --quiet 20:00-07:00
      fieldsales alerts check               look at the rules that are due, and hand over what is due
      fieldsales alerts list                what is open
      fieldsales alerts mute "Flood" --customer C-17 --until 2026-12-20
    """


@alerts.command("add")
@click.argument("name")
@click.option("--measure", required=True, type=click.Choice(sorted(MEASURES)), metavar="MEASURE")
@click.option("--each", "grain", default="whole", show_default=True, type=click.Choice([str(each) for each in Grain]))
@click.option("--territory", metavar="CODE", help="Of this territory and all below it.  [default: all]")
@click.option("--days", type=click.IntRange(1, 366), help="Of so many whole days up to yesterday.")
@click.option("--window", type=click.Choice([str(each) for each in Window if each is not Window.LAST_DAYS]))
@click.option("--below", type=int, help="It is a reason that the measure is below this (cents, basis points, …).")
@click.option("--above", type=int, help="Or above this.")
@click.option("--falls", type=float, metavar="PERCENT", help="Or falls by so much against --against.")
@click.option("--rises", type=float, metavar="PERCENT", help="Or rises by so much.")
@click.option("--absent", is_flag=True, help="Or that nothing came at all.")
@click.option("--target", "target", type=float, metavar="PERCENT", help="Or that its target will end below so much.")
@click.option(
    "--against", type=click.Choice([str(each) for each in Compared]), help="The period that it is compared with."
)
@click.option("--least", type=int, help="What that period must have had.")
@click.option("--currency", metavar="EUR", help="Of amounts.")
@click.option("--owner", required=True, metavar="LOGIN")
@click.option("--owner-mail", metavar="ADDRESS", help="Told when the review is overdue.")
@click.option("--review", required=True, type=DAY, help="When the rule is to be reviewed.")
@click.option("--mail", "mails", multiple=True, metavar="ADDRESS", help="May be given again.")
@click.option("--webhook", "webhooks", multiple=True, type=click.UUID, help="One with the topic “alert”.")
@click.option("--quiet", metavar="HH:MM-HH:MM", help="Hours in which nothing is sent, in the territory's time.")
@click.option("--digest", type=WALL, metavar="HH:MM", help="Once a day at that time, not at once.")
@click.option("--every", default=60, show_default=True, type=click.IntRange(5, 10080), help="Minutes between looks.")
@click.option("--language", default="en", show_default=True, type=click.Choice(["en", "zh"]))
@click.option("--dry-run", is_flag=True, help="Say what it would find now, and keep nothing.")
@click.pass_obj
def add(context: Context, /, name: str, dry_run: bool, **given: Any) -> None:
    """Watch a measure. One of --below, --above, --falls, --rises, --absent and --target says what is a reason."""
    now = utc_now()
    with transaction(context.engine) as session:
        area = find_territory(session, given["territory"]).id if given["territory"] else None
        quiet = _quiet(given["quiet"])
        draft = Draft(
            name=name,
            measure=given["measure"],
            grain=Grain(given["grain"]),
            window=Window(given["window"]) if given["window"] else Window.LAST_DAYS,
            days=None if given["window"] else given["days"] or 7,
            condition=_condition(given),
            compared=Compared(given["against"]) if given["against"] else None,
            currency=given["currency"],
            territory_id=area,
            owner_id=find_person(session, given["owner"]).id,
            owner_mail=given["owner_mail"],
            review_on=given["review"].date(),
            mails=given["mails"],
            webhooks=given["webhooks"],
            quiet_from=quiet[0],
            quiet_to=quiet[1],
            digest_at=given["digest"].time() if given["digest"] else None,
            language=given["language"],
            every_minutes=given["every"],
        )
        if not dry_run:
            context.console.print(f"{add_watch(session, draft, by=None, now=now).id}: {name}", markup=False)
            return
        found = find(session, draft_watch(session, draft, by=None, now=now), now)
        for cause in found.causes[:20]:
            context.console.print(f"  {cause.title}", markup=False)
        told = f"{len(found.causes)} of {found.subjects} would be alerted. Dry run: nothing was kept."
        session.rollback()
    context.console.print(told)


def _condition(given: dict[str, Any]) -> Condition:
    named = [name for name in ("below", "above", "falls", "rises", "target") if given[name] is not None]
    if len(named) + given["absent"] != 1:
        raise click.UsageError("Say one of --below, --above, --falls, --rises, --absent and --target.")
    if given["absent"]:
        return Condition(Kind.ABSENCE, least=given["least"])
    [name] = named
    if name in ("below", "above"):
        return Condition(Kind.THRESHOLD, name, given[name])
    share = round(given[name] * 100)
    if name == "target":
        return Condition(Kind.TARGET, value=share)
    return Condition(Kind.CHANGE, name, share, given["least"])


def _quiet(text: str | None) -> tuple[time | None, time | None]:
    if text is None:
        return None, None
    try:
        begins, ends = (datetime.strptime(each.strip(), "%H:%M").time() for each in text.split("-"))  # noqa: DTZ007
    except ValueError:
        raise click.BadParameter(f"“{text}” is not HH:MM-HH:MM, such as 20:00-07:00.") from None
    return begins, ends


@alerts.command("rules")
@click.pass_obj
def rules(context: Context) -> None:
    """List the rules: what each says, its owner, its day of review, and what the last look came to."""
    table = Table(whole("id"), "name", "measure", "of", "says", "owner", "review", "last look", box=None)
    now = utc_now()
    with reading(context.engine) as session:
        found = watches_visible_to(session, None)
        owners = names_of_people(session, {each.owner_id for each in found})
        for each in found:
            overdue = each.review_on < local_day(now, zone_of(session, each.territory_id))
            review = f"[red]{each.review_on} overdue[/]" if overdue else str(each.review_on)
            last = each.last or {}
            look = last.get("wrong") or (f"{last['found']} of {last['subjects']}" if last else "not yet")
            told = (str(each.id), each.name, each.measure, str(each.grain), threshold_told(each))
            table.add_row(*told, owners.get(each.owner_id, "?"), review, look)
    context.console.print(table if found else "There are no rules.")


@alerts.command("review")
@click.argument("rule", type=click.UUID)
@click.argument("until", type=DAY)
@click.option("--note", default="", help="What was looked at.")
@click.pass_obj
def review(context: Context, rule: uuid.UUID, until: Any, note: str) -> None:
    """Say that a RULE is still right, to be reviewed again on the day UNTIL."""
    with transaction(context.engine) as session:
        found = review_watch(session, rule, until.date(), note, by=None, now=utc_now())
        told = f"{found.name}: to be reviewed on {found.review_on}."
    context.console.print(told, markup=False)


@alerts.command("end")
@click.argument("rule", type=click.UUID)
@click.pass_obj
def end(context: Context, rule: uuid.UUID) -> None:
    """End a RULE; what it left open is resolved."""
    with transaction(context.engine) as session:
        end_watch(session, rule, by=None, now=utc_now())
    context.console.print("Ended.")


@alerts.command("check")
@click.option("--every", type=click.FloatRange(1), help="Go on, with so many seconds between rounds.")
@click.option("--dry-run", is_flag=True, help="Say what the rules find now, and open and send nothing.")
@click.pass_obj
def check(context: Context, every: float | None, dry_run: bool) -> None:
    """Look at the rules that are due, and hand what is due to mail and webhooks.

    `fieldsales mail deliver` and `fieldsales webhooks deliver` send it, and try again.
    """
    if dry_run:
        _say_findings(context)
        return

    def once() -> None:
        transact = partial(transaction, context.engine)
        look_round(transact, utc_now(), lambda name, seen: _say(context, name, seen))
        done = deliver_round(transact, utc_now(), context.settings.public_url)
        if every is None or done:
            told = f"{done.letters} letters written, {done.webhooks} webhooks told, {done.put_off} put off"
            context.console.print(f"{told}, {done.dropped} dropped.")

    keep_on(once, every)


def _say(context: Context, name: str, seen: Seen) -> None:
    told = f"{seen.opened} opened, {seen.resolved} resolved, {seen.muted} muted; {seen.found} of {seen.subjects} found"
    context.console.print(f"{name}: {seen.wrong or told}.", markup=False)


def _say_findings(context: Context) -> None:
    now = utc_now()
    with reading(context.engine) as session:
        for watch in watches_visible_to(session, None):
            found = find(session, watch, now)
            context.console.print(f"{watch.name}: {len(found.causes)} of {found.subjects}", markup=False)
            for cause in found.causes[:10]:
                context.console.print(f"  {cause.title}", markup=False)
    context.console.print("Dry run: nothing was opened or sent.")


@alerts.command("list")
@click.option("--all", "everything", is_flag=True, help="Resolved ones, too.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def list_alerts(context: Context, everything: bool, limit: int) -> None:
    """List what is open, the latest first."""
    table = Table(whole("id"), "found", "how bad", "what", "state", box=None)
    state = None if everything else AlertState.OPEN
    with reading(context.engine) as session:
        found = find_alerts(session, None, PageWanted(limit=limit), state=state).items
        for each in found:
            stands = "acknowledged" if each.acknowledged_at and not each.resolved_at else str(each.state)
            table.add_row(str(each.id), f"{each.opened_at:%Y-%m-%d %H:%M}", str(each.severity), each.title, stands)
    context.console.print(table if found else "Nothing is open.")


@alerts.command("show")
@click.argument("alert", type=click.UUID)
@click.pass_obj
def show(context: Context, alert: uuid.UUID) -> None:
    """Explain an ALERT: the measure, its value, the threshold, and each attempt to tell somebody."""
    with reading(context.engine) as session:
        found = require_alert(session, None, alert)
        context.console.print(found.title, markup=False)
        for name, told in found.facts.get("said", {}).items():
            if told:
                context.console.print(f"  {name}: {told}", markup=False)
        handed = {each.id: each.letter_id or each.webhook_delivery_id or each.id for each in found.messages}
        tried = attempts_at(session, handed.values())
        for each in found.messages:
            due = f"due {each.due_at:%Y-%m-%d %H:%M} UTC"
            context.console.print(f"  {each.channel} {each.to}: {each.state}, {due}", markup=False)
            for attempt in tried.get(handed[each.id], []):
                came = "taken" if attempt.taken else f"not taken: {attempt.status or ''} {attempt.answer or ''}"
                context.console.print(f"    {attempt.at:%Y-%m-%d %H:%M:%S} {came}", markup=False)


@alerts.command("acknowledge")
@click.argument("alert", type=click.UUID)
@click.option("--note", help="What is done about it.")
@click.pass_obj
def acknowledge_one(context: Context, alert: uuid.UUID, note: str | None) -> None:
    """Say that somebody looks after an ALERT: it is escalated no further."""
    with transaction(context.engine) as session:
        acknowledge(session, alert, note=note, by=None, now=utc_now())
    context.console.print("Acknowledged.")


@alerts.command("mute")
@click.argument("reason")
@click.option("--customer", metavar="NUMBER", help="Of a customer: its number in another system, or its id.")
@click.option("--rep", metavar="LOGIN", help="Or of a rep.")
@click.option("--territory", metavar="CODE", help="Or of a territory with all in it.")
@click.option("--webhook", type=click.UUID, help="Or tell a partner's webhook nothing.")
@click.option("--until", required=True, type=DAY, help="The last day, in the territory's time.")
@click.option("--dry-run", is_flag=True, help="Check and keep nothing.")
@click.pass_obj
def mute(context: Context, /, reason: str, dry_run: bool, **given: Any) -> None:
    """Open no alerts about somebody in an emergency, for a REASON. It is audited."""
    with transaction(context.engine) as session:
        made = add_mute(
            session,
            reason,
            given["until"].date(),
            customer_id=find_customer(session, given["customer"]).id if given["customer"] else None,
            rep_id=find_rep(session, given["rep"]).id if given["rep"] else None,
            territory_id=find_territory(session, given["territory"]).id if given["territory"] else None,
            webhook_id=given["webhook"],
            by=None,
            now=utc_now(),
        )
        told = f"{names_of(session, [made])[made.id]}: muted until {made.ends_at:%Y-%m-%d %H:%M} UTC ({made.id})."
        if dry_run:
            session.rollback()
    context.console.print(told + (" Dry run: nothing was kept." if dry_run else ""), markup=False)


@alerts.command("mutes")
@click.pass_obj
def mutes(context: Context) -> None:
    """List the mutes that hold."""
    table = Table(whole("id"), "of", "until", "reason", box=None)
    with reading(context.engine) as session:
        found = mutes_in_force(session, None, utc_now())
        names = names_of(session, found)
        for each in found:
            table.add_row(str(each.id), names[each.id], f"{each.ends_at:%Y-%m-%d %H:%M} UTC", each.reason)
    context.console.print(table if found else "Nobody is muted.")


@alerts.command("unmute")
@click.argument("mute_id", metavar="MUTE", type=click.UUID)
@click.pass_obj
def unmute(context: Context, mute_id: uuid.UUID) -> None:
    """End a MUTE before its time."""
    with transaction(context.engine) as session:
        end_mute(session, mute_id, by=None, now=utc_now())
    context.console.print("It no longer holds.")
