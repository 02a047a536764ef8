"""The `fieldsales` command: its groups, and how a broken rule is told in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from fieldsales.cli.context import Context
from fieldsales.cli.customers import customers
from fieldsales.cli.imports import imports
from fieldsales.cli.people import people
from fieldsales.cli.plans import plan
from fieldsales.config import Settings
from fieldsales.errors import FieldsalesError


class Friendly(click.Group):
    """A group that tells a broken rule in one plain line with how to mend it, and exits with 2."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run, and turn errors that a person can act on into text."""
        try:
            return super().main(args, *rest, **extra)
        except FieldsalesError as error:
            click.echo(f"fieldsales: {error}  [{error.code}]", err=True)
            sys.exit(2)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List commands in the order of a new user's first hour, not of the alphabet."""
        return list(self.commands)


@click.group(cls=Friendly, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="fieldsales")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Plan the visits, drive the day, lose nothing.

    \b
    A first hour:
      fieldsales db upgrade                      make the tables
      fieldsales people add …                    a territory, a manager, the reps
      fieldsales import customers shops.csv      then products, then orders
      fieldsales customers share --reps a,b      who serves whom
      fieldsales plan tomorrow                   tiers, due visits, routes
      fieldsales serve                           the API and its documentation

    Settings come from the environment (FIELDSALES_…, see docs/settings.md).
    """
    if ctx.obj is None:
        ctx.obj = Context(Settings.from_environment())
    ctx.call_on_close(ctx.obj.close)


for command in (people, imports, customers, plan):
    main.add_command(command)
