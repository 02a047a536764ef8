"""Roads from a map: a folder of Valhalla's tiles, made from an .osm.pbf file of OpenStreetMap."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from routing.errors import TravelError
from routing.travel import valhalla_engine
from routing.travel.valhalla import ABOUT, TILES

Progress = Callable[[str, float], None]
"""Told what is being done, and which part of all is done (0 to 1)."""

STAGES = (
    ("Parsing ways", "reading ways"),
    ("Parsing relations", "reading turn restrictions"),
    ("Parsing nodes", "reading positions"),
    ("Creating graph edges", "joining streets"),
    ("Sorting graph", "sorting crossings"),
    ("Building ", "writing tiles"),
    ("Enhancing", "judging speeds and turns"),
    ("HierarchyBuilder", "finding main roads"),
    ("Creating shortcuts", "making shortcuts"),
    ("Adding complex turn", "adding turn restrictions"),
    ("Validating", "checking"),
)
"""What the engine prints when a stage begins, and what it does then."""


@dataclass(frozen=True, slots=True)
class Built:
    """What came of building: streets and crossings of the map, megabytes of tiles, whether they know traffic."""

    ways: int
    nodes: int
    megabytes: float
    traffic: bool


def build_roads(file: Path, into: Path, progress: Progress, traffic: Path | None = None) -> Built:
    """Build the roads of a map into a folder, which takes the place of the one before only when all is done.

    ``traffic`` is a folder of Valhalla's own historical speeds, one CSV for each tile (``2/000/756/425.csv``; lines of
    edge, free speed, speed by day, and the speeds of a week): with it travel depends on the hour.

    Raises:
        TravelError: for a file that is no .osm.pbf or has no streets, a folder that cannot be written, and where the
            engine is missing or fails. What was there before is still there.
    """
    digest = _digest(file)
    file, into = file.resolve(), into.resolve()
    build = into.with_name(f"{into.name}.new")
    try:
        shutil.rmtree(build, ignore_errors=True)
        (build / TILES).mkdir(parents=True)
        config = _configured(build)
        told = _run("valhalla_build_tiles", [str(config), str(file)], progress)
        ways, nodes = _counted(told)
        tiles = list((build / TILES).rglob("*.gph"))
        if not ways or not tiles:
            raise TravelError(f"{file} has no street that a car may drive")
        if traffic is not None:
            _add_traffic(config, traffic.resolve())
        config.unlink()
        size = sum(tile.stat().st_size for tile in tiles) / 1e6
        about = {"source": file.name, "sha256": digest, "engine": valhalla_engine.engine_version()}
        if traffic is not None:
            about["traffic"] = _digest_of_all(traffic)
        (build / ABOUT).write_text(json.dumps(about, indent=2))
        _swap(build, into)
        return Built(ways, nodes, size, traffic is not None)
    except OSError as wrong:
        raise TravelError(f"{wrong.filename or into} cannot be written: {wrong.strerror or wrong}") from wrong
    finally:
        shutil.rmtree(build, ignore_errors=True)


def _digest(file: Path) -> str:
    """The SHA-256 of a map; its first bytes say what it is (OSM wiki, "PBF Format": a BlobHeader "OSMHeader")."""
    try:
        with file.open("rb") as opened:
            if b"OSMHeader" not in opened.read(64):
                raise TravelError(
                    f"{file} is no .osm.pbf file: take an extract of OpenStreetMap in that format "
                    "(osmium cat turns others into it)"
                )
            opened.seek(0)
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as wrong:
        raise TravelError(f"{file} cannot be read: {wrong.strerror}") from wrong


def _digest_of_all(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.csv")):
        digest.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _configured(build: Path) -> Path:
    try:
        config = valhalla_engine.config_of(build / TILES)
    except ImportError as missing:
        raise TravelError("Valhalla is not installed: pip install 'fieldsales[roads]'") from missing
    config["mjolnir"]["logging"]["type"] = "std_out"
    file = build / "valhalla.json"
    file.write_text(json.dumps(config))
    return file


def _run(program: str, arguments: list[str], progress: Progress) -> list[str]:
    """Run one of the engine's programs; return the lines that it printed, without those about single nodes."""
    command = [str(valhalla_engine.program(program)), "-c", *arguments]
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603 -- the engine's own program
        command,
        cwd=Path(arguments[0]).parent,  # it leaves notes where it is run
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "[WARN]" in line:
                continue
            lines.append(line.rstrip())
            for number, (begins, doing) in enumerate(STAGES):
                if f"] {begins}" in line:
                    progress(doing, number / len(STAGES))
    if running.returncode != 0:
        last = [line for line in lines if line and "[INFO]" not in line and "[TIMING]" not in line][-2:]
        raise TravelError(f"{program} failed ({running.returncode}): {' '.join(last)[-300:] or 'without a word'}")
    progress("done", 1.0)
    return lines


def _counted(lines: list[str]) -> tuple[int, int]:
    """How many streets there are, and how many crossings."""
    text = "\n".join(lines)
    found = [re.search(rf"Finished with (\d+) {what}", text) for what in ("routable ways", "graph nodes")]
    ways, nodes = (int(each[1]) if each else 0 for each in found)
    return ways, nodes


def _add_traffic(config: Path, traffic: Path) -> None:
    if not any(traffic.rglob("*.csv")):
        raise TravelError(f"{traffic} holds no speeds: there is no .csv file in it")
    _run("valhalla_add_predicted_traffic", [str(config), "-t", str(traffic)], lambda doing, part: None)


def _swap(build: Path, into: Path) -> None:
    old = into.with_name(f"{into.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if into.exists():
        into.rename(old)
    build.rename(into)
    shutil.rmtree(old, ignore_errors=True)
