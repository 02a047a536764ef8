"""Visits are spread over days and reps: never more than fits, everything told, the same from any order."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.spreads.rules import Fate, Slot, Told, Wish, spread

MONDAY = date(2026, 3, 2)
WEEK = tuple(MONDAY + timedelta(days=ahead) for ahead in range(5))
ANNA, BEN = uuid.UUID(int=1), uuid.UUID(int=2)
HOUR = 3600
LEG = {ANNA: 600, BEN: 600}


def wish(number: int, **changes: object) -> Wish:
    made = Wish(uuid.UUID(int=100 + number), (ANNA,), 1800, 10, frozenset(WEEK), frozenset(WEEK))
    return replace(made, **changes)  # type: ignore[arg-type]


def rooms(hours: float = 8, reps: tuple[uuid.UUID, ...] = (ANNA, BEN)) -> dict[Slot, int]:
    return {(rep, day): round(hours * HOUR) for rep in reps for day in WEEK}


def only(*wishes: Wish, **options: object) -> Told:
    return spread(wishes, options.pop("room", rooms()), LEG, **options)[0]  # type: ignore[arg-type]


def test_the_soonest_day_is_taken_while_it_has_room() -> None:
    told = spread([wish(each) for each in range(3)], rooms(1.5), LEG)
    assert [each.slots for each in told] == [((ANNA, WEEK[0]),), ((ANNA, WEEK[0]),), ((ANNA, WEEK[1]),)]


def test_the_most_valuable_chooses_first() -> None:
    told = spread([wish(1, value=5), wish(2, value=50)], {(ANNA, MONDAY): 2400}, LEG)
    assert [(each.customer_id.int, each.fate) for each in told] == [(102, Fate.PLANNED), (101, Fate.NO_ROOM)]
    assert told[1].reason == "No day that would do has room for 40 more minutes."


def test_days_are_filled_evenly_if_wanted() -> None:
    told = spread([wish(each) for each in range(5)], rooms(), LEG, evenly=True)
    assert [each.slots[0][1] for each in told] == list(WEEK)


def test_the_usual_weekday_goes_before_a_sooner_day() -> None:
    assert only(wish(1, weekday=2)).slots == ((ANNA, WEEK[2]),)
    full = {**rooms(), (ANNA, WEEK[2]): 0}
    assert only(wish(1, weekday=2), room=full).slots == ((ANNA, WEEK[0]),)


def test_the_first_rep_is_asked_first() -> None:
    both = wish(1, reps=(BEN, ANNA))
    assert only(both).slots == ((BEN, MONDAY),)
    assert only(both, room=rooms(reps=(ANNA,))).slots == ((ANNA, MONDAY),)


def test_reps_who_go_together_take_one_day_that_has_room_for_both() -> None:
    both = wish(1, reps=(ANNA, BEN), together=True)
    busy = {**rooms(), (ANNA, WEEK[0]): 0, (BEN, WEEK[1]): 0}
    assert only(both, room=busy).slots == ((ANNA, WEEK[2]), (BEN, WEEK[2]))
    assert only(both, room=rooms(reps=(ANNA,))).fate is Fate.NOBODY


@pytest.mark.parametrize(
    ("changes", "fate", "words"),
    [
        ({"reps": ()}, Fate.NOBODY, "None of these reps"),
        ({"open_days": frozenset()}, Fate.CLOSED, "closed"),
        ({"near": (WEEK[2],), "minimum_gap_days": 5}, Fate.TOO_SOON, "on 2026-03-04"),
        ({"refused": (Fate.HELD_OUT, "by lot")}, Fate.HELD_OUT, "by lot"),
    ],
)
def test_why_a_visit_did_not_fit_is_told(changes: dict[str, object], fate: Fate, words: str) -> None:
    told = only(wish(1, **changes))
    assert (told.fate, told.slots) == (fate, ())
    assert words in told.reason


def test_who_is_on_a_plan_already_gets_no_second_visit() -> None:
    told = only(wish(1, there=((BEN, WEEK[3]),), refused=(Fate.HELD_OUT, "")))
    assert (told.fate, told.slots) == (Fate.THERE, ((BEN, WEEK[3]),))


DAYS = st.frozensets(st.sampled_from(WEEK))
WISHES = st.lists(
    st.builds(
        Wish,
        customer_id=st.integers(1, 40).map(lambda number: uuid.UUID(int=number)),
        reps=st.sampled_from([(), (ANNA,), (BEN,), (ANNA, BEN), (BEN, ANNA)]),
        service_s=st.integers(60, 3 * HOUR),
        value=st.integers(1, 4),
        days=DAYS,
        open_days=DAYS,
        near=st.lists(st.sampled_from(WEEK), max_size=1).map(tuple),
        minimum_gap_days=st.integers(1, 3),
        weekday=st.none() | st.integers(0, 6),
        together=st.booleans(),
    ),
    unique_by=lambda each: each.customer_id,
    max_size=25,
)
ROOMS = st.dictionaries(st.tuples(st.sampled_from([ANNA, BEN]), st.sampled_from(WEEK)), st.integers(0, 8 * HOUR))


@given(WISHES, ROOMS, st.booleans(), st.randoms(use_true_random=False))
def test_the_law_of_spreading(wishes: list[Wish], room: dict[Slot, int], evenly: bool, chance: random.Random) -> None:
    """No day holds more than it has room for, everything is told once, and the order of the wishes changes nothing."""
    told = spread(wishes, room, LEG, evenly=evenly)
    assert Counter(each.customer_id for each in told) == Counter(each.customer_id for each in wishes)
    mixed = chance.sample(wishes, len(wishes))
    assert spread(mixed, room, LEG, evenly=evenly) == told
    by_id = {each.customer_id: each for each in wishes}
    used: Counter[Slot] = Counter()
    for each in told:
        asked = by_id[each.customer_id]
        assert bool(each.slots) == (each.fate is Fate.PLANNED)
        assert bool(each.reason) != bool(each.slots)
        assert len({day for _, day in each.slots}) <= 1
        if each.slots and asked.together:
            assert {rep for rep, _ in each.slots} == set(asked.reps)
        for rep, day in each.slots:
            assert rep in asked.reps
            assert day in asked.days & asked.open_days
            assert all(abs((day - other).days) >= asked.minimum_gap_days for other in asked.near)
            used[rep, day] += asked.service_s + LEG[rep]
    assert all(room[slot] >= seconds for slot, seconds in used.items())
