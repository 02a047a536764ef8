"""The distributor's own people in the demo: reps with homes in different districts, a supervisor and a manager."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from fieldsales.demo.dice import dice
from fieldsales.demo.geography import DISTRICTS, District, district_at
from fieldsales.demo.names import FAMILY_NAMES
from fieldsales.demo.phones import STAFF, phone
from fieldsales.demo.places import Position, in_metres
from fieldsales.demo.streets import Street, StreetKind
from fieldsales.demo.territories import CITY
from fieldsales.people.models import Role

_REPS = (
    ("amelie", "Amélie"), ("dimitri", "Dimitri"), ("lin", "Lin"), ("yusuf", "Yusuf"), ("putri", "Putri"),
    ("hugo", "Hugo"), ("eleni", "Eleni"), ("nadia", "Nadia"), ("tomas", "Tomás"), ("agnes", "Agnès"),
    ("bayu", "Bayu"), ("mei", "Mei"),
)  # fmt: skip
MOST_REPS = len(_REPS)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who logs in. `start` is where a rep's day begins (the front door); None for the others."""

    login: str
    name: str
    role: Role
    territory_code: str
    email: str
    phone: str
    start: Position | None = None


def build_people(seed: int, reps: int, streets: tuple[Street, ...]) -> tuple[Person, ...]:
    """The manager, the supervisor and the reps, who are dealt out to the districts in turn."""
    chance = dice(seed, "people")
    families = chance.sample(FAMILY_NAMES, reps)
    team = [
        _person(login, f"{first} {family}", Role.REP, DISTRICTS[i % len(DISTRICTS)].code, i)
        for i, ((login, first), family) in enumerate(zip(_REPS[:reps], families, strict=True))
    ]
    homes = _homes(team, streets, chance)
    return (
        _person("margaux", "Margaux Delestrange", Role.MANAGER, CITY.code, MOST_REPS),
        _person("sofia", "Sofia Karamani", Role.SUPERVISOR, CITY.code, MOST_REPS + 1),
        *homes,
    )


def _person(login: str, name: str, role: Role, territory: str, number: int) -> Person:
    return Person(login, name, role, territory, f"{login}@port-solene.example", phone(STAFF + number))


def _homes(team: list[Person], streets: tuple[Street, ...], chance: Random) -> Iterator[Person]:
    """The reps with a home each, in a side street of the district after their own.

    Hardly anybody lives on the beat, so the day starts with a drive, as it does in life.
    """
    for number, rep in enumerate(team):
        quarter = DISTRICTS[(number + 1) % len(DISTRICTS)]
        street = chance.choice([street for street in streets if _is_home_in(quarter, street)])
        home = street.house(chance.randint(1, street.houses))
        yield replace(rep, start=home)


def _is_home_in(quarter: District, street: Street) -> bool:
    quiet = street.kind in (StreetKind.STREET, StreetKind.LANE) and street.houses > 0
    return quiet and district_at(in_metres(street.house(1))) is quarter
