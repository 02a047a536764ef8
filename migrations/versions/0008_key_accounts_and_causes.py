"""what a manager says of a key account, and what a visit asks for

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('priority', sa.Integer(), server_default=sa.text('3'), nullable=False))
        batch_op.add_column(sa.Column('rrule', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('minimum_gap_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('from_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('until_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('together', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_assignment_priority'), 'priority BETWEEN 1 AND 5')
        batch_op.create_check_constraint(batch_op.f('ck_assignment_minimum_gap_days'), 'minimum_gap_days >= 1')
        batch_op.create_check_constraint(batch_op.f('ck_assignment_from_until'), 'from_on <= until_on')
    with op.batch_alter_table('planned_visit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('asks_cause', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('promotion', sa.String(length=200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('planned_visit', schema=None) as batch_op:
        batch_op.drop_column('promotion')
        batch_op.drop_column('asks_cause')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_assignment_from_until'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_assignment_minimum_gap_days'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_assignment_priority'), type_='check')
        batch_op.drop_column('together')
        batch_op.drop_column('until_on')
        batch_op.drop_column('from_on')
        batch_op.drop_column('minimum_gap_days')
        batch_op.drop_column('rrule')
        batch_op.drop_column('priority')
