"""who is held out, so that effects show

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

DRAWN = sa.text('trial_bp IS NOT NULL')


def upgrade() -> None:
    with op.batch_alter_table('anomaly', schema=None) as batch_op:
        batch_op.add_column(sa.Column('held_out', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('trial_bp', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('trial_until', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('released_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('released_by', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('released_because', sa.String(length=300), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_anomaly_released_by_user_account'), 'user_account', ['released_by'], ['id'])
        batch_op.create_index('ix_anomaly_drawn', ['opened_on'], unique=False, sqlite_where=DRAWN, postgresql_where=DRAWN)


def downgrade() -> None:
    with op.batch_alter_table('anomaly', schema=None) as batch_op:
        batch_op.drop_index('ix_anomaly_drawn', sqlite_where=DRAWN, postgresql_where=DRAWN)
        batch_op.drop_constraint(batch_op.f('fk_anomaly_released_by_user_account'), type_='foreignkey')
        batch_op.drop_column('released_because')
        batch_op.drop_column('released_by')
        batch_op.drop_column('released_at')
        batch_op.drop_column('trial_until')
        batch_op.drop_column('trial_bp')
        batch_op.drop_column('held_out')
