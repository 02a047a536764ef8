"""The client in plain Python: it loses half of the answers and its process, and ends equal to the server."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import fieldsales_pictures
import pytest
import requests
from fieldsales_phone import Phone, Refused, new_id
from sqlalchemy import func, select
from worlds.plain_phone import open_phone, work_at
from worlds.served_town import PASSWORD, ServedTown

from fieldsales.changes.service import new_epoch
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.receivables.models import Payment
from fieldsales.visits.models import Photo, VisitEvent
from sync.models import Mutation


class BadLine(requests.Session):
    """A network on which requests arrive and half of the answers do not."""

    dice = random.Random(5)

    def request(self, *args: Any, **options: Any) -> requests.Response:
        """Send; lose the answer or give it."""
        answer = super().request(*args, **options)
        if self.dice.random() < 0.5:
            raise requests.ConnectionError("the answer got lost")
        return answer


@pytest.fixture
def loaded(tmp_path: Path, town: ServedTown) -> Phone:
    """Anna's phone, with her scope."""
    phone = open_phone(tmp_path, town)
    phone.log_in("anna", PASSWORD)
    phone.sync()
    return phone


def persist(phone: Phone) -> None:
    """Sync again and again, as an app does, until it comes through."""
    for _ in range(50):
        try:
            return phone.sync()
        except requests.ConnectionError:
            continue
    pytest.fail("it never came through")


def held(phone: Phone) -> dict[str, dict[str, Any]]:
    """Everything that the phone holds, by kind and id."""
    kinds = [kind for (kind,) in phone.store.db.execute("SELECT DISTINCT entity FROM held")]
    return {f"{kind}/{document['id']}": document for kind in kinds for document in phone.all(kind)}


def test_a_day_with_lost_answers_and_crashes_ends_equal_to_the_cent(
    loaded: Phone, tmp_path: Path, town: ServedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fieldsales_pictures, "CHUNK", 400)
    amount = 0
    for shade, customer in enumerate(loaded.all("customer"), start=40):
        amount += work_at(open_phone(tmp_path, town), customer, shade)
        persist(open_phone(tmp_path, town, BadLine()))
    phone = open_phone(tmp_path, town)
    phone.sync()
    assert phone.unsent() == phone.news() == []
    with reading(town.engine) as session:
        assert session.scalars(select(func.sum(Order.amount_minor))).one() == amount
        assert session.scalars(select(func.sum(Payment.amount_minor))).one() == amount
        assert session.scalars(select(func.count()).select_from(VisitEvent)).one() == 6
        assert session.scalars(select(func.count()).select_from(Mutation)).one() == 15
        assert None not in session.scalars(select(Photo.stored_at)).all()
    fresh = Phone(tmp_path / "fresh.sqlite3", town.base)
    fresh.log_in("anna", PASSWORD)
    fresh.sync()
    assert held(fresh) == held(phone)
    assert sum(order["amount_minor"] for order in phone.all("order")) == amount


def test_after_a_restored_backup_it_loads_afresh_and_keeps_its_queue(loaded: Phone, town: ServedTown) -> None:
    customer = loaded.all("customer")[0]
    work_at(loaded, customer, 40)
    with transaction(town.engine) as session:
        new_epoch(session)
    loaded.store.db.execute("INSERT INTO held VALUES ('product', 'gone', '{\"id\": \"gone\"}', 1)")
    loaded.sync()
    assert len(loaded.all("order")) == 1
    assert "product/gone" not in held(loaded)


def test_it_tells_the_rep_what_was_refused_and_goes_on(loaded: Phone) -> None:
    slip = loaded.do("note.add", ("note", new_id()), {"text": ""})
    work_at(loaded, loaded.all("customer")[0], 40)
    loaded.sync()
    [(mutation, answer)] = loaded.news()
    assert (mutation["id"], answer["problem"]["code"]) == (slip, "mutation.malformed")
    assert len(loaded.all("order")) == 1


def test_an_access_token_that_is_worn_out_is_renewed(loaded: Phone) -> None:
    loaded.store.db.execute("UPDATE fact SET value = json_set(value, '$.access_token', 'worn') WHERE name = 'tokens'")
    loaded.sync()


def test_somebody_who_is_not_known_is_told_so(tmp_path: Path, town: ServedTown) -> None:
    with pytest.raises(Refused) as refused:
        open_phone(tmp_path, town).log_in("anna", "guessed")
    assert (refused.value.status, refused.value.code) == (401, "auth.wrong_credentials")


def test_ids_are_uuids_of_version_seven_that_count_up() -> None:
    ids = [new_id() for _ in range(3)]
    assert {each[14] for each in ids} == {"7"}
    assert {each[19] for each in ids} <= set("89ab")
