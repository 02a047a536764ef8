"""Days under way by chance, and everything that a rep could still do: for properties of replanning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations

from hypothesis import strategies as st
from worlds.rep_days import TICK_S, at, days_with_ways

from routing.compiled import NEVER_S, CompiledDay
from routing.living import LivingDay, Made
from routing.schedule import earliest_end
from routing.travel import TravelMatrix

Standard = tuple[int, int, float]
"""Of an order, greater is better: mandatory and locked visits, prizes, and the cost with its sign turned."""


@st.composite
def living_days(draw: st.DrawFn, max_stops: int = 5, *, locks: bool = True) -> tuple[LivingDay, TravelMatrix]:
    """A day with some visits made, some standing in any order, some new; the matrix is of its rest."""
    problem, _ = draw(days_with_ways(max_stops))
    ids = draw(st.permutations([stop.id for stop in problem.stops]))
    made_count = draw(st.integers(0, len(ids) // 2))
    new_count = draw(st.integers(0, (len(ids) - made_count) // 2))
    standing = tuple(ids[: len(ids) - new_count])
    ahead = standing[made_count:]
    now_s = draw(st.integers(at("08:00"), at("17:00")).map(lambda second: second // TICK_S * TICK_S))
    left_s = draw(st.sampled_from([now_s, None])) if made_count else now_s
    made = [
        Made(stop_id, now_s - TICK_S * (made_count - at), now_s) for at, stop_id in enumerate(standing[:made_count])
    ]
    if made:
        made[-1] = replace(made[-1], left_s=left_s)
    some = st.frozensets(st.sampled_from(ahead)) if ahead and locks else st.just(frozenset[str]())
    living = LivingDay(
        problem,
        standing,
        now_s,
        made=tuple(made),
        in_place=draw(some),
        in_order=draw(some),
        lunch_had=draw(st.booleans()),
        wait_weight=draw(st.sampled_from([0.0, 1.0, 2.0])),
        moving_price_s=draw(st.sampled_from([0, 600, 1800, 10**9])),
    )
    size = len(living.rest().stops) + 2
    quarters = draw(st.lists(st.integers(0, 5), min_size=size * size, max_size=size * size))
    return living, _ways(quarters, size)


def _ways(quarters: list[int], size: int) -> TravelMatrix:
    import numpy as np  # noqa: PLC0415

    table = np.array(quarters, dtype=np.int64).reshape(size, size)
    np.fill_diagonal(table, 0)
    return TravelMatrix(table * TICK_S, table * 7000)


def every_order(day: CompiledDay) -> Iterator[tuple[int, ...]]:
    """Each choice of visits in each order."""
    for many in range(day.end):
        for chosen in combinations(range(1, day.end), many):
            yield from permutations(chosen)


def keeps_locks(living: LivingDay, order: list[str]) -> bool:
    """What the locks say, in the words of `LivingDay`: the n-th, the last if fewer remain; and in order."""
    in_order = [stop_id for stop_id in order if stop_id in living.in_order]
    if in_order != [stop_id for stop_id in living.ahead if stop_id in in_order]:
        return False
    held = [(living.ahead.index(stop_id), where) for where, stop_id in enumerate(order) if stop_id in living.in_place]
    early = [place for place, where in held if where < place]
    after = order[min((where for place, where in held if where < place), default=len(order)) :]
    return (
        all(where <= place for place, where in held)
        and all(stop_id in living.in_place for stop_id in after)
        and early == sorted(early)
        and [place for place, _ in held[len(held) - len(after) :]]
        == sorted(place for place, _ in held)[len(held) - len(after) :]
    )


def fewest_moved(before: tuple[str, ...], after: list[str]) -> int:
    """Try which visits can be taken out of both orders so that the rest stand in the same one."""
    both = [stop_id for stop_id in after if stop_id in before]
    for many in range(len(both) + 1):
        for out in combinations(both, many):
            rest = [stop_id for stop_id in both if stop_id not in out]
            if rest == [stop_id for stop_id in before if stop_id in rest]:
                return many
    raise AssertionError("all can be taken out")


def standard(living: LivingDay, day: CompiledDay, order: tuple[int, ...]) -> Standard | None:
    """How good an order is; None if it cannot be driven or breaks a lock."""
    names = [day.stop(place).id for place in order]
    if not keeps_locks(living, names):
        return None
    ends_s = earliest_end(day, order)
    if ends_s == NEVER_S:
        return None if order else (0, 0, float("-inf"))
    driven_s = day.driving_s(order) if order else day.travel_s[0][day.end]
    idle_s = ends_s - day.shift.opens_s - driven_s - sum(day.service_s[place] for place in order)
    stops = [day.stop(place) for place in order]
    cost = driven_s + living.wait_weight * idle_s + living.moving_price_s * fewest_moved(living.ahead, names)
    return sum(stop.mandatory for stop in stops), sum(stop.prize for stop in stops), -cost
