"""A daily report as a letter: HTML that mail programs and phones show alike, and the same as plain text.

The HTML is tables with the style at each tag, at most 640 px wide: mail programs drop style sheets, and many know no
other way to put things side by side. It asks nothing of any server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from fieldsales.dailies.rules import Call, CallState, DailyReport, RepReport
from fieldsales.headlines.rules import Entry, Teller, Told, Tone

_INK, _SOFT, _LINE, _ACCENT = "#17212b", "#5b6673", "#dde3e8", "#0b6b62"
_TONES = {Tone.PLAIN: _INK, Tone.GOOD: "#166534", Tone.BAD: "#b42318"}
_FONT = "font-family:'Segoe UI',Roboto,'Helvetica Neue','PingFang SC','Noto Sans CJK SC',Arial,sans-serif"
_MOST_CALLS = 60
"""A letter tells no more visits of one rep; the PDF has all."""
_STATES = {
    CallState.DONE: _TONES[Tone.GOOD],
    CallState.OFF_PLAN: _ACCENT,
    CallState.MISSED: _TONES[Tone.BAD],
    CallState.TO_DO: _SOFT,
    CallState.SKIPPED: _SOFT,
    CallState.LEFT_OUT: _SOFT,
}


def report_html(report: DailyReport, language: str, base: str, unsubscribe: str = "") -> str:
    """Return a report as a page that is also a letter. `unsubscribe` is where it can be ended."""
    teller = Teller(report, language, base)
    inside = "".join(_sections(teller))
    foot = escape(teller.say("made", at=teller.moment(report.made_at), zone=report.time_zone))
    if unsubscribe:
        foot += f" · {_anchor(unsubscribe, escape(teller.say('unsubscribe')))}"
    title = escape(f"{teller.say('title')} · {teller.place}")
    return (
        f'<!doctype html><html lang="{"zh-Hans" if teller.language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title></head>'
        f'<body style="margin:0;background:#f2f5f7;color:{_INK};{_FONT};font-size:15px;line-height:1.45">'
        '<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0"><tr><td align="center" '
        'style="padding:12px 8px">'
        '<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0" '
        f'style="max-width:640px;background:#fff;border:1px solid {_LINE};border-radius:10px;text-align:left">'
        f'<tr><td style="padding:20px 18px 6px"><div style="color:{_SOFT};font-size:13px">{escape(teller.say("title"))}'
        f'</div><h1 style="margin:2px 0 0;font-size:22px;line-height:1.25">{escape(teller.place)}</h1>'
        f'<div style="font-size:15px;color:{_SOFT}">{escape(teller.day)}</div></td></tr>{inside}'
        f'<tr><td style="padding:16px 18px 20px;color:{_SOFT};font-size:12px;border-top:1px solid {_LINE}">{foot}</td>'
        "</tr></table></td></tr></table></body></html>"
    )


def _sections(teller: Teller) -> Iterator[str]:
    report = teller.report
    if not report.over:
        yield _note(teller.say("not_over", at=teller.clock(report.made_at)))
    if report.total.is_empty and not report.reps:
        yield _note(teller.say("nobody"))
    yield _section(teller.say("figures"), _cards(teller.figures()) + _small(teller.usual()))
    yield _section(teller.say("reps"), "".join(_rep(teller, each) for each in report.reps) or _nothing(teller))
    for each in teller.matters():
        if each.entries:
            told = "".join(_entry(entry) for entry in each.entries)
            left = each.many - len(each.entries)
            more = _anchor(each.link, escape(teller.say("more", n=left))) if left > 0 else ""
            yield _section(f"{each.title} ({each.many})", told + _small_html(more))


def _cards(figures: Sequence[Told]) -> str:
    """Two figures side by side, also on a phone."""
    rows = []
    for at in range(0, len(figures), 2):
        pair = "".join(_card(each) for each in figures[at : at + 2])
        rows.append(f"<tr>{pair}</tr>")
    return f'<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0">{"".join(rows)}</table>'


def _card(told: Told) -> str:
    value = f'<span style="color:{_TONES[told.tone]}">{escape(told.value)}</span>'
    usual = f'<div style="color:{_SOFT};font-size:12px">{escape(told.usual)}</div>' if told.usual else ""
    return (
        f'<td width="50%" valign="top" style="padding:9px 10px 9px 0;border-bottom:1px solid {_LINE}">'
        f'<div style="color:{_SOFT};font-size:13px">{escape(told.label)}</div>'
        f'<div style="font-size:19px;font-weight:600">{_anchor(told.link, value)}</div>{usual}</td>'
    )


def _rep(teller: Teller, rep: RepReport) -> str:
    name = _anchor(teller.link(f"today/{teller.report.day}/{rep.rep_id}"), escape(rep.name))
    calls = "".join(_call(teller, each) for each in rep.calls[:_MOST_CALLS])
    left = len(rep.calls) - _MOST_CALLS
    return (
        f'<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0" style="margin-top:10px">'
        f'<tr><td style="font-weight:600;font-size:16px">{name}</td><td align="right" style="font-weight:600;'
        f'white-space:nowrap;padding-left:8px">{escape(teller.money(rep.figures.sold))}</td></tr>'
        f'<tr><td colspan="2" style="color:{_SOFT};font-size:13px;padding-bottom:4px">'
        f"{escape(teller.of_rep(rep.figures))}</td></tr></table>"
        f'<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0" style="font-size:13px">'
        f"{calls}</table>" + (_small(teller.say("more", n=left)) if left > 0 else "")
    )


def _call(teller: Teller, call: Call) -> str:
    state = escape(teller.say(str(call.state))) + (" ⚠" if call.doubtful else "")
    sold = escape(teller.money(call.sold)) if any(call.sold.values()) else ""
    cell = f"padding:3px 6px 3px 0;border-top:1px solid {_LINE}"
    return (
        f'<tr><td valign="top" width="44" style="{cell};color:{_SOFT}">{teller.clock(call.at)}</td>'
        f'<td valign="top" style="{cell}">{_anchor(teller.page_of(call), escape(call.customer))}</td>'
        f'<td valign="top" style="{cell};color:{_STATES[call.state]}">{state}</td>'
        f'<td valign="top" align="right" style="{cell};padding-right:0;white-space:nowrap">{sold}</td></tr>'
    )


def _section(title: str, inside: str) -> str:
    head = f'<h2 style="margin:0 0 2px;font-size:16px">{escape(title)}</h2>'
    return f'<tr><td style="padding:14px 18px 6px">{head}{inside}</td></tr>'


def _entry(entry: Entry) -> str:
    title = _anchor(entry.link, escape(entry.title))
    return (
        f'<div style="padding:7px 0;border-bottom:1px solid {_LINE}"><div style="font-weight:600">{title}</div>'
        f'<div style="color:{_SOFT};font-size:13px">{escape(entry.detail)}</div></div>'
    )


def _note(text: str) -> str:
    box = "background:#fff7e6;border:1px solid #f0d9a8;border-radius:8px;padding:8px 12px;font-size:14px"
    return f'<tr><td style="padding:10px 18px 0"><div style="{box}">{escape(text)}</div></td></tr>'


def _small(text: str) -> str:
    return _small_html(escape(text))


def _small_html(inside: str) -> str:
    return f'<div style="color:{_SOFT};font-size:12px;padding-top:6px">{inside}</div>' if inside else ""


def _nothing(teller: Teller) -> str:
    return _small(teller.say("nothing"))


def _anchor(link: str, inside: str) -> str:
    return f'<a href="{escape(link)}" style="color:{_ACCENT};text-decoration:none">{inside}</a>' if link else inside


def report_text(report: DailyReport, language: str, base: str, unsubscribe: str = "") -> str:
    """Return a report as plain text, for who reads no HTML."""
    teller = Teller(report, language, base)
    lines = [f"{teller.say('title')}: {teller.place}", teller.day, ""]
    if not report.over:
        lines += [teller.say("not_over", at=teller.clock(report.made_at)), ""]
    lines += [f"{each.label}: {each.value}{f' ({each.usual})' if each.usual else ''}" for each in teller.figures()]
    lines += ["", teller.usual(), ""]
    for rep in report.reps:
        lines += [f"{rep.name}: {teller.money(rep.figures.sold)}", f"  {teller.of_rep(rep.figures)}"]
        lines += [_line(teller, call) for call in rep.calls[:_MOST_CALLS]]
    for matter in teller.matters():
        if matter.entries:
            lines += [
                "",
                f"{matter.title} ({matter.many})",
                *(f"  {each.title}: {each.detail}" for each in matter.entries),
            ]
    if base:
        lines += ["", f"{teller.say('open')}: {teller.link(f'today/{report.day}')}"]
    if unsubscribe:
        lines += ["", f"{teller.say('unsubscribe')}: {unsubscribe}"]
    return "\n".join(lines) + "\n"


def _line(teller: Teller, call: Call) -> str:
    sold = f", {teller.money(call.sold)}" if any(call.sold.values()) else ""
    return f"  {teller.clock(call.at)} {call.customer}: {teller.say(str(call.state))}{sold}"
