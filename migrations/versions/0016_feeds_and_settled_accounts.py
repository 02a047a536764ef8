"""feeds and settled accounts

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


_DAYS = '''
UPDATE allocation SET day = (
    SELECT CASE WHEN credit.day > invoice.issued_on THEN credit.day ELSE invoice.issued_on END
    FROM credit, invoice WHERE credit.id = allocation.credit_id AND invoice.id = allocation.invoice_id
)'''


def _open_up() -> None:
    """Let allocations be changed until they are made final again."""
    if op.get_bind().dialect.name == 'sqlite':
        for verb in ('update', 'delete'):
            op.execute(f'DROP TRIGGER allocation_is_final_{verb}')
        return
    op.execute('ALTER TABLE allocation DISABLE TRIGGER allocation_is_final')


def _make_final() -> None:
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('ALTER TABLE allocation ENABLE TRIGGER allocation_is_final')
        return
    for verb in ('UPDATE', 'DELETE'):
        op.execute(
            f'CREATE TRIGGER allocation_is_final_{verb.lower()} BEFORE {verb} ON allocation '
            f"BEGIN SELECT RAISE(ABORT, 'allocation is final'); END"
        )


def _states(states: list[str]) -> None:
    named = ', '.join(f"'{each}'" for each in states)
    with op.batch_alter_table('webhook_delivery', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_webhook_delivery_state'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_webhook_delivery_state'), f'state IN ({named})')


def upgrade() -> None:
    op.create_table('price_notice',
    sa.Column('key', sa.String(length=400), nullable=False),
    sa.Column('series', sa.String(length=400), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=True),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_price_notice'))
    )
    with op.batch_alter_table('price_notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_price_notice_from_on'), ['from_on'], unique=False, sqlite_where=sa.text('applied_at IS NULL'), postgresql_where=sa.text('applied_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_price_notice_series'), ['series'], unique=False)

    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('day', sa.Date(), nullable=True))
    # The ledger has had that day all along: that of the money, or of the invoice if it is later.
    _open_up()
    op.execute(_DAYS)
    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.alter_column('day', existing_type=sa.Date(), nullable=False)
    _make_final()
    _states(['waiting', 'delivered', 'set_aside'])

    with op.batch_alter_table('credit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('told_order_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('told_version', sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f('ix_credit_told_order_id'), ['told_order_id'], unique=False, sqlite_where=sa.text('told_order_id IS NOT NULL'), postgresql_where=sa.text('told_order_id IS NOT NULL'))

    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('told_order_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('told_version', sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f('ix_invoice_told_order_id'), ['told_order_id'], unique=False, sqlite_where=sa.text('told_order_id IS NOT NULL'), postgresql_where=sa.text('told_order_id IS NOT NULL'))



def downgrade() -> None:
    op.execute("UPDATE webhook_delivery SET state = 'waiting' WHERE state = 'set_aside'")
    _states(['waiting', 'delivered'])
    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invoice_told_order_id'), sqlite_where=sa.text('told_order_id IS NOT NULL'), postgresql_where=sa.text('told_order_id IS NOT NULL'))
        batch_op.drop_column('told_version')
        batch_op.drop_column('told_order_id')

    with op.batch_alter_table('credit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_told_order_id'), sqlite_where=sa.text('told_order_id IS NOT NULL'), postgresql_where=sa.text('told_order_id IS NOT NULL'))
        batch_op.drop_column('told_version')
        batch_op.drop_column('told_order_id')

    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.drop_column('day')
    if op.get_bind().dialect.name == 'sqlite':
        _make_final()

    with op.batch_alter_table('price_notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_price_notice_series'))
        batch_op.drop_index(batch_op.f('ix_price_notice_from_on'), sqlite_where=sa.text('applied_at IS NULL'), postgresql_where=sa.text('applied_at IS NULL'))

    op.drop_table('price_notice')
