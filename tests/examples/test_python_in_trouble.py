"""The client in plain Python when something goes wrong for good: it tells the rep, and everything else goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fieldsales_phone
import fieldsales_pictures
import pytest
import requests
from fieldsales_phone import Phone, Unsent, new_id
from fieldsales_server import Refused
from sqlalchemy import delete, select
from worlds import pictures
from worlds.plain_phone import check_in, open_phone, sell
from worlds.served_town import PASSWORD, ServedTown

from fieldsales.db.session import reading, transaction
from fieldsales.notes.models import Note
from fieldsales.visits.models import Photo
from sync.models import Mutation, Upload

PICTURE = pictures.jpeg(40, (64, 48))


@pytest.fixture
def phone(tmp_path: Path, town: ServedTown) -> Phone:
    """Anna's phone, loaded."""
    phone = open_phone(tmp_path, town)
    phone.log_in("anna", PASSWORD)
    phone.sync()
    return phone


def write_note(phone: Phone, text: str = "The owner is in on Mondays only.") -> str:
    note = new_id()
    data = {"note_id": note, "customer_id": phone.all("customer")[0]["id"], "text": text}
    phone.do("note.add", ("note", note), data)
    return note


def photograph(phone: Phone, picture: bytes) -> str:
    visit = check_in(phone, phone.all("customer")[0])
    phone.photograph(visit, picture, content_type="image/jpeg")
    return visit


def notes_of_another_phone(town: ServedTown, folder: Path) -> set[str]:
    """Somebody writes a note on another phone of the same rep; return its id."""
    other = Phone(folder / "other.sqlite3", town.base)
    other.log_in("anna", PASSWORD)
    other.sync()
    note = write_note(other)
    other.sync()
    return {note}


def held_notes(phone: Phone) -> set[str]:
    return {each["id"] for each in phone.all("note")}


def test_an_upload_that_the_server_forgot_begins_again(
    phone: Phone, town: ServedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    photograph(phone, PICTURE)
    monkeypatch.setattr(fieldsales_pictures, "CHUNK", 100)
    monkeypatch.setattr(phone.server, "network", BreaksAfterOnePiece())
    with pytest.raises(requests.ConnectionError):
        phone.sync()
    with transaction(town.engine) as session:
        assert session.execute(delete(Upload)).rowcount == 1  # type: ignore[attr-defined]
    phone.sync()
    with reading(town.engine) as session:
        assert session.scalars(select(Photo)).one().stored_at is not None
    phone.sync()
    assert phone.pictures.kept() == []


class BreaksAfterOnePiece(requests.Session):
    """A network that takes one piece of a picture, then breaks once."""

    pieces = 0

    def request(self, *args: Any, **options: Any) -> requests.Response:
        """Send; break at the second piece."""
        self.pieces += args[0] == "PATCH"
        if args[0] == "PATCH" and self.pieces == 2:
            raise requests.ConnectionError("no network")
        return super().request(*args, **options)


def test_an_answer_without_a_body_is_a_refusal_all_the_same() -> None:
    answer = requests.Response()
    answer.status_code, answer.headers["Content-Type"] = 404, "application/problem+json"
    answer._content = b""
    refused = Refused(answer)
    assert (refused.status, refused.code) == (404, None)


def test_a_broken_picture_stops_no_news_and_the_rep_hears_of_it(phone: Phone, town: ServedTown, tmp_path: Path) -> None:
    visit = photograph(phone, PICTURE[: len(PICTURE) // 2])
    phone.pictures.keep(visit, PICTURE)
    sound = photograph(phone, pictures.jpeg(41, (64, 48)))
    phone.sync()
    theirs = notes_of_another_phone(town, tmp_path)
    phone.sync()
    assert held_notes(phone) == theirs
    [(mutation, answer)] = phone.news()
    assert mutation["data"]["visit_id"] == visit
    assert (answer["status"], answer["problem"]["code"]) == ("rejected", "upload.not_a_picture")
    assert [key[0] for key in phone.pictures.kept()] == [visit], "what is not announced is not thrown away"
    [told] = [each for each in phone.all("visit") if each["id"] == sound]
    assert told["photos"][0]["stored_at"] is not None


def test_a_picture_whose_announcement_was_refused_may_be_announced_again(phone: Phone, town: ServedTown) -> None:
    visit = check_in(phone, phone.all("customer")[0])
    phone.photograph(visit, PICTURE, content_type="image/gif")
    phone.sync()
    assert phone.pictures.kept() == []
    phone.photograph(visit, PICTURE, content_type="image/jpeg")
    phone.sync()
    with reading(town.engine) as session:
        assert session.scalars(select(Photo)).one().stored_at is not None


def test_a_picture_that_is_too_large_is_given_up_and_told(
    phone: Phone, town: ServedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.sync.files._most_bytes", lambda: len(PICTURE) - 1)
    photograph(phone, PICTURE)
    phone.sync()
    assert [answer["problem"]["code"] for _, answer in phone.news()] == ["upload.too_large"]
    assert phone.pictures.kept() == []


def test_another_rep_logs_in_only_when_nothing_of_the_first_is_left(phone: Phone, town: ServedTown) -> None:
    note = write_note(phone)
    with pytest.raises(Unsent, match="anna"):
        phone.log_in("ben", PASSWORD)
    phone.log_in("Anna", PASSWORD)
    phone.sync()
    phone.log_in("ben", PASSWORD)
    assert phone.all("note") == phone.news() == []
    phone.sync()
    with reading(town.engine) as session:
        assert session.scalars(select(Note.rep_id)).all() == [town.world.anna.id]
    fresh = {each["id"] for each in phone.all("customer")}
    assert note not in held_notes(phone)
    assert fresh == {str(each) for each in customers_of(town, "ben")}


def customers_of(town: ServedTown, login: str) -> list[Any]:
    told = town.desk(login)("GET", "/sync/v1/changes")["changes"]
    return [each["id"] for each in told if each["entity"] == "customer"]


def test_what_a_supervisor_accepted_is_no_news_any_more(phone: Phone, town: ServedTown) -> None:
    customer = phone.all("customer")[0]
    sell(phone, check_in(phone, customer), customer, 3, share=0.5)
    phone.sync()
    [(mutation, answer)] = phone.news()
    assert (answer["status"], answer["problem"]["code"]) == ("held", "order.price_out_of_band")
    town.desk("sara")("POST", f"/sync/v1/review/{mutation['id']}", json={"action": "accept"})
    phone.sync()
    assert phone.news() == []


def test_what_a_supervisor_discarded_is_told_with_the_reason(phone: Phone, town: ServedTown) -> None:
    customer = phone.all("customer")[0]
    sell(phone, check_in(phone, customer), customer, 3, share=0.5)
    phone.sync()
    [(mutation, _)] = phone.news()
    discard = {"action": "discard", "reason": "Far too cheap."}
    town.desk("sara")("POST", f"/sync/v1/review/{mutation['id']}", json=discard)
    phone.sync()
    [(_, answer)] = phone.news()
    assert (answer["status"], answer["problem"]["code"]) == ("rejected", "mutation.discarded")


def test_a_phone_that_is_locked_out_hands_its_queue_in(phone: Phone, town: ServedTown) -> None:
    write_note(phone)
    device = json.loads(phone.store.fact("tokens") or "")["device_id"]
    town.desk("sara")("POST", f"/api/v1/devices/{device}/revoke")
    with pytest.raises(Refused) as refused:
        phone.sync()
    assert refused.value.code == "auth.device_revoked"
    assert phone.unsent() == []
    assert [answer["problem"]["code"] for _, answer in phone.news()] == ["mutation.handed_in"]
    with reading(town.engine) as session:
        assert [each.status for each in session.scalars(select(Mutation))] == ["held"]


def test_a_server_that_speaks_another_protocol_keeps_the_queue_and_the_news_come(
    phone: Phone, town: ServedTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = write_note(phone)
    theirs = notes_of_another_phone(town, tmp_path)
    monkeypatch.setattr(fieldsales_phone, "SCHEMA", 7)
    for _ in range(2):
        phone.sync()
        assert phone.app_status() == "update_required"
        assert len(phone.unsent()) == 1
    assert held_notes(phone) == theirs
    monkeypatch.setattr(fieldsales_phone, "SCHEMA", 1)
    phone.sync()
    assert phone.app_status() == "current"
    assert held_notes(phone) == theirs | {note}


def test_an_app_that_is_too_old_hears_of_it(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"status": "update_required", "oldest": "2.0.0", "advised": None, "mend": "Update the app."}
    monkeypatch.setattr("api.sync.changes.calling_app_json", lambda: told)
    phone.sync()
    assert phone.app_status() == "update_required"


def test_a_batch_that_is_too_large_is_sent_in_halves(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fieldsales_phone, "BATCH", 1000)
    for _ in range(501):
        phone.do("note.add", ("note", new_id()), {})
    phone.push()
    assert (phone.unsent(), len(phone.news())) == ([], 501)
