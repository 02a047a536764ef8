"""searches for routes that somebody waits for

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'route_search',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('asked_by', sa.Uuid(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('about', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('state', sa.Enum('waiting', 'running', 'done', 'cancelled', 'failed', 'died', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column('beat_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('stop_asked', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('progress', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('answer', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('problem', sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_route_search_asked_by_user_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_route_search')),
    )
    with op.batch_alter_table('route_search', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_route_search_asked_at'), ['asked_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_route_search_asked_by_state'), ['asked_by', 'state'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('route_search', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_route_search_asked_by_state'))
        batch_op.drop_index(batch_op.f('ix_route_search_asked_at'))
    op.drop_table('route_search')
