"""A month's pay slips: the sources of a month, chosen by the rules of a scheme, shared among reps, turned into cents.

The order in which sources are told changes nothing: whole amounts are judged, never one source after another.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from fieldsales.commission.rules import (
    BASIS,
    MILLI,
    Basis,
    Only,
    Path,
    Rule,
    Scheme,
    apportion,
    cap_scale,
    evaluate,
    evaluate_lines,
    half_up,
    share,
    step_at,
)
from fieldsales.earnings.rules import Article, Entry, EntryKind, Line, Part, Source, SourceKind


@dataclass(frozen=True, slots=True)
class RuleSlip:
    """What one rule gave a rep, and how. `without_cost` lines could not be judged, as nobody knows what they cost."""

    rule: Rule
    path: Path
    amount_minor: int
    without_cost: int = 0


@dataclass(frozen=True, slots=True)
class Slip:
    """What a rep earned by sales and money of a month; adjustments come beside it."""

    rep_id: uuid.UUID
    rules: tuple[RuleSlip, ...]
    entries: tuple[Entry, ...]

    @property
    def amount_minor(self) -> int:
        """What all entries add up to."""
        return sum(each.amount_minor for each in self.entries)


@dataclass
class Gathered:
    """What counts for one rep under one rule, before it is money."""

    picks: list[tuple[Source, int, int, tuple[Part, ...]]] = field(default_factory=list)
    without_cost: int = 0

    @property
    def basis(self) -> int:
        """All of it."""
        return sum(part.basis for *_, parts in self.picks for part in parts)


def earn(scheme: Scheme, sources: Iterable[Source], logins: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, Slip]:
    """Return what every rep of a scheme earned by sources; `logins` are those of the reps."""
    there = sorted((each for each in sources if each.standing), key=lambda each: (each.day, each.kind, each.id))
    paid = {rep_id: login for rep_id, login in logins.items() if scheme.pays(login)}
    found = {rep_id: [Gathered() for _ in scheme.rules] for rep_id in paid}
    for source in there:
        for place, rule in enumerate(scheme.rules):
            _gather(rule, source, place, found)
    return {rep_id: _slip(scheme, rep_id, paid[rep_id], found[rep_id]) for rep_id in sorted(found)}


def _gather(rule: Rule, source: Source, place: int, found: Mapping[uuid.UUID, list[Gathered]]) -> None:
    if (rule.basis is Basis.COLLECTIONS) != (source.kind is SourceKind.PAYMENT) or not _is_about(rule, source):
        return
    weights = source.sellers if rule.by_seller else source.weights
    if not any(rep_id in found for rep_id, _ in weights):
        return
    whole, unknown = _parts(rule, source)
    of = sum(weight for _, weight in weights)
    shares = _shared(whole, [weight for _, weight in weights], source.id)
    for (rep_id, weight), parts in zip(weights, shares, strict=True):
        if rep_id in found:
            found[rep_id][place].without_cost += unknown
            if parts:
                found[rep_id][place].picks.append((source, weight, of, parts))


def _parts(rule: Rule, source: Source) -> tuple[list[Part], int]:
    """Return what lines that a rule is about come to, and how many cannot be judged."""
    found, unknown = [], 0
    for line in source.lines:
        if not line.left or not _fits(rule, line.article):
            continue
        net = line.net_minor if line.left == line.units else half_up(Fraction(line.net_minor * line.left, line.units))
        cost = line.article.cost_minor if line.article else None
        rate = None
        basis = net
        if rule.basis is Basis.QUANTITY:
            basis = line.left * MILLI
        elif rule.basis is Basis.MARGIN:
            if cost is None:
                unknown += 1
                continue
            basis = net - line.left * cost
        elif rule.basis is Basis.UNIT_PRICE:
            rate = _rate_by_price(rule, line)
            if rate is None:
                unknown += 1
                continue
        found.append(Part(line.line_no, line.left, net, cost if rule.basis is Basis.MARGIN else None, basis, rate))
    return found, unknown


def _rate_by_price(rule: Rule, line: Line) -> int | None:
    if not rule.by_list:
        return step_at(rule.steps, line.price_minor).rate
    if not line.list_minor:
        return None
    return step_at(rule.steps, line.price_minor * BASIS // line.list_minor).rate


def _shared(parts: Sequence[Part], weights: Sequence[int], source_id: uuid.UUID) -> list[tuple[Part, ...]]:
    if len(weights) == 1:
        return [tuple(parts)]
    shares: list[list[Part]] = [[] for _ in weights]
    turn = source_id.bytes[-1]
    for part in parts:
        for place, basis in enumerate(share(part.basis, weights, turn + part.line_no)):
            if weights[place] or not any(weights):
                shares[place].append(replace(part, basis=basis))
    return [tuple(each) for each in shares]


def _slip(scheme: Scheme, rep_id: uuid.UUID, login: str, found: Sequence[Gathered]) -> Slip:
    paths = [_path(rule, each, login) for rule, each in zip(scheme.rules, found, strict=True)]
    scale = cap_scale(paths, scheme.cap_minor)
    paths = [replace(each, paid=each.capped * scale, multiplier=each.multiplier * scale) for each in paths]
    amounts = _whole_amounts([each.paid for each in paths])
    entries: list[Entry] = []
    for rule, each, path, amount in zip(scheme.rules, found, paths, amounts, strict=True):
        entries += _entries(rep_id, rule, each, path, amount)
    slips = tuple(
        RuleSlip(rule, path, amount, each.without_cost)
        for rule, path, amount, each in zip(scheme.rules, paths, amounts, found, strict=True)
    )
    return Slip(rep_id, slips, tuple(entries))


def _path(rule: Rule, found: Gathered, login: str) -> Path:
    if rule.basis is not Basis.UNIT_PRICE:
        return evaluate(rule, found.basis, login)
    return evaluate_lines(rule, [(part.basis, part.rate or 0) for *_, parts in found.picks for part in parts], login)


def _whole_amounts(exact: Sequence[Fraction]) -> list[int]:
    denominator = math.lcm(*(each.denominator for each in exact))
    parts = [each.numerator * (denominator // each.denominator) for each in exact]
    return apportion(parts, half_up(sum(exact, Fraction(0))), denominator)


def _entries(rep_id: uuid.UUID, rule: Rule, found: Gathered, path: Path, amount: int) -> list[Entry]:
    own = rule.basis is Basis.UNIT_PRICE
    times, under = path.multiplier.numerator, path.multiplier.denominator * (BASIS if own else 1)
    parts = [part for *_, parts in found.picks for part in parts]
    cents = apportion([each.basis * times * ((each.rate or 0) if own else 1) for each in parts], amount, under)
    entries, at = [], 0
    for source, weight, of, mine in found.picks:
        paid = tuple(_worth(each, cents[at + place]) for place, each in enumerate(mine))
        at += len(mine)
        entries.append(
            Entry(
                rep_id=rep_id,
                rule=rule.name,
                kind=EntryKind.EARNED,
                source_kind=source.kind,
                source_id=source.id,
                day=source.day,
                customer_id=source.customer_id,
                basis=sum(each.basis for each in paid),
                amount_minor=sum(each.amount_minor for each in paid),
                weight=weight,
                of=of,
                parts=paid,
            )
        )
    return entries


def _worth(part: Part, cents: int) -> Part:
    """`replace` takes several times as long, and this is done for every line of every order."""
    return Part(part.line_no, part.units, part.net_minor, part.cost_minor, part.basis, part.rate, cents)


def _is_about(rule: Rule, source: Source) -> bool:
    return _suits(rule.only, source, empty=True) and not _suits(rule.but, source, empty=False)


def _suits(only: Only, source: Source, *, empty: bool) -> bool:
    """Whether a source is of the customers and channels that are named; `empty` where none are."""
    asked = ((only.tiers, source.tier), (only.segments, source.segment), (only.channels, source.channel))
    told = [value in names for names, value in asked if names]
    if empty:
        return all(told)
    return any(told)


def _fits(rule: Rule, article: Article | None) -> bool:
    if article is None or not (rule.only.of_products or rule.but.of_products):
        return True
    values = (article.sku, article.brand, article.category)
    wanted = (rule.only.products, rule.only.brands, rule.only.categories)
    unwanted = (rule.but.products, rule.but.brands, rule.but.categories)
    return all(value in names for names, value in zip(wanted, values, strict=True) if names) and not any(
        value in names for names, value in zip(unwanted, values, strict=True)
    )
