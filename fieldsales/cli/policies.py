"""`fieldsales policies`: rules as data, from the terminal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_policy_version
from fieldsales.cli.tiers_table import print_preview
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.overrides.rules import OPERATOR
from fieldsales.people.models import User
from fieldsales.people.queries import days_at
from fieldsales.policies.models import Policy
from fieldsales.policies.queries import history, in_force
from fieldsales.policies.rules import Body, PolicyInvalid
from fieldsales.policies.service import put, withdraw
from fieldsales.rulebook.queries import all_in_force
from fieldsales.rulebook.rules import KINDS, Trial, kind_named
from fieldsales.rulebook.service import try_policy

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file that is there."""


@click.group()
def policies() -> None:
    """Rules as data: what holds, what held, what will hold.

    A policy is a JSON document of some kind. Setting one makes a new version that holds from a day on; nothing is
    edited. To change one, take what holds, edit it, try it, set it:

    \b
      fieldsales policies show tiers --save tiers.json
      fieldsales policies put tiers tiers.json --from 2026-04-01 --dry-run
      fieldsales policies put tiers tiers.json --from 2026-04-01 --note "weekly B shops from spring on"
    """


@policies.command("show")
@click.argument("kind", required=False)
@click.option("--day", type=DAY, help="What holds on this day.  [default: today]")
@click.option("--save", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write it to this file.")
@click.pass_obj
def show(context: Context, kind: str | None, day: Any, save: Path | None) -> None:
    """Print the policy of a KIND as JSON, or list all kinds and what holds."""
    with reading(context.engine) as session:
        on = _day(session, day)
        if kind is None:
            _list_kinds(context.console, session, on)
        else:
            document = json.dumps(in_force(session, kind_named(kind), on).body, indent=2, ensure_ascii=False) + "\n"
            click.echo(document, nl=False) if save is None else save.write_text(document)


@policies.command("history")
@click.argument("kind")
@click.pass_obj
def show_history(context: Context, kind: str) -> None:
    """List every version of a KIND, the one that holds from the latest day first."""
    with reading(context.engine) as session:
        versions = history(session, kind_named(kind).name)
        if not versions:
            context.console.print(f"Nobody has set “{kind}” yet; the built-in one holds.")
            return
        table = Table("from", "version", "made", "by", "note", "withdrawn", box=None)
        for each in versions:
            by = session.get_one(User, each.made_by).name if each.made_by else OPERATOR
            withdrawn = f"{each.withdrawn_at:%Y-%m-%d}" if each.withdrawn_at else ""
            made = f"{each.made_at:%Y-%m-%d %H:%M}"
            table.add_row(str(each.effective_from), str(each.id), made, by, each.note, withdrawn)
        context.console.print(table)


@policies.command("put")
@click.argument("kind")
@click.argument("file", type=FILE)
@click.option("--from", "since", type=DAY, help="The first day on which it holds.  [default: today]")
@click.option("--note", default="", help="Why; it stands in the history.")
@click.option("--dry-run", is_flag=True, help="Say what it would change and keep nothing.")
@click.pass_obj
def put_policy(context: Context, kind: str, file: Path, since: Any, note: str, dry_run: bool) -> None:
    """Set the policy of a KIND to the JSON document in FILE, from a day on."""
    if len(note) > 500:
        raise click.BadParameter("A note has at most 500 characters.", param_hint="--note")
    chosen, body, effective_from = kind_named(kind), read_document(file), since.date() if since else None
    if dry_run:
        with reading(context.engine) as session:
            print_trial(
                context.console, try_policy(session, chosen, body, now=utc_now(), effective_from=effective_from)
            )
        return
    with transaction(context.engine) as session:
        version = put(session, chosen, body, now=utc_now(), effective_from=effective_from, note=note)
        context.console.print(f"“{kind}” holds from {version.effective_from}: version {version.id}.", soft_wrap=True)


@policies.command("withdraw")
@click.argument("kind")
@click.argument("version")
@click.pass_obj
def withdraw_policy(context: Context, kind: str, version: str) -> None:
    """Take back a VERSION of a KIND that does not hold yet; the start of its id is enough."""
    with transaction(context.engine) as session:
        found = find_policy_version(session, kind_named(kind).name, version)
        withdrawn: Policy = withdraw(session, found.kind, found.id, now=utc_now())
        context.console.print(f"Withdrawn: {withdrawn.id} of {withdrawn.effective_from}.", soft_wrap=True)


def read_document(file: Path) -> Body:
    """Return the JSON document in a file. Raises `PolicyInvalid`."""
    try:
        found = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as wrong:
        raise PolicyInvalid(f"{file.name} is not JSON: {wrong}.", mend="Check quotes, commas and brackets.") from wrong
    if not isinstance(found, dict):
        raise PolicyInvalid(f"{file.name} does not hold a JSON object.", mend="See: fieldsales policies show KIND")
    return found


def print_trial(console: Console, trial: Trial) -> None:
    """Say what a policy would change."""
    if not trial.differences:
        console.print(f"From {trial.day} on it would be the policy that holds anyway.")
    for each in trial.differences:
        console.print(f"{each.pointer}: {_told(each.before)} → {_told(each.after)}", soft_wrap=True, markup=False)
    if trial.tiers is not None:
        print_preview(console, trial.tiers)
    console.print("Dry run: nothing was kept.")


def _list_kinds(console: Console, session: Session, day: date) -> None:
    table = Table("kind", "holds since", "note", "about", box=None)
    for found in all_in_force(session, day):
        since = str(found.version.effective_from) if found.version else "built in"
        table.add_row(found.kind, since, found.version.note if found.version else "", KINDS[found.kind].about)
    console.print(table)


def _day(session: Session, given: Any) -> date:
    return given.date() if given else days_at(session, utc_now())[0]


def _told(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
