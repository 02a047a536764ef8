"""The report of a day: its figures, its forms, and whose day it may tell."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import event, select
from worlds.reported_days import EVENING, MONDAY, a_monday, earlier_mondays, score, visit
from worlds.small_town import NOON
from worlds.web import Web

from fieldsales.dailies.queries import daily_report
from fieldsales.db.session import reading, transaction
from fieldsales.headlines.rules import WORDS
from fieldsales.integrity.models import Decision
from fieldsales.invoices.models import Credit, CreditKind
from fieldsales.receivables.models import Payment
from fieldsales.visits.models import Visit


@pytest.fixture
def monday(web: Web) -> Web:
    """The day is over, and three Mondays were before it."""
    a_monday(web)
    earlier_mondays(web)
    web.now = EVENING
    return web


def report_of(web: Web, login: str = "max", **query: Any) -> dict[str, Any]:
    """Ask for the report of that Monday."""
    answer = web.__getattr__(login).get("/api/v1/reports/daily", day=MONDAY, **query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


def test_it_tells_who_visited_what(monday: Web) -> None:
    """Planned, done, missed and off plan, in the order of the day."""
    anna, ben = report_of(monday)["reps"]
    assert [(each["customer"], each["state"]) for each in anna["calls"]] == [
        ("Bakery", "done"),
        ("Dairy", "off_plan"),
        ("Corner", "missed"),
    ]
    assert anna["calls"][0]["sold"] == {"EUR": 10_000}
    assert [each["doubtful"] for each in anna["calls"]] == [False, True, False]
    figures = anna["figures"]
    assert (figures["planned"], figures["done"], figures["missed"], figures["off_plan"]) == (2, 1, 1, 1)
    assert (figures["field_s"], figures["store_s"]) == (130 * 60, 30 * 60)
    assert ben["figures"]["returned"] == {"EUR": 1_250}


def test_its_totals_are_those_of_the_console(monday: Web) -> None:
    """The same numbers as the team's day tells on Today."""
    total, team = report_of(monday)["total"], monday.max.get(f"/api/v1/team/days/{MONDAY}").json["reps"]
    for ours, theirs in (("planned", "planned"), ("missed", "missed"), ("off_plan", "unplanned"), ("orders", "orders")):
        assert total[ours] == sum(each[theirs] for each in team)
    assert total["done"] + total["off_plan"] == sum(each["visited"] for each in team)
    assert total["sold"] == {"EUR": sum(each["order_value_minor"] for each in team)} == {"EUR": 8_750}
    assert total["collected"] == {"EUR": 3_000}


def test_what_was_found_fake_or_bounced_counts_in_no_place(monday: Web) -> None:
    """The report, the console's day and the registry of measures tell the same of it."""
    with transaction(monday.engine) as session:
        bakery = {"customer_id": monday.customers["Bakery"], "rep_id": monday.people["anna"]}
        made = session.scalars(select(Visit).filter_by(**bakery, day=MONDAY)).one()
        score(session, made, Decision.FAKE)
        payment = session.scalars(select(Payment).filter_by(**bakery)).one()
        session.add(
            Credit(
                id=payment.id, customer_id=payment.customer_id, currency="EUR", kind=CreditKind.PAYMENT,
                amount_minor=3_000, left_minor=0, day=MONDAY, made_at=EVENING, voided_at=EVENING,
            )
        )  # fmt: skip
    report, team = report_of(monday), monday.max.get(f"/api/v1/team/days/{MONDAY}").json["reps"]
    total = report["total"]
    codes = "calls,collections,sales_amount,orders,pjp_adherence"
    [row] = monday.max.get("/api/v1/results", measures=codes, first=MONDAY, last=MONDAY).json["totals"]
    values = row["values"]
    assert (values["calls"], values["collections"]) == (total["done"] + total["off_plan"], 0)
    assert (values["sales_amount"], values["orders"]) == (total["sold"]["EUR"], total["orders"])
    assert values["pjp_adherence"] == pytest.approx(total["done"] / total["planned"]) == pytest.approx(1 / 3)
    assert not any(total["collected"].values())
    assert (total["done"], total["missed"]) == (1, 2)
    assert sum(each["visited"] for each in team) == total["done"] + total["off_plan"]


def test_it_compares_with_what_is_usual(monday: Web) -> None:
    """The median of three Mondays on which anybody worked; the fourth does not count."""
    usual = report_of(monday)["usual"]
    assert usual["days"] == 3
    assert usual["values"]["sold EUR"] == 9_000
    (sold,) = (each for each in report_of(monday)["figures"] if each["label"] == WORDS["en"]["sold"])
    assert (sold["value"], sold["usual"], sold["tone"]) == ("87.50 EUR", "usually 90.00 EUR", "plain")


def test_it_tells_what_wants_a_look(monday: Web) -> None:
    """Visits in doubt, new anomalies, and phones that were silent."""
    told = report_of(monday)
    assert [(each["customer"], each["score"]) for each in told["doubts"]] == [("Dairy", 20)]
    assert [(each["customer"], each["at_risk_minor"], each["currency"]) for each in told["findings"]] == [
        ("Dairy", 45_000, "EUR")
    ]
    assert {each["rep"]: each["silent"] for each in told["phones"]} == {"Anna": True, "Ben": True}


def test_it_tells_a_territory_and_nothing_else(monday: Web) -> None:
    """A supervisor's report ends at the own territory; a manager may look into one."""
    north = report_of(monday, territory=monday.territories["north"])
    assert [each["name"] for each in north["reps"]] == ["Anna"]
    south = report_of(monday, "sara", territory=monday.territories["south"])
    assert ([each["name"] for each in south["reps"]], south["findings"]) == (["Ben"], [])
    assert report_of(monday, "sara")["territory"] == "Small Town"


def test_what_is_outside_is_not_told(web: Web) -> None:
    """Sara moves to the north: the south does not exist for her."""
    moved = web.root.patch(f"/api/v1/people/{web.people['sara']}", {"territory_id": str(web.territories["north"])})
    assert moved.status_code == 200, moved.text
    answer = web.sara.get("/api/v1/reports/daily", day=MONDAY, territory=web.territories["south"])
    assert (answer.status_code, answer.json["code"]) == (404, "territory.not_found")


def test_a_day_under_way_misses_nothing_yet(web: Web) -> None:
    """At noon what is not done is to do, and nothing is judged."""
    a_monday(web)
    told = report_of(web)
    assert (told["over"], told["total"]["missed"], told["total"]["to_do"]) == (False, 0, 1)
    assert {each["tone"] for each in told["figures"][:9]} == {"plain"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pdf_opens_and_says_the_same(monday: Web, language: str) -> None:
    """With a reader that is not ours."""
    answer = monday.max.get("/api/v1/reports/daily", day=MONDAY, format="pdf", language=language)
    assert answer.content_type == "application/pdf"
    file = PdfReader(io.BytesIO(answer.data))
    text = "".join(page.extract_text() for page in file.pages).replace("\x00", "")
    assert len(file.pages) == 1
    for expected in ("Anna", "Bakery", "87.50 EUR", WORDS[language]["missed"], WORDS[language]["findings"]):
        assert expected in text
    assert MONDAY.isoformat() in (file.metadata.title or "")


def test_a_long_day_goes_over_pages_and_loses_no_visit(web: Web) -> None:
    """Every customer once, on whatever page."""
    with transaction(web.engine) as session:
        for number, shop in enumerate(web.customers):
            for back in range(12):
                visit(session, web, "anna" if back % 2 else "ben", shop, NOON - timedelta(minutes=9 * number), 5)
    answer = web.max.get("/api/v1/reports/daily", day=MONDAY, format="pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    for shop in web.customers:
        assert text.count(shop) >= 2


def test_the_page_asks_nothing_of_any_server(monday: Web) -> None:
    """No script, no style sheet, no picture: a letter shows it as it is."""
    answer = monday.max.get("/api/v1/reports/daily", day=MONDAY, format="html")
    assert answer.mimetype == "text/html"
    assert not re.search(r"<(script|link|img|style|iframe)\b", answer.text)
    assert "Corner" in answer.text
    assert "style-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]


def test_a_name_is_no_markup(monday: Web) -> None:
    """A customer may be called anything."""
    changed = monday.max.patch(f"/api/v1/customers/{monday.customers['Bakery']}", {"name": "<b>B&B</b>"})
    assert changed.status_code == 200, changed.text
    page = monday.max.get("/api/v1/reports/daily", day=MONDAY, format="html").text
    assert "&lt;b&gt;B&amp;B&lt;/b&gt;" in page
    assert "<b>B" not in page


def test_each_figure_leads_into_the_console(monday: Web) -> None:
    """By the address of the server that was asked."""
    for figure in report_of(monday)["figures"]:
        assert figure["link"].startswith("http://localhost/console#/")


def test_a_day_without_work_says_so(web: Web) -> None:
    page = web.max.get("/api/v1/reports/daily", day="2026-03-01", format="html").text
    assert WORDS["en"]["nobody"] in page


def test_reps_are_not_told(small_web: Web) -> None:
    assert small_web.anna.get("/api/v1/reports/daily").status_code == 403


def test_it_takes_no_more_questions_for_more_reps(web: Web) -> None:
    """Counted on the same day with one rep and with two."""
    a_monday(web)
    asked: list[str] = []
    event.listen(web.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = []
    for area in ("north", "town"):
        asked.clear()
        with reading(web.engine) as session:
            daily_report(session, None, MONDAY, EVENING, web.territories[area])
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 2


def test_both_languages_have_all_words() -> None:
    assert set(WORDS["en"]) == set(WORDS["zh"])
