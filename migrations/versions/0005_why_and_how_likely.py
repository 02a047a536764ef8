"""why an anomaly was closed, and how likely it is

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('anomaly', schema=None) as batch_op:
        batch_op.add_column(sa.Column('probability', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('cause_code', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('cause_by', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('cause_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_anomaly_cause_by_user_account'), 'user_account', ['cause_by'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('anomaly', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_anomaly_cause_by_user_account'), type_='foreignkey')
        batch_op.drop_column('cause_at')
        batch_op.drop_column('cause_by')
        batch_op.drop_column('cause_code')
        batch_op.drop_column('probability')
