"""Detection by kind of fake, and false alarms. Thresholds were chosen on seeds 0 to 9; the default seeds are others."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator

from benchmarks.evidence.days import Call, Day, evidence, home_of, honest
from benchmarks.evidence.fakes import FAKES
from benchmarks.evidence.rounds import formers
from benchmarks.evidence.town import shops
from fieldsales.integrity.rules import INTEGRITY, Score, score

SCORING = INTEGRITY.read(INTEGRITY.default)
HONEST_DAYS, COUNTRY_DAYS, FAKED_DAYS, STOPS = 40, 10, 4, 10
COUNTRY_M = 30_000.0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--from-seed", type=int, default=100)
    parser.add_argument("--why", action="store_true", help="what honest visits were called doubtful for")
    given = parser.parse_args()
    seeds = range(given.from_seed, given.from_seed + given.seeds)
    why: Counter[str] = Counter()
    print("| visits | number | doubtful | share | worst seed | best seed |\n|---|---|---|---|---|---|")
    _row("honest", [list(_honest(seed)) for seed in seeds], why)
    _row("honest, long roads", [list(_country(seed)) for seed in seeds], why)
    missed = Counter[str]()
    for name in FAKES:
        _row(name, [list(_faked(seed, name)) for seed in seeds], missed)
    if given.why:
        print(why.most_common(30), missed.most_common(20), sep="\n")


def _row(name: str, found: list[list[Score]], why: Counter[str]) -> None:
    shares = [sum(each.doubtful for each in one) / len(one) for one in found]
    number, doubtful = sum(map(len, found)), sum(each.doubtful for one in found for each in one)
    for each in (each for one in found for each in one if each.doubtful == name.startswith("honest")):
        why[f"{name}: " + " ".join(f"{s.signal.code}={s.points}" for s in each.signals)] += 1
    low, high = min(shares), max(shares)
    if name.startswith("honest"):
        low, high = high, low
    print(f"| {name} | {number:,} | {doubtful:,} | {doubtful / number:.2%} | {low:.1%} | {high:.1%} |", flush=True)


def _honest(seed: int, days: int = HONEST_DAYS) -> Iterator[Score]:
    """Days of a round that was driven before, in the same order."""
    dice = random.Random(f"honest {seed}")
    for _ in range(days):
        stops, home = shops(dice, STOPS), home_of(dice)
        day = honest(dice, stops, home)
        day.formers = formers(random.Random(dice.random()), stops, home)
        yield from (each for _, each in _scores(day))


def _country(seed: int) -> Iterator[Score]:
    """The same on long roads, at much the same speed each time."""
    dice = random.Random(f"country {seed}")
    for _ in range(COUNTRY_DAYS):
        stops, home = shops(dice, STOPS, COUNTRY_M), home_of(dice)
        day = honest(dice, stops, home, slow=24, fast=26)
        day.formers = formers(random.Random(dice.random()), stops, home, slow=24, fast=26)
        yield from (each for _, each in _scores(day))


def _faked(seed: int, name: str) -> Iterator[Score]:
    dice = random.Random(f"{name} {seed}")
    for _ in range(FAKED_DAYS):
        for call, each in _scores(FAKES[name](dice, shops(dice, STOPS), home_of(dice))):
            if call.fake:
                yield each


def _scores(day: Day) -> Iterator[tuple[Call, Score]]:
    for call, each in evidence(day):
        yield call, score(each, SCORING)


if __name__ == "__main__":
    main()
