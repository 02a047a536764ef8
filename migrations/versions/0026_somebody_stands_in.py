"""somebody stands in for a rep who is away or leaves

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import fieldsales.db.types

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

FOR_GOOD = sa.text("ended_at IS NULL AND kind <> 'stand_in'")
BEFORE = sa.text('ended_at IS NULL')


def upgrade() -> None:
    op.create_table('cover',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('absence', 'departure', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=120), nullable=False),
    sa.Column('stand_ins', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('calendar_entry_id', sa.Uuid(), nullable=True),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('made_at', fieldsales.db.types.UtcDateTime(), nullable=False),
    sa.Column('called_off_at', fieldsales.db.types.UtcDateTime(), nullable=True),
    sa.Column('called_off_by', sa.Uuid(), nullable=True),
    sa.Column('done_at', fieldsales.db.types.UtcDateTime(), nullable=True),
    sa.CheckConstraint('from_on <= until_on', name=op.f('ck_cover_in_order')),
    sa.CheckConstraint("(kind = 'departure') = (until_on IS NULL)", name=op.f('ck_cover_absence_ends')),
    sa.ForeignKeyConstraint(['calendar_entry_id'], ['calendar_entry.id'], name=op.f('fk_cover_calendar_entry_id_calendar_entry'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['called_off_by'], ['user_account.id'], name=op.f('fk_cover_called_off_by_user_account')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_cover_made_by_user_account')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_cover_rep_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cover'))
    )
    with op.batch_alter_table('cover', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cover_rep_id'), ['rep_id'], unique=False)
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cover_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_assignment_cover_id_cover'), 'cover', ['cover_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_assignment_cover_id'), ['cover_id'], unique=False)
        batch_op.drop_constraint(batch_op.f('ck_assignment_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_assignment_kind'), "kind IN ('owner', 'key_account', 'stand_in')")
        batch_op.create_check_constraint(batch_op.f('ck_assignment_within_cover'), "(kind = 'stand_in') = (cover_id IS NOT NULL)")
        batch_op.drop_index('uq_assignment_once')
        batch_op.create_index('uq_assignment_once', ['customer_id', 'rep_id', 'kind'], unique=True, sqlite_where=FOR_GOOD, postgresql_where=FOR_GOOD)


def downgrade() -> None:
    op.execute("DELETE FROM assignment WHERE kind = 'stand_in'")
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_index('uq_assignment_once')
        batch_op.create_index('uq_assignment_once', ['customer_id', 'rep_id', 'kind'], unique=True, sqlite_where=BEFORE, postgresql_where=BEFORE)
        batch_op.drop_constraint(batch_op.f('ck_assignment_within_cover'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_assignment_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_assignment_kind'), "kind IN ('owner', 'key_account')")
        batch_op.drop_index(batch_op.f('ix_assignment_cover_id'))
        batch_op.drop_constraint(batch_op.f('fk_assignment_cover_id_cover'), type_='foreignkey')
        batch_op.drop_column('cover_id')
    op.drop_table('cover')
