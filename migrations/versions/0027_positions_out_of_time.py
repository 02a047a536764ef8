"""Count positions of tracking apps whose time cannot be

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('tracker', schema=None) as batch_op:
        batch_op.add_column(sa.Column('out_of_time', sa.BigInteger(), nullable=False, server_default='0'))
    with op.batch_alter_table('tracker', schema=None) as batch_op:
        batch_op.alter_column('out_of_time', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('tracker', schema=None) as batch_op:
        batch_op.drop_column('out_of_time')
