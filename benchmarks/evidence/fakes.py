"""The ways to fake a visit, each as a change to an honest day. What is faked is marked, the rest stays honest."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

from benchmarks.evidence.days import IN, OUT, Call, Day, drive, honest, tell, tracked
from benchmarks.evidence.rounds import replayed_jitter, replayed_retimed
from benchmarks.evidence.screens import bits_of_screen, bits_written_again, grid_of_screen
from benchmarks.evidence.sensors import moment
from benchmarks.evidence.town import MIDDLE, Plane, Shop, around, on_earth, somewhere
from fieldsales.evidence.rules import Fix, Sharing, Told, flat_metres
from fieldsales.shots.rules import Shown

Fake = Callable[[random.Random, list[Shop], Plane], Day]


def at_home(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """The whole day is told from home, or from another place where one can sit."""
    seat = home if dice.random() < 0.5 else somewhere(dice)
    day = _seated(dice, stops, home, seat)
    for call in day.calls:
        _tell_from(day, call, seat)
    return day


def one_from_home(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """An honest day, of which the last visit or two are told from home in the evening."""
    day = honest(dice, stops, home)
    for call in day.calls[-dice.randint(1, 2) :]:
        begin = day.way[-1][0] + dice.uniform(120, 1200)
        call.came, call.left = begin, begin + dice.uniform(300, 1500)
        _tell_from(day, call, home)
    day.track = [fix for fix in day.track if fix.at < moment(day.way[-1][0])] if day.track else []
    if day.track:
        day.track += _at_rest(day, home, day.way[-1][0], 4000)
    return day


def from_the_stop_before(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """An honest day, but for every third shop, which is left out and told from the door of the shop before."""
    day = honest(dice, stops, home)
    left_out = {id(call) for call in day.calls[1::3]}
    rest = drive(dice, [call.shop for call in day.calls if id(call) not in left_out], home)
    day.way, times = rest.way, {id(call.shop): call for call in rest.calls}
    day.track = tracked(day) if day.track else []
    before = day.calls[0]
    for call in day.calls:
        if id(call) in left_out:
            call.came, call.left = before.left - dice.uniform(120, 200), before.left - dice.uniform(10, 100)
            _tell_from(day, call, before.shop.door)
            continue
        true = times[id(call.shop)]
        call.came, call.left = true.came, true.left
        call.told, call.photos = [tell(day, IN, call.came), tell(day, OUT, call.left)], []
        before = call
    return day


def mocked_pin(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """An app puts the phone on the customer's pin; in six of ten cases the phone says that it is an app."""
    return _mocked(dice, stops, home, jitter=0.0)


def mocked_jitter(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """The same with a new error for every fix."""
    return _mocked(dice, stops, home, jitter=dice.uniform(3, 12))


def replayed(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """An earlier honest day is played again, digit by digit; half as often its accuracies are smoothed."""
    day = honest(dice, stops, home)
    day.track = day.track or tracked(day)
    own = [each.fix.spot for call in day.calls for each in call.told if each.fix]
    day.earlier = frozenset([fix.spot for fix in day.track] + own)
    return _all_fake(day)


def photo_again(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """There in person for a moment too short to photograph: the photo of an earlier visit, byte for byte."""
    return _with_photos(honest(dice, stops, home), lambda call: _old(dice, call, 0, same_bytes=True))


def photo_written_again(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """The photo of an earlier visit, sent through a messenger: written again, nothing left of what the camera wrote."""
    return _with_photos(honest(dice, stops, home), lambda call: _old(dice, call, bits_written_again(dice)))


def photo_of_screen(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """A new photo of an earlier one on a screen: the camera dates and places it well."""

    def show(call: Call) -> Shown:
        taken = moment(call.came + 60)
        bits = bits_of_screen(dice)
        known, same = bits if bits <= 7 else None, dice.random() < 0.7
        return Shown("storefront", taken, True, None, known, False, same, grating_db=grid_of_screen(dice))

    return _with_photos(honest(dice, stops, home), show)


def photo_earlier(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """A photo from the gallery, taken hours or days before, never sent until now."""

    def show(call: Call) -> Shown:
        ago = dice.choice([dice.uniform(2 * 3600, 10 * 3600), dice.uniform(86_400, 30 * 86_400)])
        return Shown("storefront", moment(call.came - ago), dice.random() < 0.6)

    return _with_photos(honest(dice, stops, home), show)


def drive_by(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """The rep drives past without stopping; the check-out follows within a minute, or a quarter of an hour later."""
    day = drive(dice, stops, home)
    now, way = day.way[1][0], day.way[:2]
    for call in day.calls:
        now += math.dist(way[-1][1], call.shop.door) / dice.uniform(6, 11) + 5
        way.append((now, around(dice, call.shop.door, 10), "road"))
        call.came = now + dice.uniform(-15, 15)
    day.way = [*way, (now + math.dist(way[-1][1], home) / 8, home, "inside")]
    if dice.random() < 0.85:
        day.track = tracked(day)
    for call in day.calls:
        later = dice.uniform(3, 50) if dice.random() < 0.5 else dice.uniform(600, 1500)
        call.told = [_told(day, IN, call.came), _told(day, OUT, call.came + later)]
        call.excused, call.fake = False, "yes"
    return day


def clock_set(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """At home in the evening, all visits in a row, the clock set forward in between so that they look spread."""
    day = _seated(dice, stops, home, home)
    start = dice.uniform(0, 20_000)
    pinned = dice.random() < 0.5
    for number, call in enumerate(day.calls):
        call.came = start + number * dice.uniform(40, 90)
        call.left = call.came + dice.uniform(8, 30)
        _tell_from(day, call, home, flags=("clock_moved",))
        if pinned:
            call.told = [
                replace(each, fix=Fix(each.at, *on_earth(around(dice, _pin(call), 5)), 5.0)) for each in call.told
            ]
    return day


def colleague(dice: random.Random, stops: list[Shop], home: Plane) -> Day:
    """A colleague takes the password and makes the visits of both, going in and out of both accounts on one phone."""
    day = honest(dice, stops, home)
    for call in day.calls:
        call.sharing = Sharing(dice.random() < 0.97, dice.uniform(0.5, 50))
    return _all_fake(day)


FAKES: dict[str, Fake] = {
    "sitting at home or in a café": at_home,
    "last visits told from home": one_from_home,
    "told from the shop before": from_the_stop_before,
    "app puts the phone on the pin": mocked_pin,
    "app with jitter": mocked_jitter,
    "replayed track": replayed,
    "replayed track with jitter": replayed_jitter,
    "replay with jitter, re-timed": replayed_retimed,
    "photo used again": photo_again,
    "photo written again": photo_written_again,
    "photo of a screen": photo_of_screen,
    "photo taken earlier": photo_earlier,
    "drive-by check-in": drive_by,
    "clock set meanwhile": clock_set,
    "colleague's phone": colleague,
}


def _seated(dice: random.Random, stops: list[Shop], home: Plane, seat: Plane) -> Day:
    day = honest(dice, stops, home)
    length = day.way[-1][0]
    day.way = [(0.0, seat, "inside"), (length, seat, "inside")]
    day.track = tracked(day) if day.track else []
    return day


def _at_rest(day: Day, where: Plane, begin: float, length: float) -> list[Fix]:
    return [day.receiver.fix(begin + step * 60, where, "inside") for step in range(int(length / 60))]


def _tell_from(day: Day, call: Call, seat: Plane, flags: tuple[str, ...] = ()) -> None:
    call.told = [
        Told(kind, moment(at), day.receiver.fix(at, seat, "inside", first=True), flags)
        for kind, at in ((IN, call.came), (OUT, call.left))
    ]
    call.photos, call.excused, call.fake = [], False, "yes"


def _told(day: Day, kind: object, at: float) -> Told:
    where, _ = day.at(at)
    return Told(IN if kind is IN else OUT, moment(at), day.receiver.fix(at, where, "road", first=True))


def _pin(call: Call) -> Plane:
    return flat_metres(call.shop.pin, MIDDLE)


def _mocked(dice: random.Random, stops: list[Shop], home: Plane, jitter: float) -> Day:
    """Half of the apps drive the whole day's way; the others are switched on at each customer only."""
    day = honest(dice, stops, home)
    kept = bool(day.track)
    seen, whole_day = dice.random() < 0.6, dice.random() < 0.5
    usual, varies = dice.choice([3.0, 5.0, 10.0]), dice.random() < 0.2

    def made_up(at: float, where: Plane) -> Fix:
        accuracy = round(dice.uniform(3, 30), 1) if varies else usual
        return Fix(moment(at), *on_earth(around(dice, where, jitter)), accuracy, seen)

    if kept:
        day.track = []
        for step in range(int(day.way[-1][0] / 60)):
            at = step * 60.0
            inside = next((call for call in day.calls if call.came - 60 <= at <= call.left + 60), None)
            if whole_day or inside:
                day.track.append(made_up(at, _pin(inside) if inside else day.at(at)[0]))
            else:
                day.track.append(day.receiver.fix(at, home, "inside"))
    for call in day.calls:
        call.told = [
            Told(kind, moment(at), made_up(at, _pin(call))) for kind, at in ((IN, call.came), (OUT, call.left))
        ]
        call.photos, call.excused, call.fake = [], False, "yes"
    return day


def _old(dice: random.Random, call: Call, bits: int, *, same_bytes: bool = False) -> Shown:
    taken = moment(call.came - dice.uniform(5, 60) * 86_400) if same_bytes else None
    return Shown("storefront", taken, False, None, bits if bits <= 7 else None, same_bytes, dice.random() < 0.7)


def _with_photos(day: Day, show: Callable[[Call], Shown]) -> Day:
    for call in day.calls:
        call.photos = [show(call)]
    return _all_fake(day)


def _all_fake(day: Day) -> Day:
    for call in day.calls:
        call.fake = "yes"
    return day
