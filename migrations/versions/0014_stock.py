"""stock

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

ONE_SUBJECT = (
    'CASE WHEN mutation_id IS NULL THEN 0 ELSE 1 END + CASE WHEN invoice_id IS NULL THEN 0 ELSE 1 END + '
    'CASE WHEN count_id IS NULL THEN 0 ELSE 1 END = 1'
)


def make_final(table: str) -> None:
    """Refuse to change or delete a row. SQLite drops triggers with a table: who rebuilds it calls this again."""
    if op.get_bind().dialect.name == 'sqlite':
        for verb in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER {table}_is_final_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is final'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_final() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is final' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_final()"
    )


def of_kinds(*kinds: str) -> str:
    return f"kind IN ({', '.join(repr(each) for each in kinds)})"


def upgrade() -> None:
    op.create_table('warehouse',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.Enum('warehouse', 'van', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=True),
    sa.Column('territory_id', sa.Uuid(), nullable=True),
    sa.Column('external_ref', sa.String(length=80), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'van') = (rep_id IS NOT NULL)", name=op.f('ck_warehouse_van_of_rep')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_warehouse_rep_id_user_account')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_warehouse_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warehouse')),
    sa.UniqueConstraint('code', name=op.f('uq_warehouse_code')),
    sa.UniqueConstraint('external_ref', name=op.f('uq_warehouse_external_ref'))
    )
    with op.batch_alter_table('warehouse', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_warehouse_territory_id'), ['territory_id'], unique=False)
        batch_op.create_index('ix_warehouse_van_of_rep', ['rep_id'], unique=True, sqlite_where=sa.text("kind = 'van' AND active"), postgresql_where=sa.text("kind = 'van' AND active"))

    op.create_table('stock_balance',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('warehouse_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('condition', sa.Enum('sellable', 'damaged', name='condition', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=True),
    sa.Column('on_hand', sa.BigInteger(), nullable=False),
    sa.Column('reserved', sa.BigInteger(), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expected_on', sa.Date(), nullable=True),
    sa.Column('expected_units', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('reserved >= 0', name=op.f('ck_stock_balance_reserved')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_balance_product_id_product')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_stock_balance_rep_id_user_account')),
    sa.ForeignKeyConstraint(['warehouse_id'], ['warehouse.id'], name=op.f('fk_stock_balance_warehouse_id_warehouse')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_balance')),
    sa.UniqueConstraint('warehouse_id', 'product_id', 'condition', name=op.f('uq_stock_balance_warehouse_id_product_id_condition'))
    )
    with op.batch_alter_table('stock_balance', schema=None) as batch_op:
        batch_op.create_index('ix_stock_balance_negative', ['warehouse_id'], unique=False, sqlite_where=sa.text('on_hand < 0'), postgresql_where=sa.text('on_hand < 0'))
        batch_op.create_index(batch_op.f('ix_stock_balance_product_id'), ['product_id'], unique=False)

    op.create_table('stock_count',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('warehouse_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('open', 'waiting', 'posted', 'refused', 'discarded', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_by', sa.Uuid(), nullable=True),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counted_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['counted_by'], ['user_account.id'], name=op.f('fk_stock_count_counted_by_user_account')),
    sa.ForeignKeyConstraint(['started_by'], ['user_account.id'], name=op.f('fk_stock_count_started_by_user_account')),
    sa.ForeignKeyConstraint(['warehouse_id'], ['warehouse.id'], name=op.f('fk_stock_count_warehouse_id_warehouse')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_count'))
    )
    with op.batch_alter_table('stock_count', schema=None) as batch_op:
        batch_op.create_index('ix_stock_count_under_way', ['warehouse_id'], unique=True, sqlite_where=sa.text("state IN ('open', 'waiting')"), postgresql_where=sa.text("state IN ('open', 'waiting')"))
        batch_op.create_index(batch_op.f('ix_stock_count_warehouse_id_started_at'), ['warehouse_id', 'started_at'], unique=False)

    op.create_table('stock_level',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('warehouse_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('level', sa.Enum('available', 'low', 'none', name='level', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_level_product_id_product')),
    sa.ForeignKeyConstraint(['warehouse_id'], ['warehouse.id'], name=op.f('fk_stock_level_warehouse_id_warehouse')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_level')),
    sa.UniqueConstraint('warehouse_id', 'product_id', name=op.f('uq_stock_level_warehouse_id_product_id'))
    )
    op.create_table('stock_move',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.Enum('receipt', 'loading', 'unloading', 'transfer', 'sale', 'delivery', 'return', 'exchange', 'gift', 'count', 'damage', 'feed', name='cause', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('condition', sa.Enum('sellable', 'damaged', name='condition', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('from_id', sa.Uuid(), nullable=True),
    sa.Column('to_id', sa.Uuid(), nullable=True),
    sa.Column('rep_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('from_id IS NOT NULL OR to_id IS NOT NULL', name=op.f('ck_stock_move_somewhere')),
    sa.CheckConstraint('from_id IS NULL OR to_id IS NULL OR from_id <> to_id', name=op.f('ck_stock_move_two_places')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_stock_move_quantity')),
    sa.ForeignKeyConstraint(['from_id'], ['warehouse.id'], name=op.f('fk_stock_move_from_id_warehouse')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_move_product_id_product')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_stock_move_rep_id_user_account')),
    sa.ForeignKeyConstraint(['to_id'], ['warehouse.id'], name=op.f('fk_stock_move_to_id_warehouse')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_move'))
    )
    with op.batch_alter_table('stock_move', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stock_move_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stock_move_from_id_product_id_at'), ['from_id', 'product_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_stock_move_rep_id_day'), ['rep_id', 'day'], unique=False)
        batch_op.create_index(batch_op.f('ix_stock_move_source_id'), ['source_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stock_move_to_id_product_id_at'), ['to_id', 'product_id', 'at'], unique=False)

    op.create_table('stock_snapshot',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('warehouse_id', sa.Uuid(), nullable=False),
    sa.Column('as_of', sa.DateTime(timezone=True), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('fates', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['taken_by'], ['user_account.id'], name=op.f('fk_stock_snapshot_taken_by_user_account')),
    sa.ForeignKeyConstraint(['warehouse_id'], ['warehouse.id'], name=op.f('fk_stock_snapshot_warehouse_id_warehouse')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_snapshot')),
    sa.UniqueConstraint('reference', name=op.f('uq_stock_snapshot_reference'))
    )
    with op.batch_alter_table('stock_snapshot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stock_snapshot_warehouse_id_as_of'), ['warehouse_id', 'as_of'], unique=False)

    op.create_table('stock_count_line',
    sa.Column('count_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('condition', sa.Enum('sellable', 'damaged', name='condition', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('expected', sa.BigInteger(), nullable=False),
    sa.Column('counted', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('counted >= 0', name=op.f('ck_stock_count_line_counted')),
    sa.ForeignKeyConstraint(['count_id'], ['stock_count.id'], name=op.f('fk_stock_count_line_count_id_stock_count'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_count_line_product_id_product')),
    sa.PrimaryKeyConstraint('count_id', 'product_id', 'condition', name=op.f('pk_stock_count_line'))
    )
    op.create_table('stock_reservation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('warehouse_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('wanted', sa.Integer(), nullable=False),
    sa.Column('reserved', sa.Integer(), nullable=False),
    sa.Column('issued', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expected_on', sa.Date(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('reserved + issued <= wanted', name=op.f('ck_stock_reservation_whole')),
    sa.CheckConstraint('wanted > 0 AND reserved >= 0 AND issued >= 0', name=op.f('ck_stock_reservation_parts')),
    sa.ForeignKeyConstraint(['order_id', 'line_no'], ['order_line.order_id', 'order_line.line_no'], name=op.f('fk_stock_reservation_order_id_order_line')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_reservation_product_id_product')),
    sa.ForeignKeyConstraint(['warehouse_id'], ['warehouse.id'], name=op.f('fk_stock_reservation_warehouse_id_warehouse')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_reservation')),
    sa.UniqueConstraint('order_id', 'line_no', name=op.f('uq_stock_reservation_order_id_line_no'))
    )
    with op.batch_alter_table('stock_reservation', schema=None) as batch_op:
        batch_op.create_index('ix_stock_reservation_open', ['warehouse_id', 'product_id', 'asked_at'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    make_final('stock_move')
    kinds = ('over_credit', 'discount', 'stale_price', 'gift', 'write_off')
    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_approval_kind'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_approval_subject'), type_='check')
        batch_op.add_column(sa.Column('count_id', sa.Uuid(), nullable=True))
        batch_op.alter_column('customer_id',
               existing_type=sa.Uuid(),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_approval_count_id'), ['count_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_foreign_key(batch_op.f('fk_approval_count_id_stock_count'), 'stock_count', ['count_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_approval_kind'), of_kinds(*kinds, 'stock_count'))
        batch_op.create_check_constraint(batch_op.f('ck_approval_subject'), ONE_SUBJECT)
        batch_op.create_check_constraint(
            batch_op.f('ck_approval_about'), 'count_id IS NOT NULL OR customer_id IS NOT NULL'
        )

    with op.batch_alter_table('sales_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('supply', sa.Enum('delivery', 'van', 'later', name='supply', native_enum=False, create_constraint=True, length=32), nullable=True))
        batch_op.add_column(sa.Column('wanted_on', sa.Date(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('sales_order', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_sales_order_supply'), type_='check')
        batch_op.drop_column('wanted_on')
        batch_op.drop_column('supply')

    op.execute("DELETE FROM approval_vote WHERE approval_id IN (SELECT id FROM approval WHERE count_id IS NOT NULL)")
    op.execute("DELETE FROM approval WHERE count_id IS NOT NULL")
    kinds = ('over_credit', 'discount', 'stale_price', 'gift', 'write_off')
    with op.batch_alter_table('approval', schema=None) as batch_op:
        for name in ('kind', 'subject', 'about'):
            batch_op.drop_constraint(batch_op.f(f'ck_approval_{name}'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_approval_kind'), of_kinds(*kinds))
        batch_op.create_check_constraint(
            batch_op.f('ck_approval_subject'), '(mutation_id IS NULL) <> (invoice_id IS NULL)'
        )
        batch_op.drop_constraint(batch_op.f('fk_approval_count_id_stock_count'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_approval_count_id'), sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.alter_column('customer_id',
               existing_type=sa.Uuid(),
               nullable=False)
        batch_op.drop_column('count_id')

    with op.batch_alter_table('stock_reservation', schema=None) as batch_op:
        batch_op.drop_index('ix_stock_reservation_open', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.drop_table('stock_reservation')
    op.drop_table('stock_count_line')
    with op.batch_alter_table('stock_snapshot', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stock_snapshot_warehouse_id_as_of'))

    op.drop_table('stock_snapshot')
    with op.batch_alter_table('stock_move', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stock_move_to_id_product_id_at'))
        batch_op.drop_index(batch_op.f('ix_stock_move_source_id'))
        batch_op.drop_index(batch_op.f('ix_stock_move_rep_id_day'))
        batch_op.drop_index(batch_op.f('ix_stock_move_from_id_product_id_at'))
        batch_op.drop_index(batch_op.f('ix_stock_move_entry_id'))

    op.drop_table('stock_move')
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('DROP FUNCTION stock_move_is_final() CASCADE')
    op.drop_table('stock_level')
    with op.batch_alter_table('stock_count', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stock_count_warehouse_id_started_at'))
        batch_op.drop_index('ix_stock_count_under_way', sqlite_where=sa.text("state IN ('open', 'waiting')"), postgresql_where=sa.text("state IN ('open', 'waiting')"))

    op.drop_table('stock_count')
    with op.batch_alter_table('stock_balance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stock_balance_product_id'))
        batch_op.drop_index('ix_stock_balance_negative', sqlite_where=sa.text('on_hand < 0'), postgresql_where=sa.text('on_hand < 0'))

    op.drop_table('stock_balance')
    with op.batch_alter_table('warehouse', schema=None) as batch_op:
        batch_op.drop_index('ix_warehouse_van_of_rep', sqlite_where=sa.text("kind = 'van' AND active"), postgresql_where=sa.text("kind = 'van' AND active"))
        batch_op.drop_index(batch_op.f('ix_warehouse_territory_id'))

    op.drop_table('warehouse')
