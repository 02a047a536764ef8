"""How pay looks in a terminal: runs, slips, schemes beside each other, and one line explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from fieldsales.cli.context import whole
from fieldsales.earnings.rules import Entry
from fieldsales.money import Money, exponent
from fieldsales.payruns.models import PayLine, PayRun, PaySlip
from fieldsales.payruns.service import slip_content
from fieldsales.people.models import User
from fieldsales.reckonings.service import Reckoning
from fieldsales.simulations.rules import Outcome, reps_in

Slips = Sequence[tuple[PaySlip, User]]


def print_runs(console: Console, runs: Sequence[PayRun], nothing: str) -> None:
    """List runs."""
    table = Table("month", "scheme", "state", "lines", "amount", "by nobody", "content", whole("id"), box=None)
    for each in runs:
        sums = [str(Money(amount, each.currency)) for amount in (each.amount_minor, each.nobodys_minor)]
        row = (f"{each.first:%Y-%m}", each.code, each.state.value, f"{each.lines:,}", *sums)
        table.add_row(*row, f"{each.content_hash[:12]}…", str(each.id))
    console.print(table if runs else nothing)


def slips_of_try(session: Session, found: Reckoning, entries: Sequence[Entry]) -> list[tuple[PaySlip, User]]:
    """Return the slips of a run that is only tried."""
    slips = []
    for who in sorted({*found.slips, *(each.rep_id for each in entries)}):
        amount = sum(each.amount_minor for each in entries if each.rep_id == who)
        content = slip_content(found, entries, who)
        slips.append((PaySlip(rep_id=who, amount_minor=amount, content=content), session.get_one(User, who)))
    return slips


def print_slips(console: Console, run: PayRun, slips: Slips, lines: Sequence[PayLine] = ()) -> None:
    """Show what each rep gets, rule by rule, and some lines of the slip."""
    console.print(f"{run.code}, {run.first:%Y-%m}: {run.state}, {run.lines:,} lines, {_money(run.amount_minor, run)}")
    table = Table("rep", "rule", "basis", "×", "earned", box=None)
    for column in table.columns[2:]:
        column.justify = "right"
    for slip, rep in slips:
        for each in slip.content["rules"]:
            table.add_row(rep.name, each["rule"], _basis(each, run), _rate(each), _money(each["amount_minor"], run))
        for kind, amount in slip.content["kinds"].items():
            if kind != "earned":
                table.add_row(rep.name, kind, "", "", _money(amount, run))
        table.add_row(rep.name, "[bold]all[/]", "", "", f"[bold]{_money(slip.amount_minor, run)}[/]")
    console.print(table if slips else "Nobody is paid by it.")
    if lines:
        print_lines(console, run, lines)


def print_lines(console: Console, run: PayRun, lines: Sequence[PayLine]) -> None:
    """List lines of a slip."""
    table = Table("", "day", "rule", "kind", "source", "share", "amount", "line", box=None)
    for each in lines:
        source = f"{each.source_kind.value} {str(each.source_id)[-12:]}"
        share = f"{each.weight}/{each.of_weights}"
        row = (str(each.position), each.day.isoformat(), each.rule, each.kind.value, source, share)
        table.add_row(*row, _money(each.amount_minor, run), str(each.id))
    console.print(table)


def print_outcomes(console: Console, session: Session, outcomes: Sequence[Outcome]) -> None:
    """Show what each rep would have got under each scheme."""
    table = Table("rep", *(each.label for each in outcomes), box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for who in sorted(reps_in(outcomes), key=lambda each: session.get_one(User, each).name):
        amounts = (str(Money(each.amount_of(who), each.currency)) for each in outcomes)
        table.add_row(session.get_one(User, who).name, *amounts)
    table.add_row("[bold]all[/]", *(f"[bold]{Money(each.amount_minor, each.currency)}[/]" for each in outcomes))
    console.print(table)
    console.print("Simulated: nothing was kept.")


def print_explanation(console: Console, told: Mapping[str, Any], indent: str = "") -> None:
    """Say why a line is what it is."""
    line, run = told["line"], told["run"]
    head = f"{indent}line {line['position']} of {told['rep']}, {run['scheme']} {run['month']} ({run['state']})"
    console.print(f"{head}: {line['kind']} by “{line['rule']}”, {line['amount_minor']} minor units", markup=False)
    if told["customer"]:
        console.print(f"{indent}customer: {told['customer']}", markup=False)
    source = ", ".join(f"{name} {value}" for name, value in told["source"].items() if value is not None)
    console.print(f"{indent}source: {source}", markup=False, soft_wrap=True)
    if line["of_weights"] > 1:
        console.print(f"{indent}share: {line['weight']} of {line['of_weights']}")
    for each in told["because"]:
        because = ", ".join(f"{name} {value}" for name, value in each.items())
        console.print(f"{indent}because: {because}", markup=False, soft_wrap=True)
    if told["path"]:
        _print_path(console, told["path"], indent)
    if told["parts"]:
        _print_parts(console, told["parts"], indent)
    if told["origin"]:
        console.print(f"{indent}it takes back, or gives back, of:")
        print_explanation(console, told["origin"], indent + "    ")


def _print_path(console: Console, path: Mapping[str, Any], indent: str) -> None:
    whole = f"{path['basis_sum']:,} {path['basis_unit']}"
    console.print(f"{indent}rule: {path['basis']}, {path['mode']}; the rep's whole basis is {whole}")
    for each in path["steps"]:
        console.print(f"{indent}  from {each['from']:,} at {each['rate']} {path['rate_unit']}: of {each['basis']:,}")
    if path["target"]:
        console.print(f"{indent}  target {path['target']:,}, reached {Decimal(path['reached_bp']) / 100} %")
    gives = [f"steps {_short(path['exact'])}", f"accelerator {_short(path['accelerated'])}"]
    console.print(f"{indent}  {' + '.join(gives)}; under caps {_short(path['paid'])}: × {path['multiplier']}")


def _print_parts(console: Console, parts: Sequence[Mapping[str, Any]], indent: str) -> None:
    table = Table("line", "sku", "product", "pieces", "net", "cost each", "basis", "rate", "exact", "cents", box=None)
    for column in table.columns[3:]:
        column.justify = "right"
    for each in parts:
        cost, rate = each["cost_minor"], each["rate_bp"]
        table.add_row(
            *(str(each["line_no"]), each["sku"] or "", each["product"] or "", f"{each['pieces']:,}"),
            *(f"{each['net_minor']:,}", "" if cost is None else f"{cost:,}", f"{each['basis']:,}"),
            *(
                "" if rate is None else str(rate),
                _short(each["exact"]) if each["exact"] else "",
                str(each["amount_minor"]),
            ),
        )
    console.print(table)
    console.print(f"{indent}together {sum(each['amount_minor'] for each in parts)}")


def _basis(told: Mapping[str, Any], run: PayRun) -> str:
    if told["basis"] == "quantity":
        return f"{Decimal(told['basis_sum']) / 1000:,} pieces"
    return _money(told["basis_sum"], run)


def _rate(told: Mapping[str, Any]) -> str:
    """The multiplier as people say it: a percentage, or money for a piece."""
    if told["mode"] == "by line":
        return "by line"
    value = Fraction(told["multiplier"]) * (1000 if told["basis"] == "quantity" else 100)
    unit = " a piece (minor)" if told["basis"] == "quantity" else " %"
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.3f}{unit}"


def _short(fraction: str) -> str:
    value = Fraction(fraction)
    return f"{Decimal(value.numerator) / Decimal(value.denominator):,.4f}"


def _money(minor: int, run: PayRun) -> str:
    digits = exponent(run.currency)
    return f"{Decimal(minor).scaleb(-digits):,.{digits}f} {run.currency}"
