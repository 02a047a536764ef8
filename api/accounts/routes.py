"""Key accounts: given out by a manager, put on a plan by their reps."""

from __future__ import annotations

from typing import Any

from api.accounts.schemas import (
    AccountPageSchema,
    AccountQuery,
    KeyAccountRoundSchema,
    KeyAccountRoundWantedSchema,
    KeyAccountsEndSchema,
    KeyAccountsGivenOutSchema,
    KeyAccountsGivenSchema,
)
from api.afterwards import plans_follow, replan_slots_afterwards
from api.database import session
from api.guard import BOSSES, EVERYBODY, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.accounts import service
from fieldsales.accounts.queries import Account, accounts_visible_to
from fieldsales.accounts.rules import Given
from fieldsales.db.paging import Page
from fieldsales.people.queries import days_at
from fieldsales.rounds.rules import Round
from fieldsales.rounds.service import plan_round

accounts = Resource(
    "key-accounts",
    __name__,
    url_prefix="/api/v1/key-accounts",
    description="Customers that a manager gives out by hand",
)


@accounts.on("GET", "", roles=EVERYBODY, query=AccountQuery, gives=AccountPageSchema)
def list_key_accounts(query: dict[str, Any]) -> Page[Account]:
    """The key accounts of the customers whom I may see

    With whose turn it is and when it is due.
    """
    return accounts_visible_to(session(), actor(), query["page"], query["only"], days_at(session(), now())[0])


@accounts.on("POST", "", roles=BOSSES, takes=KeyAccountsGivenOutSchema, gives=KeyAccountsGivenSchema, problems=[422])
def give_key_accounts(body: dict[str, Any]) -> Given:
    """Give many customers to several reps

    Each pair is new, changed, the same or refused with its reason; the same again changes nothing. Who has one already
    gets the new terms.
    """
    with plans_follow(body["customer_ids"]):
        return service.assign(session(), **body, by=actor(), now=now())


@accounts.on("POST", "/end", roles=BOSSES, takes=KeyAccountsEndSchema, gives=KeyAccountsGivenSchema, problems=[422])
def end_key_accounts(body: dict[str, Any]) -> Given:
    """Take key accounts back

    From the reps that are named, or from all; once more changes nothing.
    """
    with plans_follow(body["customer_ids"]):
        return service.end(session(), **body, by=actor(), now=now())


@accounts.on(
    "POST",
    "/plan",
    roles=EVERYBODY,
    takes=KeyAccountRoundWantedSchema,
    gives=KeyAccountRoundSchema,
    problems=[404, 409, 422],
)
def plan_key_accounts(body: dict[str, Any]) -> Round:
    """Turn a rep's key accounts into a plan

    Those that are due, each on the day with the most room; without `days` the coming five working days. Another rep's
    turn is told. The same again changes nothing. Routes follow.
    """
    wanted = body | {"rep_id": body["rep_id"] or actor().user_id}
    found = plan_round(session(), **wanted, by=actor(), now=now())
    if not body["dry_run"]:
        replan_slots_afterwards(found.changed)
    return found
