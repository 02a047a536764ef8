"""The demo's office has something to look at on every page: debts, pay, targets, alerts, an absence, a report."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from fieldsales.alerts.models import Alert, AlertState
from fieldsales.approvals.models import Approval, ApprovalKind, ApprovalState
from fieldsales.covers.models import Cover
from fieldsales.credits.queries import standings
from fieldsales.db.session import reading, transaction
from fieldsales.demo.city import build_city
from fieldsales.demo.load import load_city
from fieldsales.demo.office import open_office
from fieldsales.disputes.models import PayDispute
from fieldsales.explanations.queries import check_run
from fieldsales.forecasts.queries import progress_of
from fieldsales.invoices.models import Invoice
from fieldsales.letters.models import Letter
from fieldsales.mailings.models import ReportSubscription
from fieldsales.payruns.models import PayRun, RunState
from fieldsales.targets.models import Target
from fieldsales.watches.models import Watch

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def test_every_page_of_the_office_has_something_to_look_at(engine: Engine) -> None:
    with transaction(engine) as session:
        load_city(session, build_city(7, TODAY, 60, 2), now=NOW)
        office = open_office(session, 7, TODAY, date(2026, 3, 3), NOW)
    assert office is not None
    with reading(engine) as session:
        runs = session.scalars(select(PayRun).order_by(PayRun.code, PayRun.first)).all()
        assert [(each.code, each.first.month, each.state) for each in runs] == [
            ("margin", 2, RunState.OPEN),
            ("sales", 1, RunState.CLOSED),
            ("sales", 2, RunState.OPEN),
        ]
        assert all(each.amount_minor > 0 for each in runs)
        assert [fault for each in runs for fault in check_run(session, each)] == []
        assert session.scalar(select(func.count()).select_from(PayDispute)) == 1
        asked = select(Approval.kind).where(Approval.state == ApprovalState.OPEN).order_by(Approval.kind)
        assert set(session.scalars(asked)) == {ApprovalKind.WRITE_OFF, ApprovalKind.TARGET}
        assert session.scalar(select(func.count()).select_from(Watch)) == 3
        alerts = select(func.count()).select_from(Alert).where(Alert.state == AlertState.OPEN)
        assert session.scalar(alerts) == office.alerts > 0
        assert session.scalars(select(Cover.from_on)).all() == [date(2026, 3, 4)]
        assert session.scalars(select(ReportSubscription.email)).all() == ["sofia@port-solene.example"]
        assert session.scalar(select(func.count()).select_from(Letter)) == 0
        _check_debts(session)
        _check_targets(session)


def test_a_city_without_people_has_no_office(engine: Engine) -> None:
    with transaction(engine) as session:
        assert open_office(session, 7, TODAY, date(2026, 3, 3), NOW) is None


def _check_debts(session: Session) -> None:
    """Assert that some are late, and that some shops are over their limit and others are not."""
    owed = session.scalars(select(Invoice).where(Invoice.open_minor > 0)).all()
    late = [each for each in owed if each.due_on < TODAY]
    assert 0 < len(late) < len(owed)
    left = [
        each.left_minor
        for told in standings(session, {each.customer_id for each in owed}, TODAY).values()
        for each in told.values()
        if each.left_minor is not None
    ]
    assert min(left) < 0 < max(left)


def _check_targets(session: Session) -> None:
    """Assert that reps are to sell what they sold last year, and a little more: it can be reached."""
    targets = session.scalars(select(Target).where(Target.measure == "sales_amount", Target.rep_id.is_not(None)))
    found = progress_of(session, targets.all(), TODAY, NOW)
    assert len(found) == 2
    assert len({each.target.value for each in found}) == 2, "each by what was sold last year"
