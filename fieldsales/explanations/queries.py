"""Why a line of a slip is what it is: back to the order, its last line, the payment, and the rule."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Customer
from fieldsales.earnings.rules import Part, SourceKind
from fieldsales.explanations.rules import faults_of
from fieldsales.invoices.models import Allocation, Invoice
from fieldsales.orders.models import Order, OrderLine
from fieldsales.payruns.models import PayCorrection, PayLine, PayRun, PaySlip
from fieldsales.payruns.queries import entries_of, entry_of
from fieldsales.payruns.rules import add_up, content_of
from fieldsales.people.models import User
from fieldsales.receivables.models import Payment
from fieldsales.schemes.models import CommissionScheme
from fieldsales.schemes.queries import logins_of_reps
from fieldsales.schemes.rules import fingerprint, read_scheme


def explain(session: Session, line: PayLine) -> dict[str, Any]:
    """Return all that a line of a slip rests on, as plain values.

    `path` is how the rule came from the rep's whole basis to its `multiplier`; each of `parts` is a line of the order
    with its `exact` amount before rounding; `origin` explains the line that is taken back, `later` are those that took
    back of this one.
    """
    run = session.get_one(PayRun, line.run_id)
    scheme = session.get_one(CommissionScheme, run.scheme_id)
    slip = session.get_one(PaySlip, (run.id, line.rep_id))
    path = next((each for each in slip.content["rules"] if each["rule"] == line.rule), None)
    origin = session.get(PayLine, line.origin_id) if line.origin_id else None
    customer = session.get(Customer, line.customer_id) if line.customer_id else None
    later = session.scalars(select(PayLine).where(PayLine.origin_id == line.id).order_by(PayLine.day, PayLine.id))
    return {
        "line": told(line),
        "run": {"id": str(run.id), "scheme": run.code, "month": f"{run.first:%Y-%m}", "state": run.state.value},
        "scheme": {"id": str(scheme.id), "name": scheme.name, "body_hash": scheme.body_hash},
        "rep": session.get_one(User, line.rep_id).name,
        "customer": customer.name if customer else None,
        "rule": next((each for each in scheme.body["rules"] if each["name"] == line.rule), None),
        "path": path if line.origin_id is None else None,
        "parts": _parts(session, line, path if line.origin_id is None else None),
        "source": _source(session, line),
        "because": line.facts["because"],
        "origin": explain(session, origin) if origin else None,
        "later": [told(each) for each in later],
    }


def check_run(session: Session, run: PayRun) -> list[str]:
    """Return what of a run does not add up, reckoned again from its stored lines; nothing where every cent does."""
    scheme = session.get_one(CommissionScheme, run.scheme_id)
    entries = [entry for _, entry in entries_of(session, run)]
    slips = session.scalars(select(PaySlip).where(PaySlip.run_id == run.id))
    content = {each.rep_id: (each.amount_minor, each.content) for each in slips}
    found = faults_of(read_scheme(scheme.body), entries, content, logins_of_reps(session))
    if content_of(entries) != run.content_hash:
        found.append("the lines are not those that the run was made of")
    if fingerprint(scheme.body) != scheme.body_hash:
        found.append("the scheme is not the one that was put")
    if sum(each.amount_minor for each in entries) != run.amount_minor:
        found.append("the lines do not add up to the run")
    return found


def told(line: PayLine) -> dict[str, Any]:
    """Return a line as plain values."""
    return {
        "id": str(line.id),
        "position": line.position,
        "rule": line.rule,
        "kind": line.kind.value,
        "source_kind": line.source_kind.value,
        "source_id": str(line.source_id),
        "day": line.day.isoformat(),
        "basis": line.basis,
        "amount_minor": line.amount_minor,
        "weight": line.weight,
        "of_weights": line.of_weights,
    }


def _parts(session: Session, line: PayLine, path: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    names = _names(session, line.source_id)
    return [_part(each, names.get(each.line_no), path) for each in entry_of(line).parts]


def _part(part: Part, name: tuple[str, str, int] | None, path: Mapping[str, Any] | None) -> dict[str, Any]:
    sku, product, ordered = name or (None, None, None)
    return {
        "line_no": part.line_no,
        "sku": sku,
        "product": product,
        "ordered": ordered,
        "pieces": part.units,
        "net_minor": part.net_minor,
        "cost_minor": part.cost_minor,
        "basis": part.basis,
        "rate_bp": part.rate,
        "exact": str(add_up(path, [part])) if path else None,
        "amount_minor": part.amount_minor,
    }


def _names(session: Session, order_id: uuid.UUID) -> dict[int, tuple[str, str, int]]:
    rows = session.execute(
        select(OrderLine.line_no, Product.sku, Product.name, OrderLine.quantity)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.order_id == order_id)
    )
    return {line_no: (sku, name, quantity) for line_no, sku, name, quantity in rows}


def _source(session: Session, line: PayLine) -> dict[str, Any]:
    if line.source_kind is SourceKind.CORRECTION:
        mended = session.get_one(PayCorrection, line.source_id)
        asked = session.get_one(User, mended.asked_by).name
        return {"reason": mended.reason, "asked_by": asked, "granted_at": _iso(mended.granted_at)}
    if line.source_kind is SourceKind.PAYMENT:
        part = session.get_one(Allocation, line.source_id)
        payment, invoice = session.get_one(Payment, part.credit_id), session.get_one(Invoice, part.invoice_id)
        return {
            "payment_id": str(payment.id),
            "paid_on": payment.paid_on.isoformat(),
            "method": payment.method.value,
            "payment_minor": payment.amount_minor,
            "invoice_id": str(invoice.id),
            "invoice": invoice.reference,
            "order_id": str(invoice.order_id) if invoice.order_id else None,
        }
    order = session.get_one(Order, line.source_id)
    taker = session.get_one(User, order.rep_id).name if order.rep_id else None
    return {
        "order_id": str(order.id),
        "reference": order.reference,
        "kind": order.kind.value,
        "ordered_on": order.ordered_on.isoformat(),
        "state": order.state.value,
        "taken_by": taker,
        "amount_minor": order.amount_minor,
        "tax_minor": order.tax_minor,
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
