"""The same round on other days: honest, as the week's plan has it, and played again from a recording.

A replay here is harder to see than a copy: the clock is set to today, every position has a new error, and the harder
kind is also stretched in time, thinned, drifts, tells fresh accuracies, and in part stays longer or shorter at doors.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from benchmarks.evidence.days import Call, Day, drive, honest, tracked
from benchmarks.evidence.sensors import MORNING, moment
from benchmarks.evidence.town import Plane, Shop
from fieldsales.evidence.rules import Fix, Former

FORMERS = 4
Warp = Callable[[float], float]


def formers(dice: random.Random, stops: list[Shop], home: Plane, **manner: float) -> tuple[Former, ...]:
    """Return honest earlier days of a round, in the same order each time: hard to tell from a replay."""
    return tuple(
        Former(date(2026, 2, 2 + number), True, tuple(tracked(drive(dice, stops, home, **manner))))
        for number in range(FORMERS)
    )


def replayed_jitter(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """An earlier day is played again at another hour, with a new error of some metres on every fix."""
    day = _recorded(dice, stops, home)
    start, sigma = dice.uniform(-3600, 3600), dice.uniform(2, 8)
    return _again(day, lambda at: at + start, lambda fix: _jittered(dice, fix, sigma))


def replayed_retimed(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """The same, but faster or slower, thinned, with accuracies of its own; some drift, some change the pauses."""
    day = _recorded(dice, stops, home)
    day.track = [fix for fix in day.track if dice.random() < 0.7]
    sigma, keep = dice.uniform(2, 8), dice.choice([0.0, 0.9])
    error = [0.0, 0.0]

    def blurred(fix: Fix) -> Fix:
        fresh = sigma * (1 - keep * keep) ** 0.5
        error[:] = [keep * error[0] + dice.gauss(0, fresh), keep * error[1] + dice.gauss(0, fresh)]
        accuracy = max(3.0, round((fix.accuracy_m or 10.0) * dice.uniform(0.7, 1.4), 1))
        return replace(_moved(fix, error[0], error[1]), accuracy_m=accuracy)

    pauses = (0.6, 1.6) if dice.random() < 0.33 else None
    return _again(day, _warp(dice, day.calls, dice.uniform(0.8, 1.25), pauses), blurred)


def _recorded(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """An honest day whose track is known; it is the latest of the former ones."""
    day = honest(dice, stops, home)
    day.track = day.track or tracked(day)
    source = Former(date(2026, 2, 27), dice.random() < 0.6, tuple(day.track))
    day.earlier = frozenset(fix.spot for fix in day.track)
    day.formers = (source, *formers(dice, stops, home))
    return day


def _again(day: Day, warp: Warp, blur: Callable[[Fix], Fix]) -> Day:
    day.track = [_at(blur(fix), warp(_second(fix))) for fix in day.track]
    for call in day.calls:
        call.told = [
            replace(each, at=moment(warp((each.at - MORNING).total_seconds())), fix=each.fix and blur(each.fix))
            for each in call.told
        ]
        call.told = [replace(each, fix=each.fix and replace(each.fix, at=each.at)) for each in call.told]
        call.came, call.left = warp(call.came), warp(call.left)
        call.photos, call.fake = [], "yes"
    return day


def _warp(dice: random.Random, calls: list[Call], pace: float, pauses: tuple[float, float] | None) -> Warp:
    """Stretch the day by a pace; with `pauses` each stay by a factor of its own as well."""
    now, last = dice.uniform(-1800, 1800), 0.0
    edges = [(last, now, pace)]
    slope = pace
    for call in calls:
        for edge, after in ((call.came, pace * dice.uniform(*pauses) if pauses else pace), (call.left, pace)):
            now += (edge - last) * slope
            last, slope = edge, after
            edges.append((edge, now, after))

    def warp(at: float) -> float:
        edge, then, slope = next((each for each in reversed(edges) if each[0] <= at), edges[0])
        return then + (at - edge) * slope

    return warp


def _second(fix: Fix) -> float:
    return (fix.at - MORNING).total_seconds()


def _at(fix: Fix, seconds: float) -> Fix:
    return replace(fix, at=moment(seconds))


def _jittered(dice: random.Random, fix: Fix, sigma: float) -> Fix:
    return _moved(fix, dice.gauss(0, sigma), dice.gauss(0, sigma))


def _moved(fix: Fix, east: float, north: float) -> Fix:
    latitude, longitude = fix.latitude + north / 111_320, fix.longitude + east / 87_400
    return replace(fix, latitude=round(latitude, 7), longitude=round(longitude, 7))
