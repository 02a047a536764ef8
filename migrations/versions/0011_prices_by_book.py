"""prices by book

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('price_book',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_book'))
    )
    with op.batch_alter_table('price_book', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_price_book_currency'), ['currency'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_price_book_currency_made_at'), ['currency', 'made_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_price_book_version'), ['version'], unique=False)

    op.create_table('product_unit',
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.String(length=20), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.CheckConstraint('pieces > 0', name=op.f('ck_product_unit_pieces')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_product_unit_product_id_product')),
    sa.PrimaryKeyConstraint('product_id', 'unit', name=op.f('pk_product_unit'))
    )
    op.create_table('quantity_break',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('tier', sa.String(length=8), nullable=True),
    sa.Column('min_pieces', sa.Integer(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=True),
    sa.Column('per', sa.Integer(), nullable=False),
    sa.Column('discount_bp', sa.Integer(), nullable=True),
    sa.CheckConstraint('(price_minor IS NULL) <> (discount_bp IS NULL)', name=op.f('ck_quantity_break_price_or_discount')),
    sa.CheckConstraint('discount_bp BETWEEN 1 AND 10000', name=op.f('ck_quantity_break_discount')),
    sa.CheckConstraint('min_pieces > 0 AND per > 0', name=op.f('ck_quantity_break_pieces')),
    sa.CheckConstraint('price_minor >= 0', name=op.f('ck_quantity_break_price')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_quantity_break_product_id_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quantity_break'))
    )
    with op.batch_alter_table('quantity_break', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quantity_break_product_id'), ['product_id'], unique=False)

    op.create_table('promotion',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_promotion_made_by_user_account')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user_account.id'], name=op.f('fk_promotion_withdrawn_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promotion'))
    )
    with op.batch_alter_table('promotion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_promotion_code'), ['code'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.create_table('contract_price',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('per', sa.Integer(), nullable=False),
    sa.Column('min_pieces', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('from_on <= until_on', name=op.f('ck_contract_price_from_until')),
    sa.CheckConstraint('min_pieces > 0 AND per > 0', name=op.f('ck_contract_price_pieces')),
    sa.CheckConstraint('price_minor >= 0', name=op.f('ck_contract_price_price')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_contract_price_customer_id_customer')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_contract_price_made_by_user_account')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_contract_price_product_id_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract_price'))
    )
    with op.batch_alter_table('contract_price', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contract_price_customer_id'), ['customer_id'], unique=False)

    op.create_table('customer_terms',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_terms_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_terms'))
    )
    with op.batch_alter_table('customer_terms', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_terms_customer_id_currency'), ['customer_id', 'currency'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_customer_terms_customer_id_made_at'), ['customer_id', 'made_at'], unique=False)

    op.create_table('order_context',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_order_context_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_context')),
    sa.UniqueConstraint('customer_id', name=op.f('uq_order_context_customer_id'))
    )
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unit', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('unit_quantity', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('discount_minor', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('tax_minor', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('promotion', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('steps', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True))

    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tax_class', sa.String(length=20), nullable=True))

    with op.batch_alter_table('sales_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tax_minor', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('basis', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('sales_order', schema=None) as batch_op:
        batch_op.drop_column('basis')
        batch_op.drop_column('tax_minor')

    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.drop_column('tax_class')

    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.drop_column('steps')
        batch_op.drop_column('promotion')
        batch_op.drop_column('tax_minor')
        batch_op.drop_column('discount_minor')
        batch_op.drop_column('unit_quantity')
        batch_op.drop_column('unit')

    op.drop_table('order_context')
    with op.batch_alter_table('customer_terms', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_terms_customer_id_made_at'))
        batch_op.drop_index(batch_op.f('ix_customer_terms_customer_id_currency'), sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.drop_table('customer_terms')
    with op.batch_alter_table('contract_price', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contract_price_customer_id'))

    op.drop_table('contract_price')
    with op.batch_alter_table('promotion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_promotion_code'), sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.drop_table('promotion')
    with op.batch_alter_table('quantity_break', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quantity_break_product_id'))

    op.drop_table('quantity_break')
    op.drop_table('product_unit')
    with op.batch_alter_table('price_book', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_price_book_version'))
        batch_op.drop_index(batch_op.f('ix_price_book_currency_made_at'))
        batch_op.drop_index(batch_op.f('ix_price_book_currency'), sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.drop_table('price_book')
