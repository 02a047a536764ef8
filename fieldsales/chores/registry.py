"""All chores, in the order in which those of one lane that are due at once are done. A new one is a line here.

The room of HTTP adds those of the rooms between: see `api/chores.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta

from fieldsales.chores.alerts import are_messages_waiting, are_rules_there, hand_over, look_for_reasons
from fieldsales.chores.chore import Chore, Context, Result
from fieldsales.chores.delivery import are_webhooks_waiting, deliver_mail, deliver_webhooks, is_mail_waiting
from fieldsales.chores.housekeeping import (
    are_approvals_over,
    are_visits_waiting,
    expire_approvals,
    forget_what_is_over,
    judge_visits,
)
from fieldsales.chores.keeping import (
    carry_out_covers,
    erase_positions,
    forget_files,
    is_any_dirty,
    make_pay_runs,
    refresh_sums,
    tell_of_orphans,
)
from fieldsales.chores.nightly import (
    end_key_accounts,
    extend_journeys,
    look_for_anomalies,
    plan_coming_days,
    publish_prices,
    refresh_all_tiers,
)
from fieldsales.chores.reports import are_reports_due, send_reports
from fieldsales.jobs.rules import Daily, Every
from fieldsales.jobs.service import forget_old

NIGHT = "night"
"""The lane of what works on all customers or days: one after the other."""
SOON = Every(timedelta(seconds=10))
FEW_MINUTES = Every(timedelta(minutes=5))


def forget_jobs(context: Context) -> Result:
    """Delete what was done long ago, and what is done every few minutes sooner."""
    often = [each.code for each in CHORES if each.schedule.is_often]
    with context.transaction() as session:
        return {"jobs": forget_old(session, often, context.now())}


CHORES: list[Chore] = [
    Chore("key_accounts.end", "End key accounts whose time is over", Daily(time(0, 15)), end_key_accounts, lane=NIGHT),
    Chore("covers.carry_out", "Bring covers up to date", Daily(time(0, 20)), carry_out_covers, lane=NIGHT),
    Chore("prices.publish", "Publish price books", Daily(time(1)), publish_prices, lane=NIGHT),
    Chore("tiers.refresh", "Give customers their tiers", Daily(time(1, 30)), refresh_all_tiers, lane=NIGHT),
    Chore("anomalies.look", "Look for changed buying", Daily(time(1, 45)), look_for_anomalies, lane=NIGHT),
    Chore("journeys.extend", "Extend journey plans", Daily(time(2), per_zone=True), extend_journeys, lane=NIGHT),
    Chore(
        "plans.make", "Plan and route the coming days", Daily(time(2, 30), per_zone=True), plan_coming_days, lane=NIGHT
    ),
    Chore("visits.judge", "Score visits", Every(timedelta(minutes=2)), judge_visits, wanted=are_visits_waiting),
    Chore(
        "approvals.expire",
        "Close requests in time",
        Every(timedelta(minutes=5)),
        expire_approvals,
        wanted=are_approvals_over,
    ),
    Chore(
        "alerts.look",
        "Look at the rules of alerts",
        Every(timedelta(minutes=5)),
        look_for_reasons,
        wanted=are_rules_there,
    ),
    Chore("alerts.hand_over", "Hand over alerts that are due", SOON, hand_over, wanted=are_messages_waiting),
    Chore("webhooks.deliver", "Tell webhooks", SOON, deliver_webhooks, wanted=are_webhooks_waiting),
    Chore("reports.send", "Queue daily reports", Every(timedelta(minutes=1)), send_reports, wanted=are_reports_due),
    Chore("mail.deliver", "Send mail", SOON, deliver_mail, wanted=is_mail_waiting),
    Chore("pay.run", "Make last month's pay runs", Daily(time(3)), make_pay_runs, lane=NIGHT),
    Chore("results.refresh", "Keep the sums of results", FEW_MINUTES, refresh_sums, wanted=is_any_dirty),
    Chore("tracks.erase", "Erase old positions", Daily(time(3, 15)), erase_positions),
    Chore("imports.forget", "Delete files that were handed over", Daily(time(3, 20)), forget_files),
    Chore("sessions.forget", "Delete what is over", Daily(time(3, 30)), forget_what_is_over),
    Chore("customers.check", "Find customers whom nobody looks after", Daily(time(5)), tell_of_orphans),
    Chore("jobs.forget", "Delete old jobs", Daily(time(3, 45)), forget_jobs),
]


def by_code(chores: Iterable[Chore] = CHORES) -> dict[str, Chore]:
    """Return the chores by their codes."""
    return {each.code: each for each in chores}
