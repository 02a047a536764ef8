"""What an alert says, to whom it goes and when."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from fieldsales.alerts.models import Severity
from fieldsales.errors import NotFound
from fieldsales.quiet.rules import Quiet, next_wall, told_at


class AlertNotFound(NotFound):
    """There is no such alert in your territories."""

    code = "alert.not_found"
    title = "There is no such alert"


@dataclass(frozen=True, slots=True)
class About:
    """Whom an alert is about, who may see it, and whose wall clock counts. Nobody in particular: the whole house."""

    name: str
    territory_id: uuid.UUID | None = None
    rep_id: uuid.UUID | None = None
    customer_id: uuid.UUID | None = None
    product_id: uuid.UUID | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Cause:
    """Something found. `key` names it, the same whenever the same is found; `facts` explain it, ready for JSON."""

    key: str
    title: str
    about: About
    facts: Mapping[str, Any]
    severity: Severity = Severity.WARNING
    watch_id: uuid.UUID | None = None
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told, when: at once or, with `digest_at`, once a day at that time; never in the quiet hours.

    The times are on the wall clock of whomever the alert is about. Everybody who may see an alert sees it in the
    console at once.
    """

    mails: tuple[str, ...] = ()
    webhooks: tuple[uuid.UUID, ...] = ()
    quiet: Quiet | None = None
    digest_at: time | None = None
    language: str = "en"

    def due_at(self, now: datetime, zone: str) -> datetime:
        """Return when something that is found now is told."""
        return told_at(next_wall(now, self.digest_at, zone) if self.digest_at else now, self.quiet, zone)


WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "{severity}: {title}",
        "subject_of_many": "{many} alerts: {title}, and others",
        "measure": "Measure",
        "formula": "Formula",
        "value": "Value",
        "threshold": "Threshold",
        "period": "Period",
        "before": "Before",
        "changed": "What changed",
        "opened": "Found",
        "resolved": "Resolved since",
        "escalated": "Nobody has acknowledged it: step {step} of the escalation",
        "rule": "Rule",
        "links": "Look at it",
        "info": "For information",
        "warning": "Warning",
        "critical": "Critical",
    },
    "zh": {
        "subject": "{severity}:{title}",
        "subject_of_many": "{many} 条预警:{title} 等",
        "measure": "指标",
        "formula": "公式",
        "value": "数值",
        "threshold": "阈值",
        "period": "期间",
        "before": "此前",
        "changed": "变化",
        "opened": "发现时间",
        "resolved": "已恢复",
        "escalated": "无人确认:第 {step} 级升级",
        "rule": "规则",
        "links": "查看",
        "info": "提示",
        "warning": "警告",
        "critical": "严重",
    },
}
"""The words of a mail in each language."""


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as a message tells it."""

    id: uuid.UUID
    title: str
    severity: str
    facts: Mapping[str, Any]
    opened_at: datetime
    resolved_at: datetime | None
    customer_id: uuid.UUID | None
    step: int

    def links(self, base: str) -> list[str]:
        """Return where it can be looked at: in the console, and what it is about; paths without a `base`."""
        base = base.rstrip("/")
        found = [f"{base}/console/#/alerts/{self.id}"]
        return found + ([f"{base}/console/#/customers/{self.customer_id}"] if self.customer_id else [])

    def told(self, base: str) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "id": str(self.id),
            "title": self.title,
            "severity": self.severity,
            "opened_at": self.opened_at.isoformat(),
            "resolved_at": self.resolved_at.isoformat() if self.resolved_at else None,
            "step": self.step,
            "facts": dict(self.facts),
            "links": self.links(base),
        }


_LINES = ("measure", "formula", "value", "threshold", "period", "before", "changed", "rule")


def mail_of(alerts: Sequence[Told], base: str, language: str) -> tuple[str, str, bytes]:
    """Return the subject, the text, and the same as a JSON file, of a mail about one or several alerts."""
    words = WORDS.get(language, WORDS["en"])
    first = alerts[0]
    if len(alerts) == 1:
        subject = words["subject"].format(severity=words[first.severity], title=first.title)
    else:
        subject = words["subject_of_many"].format(many=len(alerts), title=first.title)
    text = "\n\n".join(_text(each, base, words) for each in alerts)
    content = json.dumps([each.told(base) for each in alerts], ensure_ascii=False, indent=1)
    return subject, text + "\n", content.encode()


def _text(alert: Told, base: str, words: Mapping[str, str]) -> str:
    said: Mapping[str, Any] = alert.facts.get("said", {})
    lines = [f"{words[alert.severity]}: {alert.title}"]
    lines += [words["escalated"].format(step=alert.step)] if alert.step else []
    lines += [f"{words[name]}: {said[name]}" for name in _LINES if said.get(name)]
    lines.append(f"{words['opened']}: {alert.opened_at:%Y-%m-%d %H:%M} UTC")
    lines += [f"{words['resolved']}: {alert.resolved_at:%Y-%m-%d %H:%M} UTC"] if alert.resolved_at else []
    lines += [f"{words['links']}: {' '.join(alert.links(base))}"] if base else []
    return "\n".join(lines)
