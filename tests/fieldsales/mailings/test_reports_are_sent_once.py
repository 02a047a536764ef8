"""Reports by mail: once for each subscription and day, over a real mail server."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select
from worlds import mail_server
from worlds.mail_server import MailServer
from worlds.reported_days import EVENING, MONDAY, a_monday
from worlds.small_town import NOON
from worlds.web import Web, build

from fieldsales.audit.models import AuditEntry
from fieldsales.chores.chore import Context
from fieldsales.chores.letters import deliver_letters
from fieldsales.chores.reports import are_reports_due, send_reports
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.jobs.rules import Slot
from fieldsales.letters.models import Letter
from fieldsales.mail import Mailbox
from fieldsales.mailings.models import ReportSent, ReportSubscription
from fieldsales.mailings.service import Sent, Wish, send_due, subscribe
from fieldsales.people.models import User

BASE = "https://field.example"
AT_SEVEN = NOON + timedelta(hours=5)
"""Seven in the evening in Greece."""


@pytest.fixture
def web(engine: Any) -> Web:
    return build(engine)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server.listening() as found:
        yield found


def wish(web: Web, login: str = "sara", at: time = time(19), made: datetime = NOON, **more: Any) -> Any:
    """Have somebody subscribed."""
    with transaction(web.engine) as session:
        asked = Wish(f"{login}@harbour.example", at, **more)
        return subscribe(session, web.people[login], asked, by=None, now=made).id


def deliver(web: Web, server: MailServer) -> tuple[int, int]:
    mailbox = Mailbox("127.0.0.1", server.port, "house@harbour.example", security="none", seconds=5)
    return deliver_letters(web.engine, mailbox)


def test_a_mail_server_gets_the_report_with_its_pdf(web: Web, server: MailServer) -> None:
    """As HTML, as text, and as a PDF that opens; a link ends it, also for mail programs."""
    a_monday(web)
    wish(web, language="en")
    (sent,) = send_due(web.engine, AT_SEVEN, BASE)
    assert sent.letter_id
    assert deliver(web, server) == (1, 0)
    (message,) = server.messages
    assert message["To"] == "sara@harbour.example"
    assert message["Subject"] == f"Daily report {MONDAY}: Small Town"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert html
    assert text
    for body in (html.get_content(), text.get_content()):
        assert "Bakery" in body
        assert f"{BASE}/api/v1/report-subscriptions/unsubscribe/" in body
        assert f"{BASE}/console#/today/{MONDAY}" in body
    (pdf,) = message.iter_attachments()
    assert pdf.get_filename() == f"report-{MONDAY}.pdf"
    file = PdfReader(io.BytesIO(pdf.get_content()))
    assert len(file.pages) == 1
    assert "87.50 EUR" in file.pages[0].extract_text()


def test_it_is_sent_once_however_often_it_is_tried(web: Web) -> None:
    wish(web)
    assert len(send_due(web.engine, AT_SEVEN, BASE)) == 1
    assert send_due(web.engine, AT_SEVEN, BASE) == []
    assert send_due(web.engine, AT_SEVEN + timedelta(hours=3), BASE) == []
    assert len(send_due(web.engine, AT_SEVEN + timedelta(days=1), BASE)) == 1


def test_two_workers_at_once_send_it_once(web: Web) -> None:
    """The row of the subscription and day stands in the way."""
    for login in ("sara", "max"):
        wish(web, login)
    found: list[Sent] = []
    threads = [threading.Thread(target=lambda: found.extend(send_due(web.engine, AT_SEVEN, BASE))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with transaction(web.engine) as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 2
        assert session.scalar(select(func.count()).select_from(ReportSent)) == 2
    assert len([each for each in found if each.letter_id]) == 2


def test_the_house_sends_it_by_itself(web: Web) -> None:
    """A chore that is wanted only while something is due."""
    wish(web)
    slot = Slot(AT_SEVEN, MONDAY)
    context = Context(web.engine, Settings(public_url=BASE), lambda: AT_SEVEN, slot)
    for due, told in ((True, {"queued": 1, "not_made": 0}), (False, {"queued": 0, "not_made": 0})):
        with reading(web.engine) as session:
            assert are_reports_due(session, AT_SEVEN, context.settings) is due
        assert send_reports(context) == told


def test_of_what_was_missed_only_the_latest_is_sent(web: Web) -> None:
    """The house was away from Monday to Thursday noon: Wednesday's report comes, and no other."""
    wish(web)
    assert len(send_due(web.engine, NOON + timedelta(days=3), BASE)) == 1
    with transaction(web.engine) as session:
        (sent,) = session.scalars(select(ReportSent)).all()
        assert sent.due_on == sent.day == MONDAY + timedelta(days=2)


def test_a_report_of_the_morning_tells_the_day_before(web: Web) -> None:
    wish(web, at=time(7))
    send_due(web.engine, NOON + timedelta(hours=20), BASE)
    with transaction(web.engine) as session:
        (sent,) = session.scalars(select(ReportSent)).all()
        assert (sent.due_on, sent.day) == (MONDAY + timedelta(days=1), MONDAY)


def test_one_that_cannot_be_made_holds_up_no_other(web: Web) -> None:
    """Sara moved to the north and may not see the south any more: that is said, and the subscription is ended."""
    wish(web, territory_id=web.territories["south"])
    wish(web, "max")
    with transaction(web.engine) as session:
        session.get_one(User, web.people["sara"]).territory_id = web.territories["north"]
    sent, other = sorted(send_due(web.engine, AT_SEVEN, BASE), key=lambda each: each.letter_id is not None)
    assert "territory.not_found" in (sent.why_not or "")
    assert other.letter_id
    assert send_due(web.engine, AT_SEVEN, BASE) == []
    assert web.sara.get("/api/v1/report-subscriptions").json == {"subscriptions": []}


def test_who_left_is_sent_nothing(web: Web) -> None:
    wish(web)
    with transaction(web.engine) as session:
        session.get_one(User, web.people["sara"]).active = False
    assert send_due(web.engine, AT_SEVEN, BASE) == []


def test_a_report_shows_what_its_reader_may_see_when_it_is_made(web: Web) -> None:
    """Sara leads only the north by then."""
    a_monday(web)
    wish(web)
    with transaction(web.engine) as session:
        session.get_one(User, web.people["sara"]).territory_id = web.territories["north"]
    send_due(web.engine, EVENING, BASE)
    with transaction(web.engine) as session:
        (letter,) = session.scalars(select(Letter)).all()
        assert "Anna" in letter.text
        assert "Ben" not in letter.text


def test_the_link_asks_first_and_ends_it_then(web: Web) -> None:
    """Mail programs open links by themselves: opening ends nothing."""
    wish(web, language="zh")
    with transaction(web.engine) as session:
        secret = session.scalars(select(ReportSubscription.secret)).one()
    link, client = f"/api/v1/report-subscriptions/unsubscribe/{secret}", web.app.test_client()
    asked = client.get(link)
    assert asked.status_code == 200
    assert "取消订阅" in asked.text
    assert len(send_due(web.engine, AT_SEVEN, BASE)) == 1
    for _ in range(2):
        assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "日报将不再发送" in client.get(link).text
    assert send_due(web.engine, AT_SEVEN + timedelta(days=1), BASE) == []
    with transaction(web.engine) as session:
        ended = session.scalars(select(AuditEntry).where(AuditEntry.action == "report.unsubscribe")).all()
        assert [each.facts["because"] for each in ended] == ["by the link"]
    assert client.get(f"{link}x").status_code == 404


def test_people_subscribe_themselves_and_bosses_their_people(web: Web) -> None:
    """A supervisor nobody else; a rep not at all."""
    body = {"email": "sara@harbour.example", "sends_at": "19:00"}
    made = web.sara.post("/api/v1/report-subscriptions", body)
    assert made.status_code == 201, made.text
    assert {key: made.json[key] for key in ("person", "weekdays", "time_zone", "covers", "language", "sends_at")} == {
        "person": "Sara",
        "weekdays": "MO,TU,WE,TH,FR",
        "time_zone": "Europe/Athens",
        "covers": "same_day",
        "language": "en",
        "sends_at": "19:00",
    }
    again = web.sara.post("/api/v1/report-subscriptions", body)
    assert (again.status_code, again.json["code"]) == (409, "report.subscribed_already")
    theirs = body | {"email": "s@harbour.example", "user_id": str(web.people["sara"])}
    assert web.max.post("/api/v1/report-subscriptions", theirs).status_code == 201
    others = body | {"user_id": str(web.people["max"])}
    assert web.sara.post("/api/v1/report-subscriptions", others).json["code"] == "report.not_for_reps"
    rep = body | {"user_id": str(web.people["anna"])}
    assert web.max.post("/api/v1/report-subscriptions", rep).json["code"] == "report.not_for_reps"
    assert web.anna.post("/api/v1/report-subscriptions", body).status_code == 403


def test_everybody_sees_and_ends_what_is_theirs(web: Web) -> None:
    """A boss sees everybody's; a supervisor does not see the boss's."""
    mine, boss = (
        web.__getattr__(login).post(
            "/api/v1/report-subscriptions", {"email": f"{login}@harbour.example", "sends_at": "07:00"}
        )
        for login in ("sara", "max")
    )
    seen = {
        login: [
            each["person"] for each in web.__getattr__(login).get("/api/v1/report-subscriptions").json["subscriptions"]
        ]
        for login in ("sara", "max")
    }
    assert seen == {"sara": ["Sara"], "max": ["Max", "Sara"]}
    path = "/api/v1/report-subscriptions/{}"
    assert web.sara.delete(path.format(boss.json["id"])).status_code == 404
    assert web.sara.delete(path.format(mine.json["id"])).status_code == 204
    assert web.sara.get("/api/v1/report-subscriptions").json == {"subscriptions": []}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"email": "nobody"}, "mail.bad_address"),
        ({"time_zone": "Mars/Olympus"}, "time_zone.unknown"),
        ({"language": "el"}, "report.unknown_language"),
        ({"weekdays": "MO,XX"}, "people.bad_work_pattern"),
        ({"sends_at": "25:00"}, "request.invalid_fields"),
    ],
)
def test_what_cannot_be_is_refused_by_name(web: Web, wrong: dict[str, str], code: str) -> None:
    answer = web.sara.post(
        "/api/v1/report-subscriptions", {"email": "sara@harbour.example", "sends_at": "19:00"} | wrong
    )
    assert (answer.status_code, answer.json["code"]) == (422, code)
