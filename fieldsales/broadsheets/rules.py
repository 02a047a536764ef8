"""A daily report as a PDF of A4 pages: the figures, each rep's day, every visit, and what wants a look."""

from __future__ import annotations

from fieldsales.dailies.rules import DailyReport, RepReport
from fieldsales.folios.rules import Cell, Page, is_chinese
from fieldsales.headlines.rules import Teller, Told

_HEAD_MM = 36.0
"""A rep's heading stands on the page of its first visits."""


def report_pdf(report: DailyReport, language: str, base: str) -> bytes:
    """Return a report as a PDF of A4 pages. The same report always gives the same bytes."""
    teller = Teller(report, language, base)
    page = Page(chinese=is_chinese((str(report), teller.subject(), teller.day)))
    page.about(teller.subject(), teller.language, report.day)
    page.line_of(teller.say("title"), size=11, grey=True)
    page.line_of(teller.place, size=20)
    page.line_of(teller.day, size=12, grey=True)
    if not report.over:
        page.line_of(teller.say("not_over", at=teller.clock(report.made_at)))
    page.ln(3)
    _figures(page, teller)
    _reps(page, teller)
    for rep in report.reps:
        if rep.calls:
            _calls(page, teller, rep)
    _matters(page, teller)
    page.ln(2)
    page.line_of(teller.usual(), size=8, grey=True)
    page.line_of(teller.say("made", at=teller.moment(report.made_at), zone=report.time_zone), size=8, grey=True)
    return bytes(page.output())


def _figures(page: Page, teller: Teller) -> None:
    told = teller.figures()
    half = (len(told) + 1) // 2
    rows = []
    for left, right in zip(told[:half], [*told[half:], Told("", "")], strict=False):
        rows.append([cell for each in (left, right) for cell in _figure(each)])
    page.table_of(
        [teller.say("figures"), "", "", "", "", ""],
        rows,
        widths=(34, 25, 29, 36, 25, 31),
        aligns=("L", "R", "R", "L", "R", "R"),
    )


def _figure(told: Told) -> tuple[Cell, Cell, Cell]:
    return Cell(told.label), Cell(told.value, told.link), Cell(told.usual)


def _reps(page: Page, teller: Teller) -> None:
    heads = ("rep", "planned_done", "missed", "off_plan", "orders", "sold_short", "collected", "field")
    rows = []
    for rep in teller.report.reps:
        day = rep.figures
        rows.append(
            [
                Cell(rep.name, teller.link(f"today/{teller.report.day}/{rep.rep_id}")),
                *(
                    Cell(text)
                    for text in (
                        teller.say("of", done=day.done, planned=day.planned),
                        *(str(each) for each in (day.missed, day.off_plan, day.orders)),
                        *(teller.money(each) for each in (day.sold, day.collected)),
                        teller.duration(day.field_s),
                    )
                ),
            ]
        )
    if rows:
        page.table_of(
            [teller.say(each) for each in heads],
            rows,
            widths=(34, 22, 16, 16, 16, 30, 30, 24),
            aligns=("L", *"RRRRRRR"),
            size=8,
        )


def _calls(page: Page, teller: Teller, rep: RepReport) -> None:
    page.room_for(_HEAD_MM)
    page.line_of(rep.name, size=12)
    page.line_of(teller.of_rep(rep.figures), size=8.5, grey=True)
    page.ln(1)
    page.table_of(
        [teller.say(each) for each in ("time", "customer", "state", "stay", "sold_short")],
        (
            [
                Cell(teller.clock(call.at)),
                Cell(call.customer, teller.page_of(call)),
                Cell(
                    teller.say(str(call.state))
                    + (f" ({teller.say('doubtful')})" if call.doubtful else "")
                    + (f": {call.why}" if call.why else "")
                ),
                Cell(teller.duration(call.store_s)),
                Cell(teller.money(call.sold) if any(call.sold.values()) else ""),
            ]
            for call in rep.calls
        ),
        widths=(14, 58, 54, 24, 30),
        aligns=("L", "L", "L", "R", "R"),
        size=8,
    )


def _matters(page: Page, teller: Teller) -> None:
    for each in teller.matters():
        if each.entries:
            rows = [[Cell(entry.title, entry.link), Cell(entry.detail)] for entry in each.entries]
            page.table_of([f"{each.title} ({each.many})", ""], rows, widths=(70, 110), aligns=("L", "L"))
