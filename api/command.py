"""The `fieldsales` command, put together: the business's commands, and what needs the web or the migrations."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console

import migrations
from api.chores import add_chores
from api.serving import listen, serve_app
from api.sync.command import sync
from fieldsales.changes.service import new_epoch
from fieldsales.cli.context import Context
from fieldsales.cli.demo import DEMO_PASSWORD, build_demo, own_folder
from fieldsales.cli.main import main
from fieldsales.clock import utc_now
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from sync.settling import try_unknown_again

add_chores()
HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT = click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
AS_OF = click.DateTime(["%Y-%m-%d"])


@main.group()
def db() -> None:
    """Make the tables, or bring them up to date."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(context: Context) -> None:
    """Run the migrations that are missing, and do what phones sent for a newer server. Safe to run again."""
    context.make_database()
    migrations.upgrade(context.engine)
    with transaction(context.engine) as session:
        try_unknown_again(session, utc_now())
    context.console.print(f"The tables of {context.engine.url.render_as_string()} are current.")


@db.command("status")
@click.pass_obj
def db_status(context: Context) -> None:
    """Say whether migrations are missing. Exits with 1 if so."""
    if not migrations.is_current(context.engine):
        raise click.ClickException("Migrations are missing. Run: fieldsales db upgrade")
    context.console.print("The tables are current.")


@db.command("restored")
@click.pass_obj
def db_restored(context: Context) -> None:
    """Tell the phones that a backup was restored: each loads its scope afresh and keeps its unsent work."""
    with transaction(context.engine) as session:
        new_epoch(session)
    context.console.print("A new epoch has begun.")


main.add_command(sync)


@main.command()
@HOST
@PORT
@click.pass_obj
def serve(context: Context, host: str, port: int) -> None:
    """Serve the API on one machine. At scale, run gunicorn on api.wsgi instead (docs/operating.md)."""
    context.make_folders()
    if not migrations.is_current(context.engine):
        raise click.ClickException("Migrations are missing. Run: fieldsales db upgrade")
    with listen(host, port) as listener:
        serve_app(context.settings, listener, context.console)


@main.command()
@click.option("--seed", default=7, show_default=True, help="Which city; the same seed is the same city.")
@click.option(
    "--as-of", type=AS_OF, help="The last day of its history; the next working day is planned.  [default: yesterday]"
)
@click.option("--shops", default=320, show_default=True)
@click.option("--reps", default=4, show_default=True)
@click.option("--folder", default="var/demo", show_default=True, type=click.Path(path_type=Path), help="Made anew.")
@click.option("--no-serve", is_flag=True, help="Build, plan, route and print, but do not serve.")
@HOST
@PORT
@click.pass_obj
def demo(
    context: Context,
    seed: int,
    as_of: datetime | None,
    shops: int,
    reps: int,
    folder: Path,
    no_serve: bool,
    host: str,
    port: int,
) -> None:
    """Build a seeded city, plan and route its next working day, print it, and serve it.

    Needs no services: one SQLite file and a folder. Everything in FOLDER is made anew each time.
    """
    settings = demo_settings(context.settings, folder)
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011 -- the operator's own calendar
    last = as_of.date() if as_of else yesterday
    with ExitStack() as open_until_the_end:
        open_until_the_end.enter_context(own_folder(folder))
        listener = None if no_serve else open_until_the_end.enter_context(listen(host, port))
        with_city = Context(settings, context.console)
        open_until_the_end.callback(with_city.close)
        day = build_demo(with_city, migrations.upgrade, seed=seed, as_of=last, shops=shops, reps=reps)
        first = _for_commands(with_city.settings)
        context.console.print(f"For these commands, first: {first}", soft_wrap=True)
        context.console.print(
            "This command makes everything anew. To serve what is there again, after that line: "
            f"FIELDSALES_SECRET_KEY=$(openssl rand -hex 32) fieldsales serve --port {port}",
            soft_wrap=True,
        )
        if listener is None:
            context.console.print("\nBuilt and planned. To look at it in a browser, leave out --no-serve.")
            return
        host, port = listener.getsockname()[:2]
        explain(context.console, host, port, day)
        serve_app(settings, listener, context.console)


def _for_commands(settings: Settings) -> str:
    """Return the line after which a shell's commands work on the demo's database, and not on the house's own."""
    data_dir = shlex.quote(str(settings.data_dir.absolute()))
    return f"export FIELDSALES_DATABASE_URL={shlex.quote(settings.database_url)} FIELDSALES_DATA_DIR={data_dir}"


def demo_settings(settings: Settings, folder: Path) -> Settings:
    """Return settings that touch nothing outside the demo's folder, with the town's own currency and region."""
    return replace(
        settings,
        database_url=f"sqlite:///{folder / 'fieldsales.sqlite3'}",
        data_dir=folder / "data",
        secret_key=settings.secret_key or "a-secret-for-the-demo-and-nothing-else",
        limiter_storage="memory://",
        currency="EUR",
        region="FR",
    )


def explain(console: Console, host: str, port: int, day: date) -> None:
    """Say where to look and how to log in."""
    base = f"http://{host}:{port}"
    console.print(
        f"""
[bold]Where to look[/]
  {base}/console        the console of supervisors and managers
  {base}/docs           the API, to read and to try
  {base}/openapi.json   the same for machines

[bold]How to log in[/] (every password is [bold]{DEMO_PASSWORD}[/], in the demo only)
  margaux   manager      sofia   supervisor      admin   administrator
  amelie · dimitri · lin · yusuf                 reps, one for each district

[bold]Try it[/]
  curl -s {base}/api/v1/auth/login -H 'Content-Type: application/json' \\
    -d '{{"login": "sofia", "password": "{DEMO_PASSWORD}", "device": {{"installation": "my-laptop"}}}}'
  curl -s {base}/api/v1/team/days/{day} -H 'Authorization: Bearer <access_token>'
""",
        soft_wrap=True,
        highlight=False,
    )
