"""the field day: notes, tracks, payments, pictures, returns and gifts, review, devices

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('picture',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('dhash', sa.BigInteger(), nullable=True),
    sa.Column('exif', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('examined_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_picture'))
    )
    op.create_table('picture_band',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('band', sa.SmallInteger(), nullable=False),
    sa.Column('value', sa.SmallInteger(), nullable=False),
    sa.ForeignKeyConstraint(['sha256'], ['picture.sha256'], name=op.f('fk_picture_band_sha256_picture'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sha256', 'band', name=op.f('pk_picture_band'))
    )
    with op.batch_alter_table('picture_band', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_picture_band_band_value'), ['band', 'value'], unique=False)

    op.create_table('track_point',
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('track_id', sa.Uuid(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=False),
    sa.Column('longitude', sa.Double(), nullable=False),
    sa.Column('accuracy_m', sa.Double(), nullable=True),
    sa.Column('speed_mps', sa.Double(), nullable=True),
    sa.Column('heading_deg', sa.Double(), nullable=True),
    sa.Column('mock', sa.Boolean(), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=True),
    sa.CheckConstraint('latitude BETWEEN -90 AND 90', name=op.f('ck_track_point_latitude')),
    sa.CheckConstraint('longitude BETWEEN -180 AND 180', name=op.f('ck_track_point_longitude')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_track_point_rep_id_user_account')),
    sa.PrimaryKeyConstraint('rep_id', 'at', name=op.f('pk_track_point'))
    )
    with op.batch_alter_table('track_point', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_track_point_track_id'), ['track_id'], unique=False)

    op.create_table('customer_field',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_field_customer_id_customer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('customer_id', 'field', name=op.f('pk_customer_field'))
    )
    op.create_table('device_health',
    sa.Column('device_id', sa.Uuid(), nullable=False),
    sa.Column('pushed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pulled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('queued', sa.Integer(), nullable=True),
    sa.Column('skew_ms', sa.BigInteger(), nullable=True),
    sa.Column('boot_id', sa.String(length=64), nullable=True),
    sa.Column('anchor_ms', sa.BigInteger(), nullable=True),
    sa.Column('anchored_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cursor_tx', sa.BigInteger(), nullable=True),
    sa.Column('clock_flags', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_device_health_device_id_device'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('device_id', name=op.f('pk_device_health'))
    )
    op.create_table('note',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=True),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('flags', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_note_customer_id_customer')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_note_rep_id_user_account')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_note_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note'))
    )
    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_customer_id_noted_at'), ['customer_id', 'noted_at'], unique=False)

    op.create_table('payment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=True),
    sa.Column('method', sa.Enum('cash', 'transfer', 'cheque', 'wallet', name='method', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=True),
    sa.Column('flags', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_payment_amount')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_payment_customer_id_customer')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_payment_rep_id_user_account')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_payment_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_customer_id_paid_on'), ['customer_id', 'paid_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_rep_id_paid_on'), ['rep_id', 'paid_on'], unique=False)

    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('proposed_by', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_customer_proposed_by_user_account'), 'user_account', ['proposed_by'], ['id'])

    with op.batch_alter_table('mutation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('way', sa.String(length=32), nullable=False, server_default='phone'))
        batch_op.create_check_constraint(batch_op.f('ck_mutation_way'), "way IN ('phone', 'watermelon', 'rxdb', 'handed_in')")
        batch_op.add_column(sa.Column('review', sa.String(length=32), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_mutation_review'), "review IN ('open', 'done')")
        batch_op.add_column(sa.Column('corrected', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True))
        batch_op.add_column(sa.Column('decision', sa.String(length=32), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_mutation_decision'), "decision IN ('retried', 'corrected', 'discarded', 'accepted')")
        batch_op.add_column(sa.Column('decided_by', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('decision_reason', sa.String(length=500), nullable=True))
        batch_op.create_index(batch_op.f('ix_mutation_review_received_at'), ['review', 'received_at'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_mutation_decided_by_user_account'), 'user_account', ['decided_by'], ['id'])

    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.add_column(sa.Column('told', sa.Text(), nullable=True))

    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('condition', sa.String(length=40), nullable=True))

    with op.batch_alter_table('sales_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state', sa.String(length=32), nullable=False, server_default='placed'))
        batch_op.create_check_constraint(batch_op.f('ck_sales_order_state'), "state IN ('placed', 'amended', 'cancelled')")
        batch_op.drop_constraint(batch_op.f('ck_sales_order_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_sales_order_kind'), "kind IN ('sale', 'return', 'gift')")
        batch_op.add_column(sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('amends_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('against_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('reason', sa.String(length=300), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_sales_order_amends_id_sales_order'), 'sales_order', ['amends_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_sales_order_against_id_sales_order'), 'sales_order', ['against_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_sales_order_amends_id'), ['amends_id'], unique=True, sqlite_where=sa.text('amends_id IS NOT NULL'), postgresql_where=sa.text('amends_id IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_sales_order_against_id'), ['against_id'], unique=False, sqlite_where=sa.text('against_id IS NOT NULL'), postgresql_where=sa.text('against_id IS NOT NULL'))

    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cause_code', sa.String(length=40), nullable=True))

    # What was held so far waits for a person from now on.
    op.execute("UPDATE mutation SET review = 'open' WHERE status = 'held'")


def downgrade() -> None:
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_column('cause_code')

    with op.batch_alter_table('sales_order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sales_order_against_id'))
        batch_op.drop_index(batch_op.f('ix_sales_order_amends_id'))
        batch_op.drop_constraint(batch_op.f('fk_sales_order_against_id_sales_order'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_sales_order_amends_id_sales_order'), type_='foreignkey')
        batch_op.drop_column('reason')
        batch_op.drop_column('against_id')
        batch_op.drop_column('amends_id')
        batch_op.drop_column('ended_at')
        batch_op.drop_column('state')

    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_column('told')

    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.drop_column('condition')

    with op.batch_alter_table('mutation', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_mutation_decided_by_user_account'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_mutation_review_received_at'))
        batch_op.drop_column('decision_reason')
        batch_op.drop_column('decided_at')
        batch_op.drop_column('decided_by')
        batch_op.drop_column('decision')
        batch_op.drop_column('corrected')
        batch_op.drop_column('review')
        batch_op.drop_column('way')

    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_customer_proposed_by_user_account'), type_='foreignkey')
        batch_op.drop_column('proposed_by')

    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payment_rep_id_paid_on'))
        batch_op.drop_index(batch_op.f('ix_payment_customer_id_paid_on'))

    op.drop_table('payment')
    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_note_customer_id_noted_at'))

    op.drop_table('note')
    op.drop_table('device_health')
    op.drop_table('customer_field')
    with op.batch_alter_table('track_point', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_track_point_track_id'))

    op.drop_table('track_point')
    with op.batch_alter_table('picture_band', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_picture_band_band_value'))

    op.drop_table('picture_band')
    op.drop_table('picture')
