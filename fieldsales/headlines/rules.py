"""A daily report in words: what its figures are called, how they are written, and where they lead, in each language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fieldsales.clock import zone
from fieldsales.dailies.rules import Amounts, Call, DailyReport, Doubt, Figures, Finding, Phone, Request
from fieldsales.labels.rules import LANGUAGES

_ENGLISH = """
title=Daily report
everybody=All territories
figures=The day in numbers
reps=Reps
calls=Who visited what
rep=Rep
customer=Customer
state=Visit
time=Time
stay=In store
planned_done=Planned visits done
of={done} of {planned}
usually=usually {value}
usual_of=Usual: the median of the last {days} same weekdays on which anybody worked.
no_usual=There is no earlier day like this one to compare with.
missed=Missed
to_do=To do
off_plan=Off plan
orders=Orders
sold=Sold, returns taken off
sold_short=Sold
doubtful=in doubt
returned=Returned
collected=Collected
field=Time in the field
doubted=Visits in doubt
findings=New anomalies
requests=Waiting for approval
phones=Phones that want a look
nobody=Nobody worked on this day, and nobody should have.
not_over=The day is not over yet: these are the figures as of {at}.
made=Made {at}, {zone}.
nothing=None.
more=… and {n} more
at_risk={amount} at risk
score=score {score}
asked={who}, since {at}
silent=not heard of that day
held={n} waiting for a person
seen=last heard of {at}
never=never heard of
open=Open in the console
unsubscribe=Do not send this any more
subject={title} {day}: {place}
done=Visited
skipped=Skipped
left_out=Left out
churn_risk=May stay away
amount_plunge=Buys for much less
count_plunge=Orders much less often
over_credit=Order over the credit limit
discount=Discount beyond the policy
stale_price=Price of an old list
gift=Gift beyond the budget
return=Return
write_off=Debt to write off
stock_count=Count of stock
settlement=Settlement of a day
hours={h} h {m} min
minutes={m} min
page=Page
"""
_CHINESE = """
title=日报
everybody=全部区域
figures=当日数据
reps=业务员
calls=拜访明细
rep=业务员
customer=客户
state=拜访
time=时间
stay=在店时长
planned_done=完成计划拜访
of={done} / {planned}
usually=平时 {value}
usual_of=平时：最近 {days} 个有工作的同一星期日的中位数。
no_usual=之前没有可比较的日子。
missed=未访
to_do=待访
off_plan=计划外
orders=订单
sold=销售额（已扣退货）
sold_short=销售额
doubtful=存疑
returned=退货
collected=回款
field=在外时长
doubted=存疑拜访
findings=新异常客户
requests=待审批
phones=需要查看的手机
nobody=当天无人工作，也没有计划。
not_over=当天尚未结束：截至 {at} 的数据。
made=生成于 {at}，{zone}。
nothing=无。
more=……还有 {n} 项
at_risk=风险金额 {amount}
score=得分 {score}
asked={who}，自 {at}
silent=当天没有联系
held={n} 项等待处理
seen=最后联系 {at}
never=从未联系
open=在控制台打开
unsubscribe=不再接收
subject={title} {day}：{place}
done=已访
skipped=已跳过
left_out=未排入
churn_risk=可能流失
amount_plunge=金额大幅下降
count_plunge=订单次数大幅下降
over_credit=订单超出信用额度
discount=折扣超出政策
stale_price=旧价格
gift=赠品超出预算
return=退货
write_off=欠款核销
stock_count=库存盘点
settlement=日结交账
hours={h} 小时 {m} 分
minutes={m} 分钟
page=页
"""


def _parsed(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.strip().splitlines())


WORDS: Mapping[str, Mapping[str, str]] = {"en": _parsed(_ENGLISH), "zh": _parsed(_CHINESE)}
_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


class Tone(StrEnum):
    """Whether a figure is better or worse than usual, or wants a look."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as it is shown: `usual` is empty where there is nothing to compare with, `link` where none leads on."""

    label: str
    value: str
    usual: str = ""
    tone: Tone = Tone.PLAIN
    link: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that wants a look."""

    title: str
    detail: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """Things of one kind that want a look; `many` there are, of which the first are told."""

    title: str
    entries: tuple[Entry, ...]
    many: int
    link: str


class Teller:
    """Tells a report in a language; `base` is the public address of the server, empty for no links."""

    def __init__(self, report: DailyReport, language: str, base: str) -> None:
        self.report, self.language = report, language if language in WORDS else "en"
        self._words, self._base = WORDS[self.language], base.rstrip("/")
        self._zone = zone(report.time_zone)

    def say(self, key: str, **values: object) -> str:
        """Return a text; a code that has none stands for itself."""
        return self._words.get(key, key.replace("_", " ")).format_map(values)

    def link(self, page: str) -> str:
        """Return the address of a page of the console."""
        return f"{self._base}/console#/{page}" if self._base else ""

    @property
    def place(self) -> str:
        """Whose day it is."""
        return self.report.territory or self.say("everybody")

    @property
    def day(self) -> str:
        """The day, with its weekday."""
        day = self.report.day
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日 {_WEEKDAYS[day.weekday()]}"
        return f"{day:%A}, {day.day} {day:%B %Y}"

    def subject(self) -> str:
        """Return the subject of a letter."""
        return self.say("subject", title=self.say("title"), day=self.report.day.isoformat(), place=self.place)

    def clock(self, at: datetime | None) -> str:
        """Write a moment as the time of day there."""
        return at.astimezone(self._zone).strftime("%H:%M") if at else "–"

    def moment(self, at: datetime | None) -> str:
        """Write a moment with its day."""
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M") if at else "–"

    def duration(self, seconds: float | None) -> str:
        """Write so many seconds in minutes, or hours and minutes."""
        if not seconds:
            return "–"
        hours, minutes = divmod(round(seconds / 60), 60)
        return self.say("hours", h=hours, m=minutes) if hours else self.say("minutes", m=minutes)

    def money(self, amounts: Amounts) -> str:
        """Write amounts, each with its currency; nothing is nothing of the report's own."""
        found = {code: minor for code, minor in amounts.items() if minor} or {self.report.currency: 0}
        return " + ".join(self.amount(minor, code) for code, minor in sorted(found.items()))

    def amount(self, minor: int, currency: str) -> str:
        """Write one amount."""
        return LANGUAGES["en"].amount(minor, currency, named=True)

    def figures(self) -> list[Told]:
        """Return the figures of all reps beside what is usual, each with the page that shows what it is made of."""
        total, today = self.report.total, self.link(f"today/{self.report.day}")
        visits, done = self.link("visits"), self.say("of", done=total.done, planned=total.planned)
        told = [
            self._counted("planned_done", "done", total.done, today, better=1, value=done),
            self._counted("missed", "missed", total.missed, today, better=-1),
            self._counted("off_plan", "off_plan", total.off_plan, today, better=0),
            self._counted("orders", "orders", total.orders, today, better=1),
            self._money("sold", total, today, better=1),
            self._money("returned", total, today, better=-1),
            self._money("collected", total, today, better=1),
            self._counted("field", "field_s", total.field_s, today, better=0, value=self.duration(total.field_s)),
        ]
        if total.to_do:
            told.insert(2, Told(self.say("to_do"), str(total.to_do), link=today))
        return [*told, *self._matters(visits)]

    def _matters(self, visits: str) -> Iterable[Told]:
        report = self.report
        for key, many, link in (
            ("doubted", report.total.doubted, visits),
            ("findings", report.findings_count, self.link("anomalies")),
            ("requests", report.requests_count, self.link("approvals")),
            ("phones", len(report.phones), self.link("sync")),
        ):
            yield Told(self.say(key), str(many), tone=Tone.BAD if many else Tone.PLAIN, link=link)

    def usual(self) -> str:
        """Say what is meant by usual."""
        days = self.report.usual.days
        return self.say("usual_of", days=days) if days else self.say("no_usual")

    def page_of(self, call: Call) -> str:
        """Return where a visit can be looked at, or its customer if nobody was there."""
        return self.link(f"visits/{call.visit_id}" if call.visit_id else f"customers/{call.customer_id}")

    def matters(self) -> list[Matter]:
        """Return what wants a look."""
        report = self.report
        return [
            self._matter("doubted", map(self._doubt, report.doubts), report.total.doubted, "visits"),
            self._matter("findings", map(self._finding, report.findings), report.findings_count, "anomalies"),
            self._matter("requests", map(self._request, report.requests), report.requests_count, "approvals"),
            self._matter("phones", map(self._phone, report.phones), len(report.phones), "sync"),
        ]

    def _matter(self, key: str, entries: Iterable[Entry], many: int, page: str) -> Matter:
        return Matter(self.say(key), tuple(entries), many, self.link(page))

    def _doubt(self, each: Doubt) -> Entry:
        score = self.say("score", score="–" if each.score is None else each.score)
        detail = " · ".join([score, *each.signals])
        return Entry(f"{each.customer} · {each.rep}", detail, self.link(f"visits/{each.visit_id}"))

    def _finding(self, each: Finding) -> Entry:
        risk = self.say("at_risk", amount=self.amount(each.at_risk_minor, each.currency))
        title = f"{each.customer} · {self.say(each.kind)}"
        return Entry(title, f"{risk} · {each.reason}", self.link(f"customers/{each.customer_id}"))

    def _request(self, each: Request) -> Entry:
        title = " · ".join(filter(None, (self.say(each.kind), each.customer)))
        asked = self.say("asked", who=each.asked_by or "–", at=self.moment(each.asked_at))
        return Entry(title, f"{self.amount(each.amount_minor, each.currency)} · {asked}", self.link("approvals"))

    def _phone(self, each: Phone) -> Entry:
        told = [self.say("held", n=each.held)] if each.held else []
        if each.seen_at is None:
            told.append(self.say("never"))
        else:
            told += [self.say("silent")] if each.silent else []
            told.append(self.say("seen", at=self.moment(each.seen_at)))
        return Entry(each.rep, " · ".join(told), self.link("sync"))

    def of_rep(self, figures: Figures) -> str:
        """Return a rep's day in one line."""
        parts = [self.say("of", done=figures.done, planned=figures.planned)]
        parts += [
            f"{self.say(key)} {many}"
            for key, many in (
                ("missed", figures.missed),
                ("to_do", figures.to_do),
                ("off_plan", figures.off_plan),
                ("orders", figures.orders),
                ("doubted", figures.doubted),
            )
            if many
        ]
        if any(figures.returned.values()):
            parts.append(f"{self.say('returned')} {self.money(figures.returned)}")
        if any(figures.collected.values()):
            parts.append(f"{self.say('collected')} {self.money(figures.collected)}")
        return " · ".join([*parts, self.duration(figures.field_s)] if figures.field_s else parts)

    def _counted(self, label: str, measure: str, now: int, link: str, *, better: int, value: str | None = None) -> Told:
        usual = self.report.usual.values.get(measure, 0) if self.report.usual.days else None
        if usual is None:
            return Told(self.say(label), value or str(now), link=link)
        told = self.duration(usual) if measure.endswith("_s") else f"{usual:g}"
        return Told(
            self.say(label), value or str(now), self.say("usually", value=told), self._tone(now, usual, better), link
        )

    def _money(self, name: str, total: Figures, link: str, *, better: int) -> Told:
        amounts: Amounts = getattr(total, name)
        main, label = self.report.currency, self.say(name)
        usual = round(self.report.usual.values.get(f"{name} {main}", 0))
        if not self.report.usual.days or not (usual or any(amounts.values())):
            return Told(label, self.money(amounts), link=link)
        tone = self._tone(amounts.get(main, 0), usual, better)
        return Told(label, self.money(amounts), self.say("usually", value=self.amount(usual, main)), tone, link)

    def _tone(self, now: float, usual: float, better: int) -> Tone:
        """A tenth away from what is usual is worth a colour; a day that is not over is judged by nobody."""
        away = (now - usual) * better
        if not self.report.over or abs(away) <= abs(usual) / 10:
            return Tone.PLAIN
        return Tone.GOOD if away > 0 else Tone.BAD
