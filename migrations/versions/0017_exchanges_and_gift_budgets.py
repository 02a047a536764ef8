"""exchanges and gift budgets

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

BEFORE = "kind IN ('over_credit', 'discount', 'stale_price', 'gift', 'write_off', 'stock_count', 'settlement')"
AFTER = "kind IN ('over_credit', 'discount', 'stale_price', 'gift', 'write_off', 'stock_count', 'settlement', 'return')"


def upgrade() -> None:
    op.create_table('gift_budget',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('scope', sa.Enum('rep', 'team', 'territory', 'tier', name='scope', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=True),
    sa.Column('territory_id', sa.Uuid(), nullable=True),
    sa.Column('tier', sa.String(length=8), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('most', sa.BigInteger(), nullable=False),
    sa.Column('used', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('most >= 0 AND used >= 0', name=op.f('ck_gift_budget_amounts')),
    sa.CheckConstraint('from_on <= until_on', name=op.f('ck_gift_budget_period')),
    sa.CheckConstraint("(scope = 'rep') = (rep_id IS NOT NULL) AND (scope = 'tier') = (tier IS NOT NULL) AND (scope IN ('team', 'territory')) = (territory_id IS NOT NULL)", name=op.f('ck_gift_budget_subject')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_gift_budget_made_by_user_account')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_gift_budget_rep_id_user_account')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_gift_budget_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gift_budget'))
    )
    with op.batch_alter_table('gift_budget', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_gift_budget_until_on'), ['until_on'], unique=False)

    op.create_table('gift_draw',
    sa.Column('budget_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_gift_draw_amount')),
    sa.ForeignKeyConstraint(['budget_id'], ['gift_budget.id'], name=op.f('fk_gift_draw_budget_id_gift_budget')),
    sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_gift_draw_order_id_sales_order')),
    sa.PrimaryKeyConstraint('budget_id', 'order_id', name=op.f('pk_gift_draw'))
    )
    with op.batch_alter_table('gift_draw', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_gift_draw_order_id'), ['order_id'], unique=False)

    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_approval_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_approval_kind'), AFTER)

    with op.batch_alter_table('sales_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('exchange_id', sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f('ix_sales_order_exchange_id_kind'), ['exchange_id', 'kind'], unique=True, sqlite_where=sa.text('exchange_id IS NOT NULL'), postgresql_where=sa.text('exchange_id IS NOT NULL'))
        batch_op.create_foreign_key(batch_op.f('fk_sales_order_exchange_id_sales_order'), 'sales_order', ['exchange_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('sales_order', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_sales_order_exchange_id_sales_order'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_sales_order_exchange_id_kind'), sqlite_where=sa.text('exchange_id IS NOT NULL'), postgresql_where=sa.text('exchange_id IS NOT NULL'))
        batch_op.drop_column('exchange_id')

    op.execute("DELETE FROM approval_vote WHERE approval_id IN (SELECT id FROM approval WHERE kind = 'return')")
    op.execute("DELETE FROM approval WHERE kind = 'return'")
    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_approval_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_approval_kind'), BEFORE)

    op.drop_table('gift_draw')
    op.drop_table('gift_budget')
