"""What a phone holds of money: debts, payments, decisions about them, and what its user handed in."""

from __future__ import annotations

from fieldsales.approvals.models import Approval
from fieldsales.invoices.models import Invoice
from fieldsales.receivables.models import Payment
from fieldsales.settlements.models import Settlement, Signature
from sync.shape import Children, Shape, of_served, own

PAYMENT = Shape(
    columns=(
        Payment.id,
        Payment.customer_id,
        Payment.rep_id,
        Payment.visit_id,
        Payment.method,
        Payment.currency,
        Payment.amount_minor,
        Payment.paid_on,
        Payment.paid_at,
        Payment.reference,
        Payment.flags,
    ),
    visible=of_served(Payment.customer_id),
)

INVOICE = Shape(
    columns=(
        Invoice.id,
        Invoice.customer_id,
        Invoice.order_id,
        Invoice.reference,
        Invoice.currency,
        Invoice.amount_minor,
        Invoice.open_minor,
        Invoice.issued_on,
        Invoice.due_on,
    ),
    visible=of_served(Invoice.customer_id),
)

APPROVAL = Shape(
    columns=(
        Approval.id,
        Approval.kind,
        Approval.state,
        Approval.mutation_id,
        Approval.customer_id,
        Approval.asked_at,
        Approval.expires_at,
        Approval.currency,
        Approval.amount_minor,
        Approval.reason,
        Approval.decided_at,
        Approval.decision_reason,
    ),
    visible=own(Approval.asked_by),
)

SETTLEMENT = Shape(
    columns=(
        Settlement.id,
        Settlement.day,
        Settlement.state,
        Settlement.counted_at,
        Settlement.content,
        Settlement.content_hash,
        Settlement.settled_at,
        Settlement.reopened_at,
        Settlement.reopen_reason,
    ),
    visible=own(Settlement.rep_id),
    children=(
        Children(
            "signatures",
            Signature.settlement_id,
            (Signature.party, Signature.by, Signature.at, Signature.content_hash),
            order=(Signature.party,),
        ),
    ),
)
