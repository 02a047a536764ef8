"""evidence and integrity

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('geofence',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('radius_m', sa.Integer(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('set_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('radius_m BETWEEN 20 AND 5000', name=op.f('ck_geofence_radius')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_geofence_customer_id_customer'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['set_by'], ['user_account.id'], name=op.f('fk_geofence_set_by_user_account')),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_geofence'))
    )
    op.create_table('survey',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('form', sa.String(length=60), nullable=False),
    sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_survey_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey'))
    )
    with op.batch_alter_table('survey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_comment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_visit_comment_by_id_user_account')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_comment_visit_id_visit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_comment'))
    )
    with op.batch_alter_table('visit_comment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_comment_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_score',
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('doubtful', sa.Boolean(), nullable=False),
    sa.Column('signals', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('policy_id', sa.Uuid(), nullable=True),
    sa.Column('judged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision', sa.Enum('honest', 'fake', 'unclear', name='decision', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_score', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=1000), nullable=True),
    sa.CheckConstraint('(decision IS NULL) = (decided_at IS NULL)', name=op.f('ck_visit_score_decided')),
    sa.CheckConstraint('score BETWEEN 0 AND 100', name=op.f('ck_visit_score_score')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_visit_score_customer_id_customer')),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_visit_score_decided_by_user_account')),
    sa.ForeignKeyConstraint(['policy_id'], ['policy.id'], name=op.f('fk_visit_score_policy_id_policy')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_visit_score_rep_id_user_account')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_score_visit_id_visit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('visit_id', name=op.f('pk_visit_score'))
    )
    with op.batch_alter_table('visit_score', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_score_doubtful_decision_day'), ['doubtful', 'decision', 'day'], unique=False)
        batch_op.create_index(batch_op.f('ix_visit_score_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_visit_score_rep_id_day'), ['rep_id', 'day'], unique=False)

    with op.batch_alter_table('visit_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('device_id', sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f('ix_visit_event_device_id_at'), ['device_id', 'at'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_visit_event_device_id_device'), 'device', ['device_id'], ['id'])



def downgrade() -> None:
    with op.batch_alter_table('visit_event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_visit_event_device_id_device'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_visit_event_device_id_at'))
        batch_op.drop_column('device_id')

    with op.batch_alter_table('visit_score', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_score_rep_id_day'))
        batch_op.drop_index(batch_op.f('ix_visit_score_due_at'))
        batch_op.drop_index(batch_op.f('ix_visit_score_doubtful_decision_day'))

    op.drop_table('visit_score')
    with op.batch_alter_table('visit_comment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_comment_visit_id'))

    op.drop_table('visit_comment')
    with op.batch_alter_table('survey', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_survey_visit_id'))

    op.drop_table('survey')
    op.drop_table('geofence')
