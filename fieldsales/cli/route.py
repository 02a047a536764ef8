"""`fieldsales route`: routes as pages and files, and problems from a file."""

from __future__ import annotations

import click

from fieldsales.cli.route_export import export_route
from fieldsales.cli.route_solve import solve


@click.group()
def route() -> None:
    """Routes as pages and files (`export`), and problems from a file (`solve`)."""


route.add_command(export_route)
route.add_command(solve)
