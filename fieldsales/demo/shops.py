"""The customers of the demo: shops with a door on a street, opening hours, a telephone and a way of buying."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle
from random import Random

from fieldsales.demo.dice import dice, share_out
from fieldsales.demo.geography import DISTRICTS
from fieldsales.demo.habits import MIXTURE, SUMMER_TRADES, Behaviour, Habit, build_habit
from fieldsales.demo.people import Person
from fieldsales.demo.phones import STAFF, phone
from fieldsales.demo.places import Position
from fieldsales.demo.shop_names import shop_names
from fieldsales.demo.sites import Site, sites
from fieldsales.demo.streets import Street
from fieldsales.demo.trades import PRACTICES, Trade
from fieldsales.people.models import Role

_ONE_UNPLACED_IN = 64
"""One shop in so many has an address but no position, as in every real customer list."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A customer. `opening_hours` is an OSM string or None when unknown; `position` is None until geocoded.

    `rep_login` is the rep who looks after it; `habit` the truth about its orders, which no customer list would have.
    """

    ref: str
    name: str
    category: Trade
    territory_code: str
    street: str
    house_number: int
    address: str
    position: Position | None
    phone: str
    opening_hours: str | None
    service_minutes: int
    rep_login: str
    habit: Habit

    @property
    def behaviour(self) -> Behaviour:
        """The plot of its story."""
        return self.habit.behaviour


def build_shops(
    seed: int, count: int, as_of: date, streets: tuple[Street, ...], people: tuple[Person, ...]
) -> tuple[Shop, ...]:
    """The town's customers, "C0001" first, evenly over the districts."""
    chance = dice(seed, "shops")
    trades = share_out(count, [(trade, practice.share) for trade, practice in PRACTICES.items()])
    chance.shuffle(trades)
    stories = _stories(trades, chance)
    doors = sites(streets, count, chance)
    register = _Register(as_of, chance, people)
    shops = [
        register.enter(number, trade, story, site)
        for number, (trade, story, site) in enumerate(zip(trades, stories, doors, strict=True), start=1)
    ]
    for unplaced in chance.sample(range(count), max(1, count // _ONE_UNPLACED_IN)):
        shops[unplaced] = replace(shops[unplaced], position=None)
    return tuple(shops)


def _stories(trades: list[Trade], chance: Random) -> list[Behaviour]:
    """A behaviour for each shop in the mixture's proportions, the seasonal ones with those who live off summer."""
    plots = share_out(len(trades), MIXTURE)
    summer = [number for number, trade in enumerate(trades) if trade in SUMMER_TRADES]
    seasonal = set(chance.sample(summer, min(len(summer), plots.count(Behaviour.SEASONAL))))
    others = [plot for plot in plots if plot is not Behaviour.SEASONAL]
    others += [Behaviour.REGULAR] * (len(trades) - len(others) - len(seasonal))
    chance.shuffle(others)
    rest = iter(others)
    return [Behaviour.SEASONAL if number in seasonal else next(rest) for number in range(len(trades))]


class _Register:
    """Enters one shop after the other, handing out what no two may share: names, telephones, a rep's attention."""

    def __init__(self, as_of: date, chance: Random, people: tuple[Person, ...]) -> None:
        self._as_of = as_of
        self._chance = chance
        self._names = {trade: shop_names(trade, chance) for trade in Trade}
        self._phones = iter(chance.sample(range(STAFF), STAFF))
        self._reps = _reps_by_district(people)

    def enter(self, number: int, trade: Trade, story: Behaviour, site: Site) -> Shop:
        practice = PRACTICES[trade]
        hours, weights = zip(*practice.hours, strict=True)
        return Shop(
            ref=f"C{number:04d}",
            name=next(self._names[trade]),
            category=trade,
            territory_code=site.territory_code,
            street=site.street,
            house_number=site.house_number,
            address=f"{site.house_number} {site.street}",
            position=site.position,
            phone=phone(next(self._phones)),
            opening_hours=self._chance.choices(hours, weights)[0],
            service_minutes=practice.service_minutes,
            rep_login=next(self._reps[site.territory_code]),
            habit=build_habit(story, trade, self._as_of, self._chance),
        )


def _reps_by_district(people: tuple[Person, ...]) -> dict[str, Iterator[str]]:
    """Each district's reps in endless turn; a district without a rep of its own is served by all of them."""
    reps = [person for person in people if person.role is Role.REP]
    everybody = [rep.login for rep in reps]
    local = {quarter.code: [rep.login for rep in reps if rep.territory_code == quarter.code] for quarter in DISTRICTS}
    return {code: cycle(logins or everybody) for code, logins in local.items()}
