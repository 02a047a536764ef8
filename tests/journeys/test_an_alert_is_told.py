"""A journey: a rule finds a customer who stopped buying; a real mail server and a webhook are told, once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import Engine
from worlds import mail_server
from worlds import web as webs
from worlds.mail_server import MailServer
from worlds.small_town import NOON
from worlds.web import Web

import fieldsales.chores.letters as mailing
from fieldsales.chores.alerts import deliver_round, look_round
from fieldsales.chores.webhooks import Worker
from fieldsales.db.session import transaction
from fieldsales.lookouts.service import Seen
from fieldsales.mail import Mailbox
from fieldsales.webhooks.rules import is_signed

BASE = "https://sales.example"
QUIET = {"quiet_from": "20:00", "quiet_to": "07:00"}


@pytest.fixture
def town(engine: Engine) -> Web:
    """The small town on either database; webhooks may go to this machine."""
    return webs.build(engine, call_private=1)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server.listening() as found:
        yield found


class Partner:
    """Another system with a webhook, which refuses what comes first."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.headers: list[tuple[bytes, str]] = []
        self.refuse = 1


@pytest.fixture
def partner() -> Iterator[tuple[Partner, str]]:
    told = Partner()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if told.refuse:
                told.refuse -= 1
                self.send_response(503)
            else:
                told.headers.append((body, self.headers["Fieldsales-Signature"]))
                told.heard.append(json.loads(body))
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield told, f"http://127.0.0.1:{running.server_port}/hook"
        running.shutdown()
        thread.join()


def rule(web: Web, **other: Any) -> dict[str, Any]:
    body = {
        "name": "No order in a week",
        "measure": "orders",
        "grain": "customer",
        "territory_id": str(web.territories["north"]),
        "window": "last_days",
        "days": 7,
        "condition": {"kind": "absence"},
        "owner_id": str(web.people["sara"]),
        "review_on": "2026-09-01",
        "mails": ["sara@town.example"],
    }
    return body | other


def look(web: Web, at: datetime) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    look_round(partial(transaction, web.engine), at, found.setdefault)
    return found


def send(web: Web, server: MailServer, at: datetime, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Hand over what is due, then one round of the mail worker."""
    deliver_round(partial(transaction, web.engine), at, BASE)
    monkeypatch.setattr(mailing, "utc_now", lambda: at)
    mailbox = Mailbox("127.0.0.1", server.port, "house@sales.example", security="none", seconds=5)
    return mailing.deliver_letters(web.engine, mailbox)


def test_a_mail_server_takes_an_alert_once_after_it_refused_it_twice(
    town: Web, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = town.sara.post("/api/v1/alert-rules", rule(town))
    assert made.status_code == 201, made.json
    assert look(town, NOON)["No order in a week"].opened == 3
    server.refuses = True
    assert send(town, server, NOON, monkeypatch) == (0, 1)
    assert send(town, server, NOON + timedelta(minutes=1), monkeypatch) == (0, 1)
    server.refuses = False
    assert send(town, server, NOON + timedelta(minutes=2), monkeypatch) == (0, 0)
    assert send(town, server, NOON + timedelta(minutes=3), monkeypatch) == (1, 0)
    look(town, NOON + timedelta(hours=2))
    assert send(town, server, NOON + timedelta(hours=2), monkeypatch) == (0, 0)
    [message] = server.messages
    assert (message["To"], message["From"]) == ("sara@town.example", "house@sales.example")
    assert message["Subject"] == "3 alerts: Bakery: Orders 0 (nothing at all), and others"
    text = message.get_body().get_content()  # type: ignore[union-attr]
    for said in ("Measure: Orders", "Value: 0", "Threshold: nothing at all", "Period: 2026-02-23 – 2026-03-01"):
        assert said in text
    [file] = message.iter_attachments()
    [first, *_] = json.loads(file.get_content())
    assert first["links"][0].startswith(f"{BASE}/console/#/alerts/")
    assert first["facts"]["measure"] == "orders"
    [alert, *_] = town.sara.get("/api/v1/alerts", state="open").json["items"]
    [told] = town.sara.get(f"/api/v1/alerts/{alert['id']}").json["messages"]
    assert [(each["taken"], bool(each["answer"])) for each in told["attempts"]] == [
        (False, True),
        (False, True),
        (True, False),
    ]


def test_nothing_is_sent_at_night_and_all_of_it_in_the_morning(
    town: Web, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.sara.post("/api/v1/alert-rules", rule(town, **QUIET))
    night = datetime(2026, 3, 2, 19, tzinfo=UTC)
    look(town, night)
    assert send(town, server, night, monkeypatch) == (0, 0)
    assert town.sara.get("/api/v1/alerts/count").json == {"open": 3}
    assert send(town, server, datetime(2026, 3, 3, 5, tzinfo=UTC), monkeypatch) == (1, 0)


def test_a_muted_customer_is_left_out_and_it_is_written_down(
    town: Web, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.sara.post("/api/v1/alert-rules", rule(town))
    body = {"customer_id": str(town.customers["Bakery"]), "reason": "Flood.", "until_on": "2026-03-05"}
    made = town.sara.post("/api/v1/mutes", body)
    assert (made.status_code, made.json["name"], made.json["ends_at"]) == (201, "Bakery", "2026-03-05T22:00:00+00:00")
    seen = look(town, NOON)["No order in a week"]
    assert (seen.opened, seen.muted) == (2, 1)
    send(town, server, NOON, monkeypatch)
    assert "Bakery" not in server.messages[0].get_body().get_content()  # type: ignore[union-attr]
    [mute] = town.max.get("/api/v1/mutes").json["mutes"]
    assert town.ben.get("/api/v1/mutes").status_code == 403
    assert town.max.delete(f"/api/v1/mutes/{mute['id']}").json["ended_at"] is not None
    assert town.max.get("/api/v1/mutes").json["mutes"] == []
    assert look(town, NOON + timedelta(hours=1))["No order in a week"].opened == 1


def test_a_webhook_hears_of_an_alert_signed_and_after_a_failure_again(town: Web, partner: tuple[Partner, str]) -> None:
    heard, url = partner
    hook = town.max.post("/api/v1/webhooks", {"url": url, "topics": ["alert"]}).json
    refused = town.max.post("/api/v1/alert-rules", rule(town, webhooks=[str(town.people["anna"])]))
    assert refused.json["code"] == "webhook.not_found"
    town.max.post("/api/v1/alert-rules", rule(town, mails=[], webhooks=[hook["id"]]))
    look(town, NOON)
    deliver_round(partial(transaction, town.engine), NOON, BASE)
    at = NOON
    worker = Worker(town.engine, lambda: at, private=True, seconds=5)
    assert worker.work_once().failed == 1
    at = NOON + timedelta(minutes=5)
    assert worker.work_once().delivered == 3
    assert [each["topic"] for each in heard.heard] == ["alert"] * 3
    assert [each["data"]["title"].split(":")[0] for each in heard.heard] == ["Bakery", "Corner", "Dairy"]
    assert is_signed(hook["secret"], *heard.headers[0], at)
    alert = heard.heard[0]["data"]["id"]
    [told] = town.max.get(f"/api/v1/alerts/{alert}").json["messages"]
    assert [(each["status"], each["taken"]) for each in told["attempts"]] == [(503, False), (204, True)]


def test_a_rule_is_tried_changed_reviewed_and_ended(town: Web) -> None:
    tried = town.sara.post("/api/v1/alert-rules/dry-run", rule(town)).json
    assert (tried["subjects"], tried["found"], len(tried["first"])) == (3, 3, 3)
    assert town.sara.get("/api/v1/alert-rules").json["rules"] == []
    made = town.sara.post("/api/v1/alert-rules", rule(town)).json
    path = f"/api/v1/alert-rules/{made['id']}"
    assert (made["owner_name"], made["says"], made["review_overdue"]) == ("Sara", "nothing at all", False)
    changed = town.sara.put(path, rule(town, days=14, **QUIET, escalation=[{"after_minutes": 60}])).json
    assert (changed["days"], changed["quiet_from"]) == (14, "20:00")
    town.now = datetime(2026, 9, 2, tzinfo=UTC)
    assert town.log_in("sara").get(path).json["review_overdue"] is True
    look(town, town.now)
    titles = [each["title"] for each in town.log_in("max").get("/api/v1/alerts").json["items"]]
    assert "The rule “No order in a week” was to be reviewed on 2026-09-01" in titles
    sara = town.log_in("sara")
    assert sara.post(f"{path}/review", {"review_on": "2027-01-01", "note": "Fine."}).json["review_overdue"] is False
    assert sara.delete(path).status_code == 204
    assert sara.get(path).status_code == 404
    look(town, town.now)
    assert sara.get("/api/v1/alerts/count").json == {"open": 0}


def test_somebody_looks_after_an_alert(town: Web) -> None:
    town.sara.post("/api/v1/alert-rules", rule(town))
    look(town, NOON)
    [alert, *_] = town.sara.get("/api/v1/alerts", state="open").json["items"]
    told = town.sara.post(f"/api/v1/alerts/{alert['id']}/acknowledge", {"note": "I call."}).json
    assert (told["state"], told["note"], told["acknowledged_by"]) == ("open", "I call.", str(town.people["sara"]))
    assert town.sara.get("/api/v1/alerts/count").json == {"open": 2}
    assert town.anna.get("/api/v1/alerts").status_code == 403
    assert town.sara.get(f"/api/v1/alerts/{town.people['sara']}").json["code"] == "alert.not_found"
