"""sums kept for results

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('result_call_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('calls', sa.BigInteger(), nullable=False),
    sa.Column('productive', sa.BigInteger(), nullable=False),
    sa.Column('skus', sa.BigInteger(), nullable=False),
    sa.Column('seconds', sa.BigInteger(), nullable=False),
    sa.Column('timed', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'rep_id', 'customer_id', name=op.f('pk_result_call_day')),
    sqlite_with_rowid=False
    )
    op.create_table('result_dirty_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('tx', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('day', 'tx', name=op.f('pk_result_dirty_day'))
    )
    op.create_table('result_sale_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('sold', sa.BigInteger(), nullable=False),
    sa.Column('tax', sa.BigInteger(), nullable=False),
    sa.Column('pieces', sa.BigInteger(), nullable=False),
    sa.Column('returned', sa.BigInteger(), nullable=False),
    sa.Column('returned_pieces', sa.BigInteger(), nullable=False),
    sa.Column('orders', sa.BigInteger(), nullable=False),
    sa.Column('dropped', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'rep_id', 'customer_id', 'currency', name=op.f('pk_result_sale_day')),
    sqlite_with_rowid=False
    )
    op.create_table('result_product_month',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('sold', sa.BigInteger(), nullable=False),
    sa.Column('tax', sa.BigInteger(), nullable=False),
    sa.Column('pieces', sa.BigInteger(), nullable=False),
    sa.Column('returned', sa.BigInteger(), nullable=False),
    sa.Column('returned_pieces', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'product_id', 'rep_id', 'currency', name=op.f('pk_result_product_month')),
    sqlite_with_rowid=False
    )
    op.create_table('result_sale_month',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('sold', sa.BigInteger(), nullable=False),
    sa.Column('tax', sa.BigInteger(), nullable=False),
    sa.Column('pieces', sa.BigInteger(), nullable=False),
    sa.Column('returned', sa.BigInteger(), nullable=False),
    sa.Column('returned_pieces', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'product_id', 'customer_id', 'rep_id', 'currency', name=op.f('pk_result_sale_month')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_result_sale_month_reach', 'result_sale_month', ['product_id', 'customer_id', 'day', 'pieces'])
    # Nothing is kept yet of what was done before.
    for table, day in (('sales_order', 'ordered_on'), ('visit', 'day')):
        op.execute(f'INSERT INTO result_dirty_day (day, tx) SELECT DISTINCT {day}, 0 FROM {table} WHERE true ON CONFLICT DO NOTHING')



def drop_marks() -> None:
    """Without the tables the triggers that write them would stop every order."""
    sqlite = op.get_bind().dialect.name == 'sqlite'
    for table in ('sales_order', 'order_line', 'visit', 'visit_score'):
        if sqlite:
            for deed in ('insert', 'update', 'delete'):
                op.execute(f'DROP TRIGGER IF EXISTS result_{table}_{deed}')
        else:
            op.execute(f'DROP FUNCTION IF EXISTS result_{table}() CASCADE')


def downgrade() -> None:
    drop_marks()
    op.drop_table('result_sale_month')
    op.drop_table('result_product_month')
    op.drop_table('result_sale_day')
    op.drop_table('result_dirty_day')
    op.drop_table('result_call_day')
