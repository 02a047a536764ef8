"""Have the orders of a history of `benchmarks.results` delivered, and ask for fill rate and OTIF.

    python -m benchmarks.results_dues --kept URL [--runs N]

Every order was promised for its own day; one in sixteen came a day late, and the twentieth line of each a piece short.
"""

from __future__ import annotations

import argparse
from datetime import date
from statistics import median

from sqlalchemy import Engine, select, text

from benchmarks.results import _alone, _ask, _of, _refresh, _timed
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.deliveries.models import Delivery
from migrations import upgrade

QUARTER = date(2022, 8, 1)
QUESTIONS = {
    "fill rate and OTIF by rep and month": _of("fill_rate,otif", "rep,month"),
    "fill rate and OTIF by customer": _of("fill_rate,otif", "customer"),
    "fill rate by product": _of("fill_rate", "product"),
    "fill rate by product and week, a quarter": _of("fill_rate", "product,week", QUARTER),
}
_NEXT = {"sqlite": "date(ordered_on, '+1 day')", "postgresql": "ordered_on + 1"}
_LATE = {"sqlite": "substr(id, 32) = '7'", "postgresql": "right(id::text, 1) = '7'"}
_DELIVERED = (
    "INSERT INTO delivery (id, customer_id, state, promised_from, promised_until, ended_at) "
    "SELECT id, customer_id, 'delivered', ordered_on, ordered_on, ordered_at FROM sales_order WHERE kind = 'sale'",
    "INSERT INTO delivery_line (delivery_id, line_no, product_id, ordered, delivered, cancelled) "
    "SELECT order_id, line_no, product_id, quantity, "
    "CASE WHEN line_no IN (20, 40) THEN quantity - 1 ELSE quantity END, "
    "CASE WHEN line_no IN (20, 40) THEN 1 ELSE 0 END FROM order_line WHERE quantity > 0",
    "INSERT INTO delivery_report (id, delivery_id, at, day, lines, flags) "
    "SELECT id, id, ordered_at, CASE WHEN {late} THEN {next} ELSE ordered_on END, "
    """'[{{"line_no": 1, "delivered": 1, "reason": null, "rest": null}}]', '[]' FROM sales_order WHERE kind = 'sale'""",
)


def main() -> None:
    """Deliver what is not yet, and print how long each question takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kept", required=True, help="a database that `benchmarks.results --kept` built")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    engine = make_engine(_alone(asked.kept))
    upgrade(engine)
    _deliver(engine)
    _, summed = _timed(engine, lambda: _refresh(engine))
    print(f"{engine.dialect.name}: summed in {summed[0]:.1f} s, {summed[1]:.1f} of the processor", flush=True)
    for name, wanted in QUESTIONS.items():
        each = [_timed(engine, lambda q=wanted: _ask(engine, q))[1] for _ in range(asked.runs)]  # type: ignore[misc]
        wall, own = (median(column) for column in zip(*each, strict=True))
        print(f"  {name:42}{wall:8.3f}{own:11.3f}", flush=True)


def _deliver(engine: Engine) -> None:
    with reading(engine) as session:
        if session.scalar(select(Delivery.id).limit(1)) is not None:
            return
    name = engine.dialect.name
    with transaction(engine) as session:
        for statement in _DELIVERED:
            told = statement.format(late=_LATE[name], next=_NEXT[name])
            session.connection().exec_driver_sql(told)
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


if __name__ == "__main__":
    main()
