"""plans are living: skipped and moved visits, their history, calendars

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

IN_FORCE = sa.text('revoked_at IS NULL')


def upgrade() -> None:
    with op.batch_alter_table('planned_visit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('skip_code', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('skip_reason', sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
        batch_op.drop_constraint(batch_op.f('ck_planned_visit_status'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_planned_visit_status'), "status IN ('planned', 'left_out', 'done', 'skipped')")
    with op.batch_alter_table('planned_visit', schema=None) as batch_op:
        batch_op.alter_column('version', existing_type=sa.Integer(), existing_nullable=False, server_default=None)

    op.create_table('visit_step',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('planned_visit_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('added', 'moved', 'skipped', 'restored', 'left_out', 'replanned', 'taken_off', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('from_rep', sa.Uuid(), nullable=True),
    sa.Column('from_day', sa.Date(), nullable=True),
    sa.Column('to_rep', sa.Uuid(), nullable=True),
    sa.Column('to_day', sa.Date(), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['user_account.id'], name=op.f('fk_visit_step_by_user_account')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_visit_step_customer_id_customer')),
    sa.ForeignKeyConstraint(['from_rep'], ['user_account.id'], name=op.f('fk_visit_step_from_rep_user_account')),
    sa.ForeignKeyConstraint(['to_rep'], ['user_account.id'], name=op.f('fk_visit_step_to_rep_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_step'))
    )
    with op.batch_alter_table('visit_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_step_planned_visit_id'), ['planned_visit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_visit_step_from_day_kind'), ['from_day', 'kind'], unique=False)

    op.create_table('calendar_feed',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_calendar_feed_made_by_user_account')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_calendar_feed_rep_id_user_account')),
    sa.ForeignKeyConstraint(['revoked_by'], ['user_account.id'], name=op.f('fk_calendar_feed_revoked_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_calendar_feed_secret_hash'))
    )
    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.create_index('uq_calendar_feed_one', ['rep_id'], unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE)


def downgrade() -> None:
    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.drop_index('uq_calendar_feed_one', sqlite_where=IN_FORCE, postgresql_where=IN_FORCE)

    op.drop_table('calendar_feed')
    with op.batch_alter_table('visit_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_step_from_day_kind'))
        batch_op.drop_index(batch_op.f('ix_visit_step_planned_visit_id'))

    op.drop_table('visit_step')
    op.execute("UPDATE planned_visit SET status = 'left_out', left_out_code = skip_code, left_out_reason = skip_reason WHERE status = 'skipped'")
    with op.batch_alter_table('planned_visit', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_planned_visit_status'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_planned_visit_status'), "status IN ('planned', 'left_out', 'done')")
        batch_op.drop_column('version')
        batch_op.drop_column('skip_reason')
        batch_op.drop_column('skip_code')
