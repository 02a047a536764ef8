"""`fieldsales roads`: streets for the times between customers."""

from __future__ import annotations

import time
from pathlib import Path

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from fieldsales.cli.arguments import parse_position
from fieldsales.cli.context import Context
from fieldsales.driving.service import driving_of, router_of
from fieldsales.errors import Unavailable
from routing.errors import TravelError
from routing.problem import Point
from routing.travel.matrix import NO_WAY_S
from routing.travel.valhalla_build import build_roads

FOLDER = click.Path(path_type=Path)


class RoadsUnavailable(Unavailable):
    """The roads cannot be built or asked: the message says what is missing."""

    code = "roads.unavailable"
    title = "There are no roads"


@click.group()
def roads() -> None:
    """Driving times by the streets of OpenStreetMap (docs/travel.md).

    \b
    Examples:
      fieldsales roads build iowa-latest.osm.pbf
      FIELDSALES_TRAVEL=valhalla fieldsales roads ask 41.5868,-93.6250 41.6005,-93.6091
    """


@roads.command()
@click.argument("file", type=FOLDER)
@click.option("--into", type=FOLDER, help="Folder of the roads.  [default: FIELDSALES_ROADS_DIR]")
@click.option("--traffic", type=FOLDER, help="Folder of historical speeds (CSV) in Valhalla's own format.")
@click.pass_obj
def build(context: Context, file: Path, into: Path | None, traffic: Path | None) -> None:
    """Build roads from FILE, an .osm.pbf extract of OpenStreetMap. They take the place of those before when done."""
    folder = into or context.settings.roads_dir
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=context.console, transient=True) as progress:
        task = progress.add_task("Reading the map", total=1.0)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            built = build_roads(
                file, folder, lambda doing, part: progress.update(task, completed=part, description=doing), traffic
            )
        except (TravelError, OSError) as wrong:
            raise RoadsUnavailable(f"{str(wrong)[:1].upper()}{str(wrong)[1:]}.") from wrong
    context.console.print(
        f"{built.ways:,} streets, {built.nodes:,} crossings, {built.megabytes:.1f} MB in {folder}"
        f"{', with speeds by the hour' if built.traffic else ''}.",
        soft_wrap=True,
    )
    if context.settings.travel != "valhalla":
        context.console.print("To plan by them: FIELDSALES_TRAVEL=valhalla")


@roads.command()
@click.argument("origin", metavar="LAT,LON")
@click.argument("target", metavar="LAT,LON")
@click.pass_obj
def ask(context: Context, origin: str, target: str) -> None:
    """How long it is from one place to another and back, by the router of the settings; nothing is remembered.

    Put -- before a latitude south of the equator.
    """
    spots = [Point(*spot) for spot in (parse_position(origin), parse_position(target)) if spot]
    router = router_of(context.settings) or driving_of(context.settings).travel
    begun = time.perf_counter()
    try:
        matrix = router.matrix(spots)
    except TravelError as failed:
        raise RoadsUnavailable(f"{str(failed)[:1].upper()}{str(failed)[1:]}.") from failed
    took_ms = 1000 * (time.perf_counter() - begun)
    for name, here, there in (("There", 0, 1), ("Back", 1, 0)):
        seconds, metres = int(matrix.duration_s[here, there]), int(matrix.distance_m[here, there])
        told = "no way" if seconds >= NO_WAY_S else f"{seconds / 60:.1f} min, {metres / 1000:.2f} km"
        context.console.print(f"{name}: {told}")
    context.console.print(f"{router.version}, answered in {took_ms:.0f} ms", soft_wrap=True)
