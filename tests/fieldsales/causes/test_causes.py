"""The list of causes is a policy: built in, changed from a day on, never half."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from worlds.small_town import NOON

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.causes.queries import causes_on, require_cause
from fieldsales.causes.rules import ANOMALY_KINDS, CAUSES, Cause, CauseTwice, CauseUnknown
from fieldsales.policies.rules import PolicyInvalid
from fieldsales.policies.service import put

TODAY = NOON.date()


def body(*codes: str, **more: Any) -> dict[str, Any]:
    return {"causes": [{"code": code, "label": code.title()} for code in codes], **more}


def test_the_kinds_are_those_of_anomalies() -> None:
    assert set(ANOMALY_KINDS) == set(AnomalyKind)


def test_where_nobody_set_a_list_the_built_in_one_holds(session: Session) -> None:
    known = causes_on(session, TODAY)
    assert known == CAUSES.read(CAUSES.default)
    assert {"competitor", "no_money", "other"} < known.codes
    assert known.promotion_for(AnomalyKind.CHURN_RISK)
    assert known.promotion_for(None) is None


def test_a_list_holds_from_its_day_on(session: Session) -> None:
    tomorrow = TODAY + timedelta(days=1)
    document = body("strike", promotions={"count_plunge": "Free delivery"}) | {}
    document["causes"][0]["kinds"] = ["count_plunge"]
    put(session, CAUSES, document, now=NOON, effective_from=tomorrow)
    assert "strike" not in causes_on(session, TODAY).codes
    then = causes_on(session, tomorrow)
    assert then.causes == (Cause("strike", "Strike", ("count_plunge",)),)
    assert then.promotion_for(AnomalyKind.COUNT_PLUNGE) == "Free delivery"
    assert then.promotion_for(AnomalyKind.CHURN_RISK) is None
    require_cause(session, "strike", tomorrow)
    with pytest.raises(CauseUnknown, match="There are: strike"):
        require_cause(session, "closed", tomorrow)


@pytest.mark.parametrize(
    "wrong",
    [
        {"causes": []},
        {"causes": [{"code": "Not A Code", "label": "x"}]},
        {"causes": [{"code": "fine", "label": " "}]},
        {"causes": [{"code": "fine", "label": "Fine", "kinds": ["hunger"]}]},
        body("fine", promotions={"hunger": "Bread"}),
        body("fine", promotions={"churn_risk": ""}),
        {"promotions": {}},
    ],
)
def test_a_list_that_is_none_is_refused(session: Session, wrong: dict[str, Any]) -> None:
    with pytest.raises(PolicyInvalid):
        put(session, CAUSES, wrong, now=NOON)
    assert causes_on(session, date(2099, 1, 1)) == CAUSES.read(CAUSES.default)


def test_a_code_stands_in_the_list_once(session: Session) -> None:
    with pytest.raises(CauseTwice, match="2 times"):
        put(session, CAUSES, body("price", "price"), now=NOON)
