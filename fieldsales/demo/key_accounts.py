"""The customers that the manager hands out in person, to one rep or to several."""

from dataclasses import dataclass

from fieldsales.demo.dice import dice
from fieldsales.demo.habits import Behaviour
from fieldsales.demo.people import Person
from fieldsales.demo.shops import Shop
from fieldsales.demo.trades import Trade
from fieldsales.people.models import Role

HOW_MANY = 8
_LARGE_FIRST = (Trade.SUPERMARKET, Trade.PETROL_STATION, Trade.RESTAURANT)
_GONE = (Behaviour.CLOSED, Behaviour.VANISHED)


@dataclass(frozen=True, slots=True)
class KeyAccount:
    """A shop and the reps that the manager put on it, the one in charge first."""

    shop_ref: str
    rep_logins: tuple[str, ...]


def choose_key_accounts(seed: int, shops: tuple[Shop, ...], people: tuple[Person, ...]) -> tuple[KeyAccount, ...]:
    """The largest shops of the large trades that are alive and on the map, every second one with a second rep."""
    chance = dice(seed, "key accounts")
    reps = [person.login for person in people if person.role is Role.REP]
    living = [shop for shop in shops if shop.behaviour not in _GONE and shop.position is not None]
    chosen = sorted(living, key=_importance)[:HOW_MANY]
    accounts = []
    for number, shop in enumerate(chosen):
        others = [login for login in reps if login != shop.rep_login]
        helper = [chance.choice(others)] if others and number % 2 else []
        accounts.append(KeyAccount(shop.ref, (shop.rep_login, *helper)))
    return tuple(accounts)


def _importance(shop: Shop) -> tuple[int, float, str]:
    rank = _LARGE_FIRST.index(shop.category) if shop.category in _LARGE_FIRST else len(_LARGE_FIRST)
    return rank, -shop.habit.size, shop.ref
