"""work that is due

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('job_series',
    sa.Column('chore', sa.String(length=60), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('planned_to', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('chore', 'zone', name=op.f('pk_job_series'))
    )
    op.create_table('job',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('chore', sa.String(length=60), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('run_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lane', sa.String(length=130), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'done', 'failed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('missed', sa.Integer(), nullable=False),
    sa.Column('lease', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('worker', sa.String(length=120), nullable=True),
    sa.Column('asked', sa.Boolean(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('units_done', sa.Integer(), nullable=True),
    sa.Column('units', sa.Integer(), nullable=True),
    sa.Column('told', sa.String(length=200), nullable=True),
    sa.Column('notes', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('result', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_job_asked_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sa.UniqueConstraint('key', name=op.f('uq_job_key'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_chore_due_at'), ['chore', 'due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_job_state_run_at'), ['state', 'run_at'], unique=False)
        batch_op.create_index('uq_job_running_lane', ['lane'], unique=True, sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))

    op.create_table('job_pause',
    sa.Column('chore', sa.String(length=60), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paused_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['paused_by'], ['user_account.id'], name=op.f('fk_job_pause_paused_by_user_account')),
    sa.PrimaryKeyConstraint('chore', name=op.f('pk_job_pause'))
    )


def downgrade() -> None:
    op.drop_table('job_pause')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('uq_job_running_lane', sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))
        batch_op.drop_index(batch_op.f('ix_job_state_run_at'))
        batch_op.drop_index(batch_op.f('ix_job_chore_due_at'))

    op.drop_table('job')
    op.drop_table('job_series')
