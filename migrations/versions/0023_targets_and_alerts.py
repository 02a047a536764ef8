"""targets, alerts and what was tried

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


KINDS = ('over_credit', 'discount', 'stale_price', 'gift', 'return', 'write_off', 'stock_count', 'settlement')
SUBJECTS = ('mutation_id', 'invoice_id', 'count_id', 'settlement_id')
ABOUT = ('count_id', 'settlement_id', 'customer_id')


def of_kinds(*values: str) -> str:
    return "kind IN ({})".format(', '.join(f"'{each}'" for each in values))


def one_subject(*columns: str) -> str:
    return ' + '.join(f'CASE WHEN {each} IS NULL THEN 0 ELSE 1 END' for each in columns) + ' = 1'


def others() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds and columns of approvals that another revision, which may come before this one, brings."""
    columns = {each['name'] for each in sa.inspect(op.get_bind()).get_columns('approval')}
    return (('commission',), ('correction_id',)) if 'correction_id' in columns else ((), ())


def constrain_approvals(kinds: tuple[str, ...], subjects: tuple[str, ...], about: tuple[str, ...]) -> None:
    """Say what is approved, and that each request is about one thing."""
    with op.batch_alter_table('approval', schema=None) as batch_op:
        for name, condition in (
            ('kind', of_kinds(*kinds)),
            ('subject', one_subject(*subjects)),
            ('about', ' OR '.join(f'{each} IS NOT NULL' for each in about)),
        ):
            batch_op.drop_constraint(batch_op.f(f'ck_approval_{name}'), type_='check')
            batch_op.create_check_constraint(batch_op.f(f'ck_approval_{name}'), condition)


def upgrade() -> None:
    op.create_table('watch',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('measure', sa.String(length=60), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('grain', sa.Enum('whole', 'territory', 'rep', 'customer', 'product', name='grain', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('territory_id', sa.Uuid(), nullable=True),
    sa.Column('brand', sa.String(length=120), nullable=True),
    sa.Column('category', sa.String(length=120), nullable=True),
    sa.Column('tier', sa.String(length=8), nullable=True),
    sa.Column('window', sa.Enum('last_days', 'today', 'month_to_date', 'last_month', name='window', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('days', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('threshold', 'change', 'absence', 'target', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('op', sa.String(length=8), nullable=True),
    sa.Column('value', sa.BigInteger(), nullable=True),
    sa.Column('least', sa.BigInteger(), nullable=True),
    sa.Column('compared', sa.String(length=16), nullable=True),
    sa.Column('severity', sa.Enum('info', 'warning', 'critical', name='severity', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('owner_mail', sa.String(length=254), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=False),
    sa.Column('mails', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('webhooks', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('quiet_from', sa.Time(), nullable=True),
    sa.Column('quiet_to', sa.Time(), nullable=True),
    sa.Column('digest_at', sa.Time(), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('escalation', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('every_minutes', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(quiet_from IS NULL) = (quiet_to IS NULL)', name=op.f('ck_watch_quiet')),
    sa.CheckConstraint('every_minutes > 0', name=op.f('ck_watch_every')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_watch_made_by_user_account')),
    sa.ForeignKeyConstraint(['owner_id'], ['user_account.id'], name=op.f('fk_watch_owner_id_user_account')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_watch_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_watch'))
    )
    with op.batch_alter_table('watch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_watch_ended_at_next_at'), ['ended_at', 'next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_watch_territory_id'), ['territory_id'], unique=False)

    op.create_table('alert',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.String(length=200), nullable=False),
    sa.Column('watch_id', sa.Uuid(), nullable=True),
    sa.Column('severity', sa.Enum('info', 'warning', 'critical', name='severity', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('territory_id', sa.Uuid(), nullable=True),
    sa.Column('rep_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('product_id', sa.Uuid(), nullable=True),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('confidential', sa.Boolean(), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('latest', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.Enum('open', 'resolved', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by', sa.Uuid(), nullable=True),
    sa.Column('note', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['acknowledged_by'], ['user_account.id'], name=op.f('fk_alert_acknowledged_by_user_account')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_alert_customer_id_customer')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_alert_product_id_product')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_alert_rep_id_user_account')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_alert_territory_id_territory')),
    sa.ForeignKeyConstraint(['watch_id'], ['watch.id'], name=op.f('fk_alert_watch_id_watch')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert'))
    )
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_alert_state_opened_at'), ['state', 'opened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_alert_territory_id'), ['territory_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_alert_watch_id_state'), ['watch_id', 'state'], unique=False)
        batch_op.create_index('uq_alert_open_cause', ['cause'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('mute',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('rep_id', sa.Uuid(), nullable=True),
    sa.Column('territory_id', sa.Uuid(), nullable=True),
    sa.Column('webhook_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('CASE WHEN customer_id IS NULL THEN 0 ELSE 1 END + CASE WHEN rep_id IS NULL THEN 0 ELSE 1 END + CASE WHEN territory_id IS NULL THEN 0 ELSE 1 END + CASE WHEN webhook_id IS NULL THEN 0 ELSE 1 END = 1', name=op.f('ck_mute_of_one')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_mute_customer_id_customer')),
    sa.ForeignKeyConstraint(['ended_by'], ['user_account.id'], name=op.f('fk_mute_ended_by_user_account')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_mute_made_by_user_account')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_mute_rep_id_user_account')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_mute_territory_id_territory')),
    sa.ForeignKeyConstraint(['webhook_id'], ['webhook.id'], name=op.f('fk_mute_webhook_id_webhook')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mute'))
    )
    with op.batch_alter_table('mute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mute_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mute_ends_at'), ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_mute_rep_id'), ['rep_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mute_territory_id'), ['territory_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mute_webhook_id'), ['webhook_id'], unique=False)

    op.create_table('target',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('measure', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=250), nullable=False),
    sa.Column('territory_id', sa.Uuid(), nullable=True),
    sa.Column('rep_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('product_id', sa.Uuid(), nullable=True),
    sa.Column('brand', sa.String(length=120), nullable=True),
    sa.Column('category', sa.String(length=120), nullable=True),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('rule', sa.String(length=32), nullable=True),
    sa.Column('weight', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.String(length=500), nullable=True),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('CASE WHEN product_id IS NULL THEN 0 ELSE 1 END + CASE WHEN brand IS NULL THEN 0 ELSE 1 END + CASE WHEN category IS NULL THEN 0 ELSE 1 END <= 1', name=op.f('ck_target_goods')),
    sa.CheckConstraint('CASE WHEN territory_id IS NULL THEN 0 ELSE 1 END + CASE WHEN rep_id IS NULL THEN 0 ELSE 1 END + CASE WHEN customer_id IS NULL THEN 0 ELSE 1 END = 1', name=op.f('ck_target_whose')),
    sa.CheckConstraint('first_day <= last_day', name=op.f('ck_target_in_order')),
    sa.CheckConstraint('value >= 0', name=op.f('ck_target_value')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_target_customer_id_customer')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_target_made_by_user_account')),
    sa.ForeignKeyConstraint(['parent_id'], ['target.id'], name=op.f('fk_target_parent_id_target')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_target_product_id_product')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_target_rep_id_user_account')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_target_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target')),
    sa.UniqueConstraint('measure', 'subject', 'first_day', 'last_day', name=op.f('uq_target_measure_subject_first_day_last_day'))
    )
    with op.batch_alter_table('target', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_target_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_target_first_day_last_day'), ['first_day', 'last_day'], unique=False)
        batch_op.create_index(batch_op.f('ix_target_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_target_rep_id'), ['rep_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_target_territory_id'), ['territory_id'], unique=False)

    op.create_table('target_adjustment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.Column('top_id', sa.Uuid(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.Column('carry', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('lines', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'adopted', 'refused', 'expired', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_target_adjustment_asked_by_user_account')),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_target_adjustment_decided_by_user_account')),
    sa.ForeignKeyConstraint(['target_id'], ['target.id'], name=op.f('fk_target_adjustment_target_id_target')),
    sa.ForeignKeyConstraint(['top_id'], ['target.id'], name=op.f('fk_target_adjustment_top_id_target')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target_adjustment'))
    )
    with op.batch_alter_table('target_adjustment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_target_adjustment_target_id'), ['target_id'], unique=False)
        batch_op.create_index('uq_target_adjustment_waiting', ['top_id'], unique=True, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.create_table('target_change',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.Column('adjustment_id', sa.Uuid(), nullable=False),
    sa.Column('before', sa.BigInteger(), nullable=False),
    sa.Column('after', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['adjustment_id'], ['target_adjustment.id'], name=op.f('fk_target_change_adjustment_id_target_adjustment')),
    sa.ForeignKeyConstraint(['target_id'], ['target.id'], name=op.f('fk_target_change_target_id_target')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target_change'))
    )
    with op.batch_alter_table('target_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_target_change_target_id_at'), ['target_id', 'at'], unique=False)

    op.create_table('alert_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('alert_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('to', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('digest', sa.Boolean(), nullable=False),
    sa.Column('quiet_from', sa.Time(), nullable=True),
    sa.Column('quiet_to', sa.Time(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'handed', 'dropped', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('held_by', sa.Uuid(), nullable=True),
    sa.Column('handed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('letter_id', sa.Uuid(), nullable=True),
    sa.Column('webhook_delivery_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("channel IN ('mail', 'webhook')", name=op.f('ck_alert_message_channel')),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_alert_message_alert_id_alert')),
    sa.ForeignKeyConstraint(['held_by'], ['mute.id'], name=op.f('fk_alert_message_held_by_mute')),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_alert_message_letter_id_letter')),
    sa.ForeignKeyConstraint(['webhook_delivery_id'], ['webhook_delivery.id'], name=op.f('fk_alert_message_webhook_delivery_id_webhook_delivery'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_message')),
    sa.UniqueConstraint('alert_id', 'step', 'channel', 'to', name=op.f('uq_alert_message_alert_id_step_channel_to'))
    )
    with op.batch_alter_table('alert_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_message_letter_id'), ['letter_id'], unique=False)
        batch_op.create_index('ix_alert_message_waiting', ['due_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.create_index(batch_op.f('ix_alert_message_webhook_delivery_id'), ['webhook_delivery_id'], unique=False)

    op.create_table('delivery_attempt',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('letter_id', sa.Uuid(), nullable=True),
    sa.Column('webhook_delivery_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken', sa.Boolean(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('answer', sa.String(length=500), nullable=True),
    sa.CheckConstraint('(letter_id IS NULL) <> (webhook_delivery_id IS NULL)', name=op.f('ck_delivery_attempt_of_one')),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_delivery_attempt_letter_id_letter'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['webhook_delivery_id'], ['webhook_delivery.id'], name=op.f('fk_delivery_attempt_webhook_delivery_id_webhook_delivery'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_attempt'))
    )
    with op.batch_alter_table('delivery_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_attempt_letter_id'), ['letter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_attempt_webhook_delivery_id'), ['webhook_delivery_id'], unique=False)

    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.add_column(sa.Column('adjustment_id', sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f('ix_approval_adjustment_id'), ['adjustment_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_foreign_key(batch_op.f('fk_approval_adjustment_id_target_adjustment'), 'target_adjustment', ['adjustment_id'], ['id'])

    kinds, columns = others()
    constrain_approvals(
        (*KINDS, *kinds, 'target'),
        (*SUBJECTS, *columns, 'adjustment_id'),
        (*ABOUT[:2], *columns, 'adjustment_id', 'customer_id'),
    )



def downgrade() -> None:
    op.execute("DELETE FROM approval_vote WHERE approval_id IN (SELECT id FROM approval WHERE adjustment_id IS NOT NULL)")
    op.execute("DELETE FROM approval WHERE adjustment_id IS NOT NULL")
    kinds, columns = others()
    constrain_approvals((*KINDS, *kinds), (*SUBJECTS, *columns), (*ABOUT[:2], *columns, 'customer_id'))
    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_approval_adjustment_id_target_adjustment'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_approval_adjustment_id'), sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_column('adjustment_id')

    with op.batch_alter_table('delivery_attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delivery_attempt_webhook_delivery_id'))
        batch_op.drop_index(batch_op.f('ix_delivery_attempt_letter_id'))

    op.drop_table('delivery_attempt')
    with op.batch_alter_table('alert_message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alert_message_webhook_delivery_id'))
        batch_op.drop_index('ix_alert_message_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index(batch_op.f('ix_alert_message_letter_id'))

    op.drop_table('alert_message')
    with op.batch_alter_table('target_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_target_change_target_id_at'))

    op.drop_table('target_change')
    with op.batch_alter_table('target_adjustment', schema=None) as batch_op:
        batch_op.drop_index('uq_target_adjustment_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index(batch_op.f('ix_target_adjustment_target_id'))

    op.drop_table('target_adjustment')
    with op.batch_alter_table('target', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_target_territory_id'))
        batch_op.drop_index(batch_op.f('ix_target_rep_id'))
        batch_op.drop_index(batch_op.f('ix_target_parent_id'))
        batch_op.drop_index(batch_op.f('ix_target_first_day_last_day'))
        batch_op.drop_index(batch_op.f('ix_target_customer_id'))

    op.drop_table('target')
    with op.batch_alter_table('mute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mute_webhook_id'))
        batch_op.drop_index(batch_op.f('ix_mute_territory_id'))
        batch_op.drop_index(batch_op.f('ix_mute_rep_id'))
        batch_op.drop_index(batch_op.f('ix_mute_ends_at'))
        batch_op.drop_index(batch_op.f('ix_mute_customer_id'))

    op.drop_table('mute')
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.drop_index('uq_alert_open_cause', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_alert_watch_id_state'))
        batch_op.drop_index(batch_op.f('ix_alert_territory_id'))
        batch_op.drop_index(batch_op.f('ix_alert_state_opened_at'))
        batch_op.drop_index(batch_op.f('ix_alert_customer_id'))

    op.drop_table('alert')
    with op.batch_alter_table('watch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_watch_territory_id'))
        batch_op.drop_index(batch_op.f('ix_watch_ended_at_next_at'))

    op.drop_table('watch')
