"""after the order

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def make_final(table: str) -> None:
    """Refuse to change or delete a row. SQLite drops triggers with a table: who rebuilds it calls this again."""
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



def keep_content() -> None:
    """Refuse to change what a settlement was counted and signed as."""
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            "CREATE TRIGGER settlement_content_is_final BEFORE UPDATE OF content, content_hash ON settlement "
            "BEGIN SELECT RAISE(ABORT, 'settlement content is final'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION settlement_content_is_final() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'settlement content is final' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER settlement_content_is_final BEFORE UPDATE OF content, content_hash ON settlement "
        "FOR EACH ROW WHEN (OLD.content IS DISTINCT FROM NEW.content OR OLD.content_hash <> NEW.content_hash) "
        "EXECUTE FUNCTION settlement_content_is_final()"
    )


def one_of(column: str, *values: str) -> str:
    return f"{column} IN ({', '.join(repr(each) for each in values)})"


def one_subject(*columns: str) -> str:
    return ' + '.join(f'CASE WHEN {each} IS NULL THEN 0 ELSE 1 END' for each in columns) + ' = 1'


ACCOUNTS = (
    'receivable', 'credit', 'cash', 'transfer', 'cheque', 'wallet', 'sales', 'tax', 'returns', 'write_offs', 'elsewhere'
)
NEW_ACCOUNTS = ('till', 'bank', 'shortage', 'overage')
CAUSES = ('invoice', 'payment', 'allocation', 'credit_note', 'write_off', 'bounce', 'void', 'elsewhere')
NEW_CAUSES = ('hand_in', 'difference', 'repaid', 'reopened')
KINDS = ('over_credit', 'discount', 'stale_price', 'gift', 'write_off', 'stock_count')
SUBJECTS = ('mutation_id', 'invoice_id', 'count_id')


def constrain_postings(accounts: tuple[str, ...], causes: tuple[str, ...], *, without_customer: bool) -> None:
    """Say which accounts and causes there are, and whether money may be no customer's."""
    with op.batch_alter_table('posting', schema=None) as batch_op:
        for name in ('debit', 'credit', 'cause'):
            batch_op.drop_constraint(batch_op.f(f'ck_posting_{name}'), type_='check')
        if not without_customer:
            batch_op.drop_constraint(batch_op.f('ck_posting_whose'), type_='check')
        batch_op.alter_column('customer_id', existing_type=sa.Uuid(), nullable=without_customer)
        for name, values in (('debit', accounts), ('credit', accounts), ('cause', causes)):
            batch_op.create_check_constraint(batch_op.f(f'ck_posting_{name}'), one_of(name, *values))
        if without_customer:
            batch_op.create_check_constraint(
                batch_op.f('ck_posting_whose'), 'customer_id IS NOT NULL OR rep_id IS NOT NULL'
            )
    if op.get_bind().dialect.name == 'sqlite':
        make_final('posting')


def constrain_approvals(kinds: tuple[str, ...], subjects: tuple[str, ...], about: str) -> None:
    """Say what is approved, and that each request is about one thing."""
    with op.batch_alter_table('approval', schema=None) as batch_op:
        for name, condition in (
            ('kind', one_of('kind', *kinds)), ('subject', one_subject(*subjects)), ('about', about)
        ):
            batch_op.drop_constraint(batch_op.f(f'ck_approval_{name}'), type_='check')
            batch_op.create_check_constraint(batch_op.f(f'ck_approval_{name}'), condition)


def upgrade() -> None:
    op.create_table('settlement',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('counted', 'waiting', 'settled', 'reopened', 'discarded', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('counted_by', sa.Uuid(), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('entry_id', sa.Uuid(), nullable=True),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_by', sa.Uuid(), nullable=True),
    sa.Column('reopen_entry_id', sa.Uuid(), nullable=True),
    sa.Column('reopen_reason', sa.String(length=300), nullable=True),
    sa.CheckConstraint('(reopened_at IS NULL) = (reopen_reason IS NULL)', name=op.f('ck_settlement_reopened')),
    sa.CheckConstraint('length(content_hash) = 64', name=op.f('ck_settlement_content_hash')),
    sa.ForeignKeyConstraint(['counted_by'], ['user_account.id'], name=op.f('fk_settlement_counted_by_user_account')),
    sa.ForeignKeyConstraint(['reopened_by'], ['user_account.id'], name=op.f('fk_settlement_reopened_by_user_account')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_settlement_rep_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settlement'))
    )
    with op.batch_alter_table('settlement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_settlement_day'), ['day'], unique=False)
        batch_op.create_index('ix_settlement_of_day', ['rep_id', 'day'], unique=True, sqlite_where=sa.text("state IN ('counted', 'waiting', 'settled')"), postgresql_where=sa.text("state IN ('counted', 'waiting', 'settled')"))

    op.create_table('settlement_signature',
    sa.Column('settlement_id', sa.Uuid(), nullable=False),
    sa.Column('party', sa.Enum('rep', 'cashier', name='party', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['user_account.id'], name=op.f('fk_settlement_signature_by_user_account')),
    sa.ForeignKeyConstraint(['settlement_id'], ['settlement.id'], name=op.f('fk_settlement_signature_settlement_id_settlement')),
    sa.PrimaryKeyConstraint('settlement_id', 'party', name=op.f('pk_settlement_signature')),
    sa.UniqueConstraint('settlement_id', 'by', name=op.f('uq_settlement_signature_settlement_id_by'))
    )
    op.create_table('delivery',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('open', 'picked', 'out', 'delivered', 'partly_delivered', 'refused', 'cancelled', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('warehouse_id', sa.Uuid(), nullable=True),
    sa.Column('promised_from', sa.Date(), nullable=False),
    sa.Column('promised_until', sa.Date(), nullable=False),
    sa.Column('picked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('promised_until >= promised_from', name=op.f('ck_delivery_promised')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_delivery_customer_id_customer')),
    sa.ForeignKeyConstraint(['id'], ['sales_order.id'], name=op.f('fk_delivery_id_sales_order')),
    sa.ForeignKeyConstraint(['warehouse_id'], ['warehouse.id'], name=op.f('fk_delivery_warehouse_id_warehouse')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_promised_until'), ['promised_until'], unique=False)

    op.create_table('delivery_line',
    sa.Column('delivery_id', sa.Uuid(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('ordered', sa.Integer(), nullable=False),
    sa.Column('delivered', sa.Integer(), nullable=False),
    sa.Column('cancelled', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.CheckConstraint('delivered + cancelled <= ordered', name=op.f('ck_delivery_line_whole')),
    sa.CheckConstraint('ordered > 0 AND delivered >= 0 AND cancelled >= 0', name=op.f('ck_delivery_line_parts')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_delivery_line_delivery_id_delivery'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_delivery_line_product_id_product')),
    sa.PrimaryKeyConstraint('delivery_id', 'line_no', name=op.f('pk_delivery_line'))
    )
    op.create_table('delivery_report',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('delivery_id', sa.Uuid(), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('recipient', sa.String(length=120), nullable=True),
    sa.Column('photo_id', sa.Uuid(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=True),
    sa.Column('lines', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('flags', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['user_account.id'], name=op.f('fk_delivery_report_by_user_account')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_delivery_report_delivery_id_delivery')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_report'))
    )
    with op.batch_alter_table('delivery_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_report_day'), ['day'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_report_delivery_id_at'), ['delivery_id', 'at'], unique=False)

    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settlement_id', sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f('ix_approval_settlement_id'), ['settlement_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_foreign_key(batch_op.f('fk_approval_settlement_id_settlement'), 'settlement', ['settlement_id'], ['id'])

    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('delivery_report_id', sa.Uuid(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_invoice_order_id'), type_='unique')
        batch_op.create_index('ix_invoice_of_order', ['order_id'], unique=True, sqlite_where=sa.text('delivery_report_id IS NULL'), postgresql_where=sa.text('delivery_report_id IS NULL'))
        batch_op.create_index(batch_op.f('ix_invoice_order_id'), ['order_id'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_invoice_delivery_report_id'), ['delivery_report_id'])
        batch_op.create_foreign_key(batch_op.f('fk_invoice_delivery_report_id_delivery_report'), 'delivery_report', ['delivery_report_id'], ['id'])
        batch_op.create_check_constraint(
            batch_op.f('ck_invoice_delivery'), 'delivery_report_id IS NULL OR order_id IS NOT NULL'
        )

    constrain_approvals(
        (*KINDS, 'settlement'),
        (*SUBJECTS, 'settlement_id'),
        'count_id IS NOT NULL OR settlement_id IS NOT NULL OR customer_id IS NOT NULL',
    )
    constrain_postings(ACCOUNTS + NEW_ACCOUNTS, CAUSES + NEW_CAUSES, without_customer=True)
    for table in ('settlement_signature', 'delivery_report'):
        make_final(table)
    keep_content()


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for verb in ('update', 'delete'):
            op.execute(f'DROP TRIGGER posting_is_final_{verb}')
    else:
        op.execute('ALTER TABLE posting DISABLE TRIGGER posting_is_final')
    op.execute(f"DELETE FROM posting WHERE {one_of('cause', *NEW_CAUSES)}")
    op.execute("UPDATE posting SET credit = 'cheque' WHERE cause = 'bounce' AND credit = 'bank'")
    constrain_postings(ACCOUNTS, CAUSES, without_customer=False)
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('ALTER TABLE posting ENABLE TRIGGER posting_is_final')
    op.execute("DELETE FROM approval_vote WHERE approval_id IN (SELECT id FROM approval WHERE settlement_id IS NOT NULL)")
    op.execute("DELETE FROM approval WHERE settlement_id IS NOT NULL")
    op.execute("DELETE FROM allocation WHERE invoice_id IN (SELECT id FROM invoice WHERE delivery_report_id IS NOT NULL)")
    op.execute("DELETE FROM invoice WHERE delivery_report_id IS NOT NULL")
    constrain_approvals(KINDS, SUBJECTS, 'count_id IS NOT NULL OR customer_id IS NOT NULL')
    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_invoice_delivery'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_invoice_delivery_report_id_delivery_report'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_invoice_delivery_report_id'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_invoice_order_id'))
        batch_op.drop_index('ix_invoice_of_order', sqlite_where=sa.text('delivery_report_id IS NULL'), postgresql_where=sa.text('delivery_report_id IS NULL'))
        batch_op.create_unique_constraint(batch_op.f('uq_invoice_order_id'), ['order_id'])
        batch_op.drop_column('delivery_report_id')

    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_approval_settlement_id_settlement'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_approval_settlement_id'), sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_column('settlement_id')

    with op.batch_alter_table('delivery_report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delivery_report_delivery_id_at'))
        batch_op.drop_index(batch_op.f('ix_delivery_report_day'))

    op.drop_table('delivery_report')
    op.drop_table('delivery_line')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delivery_promised_until'))
        batch_op.drop_index(batch_op.f('ix_delivery_customer_id'))

    op.drop_table('delivery')
    op.drop_table('settlement_signature')
    with op.batch_alter_table('settlement', schema=None) as batch_op:
        batch_op.drop_index('ix_settlement_of_day', sqlite_where=sa.text("state IN ('counted', 'waiting', 'settled')"), postgresql_where=sa.text("state IN ('counted', 'waiting', 'settled')"))
        batch_op.drop_index(batch_op.f('ix_settlement_day'))

    op.drop_table('settlement')
    if op.get_bind().dialect.name != 'sqlite':
        for name in ('settlement_content', 'settlement_signature', 'delivery_report'):
            op.execute(f'DROP FUNCTION {name}_is_final() CASCADE')
