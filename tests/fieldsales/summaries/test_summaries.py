"""What became of a visit is added to, and never refused for what it says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.causes.rules import CAUSES
from fieldsales.db.base import new_id
from fieldsales.policies.service import put
from fieldsales.summaries.rules import LONGEST, SummaryEmpty, cause_flags, joined
from fieldsales.summaries.service import Summary, summarize
from fieldsales.visits.models import Visit
from fieldsales.visits.service import VisitTaken, VisitUnknown


@pytest.fixture
def world(session):
    return small_town.build(session)


@pytest.fixture
def visit(session, world):
    made = Visit(id=new_id(), customer_id=world.customers["Bakery"].id, rep_id=world.anna.id, day=NOON.date())
    session.add(made)
    session.flush()
    return made


def say(session, world, visit, **told):
    return summarize(session, visit.id, world.anna.id, Summary(**told))[1]


def test_more_said_stands_below_what_was_said_before(session, world, visit):
    for text in ("Busy.", "Busy.", "Wants tea.", "Wants tea."):
        assert say(session, world, visit, text=text) == []
    session.refresh(visit)
    assert visit.summary == "Busy.\nWants tea."


def test_a_cause_is_kept_even_if_nobody_knows_it(session, world, visit):
    assert say(session, world, visit, cause_code="closed", flags=("late",)) == ["late"]
    assert say(session, world, visit, cause_code="closed") == []
    assert say(session, world, visit, cause_code="carnival") == ["unknown_cause", "second_cause"]
    session.refresh(visit)
    assert (visit.cause_code, visit.flags) == ("carnival", ["late", "unknown_cause", "second_cause"])


def test_what_does_not_fit_is_cut_and_flagged(session, world, visit):
    assert say(session, world, visit, text="a" * 1500) == []
    assert say(session, world, visit, text="b" * 1500) == ["summary_cut"]
    session.refresh(visit)
    assert len(visit.summary) == LONGEST


def test_a_summary_is_of_ones_own_visit_and_says_something(session, world, visit):
    with pytest.raises(SummaryEmpty):
        Summary("", None)
    with pytest.raises(VisitUnknown):
        summarize(session, new_id(), world.anna.id, Summary("Busy."))
    with pytest.raises(VisitTaken):
        summarize(session, visit.id, world.ben.id, Summary("Busy."))


@given(st.lists(st.text("ab\n", min_size=1, max_size=5), min_size=1))
def test_a_summary_told_twice_is_told_once(texts):
    said = None
    for text in texts:
        said, _ = joined(said, text)
        assert joined(said, text) == (said, ())


@pytest.mark.parametrize("cause", sorted(CAUSES.read(CAUSES.default).codes))
def test_the_causes_of_the_house_are_no_surprise(session, world, visit, cause):
    assert say(session, world, visit, cause_code=cause) == []


def test_the_list_that_holds_on_the_day_of_the_visit_says_what_is_known(session, world, visit):
    """A manager adds a cause from that day on; the one of the day before does not know it."""
    put(session, CAUSES, {"causes": [{"code": "carnival", "label": "Carnival"}]}, now=NOON)
    visit.day = NOON.date() - timedelta(days=1)
    assert say(session, world, visit, cause_code="carnival") == ["unknown_cause"]
    visit.day = NOON.date()
    assert say(session, world, visit, cause_code="carnival") == []
    assert cause_flags("closed", "closed", {"carnival"}) == ("unknown_cause",)
