"""A receipt by mail: queued with the request, sent when the mail server takes it. Over a real socket."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from worlds import mail_server
from worlds.mail_server import MailServer
from worlds.small_town import NOON
from worlds.web import Web

import fieldsales.chores.letters as worker
from fieldsales.db.session import reading, transaction
from fieldsales.errors import BadSetting
from fieldsales.letters.models import Letter, LetterState
from fieldsales.letters.rules import MOST_ATTEMPTS, wait_after
from fieldsales.letters.service import try_again
from fieldsales.mail import BadAddress, Mailbox, tidy_address
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken, place_order


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server.listening() as found:
        yield found


@pytest.fixture
def order(web: Web) -> uuid.UUID:
    draft = Draft(uuid.uuid4(), web.customers["Bakery"], "EUR", (Line(web.products["coffee"], 2, 589),), None)
    with transaction(web.engine) as session:
        place_order(session, draft, Taken(web.people["anna"], NOON))
    return draft.order_id


@pytest.fixture
def deliver(web: Web, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One round of the worker at a moment."""

    def run(port: int, at: datetime = NOON) -> tuple[int, int]:
        monkeypatch.setattr(worker, "utc_now", lambda: at)
        mailbox = Mailbox("127.0.0.1", port, "shop@harbour.example", security="none", seconds=5)
        return worker.deliver_letters(web.engine, mailbox)

    return run


def test_a_letter_that_cannot_be_written_holds_up_no_other(
    web: Web, order: uuid.UUID, server: MailServer, deliver: Any
) -> None:
    bad, good = ask_for(web, order).json["id"], ask_for(web, order).json["id"]
    with transaction(web.engine) as session:
        session.get_one(Letter, uuid.UUID(bad)).recipient = "owner\x0b@bakery.example"
    assert deliver(server.port) == (1, 1)
    with reading(web.engine) as session:
        letters = {str(each.id): each for each in session.scalars(select(Letter))}
        assert (letters[good].state, letters[bad].state) == (LetterState.SENT, LetterState.WAITING)
        assert letters[bad].next_at > NOON
        assert "linefeed" in letters[bad].last_error


@pytest.mark.parametrize("text", ["a\x0b@b.c", "a\x00@b.c", "a@b.c\x85", "a@b.c\x1f", "a\x7f@b.c"])
def test_an_address_has_no_control_characters(text: str) -> None:
    with pytest.raises(BadAddress):
        tidy_address(text)


def ask_for(web: Web, order: uuid.UUID) -> Any:
    body = {"to": "owner@bakery.example", "language": "el"}
    return web.anna.post(f"/api/v1/orders/{order}/receipt/mail", body)


def test_the_pdf_arrives_once(web: Web, order: uuid.UUID, server: MailServer, deliver: Any) -> None:
    answer = ask_for(web, order)
    assert (answer.status_code, answer.json["state"]) == (202, "waiting")
    assert server.messages == []
    assert deliver(server.port) == (1, 0)
    assert deliver(server.port, NOON + timedelta(days=1)) == (0, 0)
    (message,) = server.messages
    assert (message["To"], message["From"]) == ("owner@bakery.example", "shop@harbour.example")
    assert message["Subject"].startswith("Απόδειξη ")
    assert "11,78 EUR" in message.get_body().get_content()
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF-")


def test_a_server_that_is_down_or_refuses_loses_nothing(
    web: Web, order: uuid.UUID, server: MailServer, deliver: Any
) -> None:
    ask_for(web, order)
    assert deliver(1) == (0, 1)  # nobody listens there
    server.refuses = True
    assert deliver(server.port, NOON + timedelta(seconds=59)) == (0, 0)
    assert deliver(server.port, NOON + timedelta(minutes=1)) == (0, 1)
    with reading(web.engine) as session:
        letter = session.scalars(select(Letter)).one()
        assert (letter.state, letter.attempts) == (LetterState.WAITING, 2)
        assert "451" in letter.last_error
    server.refuses = False
    assert deliver(server.port, NOON + timedelta(minutes=3)) == (1, 0)
    assert len(server.messages) == 1


def test_after_four_days_it_is_given_up_and_can_be_tried_again(
    web: Web, order: uuid.UUID, server: MailServer, deliver: Any
) -> None:
    ask_for(web, order)
    with transaction(web.engine) as session:
        session.scalars(select(Letter)).one().attempts = MOST_ATTEMPTS - 1
    assert deliver(1) == (0, 1)
    assert deliver(server.port, NOON + timedelta(days=9)) == (0, 0)
    with transaction(web.engine) as session:
        assert session.scalars(select(Letter.state)).one() is LetterState.GIVEN_UP
        assert try_again(session, NOON) == 1
    assert deliver(server.port) == (1, 0)
    assert timedelta(days=3) < sum((wait_after(each) for each in range(1, MOST_ATTEMPTS)), timedelta(0)) < timedelta(5)


def test_without_a_mail_server_nothing_is_tried_and_the_settings_are_named(web: Web, order: uuid.UUID) -> None:
    ask_for(web, order)
    with pytest.raises(BadSetting, match="FIELDSALES_MAIL_HOST"):
        worker.deliver_letters(web.engine, Mailbox("", 587, ""))
    with reading(web.engine) as session:
        assert session.scalars(select(Letter.attempts)).one() == 0


@pytest.mark.parametrize(
    "text", ["nobody", "a@b", "a@b.example\r\nBcc: x@y.example", "A <a@b.example>", "a@b.example,c@d.example", ""]
)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        tidy_address(text)
