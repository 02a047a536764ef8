"""positions are private

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

_FORGET = {
    'postgresql': """
        UPDATE mutation SET payload = jsonb_set(payload, '{data,points}', '[]')
        WHERE type = 'track.points' AND status <> 'held' AND jsonb_typeof(payload -> 'data') = 'object'
    """,
    'sqlite': """
        UPDATE mutation SET payload = json_set(payload, '$.data.points', json('[]'))
        WHERE type = 'track.points' AND status <> 'held' AND json_type(payload, '$.data') = 'object'
    """,
}


def upgrade() -> None:
    op.create_table('track_access',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('reader_id', sa.Uuid(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('route', sa.String(length=32), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['reader_id'], ['user_account.id'], name=op.f('fk_track_access_reader_id_user_account')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_track_access_rep_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_track_access')),
    sa.UniqueConstraint('rep_id', 'reader_id', 'day', 'route', 'since', name=op.f('uq_track_access_rep_id_reader_id_day_route_since'))
    )
    with op.batch_alter_table('track_access', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_track_access_last_at'), ['last_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_track_access_rep_id_last_at_id'), ['rep_id', 'last_at', 'id'], unique=False)

    op.create_table('tracker',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.Uuid(), nullable=True),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('kept', sa.BigInteger(), nullable=False),
    sa.Column('without_consent', sa.BigInteger(), nullable=False),
    sa.Column('off_shift', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_tracker_created_by_user_account')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_tracker_rep_id_user_account')),
    sa.ForeignKeyConstraint(['revoked_by'], ['user_account.id'], name=op.f('fk_tracker_revoked_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tracker')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_tracker_key_hash'))
    )
    with op.batch_alter_table('tracker', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tracker_rep_id'), ['rep_id'], unique=False)

    op.create_table('tracking_consent',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_tracking_consent_rep_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tracking_consent'))
    )
    with op.batch_alter_table('tracking_consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tracking_consent_rep_id_at'), ['rep_id', 'at'], unique=False)

    source = sa.Enum('app', 'owntracks', 'traccar', name='source', native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table('track_point', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source', source, nullable=False, server_default='app'))
    with op.batch_alter_table('track_point', schema=None) as batch_op:
        batch_op.alter_column('source', server_default=None)

    # Positions of settled tracks stood in the books of the sync as well, where nothing would ever erase them.
    op.execute(_FORGET[op.get_bind().dialect.name])


def downgrade() -> None:
    with op.batch_alter_table('track_point', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_track_point_source'), type_='check')
        batch_op.drop_column('source')

    with op.batch_alter_table('tracking_consent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tracking_consent_rep_id_at'))

    op.drop_table('tracking_consent')
    with op.batch_alter_table('tracker', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tracker_rep_id'))

    op.drop_table('tracker')
    with op.batch_alter_table('track_access', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_track_access_rep_id_last_at_id'))
        batch_op.drop_index(batch_op.f('ix_track_access_last_at'))

    op.drop_table('track_access')
