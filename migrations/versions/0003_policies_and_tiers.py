"""policies as data; tiers by hand, their history and where everybody stands

Revision ID: 0003
Revises: 0002
"""

import uuid
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

LONG_AGO = date(2000, 1, 1)
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
TIER = ('tier', 'revenue_share_bp', 'minimum_orders', 'rrule', 'minimum_gap_days', 'service_minutes', 'visit_value')
TIER_POLICY = sa.table('tier_policy', sa.column('rank', sa.Integer), *(sa.column(name) for name in TIER))
POLICY = sa.table(
    'policy',
    sa.column('id', sa.Uuid), sa.column('kind'), sa.column('effective_from', sa.Date), sa.column('body', JSON),
    sa.column('note'), sa.column('made_at', sa.DateTime(timezone=True)),
)


def carry_over() -> None:
    """Make the tiers of the table the first version of the policy, and the present tiers the start of their history."""
    connection = op.get_bind()
    tiers = [dict(row._mapping) for row in connection.execute(sa.select(*(TIER_POLICY.c[name] for name in TIER)).order_by(TIER_POLICY.c.rank))]
    if tiers:
        made_at = datetime.now(UTC) if connection.dialect.name == 'postgresql' else datetime.now(UTC).replace(tzinfo=None)
        body = {'by': 'revenue_share', 'tiers': tiers}
        op.bulk_insert(POLICY, [{'id': uuid.uuid4(), 'kind': 'tiers', 'effective_from': LONG_AGO, 'body': body, 'note': 'as it was before policies had versions', 'made_at': made_at}])
    # The id of the customer serves as the id of the one change that is known of it.
    op.execute(sa.text("""
        INSERT INTO tier_change (id, customer_id, day, tier_to, reason, moved_by, facts)
        SELECT id, id, coalesce(tier_since, :long_ago), tier, coalesce(tier_reason, ''), 'orders', '{}'
        FROM customer WHERE tier IS NOT NULL
    """).bindparams(sa.bindparam('long_ago', LONG_AGO, sa.Date())))


def upgrade() -> None:
    op.create_table('policy',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('withdrawn_at IS NOT NULL OR withdrawn_by IS NULL', name=op.f('ck_policy_withdrawn')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_policy_made_by_user_account')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user_account.id'], name=op.f('fk_policy_withdrawn_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy'))
    )
    with op.batch_alter_table('policy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_policy_kind_effective_from'), ['kind', 'effective_from'], unique=False)

    op.create_table('tier_override',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('tier', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_by', sa.Enum('expired', 'replaced', 'withdrawn', name='ended_by', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.CheckConstraint('(ended_on IS NULL) = (ended_by IS NULL)', name=op.f('ck_tier_override_ended')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_tier_override_customer_id_customer')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_tier_override_made_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tier_override'))
    )
    with op.batch_alter_table('tier_override', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tier_override_customer_id'), ['customer_id'], unique=True, sqlite_where=sa.text('ended_on IS NULL'), postgresql_where=sa.text('ended_on IS NULL'))

    op.create_table('tier_standing',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('tier', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('score', sa.Double(), nullable=True),
    sa.Column('facts', JSON, nullable=False),
    sa.Column('policy_id', sa.Uuid(), nullable=True),
    sa.Column('score_policy_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_tier_standing_customer_id_customer')),
    sa.ForeignKeyConstraint(['policy_id'], ['policy.id'], name=op.f('fk_tier_standing_policy_id_policy')),
    sa.ForeignKeyConstraint(['score_policy_id'], ['policy.id'], name=op.f('fk_tier_standing_score_policy_id_policy')),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_tier_standing'))
    )
    op.create_table('tier_change',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('tier_from', sa.String(length=8), nullable=True),
    sa.Column('tier_to', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('moved_by', sa.Enum('orders', 'policy', 'override', 'override_ended', name='moved_by', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('score', sa.Double(), nullable=True),
    sa.Column('facts', JSON, nullable=False),
    sa.Column('policy_id', sa.Uuid(), nullable=True),
    sa.Column('score_policy_id', sa.Uuid(), nullable=True),
    sa.Column('override_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_tier_change_customer_id_customer')),
    sa.ForeignKeyConstraint(['override_id'], ['tier_override.id'], name=op.f('fk_tier_change_override_id_tier_override')),
    sa.ForeignKeyConstraint(['policy_id'], ['policy.id'], name=op.f('fk_tier_change_policy_id_policy')),
    sa.ForeignKeyConstraint(['score_policy_id'], ['policy.id'], name=op.f('fk_tier_change_score_policy_id_policy')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tier_change'))
    )
    with op.batch_alter_table('tier_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tier_change_customer_id_day'), ['customer_id', 'day'], unique=False)

    carry_over()
    op.drop_table('tier_policy')


def downgrade() -> None:
    op.create_table('tier_policy',
    sa.Column('tier', sa.String(length=8), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('revenue_share_bp', sa.Integer(), nullable=False),
    sa.Column('minimum_orders', sa.Integer(), nullable=False),
    sa.Column('rrule', sa.String(length=120), nullable=False),
    sa.Column('minimum_gap_days', sa.Integer(), nullable=False),
    sa.Column('service_minutes', sa.Integer(), nullable=False),
    sa.Column('visit_value', sa.Integer(), nullable=False),
    sa.CheckConstraint('minimum_gap_days >= 1', name=op.f('ck_tier_policy_gap')),
    sa.CheckConstraint('minimum_orders >= 0', name=op.f('ck_tier_policy_orders')),
    sa.CheckConstraint('revenue_share_bp BETWEEN 0 AND 10000', name=op.f('ck_tier_policy_share')),
    sa.CheckConstraint('service_minutes > 0', name=op.f('ck_tier_policy_service')),
    sa.CheckConstraint('visit_value > 0', name=op.f('ck_tier_policy_visit_value')),
    sa.PrimaryKeyConstraint('tier', name=op.f('pk_tier_policy')),
    sa.UniqueConstraint('rank', name=op.f('uq_tier_policy_rank'))
    )
    op.drop_table('tier_change')
    op.drop_table('tier_standing')
    op.drop_table('tier_override')
    with op.batch_alter_table('policy', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_policy_kind_effective_from'))

    op.drop_table('policy')
