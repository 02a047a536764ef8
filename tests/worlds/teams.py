"""Small teams by chance: workers who differ, stops that not everybody may visit, asymmetric ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from worlds.rep_days import OFFICE, TICK_S, at, lunches, stops

from routing.problem import Lock, Stop, Window, Worker
from routing.team.problem import TeamProblem
from routing.travel import TravelMatrix

SKILLS = ("chilled", "forklift")


@st.composite
def workers(draw: st.DrawFn, name: str) -> Worker:
    """A rep of 2 to 9 hours: now and then off, of few visits, a small or a fast car, skills, lunch, overtime."""
    opens_s = at("08:00") + draw(st.integers(0, 12)) * TICK_S
    shift = Window(opens_s, opens_s + draw(st.integers(8, 36)) * TICK_S)
    lunch = draw(st.none() | lunches())
    return Worker(
        start=OFFICE,
        end=draw(st.sampled_from([OFFICE, None])),
        shift=draw(st.sampled_from([shift, shift, shift, None])),
        breaks=(lunch,) if lunch else (),
        id=name,
        skills=draw(st.frozensets(st.sampled_from(SKILLS))),
        capacity=draw(st.sampled_from([(), (5,)])),
        max_visits=draw(st.sampled_from([None, None, 0, 2])),
        overtime_s=draw(st.sampled_from([0, 0, TICK_S])),
        overtime_price=draw(st.sampled_from([0, 1, 3])),
        speed=draw(st.sampled_from([1.0, 1.0, 0.5, 3.0])),
        max_travel_s=draw(st.sampled_from([None, None, 8 * TICK_S])),
    )


@st.composite
def team_stops(draw: st.DrawFn, name: str, team: tuple[str, ...]) -> Stop:
    """A shop with wishes about who comes."""
    names = st.frozensets(st.sampled_from(team), max_size=1) if team else st.just(frozenset[str]())
    stop = replace(
        draw(stops(name)),
        skills=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"forklift"})])),
        forbids=draw(names),
        prefers=draw(names),
        amount=draw(st.sampled_from([(), (2,), (4,)])),
    )
    holders = sorted(set(team) - stop.forbids)
    if holders and draw(st.integers(0, 5)) == 0:
        stop = replace(stop, lock=Lock(draw(st.sampled_from(holders)), draw(st.sampled_from([None, 0, 1]))))
    return stop


@st.composite
def teams_with_ways(draw: st.DrawFn, max_workers: int = 3, max_stops: int = 5) -> tuple[TeamProblem, TravelMatrix]:
    """A team's day and its matrix; there may be nobody, and nothing to do."""
    team = tuple(("anna", "ben", "cleo")[: draw(st.integers(0, max_workers))])
    names = [f"shop {letter}" for letter in "abcdefgh"[: draw(st.integers(0, max_stops))]]
    problem = TeamProblem(
        workers=tuple(draw(workers(name)) for name in team),
        stops=tuple(draw(team_stops(name, team)) for name in names),
        preference_s=draw(st.sampled_from([0, TICK_S])),
    )
    size = len(problem.points())
    quarters = draw(st.lists(st.integers(0, 5), min_size=size * size, max_size=size * size))
    table = np.array(quarters, dtype=np.int64).reshape(size, size)
    np.fill_diagonal(table, 0)
    return problem, TravelMatrix(table * TICK_S, table * 7000)
