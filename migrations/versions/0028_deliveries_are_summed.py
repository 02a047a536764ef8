"""deliveries are summed

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('result_due_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('due_pieces', sa.BigInteger(), nullable=False),
    sa.Column('delivered', sa.BigInteger(), nullable=False),
    sa.Column('due', sa.BigInteger(), nullable=False),
    sa.Column('otif', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'rep_id', 'customer_id', name=op.f('pk_result_due_day')),
    sqlite_with_rowid=False
    )
    op.create_table('result_due_month',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('due_pieces', sa.BigInteger(), nullable=False),
    sa.Column('delivered', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'product_id', 'customer_id', 'rep_id', name=op.f('pk_result_due_month')),
    sqlite_with_rowid=False
    )
    # Nothing is kept yet of what was due before.
    op.execute('INSERT INTO result_dirty_day (day, tx) SELECT DISTINCT promised_until, 0 FROM delivery WHERE true ON CONFLICT DO NOTHING')


def downgrade() -> None:
    op.drop_table('result_due_month')
    op.drop_table('result_due_day')
