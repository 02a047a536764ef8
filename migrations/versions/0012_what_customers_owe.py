"""what customers owe

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


FINAL = ('posting', 'allocation')
"""Tables whose rows are never changed. SQLite drops triggers with a table: who rebuilds one calls `make_final` again."""


def make_final(table: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for verb in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER {table}_is_final_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is final'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_final() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is final' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_final()"
    )


def take_over_payments() -> None:
    """Put what was paid before there was a ledger into it, on account."""
    op.execute(
        "INSERT INTO credit (id, customer_id, kind, currency, amount_minor, left_minor, day, made_at) "
        "SELECT id, customer_id, 'payment', currency, amount_minor, amount_minor, paid_on, paid_at FROM payment"
    )
    op.execute(
        "INSERT INTO posting (id, entry_id, cause, source_id, day, at, currency, amount_minor, debit, credit, "
        "customer_id, rep_id) SELECT id, id, 'payment', id, paid_on, paid_at, currency, amount_minor, method, "
        "'credit', customer_id, rep_id FROM payment"
    )


def upgrade() -> None:
    op.create_table('credit_terms',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('limit_minor', sa.BigInteger(), nullable=True),
    sa.Column('payment_days', sa.Integer(), nullable=True),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('set_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('limit_minor >= 0', name=op.f('ck_credit_terms_limit')),
    sa.CheckConstraint('payment_days BETWEEN 0 AND 365', name=op.f('ck_credit_terms_days')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_credit_terms_customer_id_customer')),
    sa.ForeignKeyConstraint(['set_by'], ['user_account.id'], name=op.f('fk_credit_terms_set_by_user_account')),
    sa.PrimaryKeyConstraint('customer_id', 'currency', name=op.f('pk_credit_terms'))
    )
    op.create_table('posting',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.Enum('invoice', 'payment', 'allocation', 'credit_note', 'write_off', 'bounce', 'void', 'elsewhere', name='cause', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('debit', sa.Enum('receivable', 'credit', 'cash', 'transfer', 'cheque', 'wallet', 'sales', 'tax', 'returns', 'write_offs', 'elsewhere', name='debit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('credit', sa.Enum('receivable', 'credit', 'cash', 'transfer', 'cheque', 'wallet', 'sales', 'tax', 'returns', 'write_offs', 'elsewhere', name='credit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_posting_amount')),
    sa.CheckConstraint('debit <> credit', name=op.f('ck_posting_two_accounts')),
    sa.CheckConstraint('length(currency) = 3', name=op.f('ck_posting_currency')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_posting_customer_id_customer')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_posting_rep_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting'))
    )
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posting_customer_id_day'), ['customer_id', 'day'], unique=False)
        batch_op.create_index(batch_op.f('ix_posting_rep_id_day'), ['rep_id', 'day'], unique=False)
        batch_op.create_index(batch_op.f('ix_posting_source_id'), ['source_id'], unique=False)

    op.create_table('credit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('payment', 'credit_note', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=True),
    sa.Column('reference', sa.String(length=80), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('left_minor', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_credit_amount')),
    sa.CheckConstraint('left_minor BETWEEN 0 AND amount_minor', name=op.f('ck_credit_left')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_credit_customer_id_customer')),
    sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_credit_order_id_sales_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit')),
    sa.UniqueConstraint('order_id', name=op.f('uq_credit_order_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_credit_reference'))
    )
    with op.batch_alter_table('credit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_customer_id_day'), ['customer_id', 'day'], unique=False)

    op.create_table('invoice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=True),
    sa.Column('reference', sa.String(length=80), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('open_minor', sa.BigInteger(), nullable=False),
    sa.Column('written_off_minor', sa.BigInteger(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_invoice_amount')),
    sa.CheckConstraint('due_on >= issued_on', name=op.f('ck_invoice_due')),
    sa.CheckConstraint('open_minor + written_off_minor <= amount_minor', name=op.f('ck_invoice_whole')),
    sa.CheckConstraint('open_minor >= 0 AND written_off_minor >= 0', name=op.f('ck_invoice_parts')),
    sa.CheckConstraint('tax_minor BETWEEN 0 AND amount_minor', name=op.f('ck_invoice_tax')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_invoice_customer_id_customer')),
    sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_invoice_order_id_sales_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice')),
    sa.UniqueConstraint('order_id', name=op.f('uq_invoice_order_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_invoice_reference'))
    )
    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invoice_customer_id_due_on'), ['customer_id', 'due_on'], unique=False)

    op.create_table('allocation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('credit_id', sa.Uuid(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('amount_minor <> 0', name=op.f('ck_allocation_amount')),
    sa.ForeignKeyConstraint(['by'], ['user_account.id'], name=op.f('fk_allocation_by_user_account')),
    sa.ForeignKeyConstraint(['credit_id'], ['credit.id'], name=op.f('fk_allocation_credit_id_credit')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_allocation_invoice_id_invoice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation'))
    )
    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_allocation_credit_id'), ['credit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_allocation_invoice_id'), ['invoice_id'], unique=False)

    op.create_table('approval',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('over_credit', 'discount', 'stale_price', 'gift', 'write_off', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kinds', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.Enum('open', 'granted', 'refused', 'expired', 'lapsed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('mutation_id', sa.Uuid(), nullable=True),
    sa.Column('invoice_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('needed', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.String(length=500), nullable=True),
    sa.CheckConstraint('(mutation_id IS NULL) <> (invoice_id IS NULL)', name=op.f('ck_approval_subject')),
    sa.CheckConstraint('amount_minor >= 0', name=op.f('ck_approval_amount')),
    sa.CheckConstraint('needed BETWEEN 1 AND 2', name=op.f('ck_approval_needed')),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_approval_asked_by_user_account')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_approval_customer_id_customer')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_approval_invoice_id_invoice')),
    sa.ForeignKeyConstraint(['mutation_id'], ['mutation.id'], name=op.f('fk_approval_mutation_id_mutation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval'))
    )
    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_approval_invoice_id'), ['invoice_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index(batch_op.f('ix_approval_mutation_id'), ['mutation_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index(batch_op.f('ix_approval_state_expires_at'), ['state', 'expires_at'], unique=False)

    op.create_table('approval_vote',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('approval_id', sa.Uuid(), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=True),
    sa.Column('grant', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['approval_id'], ['approval.id'], name=op.f('fk_approval_vote_approval_id_approval'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['by'], ['user_account.id'], name=op.f('fk_approval_vote_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_vote')),
    sa.UniqueConstraint('approval_id', 'by', name=op.f('uq_approval_vote_approval_id_by'))
    )
    take_over_payments()
    for table in FINAL:
        make_final(table)


def downgrade() -> None:
    for table in FINAL:
        if op.get_bind().dialect.name != 'sqlite':
            op.execute(f"DROP FUNCTION {table}_is_final() CASCADE")
    op.drop_table('approval_vote')
    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_approval_state_expires_at'))
        batch_op.drop_index(batch_op.f('ix_approval_mutation_id'), sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_approval_invoice_id'), sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.drop_table('approval')
    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_allocation_invoice_id'))
        batch_op.drop_index(batch_op.f('ix_allocation_credit_id'))

    op.drop_table('allocation')
    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invoice_customer_id_due_on'))

    op.drop_table('invoice')
    with op.batch_alter_table('credit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_customer_id_day'))

    op.drop_table('credit')
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_posting_source_id'))
        batch_op.drop_index(batch_op.f('ix_posting_rep_id_day'))
        batch_op.drop_index(batch_op.f('ix_posting_customer_id_day'))

    op.drop_table('posting')
    op.drop_table('credit_terms')
