"""An ERP is told what happens: signed, in order, at least once, whatever befalls it. Over real sockets."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from worlds import erp as erps
from worlds import web as webs
from worlds.erp import Erp
from worlds.small_town import NOON
from worlds.web import Web

import fieldsales.chores.webhooks as worker_module
from fieldsales.chores.webhooks import Round, Worker
from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.orders.models import Order
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken, place_order
from fieldsales.receivables.models import Method
from fieldsales.receivables.rules import Receipt
from fieldsales.receivables.service import collect
from fieldsales.visits.service import Call
from fieldsales.webhooks.models import Webhook
from fieldsales.webhooks.rules import is_signed


@pytest.fixture
def erp() -> Iterator[Erp]:
    with erps.listening() as found:
        yield found


@pytest.fixture
def other() -> Iterator[Erp]:
    with erps.listening() as found:
        yield found


@pytest.fixture
def web(engine: Any) -> Web:
    return webs.build(engine, call_private=1)


def subscribe(web: Web, erp: Erp, **more: Any) -> dict[str, Any]:
    answer = web.max.post("/api/v1/webhooks", {"url": erp.url + "/hook", **more})
    assert answer.status_code == 201, answer.text
    return answer.json


def sell(web: Web, *quantities: int) -> list[str]:
    ids = []
    for quantity in quantities:
        draft = Draft(
            uuid.uuid4(), web.customers["Bakery"], "EUR", (Line(web.products["coffee"], quantity, 589),), None
        )
        with transaction(web.engine) as session:
            place_order(session, draft, Taken(web.people["anna"], NOON))
        ids.append(str(draft.order_id))
    return ids


def work(web: Web, **more: Any) -> Round:
    return Worker(web.engine, lambda: web.now, private=True, **more).work_once()


def orders_in(erp: Erp) -> list[str]:
    return [event["data"]["id"] for event in erp.taken]


def test_an_order_and_a_payment_are_told_once_signed_and_in_order(web: Web, erp: Erp) -> None:
    hook = subscribe(web, erp)
    (order,) = sell(web, 2)
    with transaction(web.engine) as session:
        money = Receipt(uuid.uuid4(), web.customers["Bakery"], Method.CASH, "EUR", 500)
        collect(session, money, Call(web.people["anna"], NOON, NOON))
    assert work(web) == Round(delivered=2)
    assert work(web) == Round()
    first, second = erp.taken
    assert (first["topic"], first["sequence"], first["op"]) == ("order", 1, "upsert")
    assert (first["data"]["id"], first["data"]["amount_minor"]) == (order, 1178)
    assert first["data"]["customer"]["references"] == {"erp": "C-Bakery"}
    assert [(line["sku"], line["quantity"]) for line in first["data"]["lines"]] == [("coffee", 2)]
    assert (second["topic"], second["data"]["amount_minor"], second["data"]["method"]) == ("payment", 500, "cash")
    for headers, body in erp.seen:
        assert is_signed(hook["secret"], body, headers["Fieldsales-Signature"], web.now)
        assert not is_signed(hook["secret"], body + b" ", headers["Fieldsales-Signature"], web.now)
        assert not is_signed("another", body, headers["Fieldsales-Signature"], web.now)
        assert not is_signed(hook["secret"], body, headers["Fieldsales-Signature"], web.now + timedelta(minutes=6))


def test_what_was_before_is_told_only_where_it_is_wanted(web: Web, erp: Erp, other: Erp) -> None:
    before = sell(web, 1, 2)
    subscribe(web, erp)
    subscribe(web, other, from_the_beginning=True, topics=["order"])
    after = sell(web, 3)
    work(web)
    assert orders_in(erp) == after
    assert orders_in(other) == before + after


def test_a_failing_one_is_tried_again_in_order_and_holds_up_no_other(web: Web, erp: Erp, other: Erp) -> None:
    hook = subscribe(web, erp)
    subscribe(web, other)
    erp.answers = [500, 302]
    ids = sell(web, 1, 2, 3)
    assert work(web) == Round(delivered=3, failed=1)
    assert (orders_in(erp), orders_in(other)) == ([], ids)
    assert work(web) == Round()  # not before its time
    web.now += timedelta(seconds=10)
    assert work(web) == Round(failed=1)  # a redirect is no success, and is not followed
    web.now += timedelta(seconds=19)
    assert work(web) == Round()
    web.now += timedelta(seconds=1)
    assert work(web) == Round(delivered=3)
    assert orders_in(erp) == ids
    assert len({headers["Fieldsales-Event"] for headers, _ in erp.seen[:3]}) == 1
    assert [headers["Fieldsales-Attempt"] for headers, _ in erp.seen[:3]] == ["1", "2", "3"]
    log = web.max.get(f"/api/v1/webhooks/{hook['id']}/deliveries").json["items"]
    assert [(each["sequence"], each["state"], each["attempts"]) for each in log] == [
        (3, "delivered", 1),
        (2, "delivered", 1),
        (1, "delivered", 3),
    ]


def test_one_that_is_slow_or_never_ends_its_answer_is_hung_up_on_and_holds_up_no_other(
    web: Web, erp: Erp, other: Erp
) -> None:
    hook = subscribe(web, erp)
    subscribe(web, other)
    sell(web, 1)
    erp.trickle = True
    begun = time.monotonic()
    assert work(web, seconds=0.5) == Round(delivered=1, failed=1)
    assert time.monotonic() - begun < 10  # the answer alone would have taken 500 s
    assert len(other.taken) == 1
    log = web.max.get(f"/api/v1/webhooks/{hook['id']}/deliveries").json["items"]
    assert (log[0]["status"], log[0]["answer"]) == (None, "no answer within 0.5 s")


def test_an_erp_that_was_away_learns_everything_when_it_comes_back(web: Web, erp: Erp) -> None:
    hook = subscribe(web, erp)
    erp.down = True
    ids = []
    for quantity in range(1, 6):
        ids += sell(web, quantity)
        work(web)
        web.now += timedelta(hours=2)
    erp.down = False
    assert work(web) == Round(delivered=5)
    assert orders_in(erp) == ids
    assert web.max.get(f"/api/v1/webhooks/{hook['id']}").json["failures"] == 0


def test_after_three_days_it_is_paused_and_goes_on_where_it_was_when_resumed(web: Web, erp: Erp) -> None:
    hook = subscribe(web, erp)
    erp.down = True
    ids = sell(web, 1)
    for _ in range(4):
        work(web)
        web.now += timedelta(days=1, hours=1)
    assert web.max.get(f"/api/v1/webhooks/{hook['id']}").json["paused_at"] is not None
    tried = len(erp.seen)
    erp.down = False
    ids += sell(web, 2)
    assert work(web) == Round()
    assert len(erp.seen) == tried
    assert web.max.post(f"/api/v1/webhooks/{hook['id']}/resume").json["paused_at"] is None
    assert work(web) == Round(delivered=2)
    assert orders_in(erp) == ids


def test_an_event_is_sent_again_with_its_own_id_and_body(web: Web, erp: Erp) -> None:
    hook = subscribe(web, erp)
    sell(web, 1, 2)
    work(web)
    log = web.max.get(f"/api/v1/webhooks/{hook['id']}/deliveries").json["items"]
    again = web.max.post(f"/api/v1/webhooks/{hook['id']}/deliveries/{log[-1]['id']}/redeliver")
    assert (again.status_code, again.json["state"]) == (202, "waiting")
    work(web)
    assert erp.taken[2] == erp.taken[0]
    assert erp.seen[2][0]["Fieldsales-Sequence"] == "3"


def test_a_worker_that_dies_before_it_notes_the_answer_sends_the_same_event_again(
    web: Web, erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(web, erp)
    sell(web, 1)
    with monkeypatch.context() as patch:
        patch.setattr("fieldsales.chores.webhooks.note_outcome", _die)
        with pytest.raises(KeyboardInterrupt):
            work(web)
    assert work(web) == Round(delivered=1)
    assert erp.taken[0] == erp.taken[1]


def _die(*_args: object) -> bool:
    raise KeyboardInterrupt


def test_a_fault_of_ours_with_one_webhook_holds_up_no_other(
    web: Web, erp: Erp, other: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = subscribe(web, erp)
    subscribe(web, other)
    ids = sell(web, 1)
    with transaction(web.engine) as session:
        session.get_one(Webhook, uuid.UUID(hook["id"])).secret = ""
    sound = worker_module.sign

    def sign(secret: str, *rest: Any) -> str:
        return sound(secret, *rest) if secret else str(1 // 0)

    with monkeypatch.context() as patch:
        patch.setattr(worker_module, "sign", sign)
        assert work(web) == Round(delivered=1, failed=1)
    assert (orders_in(erp), orders_in(other)) == ([], ids)
    assert work(web) == Round(delivered=1)


def test_while_one_worker_has_a_webhook_another_does_not_send_to_it(web: Web, erp: Erp) -> None:
    subscribe(web, erp)
    sell(web, 1)
    with transaction(web.engine) as session:
        hook = session.scalars(select(Webhook)).one()
        hook.lease, hook.leased_until = uuid.uuid4(), web.now + timedelta(seconds=30)
    assert work(web) == Round()
    web.now += timedelta(seconds=31)
    assert work(web) == Round(delivered=1)


def test_an_order_that_ends_is_told_with_its_state(web: Web, erp: Erp) -> None:
    subscribe(web, erp)
    (order,) = sell(web, 1)
    work(web)
    with transaction(web.engine) as session:
        row = session.get_one(Order, uuid.UUID(order))
        row.state, row.ended_at = "cancelled", web.now
    work(web)
    assert [(event["data"]["state"], event["sequence"]) for event in erp.taken] == [("placed", 1), ("cancelled", 2)]


def test_what_is_rolled_back_is_never_told(web: Web, erp: Erp) -> None:
    subscribe(web, erp)
    with pytest.raises(ZeroDivisionError), transaction(web.engine) as session:
        draft = Draft(uuid.uuid4(), web.customers["Bakery"], "EUR", (Line(web.products["coffee"], 1, 589),), None)
        place_order(session, draft, Taken(web.people["anna"], NOON))
        raise ZeroDivisionError
    assert work(web) == Round()


def test_a_paused_or_ended_one_is_sent_nothing(web: Web, erp: Erp) -> None:
    hook = subscribe(web, erp)
    sell(web, 1)
    assert web.max.post(f"/api/v1/webhooks/{hook['id']}/pause").json["paused_at"]
    assert work(web) == Round()
    assert web.max.delete(f"/api/v1/webhooks/{hook['id']}").status_code == 204
    assert web.max.get(f"/api/v1/webhooks/{hook['id']}").status_code == 404
    assert web.max.get("/api/v1/webhooks").json == {"webhooks": []}
    assert work(web) == Round()


def test_only_bosses_manage_webhooks_and_the_secret_is_told_once(web: Web, erp: Erp) -> None:
    assert web.sara.post("/api/v1/webhooks", {"url": erp.url}).status_code == 403
    hook = subscribe(web, erp)
    assert "secret" not in web.max.get(f"/api/v1/webhooks/{hook['id']}").json
    told = web.max.post("/api/v1/webhooks", {"url": erp.url, "topics": ["gossip"]})
    assert told.status_code == 422
    nobody = uuid.uuid4()
    answer = web.max.post(f"/api/v1/webhooks/{hook['id']}/deliveries/{nobody}/redeliver")
    assert answer.json["code"] == "webhook.delivery_not_found"


@pytest.mark.parametrize("header", ["", "t=1", "t=1,v1=é", "t=٣,v1=x", f"t={'9' * 5000},v1=x", "v1=x,t="])
def test_a_header_that_is_no_signature_is_none_and_no_failure(header: str) -> None:
    assert not is_signed("secret", b"{}", header, NOON)


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://[::127.0.0.1]/",
        "https://[fec0::1]/",
        "https://169.254.169.254/latest",
        "https://10.1.2.3/",
        "https://user:word@erp.example/",
        "https://:word@erp.example/",
        "ftp://erp.example/",
        "nonsense",
        "https://erp.example:99999/",
    ],
)
def test_an_address_in_the_own_network_is_refused_unless_the_operator_allows_it(small_web: Web, url: str) -> None:
    answer = small_web.max.post("/api/v1/webhooks", {"url": url})
    assert (answer.status_code, answer.json["code"]) == (422, "address.refused")


def test_a_name_that_leads_into_the_own_network_is_not_called(web: Web, erp: Erp) -> None:
    """The name was fine when it was set: where it leads is looked at with every call."""
    hook = subscribe(web, erp)
    sell(web, 1)
    with transaction(web.engine) as session:
        session.get_one(Webhook, uuid.UUID(hook["id"])).url = "https://localhost:1/hook"
    assert Worker(web.engine, lambda: web.now, private=False).work_once() == Round(failed=1)
    log = web.max.get(f"/api/v1/webhooks/{hook['id']}/deliveries").json["items"]
    assert "private network" in log[0]["answer"]
    assert erp.seen == []


def test_an_event_that_is_always_refused_is_set_aside_and_holds_up_the_others_no_longer(web: Web, erp: Erp) -> None:
    hook = subscribe(web, erp)
    ids = sell(web, 1, 2, 3)
    erp.poison = ids[1]
    for _ in range(20):
        work(web)
        web.now += timedelta(minutes=45)
    assert orders_in(erp) == [ids[0], ids[2]]
    log = web.max.get(f"/api/v1/webhooks/{hook['id']}/deliveries").json["items"]
    assert [(each["state"], each["attempts"]) for each in log] == [
        ("delivered", 1),
        ("set_aside", 10),
        ("delivered", 1),
    ]
    assert log[1]["status"] == 500
    context = Context(Settings(database_url=web.engine.url.render_as_string(hide_password=False)))
    told = CliRunner().invoke(main, ["webhooks", "set-aside", hook["id"], "--again"], obj=context).output
    assert "1 are sent again" in told
    assert "500" in told
    erp.poison = None
    assert work(web) == Round(delivered=1)
    assert orders_in(erp) == [ids[0], ids[2], ids[1]]
    assert "Nothing is set aside" in CliRunner().invoke(main, ["webhooks", "set-aside", hook["id"]], obj=context).output


def test_a_receiver_that_is_down_or_says_later_has_nothing_set_aside(web: Web, erp: Erp) -> None:
    subscribe(web, erp)
    erp.down = True
    ids = sell(web, 1, 2)
    for _ in range(30):
        work(web)
        web.now += timedelta(hours=1)
    erp.down = False
    assert work(web) == Round(delivered=2)
    assert orders_in(erp) == ids


def test_a_receiver_that_is_killed_and_comes_back_gets_all_in_order(web: Web) -> None:
    """The socket is gone altogether; what listens there later gets everything from where the first one was."""
    with erps.listening() as first:
        subscribe(web, first)
        before = sell(web, 1)
        work(web)
        assert orders_in(first) == before
        port = int(first.url.rpartition(":")[2])
    after = sell(web, 2, 3)
    assert work(web) == Round(failed=1)
    web.now += timedelta(hours=1)
    with erps.listening(port) as second:
        after += sell(web, 4)
        assert work(web) == Round(delivered=3)
        assert orders_in(second) == after
        assert [event["sequence"] for event in second.taken] == [2, 3, 4]
