"""Whether a run says what it paid: all of it is reckoned again from what its lines stored."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from fieldsales.commission.rules import Basis, Path, Rule, Scheme, cap_scale, evaluate, evaluate_lines, half_up
from fieldsales.earnings.rules import Entry, EntryKind, Part
from fieldsales.payruns.rules import add_up

Sums = dict[tuple[uuid.UUID, str], list[Part]]


def faults_of(
    scheme: Scheme,
    entries: Iterable[Entry],
    slips: Mapping[uuid.UUID, tuple[int, Mapping[str, Any]]],
    logins: Mapping[uuid.UUID, str],
) -> list[str]:
    """Return what does not add up of slips (amount and content, by rep) and their lines; nothing where all does."""
    parts: Sums = defaultdict(list)
    amounts: dict[uuid.UUID, int] = defaultdict(int)
    found = []
    for each in entries:
        amounts[each.rep_id] += each.amount_minor
        if each.kind is EntryKind.EARNED:
            parts[each.rep_id, each.rule] += each.parts
        if each.parts and sum(part.amount_minor for part in each.parts) != each.amount_minor:
            found.append(f"{each.kind} {each.source_id} by {each.rule}: its parts do not add up to it")
    for rep_id, (amount, content) in slips.items():
        if amounts[rep_id] != amount:
            found.append(f"the slip of {logins[rep_id]} says {amount}, its lines {amounts[rep_id]}")
        found += _slip_faults(
            scheme, logins[rep_id], content, [(rule, parts[rep_id, rule.name]) for rule in scheme.rules]
        )
    return found


def _slip_faults(
    scheme: Scheme, login: str, content: Mapping[str, Any], parts: Sequence[tuple[Rule, list[Part]]]
) -> list[str]:
    told = {each["rule"]: each for each in content["rules"]}
    if not told:
        return []
    paths = [_path(rule, mine, login) for rule, mine in parts]
    scale = cap_scale(paths, scheme.cap_minor)
    found = []
    for (rule, mine), path in zip(parts, paths, strict=True):
        said = told[rule.name]
        again = replace(path, multiplier=path.multiplier * scale)
        if (said["basis_sum"], Fraction(said["multiplier"])) != (again.basis, again.multiplier):
            found.append(f"{login}, {rule.name}: {said['multiplier']} is said, {again.multiplier} is reckoned")
        if sum(each.amount_minor for each in mine) != said["amount_minor"]:
            found.append(f"{login}, {rule.name}: the lines do not add up to {said['amount_minor']}")
        if any(abs(each.amount_minor - add_up(said, [each])) >= 1 for each in mine):
            found.append(f"{login}, {rule.name}: a line is a cent or more off")
    paid = half_up(sum((path.capped * scale for path in paths), Fraction(0)))
    if paid != sum(each["amount_minor"] for each in told.values()):
        found.append(f"{login}: the rules do not add up to {paid}")
    return found


def _path(rule: Rule, parts: list[Part], login: str) -> Path:
    if rule.basis is Basis.UNIT_PRICE:
        return evaluate_lines(rule, [(each.basis, each.rate or 0) for each in parts], login)
    return evaluate(rule, sum(each.basis for each in parts), login)
