"""Who goes silent, and how fast a fall is seen: our chances beside plain rules, on orders by customer and day.

    python -m benchmarks.anomalies --iowa store_day_orders.csv.gz --uci orders.csv.gz --cdnow orders.csv.gz

Prints average precision and ROC-AUC for customers who order nothing in the days after each date (only what came before
it is looked at), and for changes that are put into outlets which were truly alive, how many are found by when. The
threshold lets 5 % of the untouched ones raise an alarm in 90 days: learned on odd outlet numbers, tried on even ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.dropout_models import MODELS
from benchmarks.ranking import area_under_roc, average_precision
from fieldsales.history.rules import History
from fieldsales.imports.writing.rules import Writing
from fieldsales.plunges.rules import chance_of_fewer_orders, chance_of_smaller_orders
from fieldsales.rhythm.rules import rhythms
from fieldsales.scores.service import columns_of, read_orders
from fieldsales.silence.rules import chance_of_silence
from fieldsales.tabular.table import examine

Floats = npt.NDArray[np.float64]
Scorer = Callable[[History, date, int], Floats]
NEVER = date(2100, 1, 1)
CHANGED = ("2018-03-01", "2019-02-01")
WATCHED = 90


@dataclass(frozen=True)
class Trial:
    """From which dates to look how far ahead, and who counts: so many order days in a year, the last so near."""

    name: str
    horizon: int
    least_orders: int
    active_days: int
    dates: tuple[str, ...]


OFFICIAL = tuple(f"{year}-{month}-01" for year in (2017, 2018, 2019) for month in ("04", "10"))
TRIALS = {
    "iowa": (
        Trial("Iowa, 2017–2019", 60, 6, 45, OFFICIAL),
        Trial("Iowa, 2014–2016", 60, 6, 45, tuple(f"{int(each[:4]) - 3}{each[4:]}" for each in OFFICIAL)),
        Trial("Iowa, 2019–2020", 60, 6, 45, ("2019-07-01", "2020-01-01", "2020-04-01", "2020-07-01")),
    ),
    "uci": (Trial("UCI", 90, 3, 60, ("2010-12-01", "2011-03-01", "2011-06-01", "2011-09-10")),),
    "cdnow": (Trial("CDNOW", 273, 3, 90, ("1997-10-01",)),),
}


def load(path: Path) -> tuple[History, list[str]]:
    """Return all orders of a file, and the customers' names."""
    table = examine(path)
    column = "store" if "store" in table.columns else "cust"
    amount = "dollars" if "dollars" in table.columns else "amount"
    found = read_orders(table, columns_of(table, {"customer": column, "amount": amount}), Writing(), NEVER)
    assert found.history is not None
    return found.history, found.names


def ratio_rule(history: History, as_of: date, _horizon: int) -> Floats:
    """Silence by mean gap."""
    told = rhythms(history, as_of)
    return np.asarray(told.silent_days / np.maximum(told.mean_days, 1.0))


def amount_rule(history: History, as_of: date, _horizon: int) -> Floats:
    """What 30 days brought less than the 180 days before."""
    day = as_of.toordinal()
    recent = history.revenue(date.fromordinal(day - 30), as_of).astype(np.float64)
    before = history.revenue(date.fromordinal(day - 210), date.fromordinal(day - 30)) / 6
    return np.asarray(1 - recent / np.maximum(before, 1))


RANKED: dict[str, Scorer] = {
    "ours": chance_of_silence,
    "silence ÷ mean gap": ratio_rule,
    "30-day amount": amount_rule,
    **MODELS,
}


def silence(history: History, trial: Trial) -> Iterator[tuple[str, str, float, float]]:
    """Yield population, rule, average precision and ROC-AUC, means over the dates."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for text in trial.dates:
        day = date.fromisoformat(text)
        later = date.fromordinal(day.toordinal() + trial.horizon)
        year = date.fromordinal(day.toordinal() - 365)
        repeats = history.order_days(date.fromordinal(day.toordinal() - 730), day) >= 2
        everybody = (history.order_days(year, day) >= trial.least_orders) & repeats
        active = everybody & (history.last_order(day) >= day.toordinal() - trial.active_days)
        gone = history.order_days(day, later) == 0
        for name, rule in RANKED.items():
            score = rule(history, day, trial.horizon)
            for who, chosen in (("all", everybody), ("active", active)):
                told = average_precision(gone[chosen], score[chosen]), area_under_roc(gone[chosen], score[chosen])
                found.setdefault((who, name), []).append(told)
    for (who, name), values in found.items():
        precision, area = np.mean(values, axis=0)
        yield who, name, float(precision), float(area)


def changed(history: History, kind: str, since: int, dice: np.random.Generator) -> History:
    """Return the orders with a change put into all customers from a day on."""
    near = (history.day >= since - 730) & (history.day < since + WATCHED + 1)
    after = history.day >= since
    amount = np.where(after, history.amount * 4 // 10, history.amount) if kind == "amounts × 0.4" else history.amount
    keep = near & ~(after & (kind == "all orders dropped"))
    if kind == "60 % of orders dropped":
        keep &= ~after | (dice.random(len(after)) >= 0.6)
    rows = (history.who[keep], history.day[keep], amount[keep], history.ordered[keep])
    return History(history.customers, history.currencies, *rows)


def truly_alive(history: History, since: date) -> npt.NDArray[np.bool_]:
    """Tell who ordered often before a day and in each of the four months after it."""
    day = since.toordinal()
    found = history.order_days(date.fromordinal(day - 365), since) >= 20
    found &= history.last_order(since) >= day - 14
    for block in range(4):
        start = date.fromordinal(day + 30 * block)
        found &= history.order_days(start, date.fromordinal(day + 30 * block + 30)) > 0
    return found


WATCHERS: dict[str, tuple[Callable[[History, date], Floats], tuple[str, ...]]] = {
    "p_amount_plunge": (chance_of_smaller_orders, ("amounts × 0.4",)),
    "p_count_plunge": (chance_of_fewer_orders, ("60 % of orders dropped", "all orders dropped")),
    "p_silent": (lambda history, day: chance_of_silence(history, day, 60), ("all orders dropped",)),
}


def detection(history: History, names: list[str]) -> Iterator[tuple[str, str, list[float]]]:
    """Yield watcher, change, and realised false alarms, shares found by day 30, 60, 90, and the median delay."""
    odd = np.array([int(name) % 2 == 1 for name in names])
    for watcher, (score, kinds) in WATCHERS.items():
        for kind in kinds:
            rows = [_detected(history, odd, score, kind, date.fromisoformat(text)) for text in CHANGED]
            yield watcher, kind, [float(each) for each in np.mean(rows, axis=0)]


def _detected(
    history: History, odd: npt.NDArray[np.bool_], score: Callable[[History, date], Floats], kind: str, since: date
) -> list[float]:
    alive, day = truly_alive(history, since), since.toordinal()
    dice = np.random.default_rng(1)

    def watch(what: str) -> Floats:
        world = changed(history, what, day, dice)
        return np.array([score(world, date.fromordinal(day + ahead)) for ahead in range(1, WATCHED + 1)])

    calm, other = watch("nothing"), watch(kind)
    highest = np.sort(calm[:, alive & odd].max(axis=0))
    threshold = highest[int(np.ceil(0.95 * len(highest))) - 1]
    even = alive & ~odd
    raised = other[:, even] > threshold
    delay = np.where(raised.any(axis=0), raised.argmax(axis=0) + 1, 999)
    false_alarms = float((calm[:, even].max(axis=0) > threshold).mean())
    return [false_alarms, *(float((delay <= by).mean()) for by in (30, 60, 90)), float(np.median(delay))]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in TRIALS:
        parser.add_argument(f"--{name}", type=Path)
    asked = vars(parser.parse_args())
    print("| data | who | rule | average precision | ROC-AUC |\n|---|---|---|---|---|")
    known = {name: load(path) for name, path in asked.items() if path}
    for name, (history, _) in known.items():
        for trial in TRIALS[name]:
            for who, rule, precision, area in silence(history, trial):
                print(f"| {trial.name} | {who} | {rule} | {precision:.3f} | {area:.3f} |", flush=True)
    if "iowa" in known:
        print("\n| watched by | change | false alarms | by day 30 | 60 | 90 | median delay |")
        print("|---|---|---|---|---|---|---|")
        for watcher, kind, (alarms, *found, delay) in detection(*known["iowa"]):
            shares = " | ".join(f"{each:.1%}" for each in found)
            print(f"| {watcher} | {kind} | {alarms:.1%} | {shares} | {delay:g} |", flush=True)


if __name__ == "__main__":
    main()
