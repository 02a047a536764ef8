"""commission

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

KINDS = ('over_credit', 'discount', 'stale_price', 'gift', 'write_off', 'stock_count', 'settlement', 'return')
SUBJECTS = ('mutation_id', 'invoice_id', 'count_id', 'settlement_id')
ABOUT = ('count_id', 'settlement_id', 'customer_id')
FIGURES = ('scheme_id', 'code', 'first', 'last', 'currency', 'amount_minor', 'lines', 'nobodys_minor', 'inputs_hash', 'content_hash')
DOCUMENT = ('code', 'name', 'effective_from', 'ends_on', 'body', 'body_hash')
PARTS = ('pay_line', 'pay_slip', 'pay_seen')


def constrain_approvals(kinds: tuple[str, ...], subjects: tuple[str, ...], about: tuple[str, ...]) -> None:
    """Say what is approved, and that each request is about one thing."""
    one = ' + '.join(f'CASE WHEN {each} IS NULL THEN 0 ELSE 1 END' for each in subjects) + ' = 1'
    some = ' OR '.join(f'{each} IS NOT NULL' for each in about)
    known = f"kind IN ({', '.join(repr(each) for each in kinds)})"
    with op.batch_alter_table('approval', schema=None) as batch_op:
        for name, condition in (('kind', known), ('subject', one), ('about', some)):
            batch_op.drop_constraint(batch_op.f(f'ck_approval_{name}'), type_='check')
            batch_op.create_check_constraint(batch_op.f(f'ck_approval_{name}'), condition)


def refuse(table: str, name: str, when: str, condition: str, sqlite_condition: str | None = None) -> None:
    """Have the database refuse a change. SQLite drops triggers with a table: who rebuilds it calls this again."""
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} WHEN {sqlite_condition or condition} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is final'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {condition} THEN RAISE EXCEPTION '{table} is final' USING ERRCODE = 'restrict_violation'; END IF; "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_{name}()")


def closed(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM pay_run WHERE id = {row}.run_id AND state <> 'open')"


def differ(columns: tuple[str, ...], operator: str) -> str:
    return ' OR '.join(f'OLD.{each} {operator} NEW.{each}' for each in columns)


def make_final() -> None:
    """Of a closed run nothing is added, changed or deleted; of an open one only its end is written down."""
    for table in PARTS:
        refuse(table, 'stays', 'UPDATE', 'true')
        refuse(table, 'is_kept', 'DELETE', closed('OLD'))
        refuse(table, 'is_whole', 'INSERT', closed('NEW'))
    refuse('pay_run', 'is_kept', 'DELETE', "OLD.state = 'closed'")
    for table, columns, first in (('pay_run', FIGURES, "OLD.state <> 'open' OR "), ('commission_scheme', DOCUMENT, '')):
        changed, sqlite = differ(columns, 'IS DISTINCT FROM'), differ(columns, 'IS NOT')
        refuse(table, 'stays', 'UPDATE', f'{first}{changed}', f'{first}{sqlite}')


def upgrade() -> None:
    op.create_table('commission_scheme',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('ends_on >= effective_from', name=op.f('ck_commission_scheme_ends')),
    sa.CheckConstraint('withdrawn_at IS NOT NULL OR withdrawn_by IS NULL', name=op.f('ck_commission_scheme_withdrawn')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_commission_scheme_made_by_user_account')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['user_account.id'], name=op.f('fk_commission_scheme_withdrawn_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commission_scheme'))
    )
    with op.batch_alter_table('commission_scheme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_commission_scheme_code_effective_from'), ['code', 'effective_from'], unique=False)

    op.create_table('pay_run',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('state', sa.Enum('open', 'closed', 'discarded', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('lines', sa.Integer(), nullable=False),
    sa.Column('nobodys_minor', sa.BigInteger(), nullable=False),
    sa.Column('inputs_hash', sa.String(length=64), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('first <= last', name=op.f('ck_pay_run_days')),
    sa.ForeignKeyConstraint(['ended_by'], ['user_account.id'], name=op.f('fk_pay_run_ended_by_user_account')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_pay_run_made_by_user_account')),
    sa.ForeignKeyConstraint(['scheme_id'], ['commission_scheme.id'], name=op.f('fk_pay_run_scheme_id_commission_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_run'))
    )
    with op.batch_alter_table('pay_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_run_scheme_id'), ['scheme_id'], unique=False)
        batch_op.create_index('uq_pay_run_closed', ['code', 'first'], unique=True, sqlite_where=sa.text("state = 'closed'"), postgresql_where=sa.text("state = 'closed'"))
        batch_op.create_index('uq_pay_run_open', ['code', 'first'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('pay_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.Enum('earned', 'returned', 'unpaid', 'correction', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source_kind', sa.Enum('order', 'return', 'payment', 'correction', name='source_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('origin_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('basis', sa.BigInteger(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('of_weights', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_pay_line_customer_id_customer')),
    sa.ForeignKeyConstraint(['origin_id'], ['pay_line.id'], name=op.f('fk_pay_line_origin_id_pay_line')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_pay_line_rep_id_user_account')),
    sa.ForeignKeyConstraint(['run_id'], ['pay_run.id'], name=op.f('fk_pay_line_run_id_pay_run')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_line'))
    )
    with op.batch_alter_table('pay_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_line_origin_id'), ['origin_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_line_run_id_rep_id_position'), ['run_id', 'rep_id', 'position'], unique=True)
        batch_op.create_index(batch_op.f('ix_pay_line_source_id'), ['source_id'], unique=False)

    op.create_table('pay_seen',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['pay_run.id'], name=op.f('fk_pay_seen_run_id_pay_run')),
    sa.PrimaryKeyConstraint('run_id', 'source_id', name=op.f('pk_pay_seen'))
    )
    with op.batch_alter_table('pay_seen', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_seen_source_id'), ['source_id'], unique=False)

    op.create_table('pay_slip',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_pay_slip_rep_id_user_account')),
    sa.ForeignKeyConstraint(['run_id'], ['pay_run.id'], name=op.f('fk_pay_slip_run_id_pay_run')),
    sa.PrimaryKeyConstraint('run_id', 'rep_id', name=op.f('pk_pay_slip'))
    )
    with op.batch_alter_table('pay_slip', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_slip_rep_id'), ['rep_id'], unique=False)

    op.create_table('pay_correction',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('line_id', sa.Uuid(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refused_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_minor <> 0', name=op.f('ck_pay_correction_amount')),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_pay_correction_asked_by_user_account')),
    sa.ForeignKeyConstraint(['line_id'], ['pay_line.id'], name=op.f('fk_pay_correction_line_id_pay_line')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_pay_correction_rep_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_correction'))
    )
    with op.batch_alter_table('pay_correction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_correction_code_granted_at'), ['code', 'granted_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_correction_rep_id'), ['rep_id'], unique=False)

    op.create_table('pay_dispute',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('line_id', sa.Uuid(), nullable=False),
    sa.Column('rep_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('open', 'upheld', 'rejected', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=1000), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.Column('correction_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state = 'open') = (answer IS NULL)", name=op.f('ck_pay_dispute_answered')),
    sa.ForeignKeyConstraint(['answered_by'], ['user_account.id'], name=op.f('fk_pay_dispute_answered_by_user_account')),
    sa.ForeignKeyConstraint(['correction_id'], ['pay_correction.id'], name=op.f('fk_pay_dispute_correction_id_pay_correction')),
    sa.ForeignKeyConstraint(['line_id'], ['pay_line.id'], name=op.f('fk_pay_dispute_line_id_pay_line')),
    sa.ForeignKeyConstraint(['rep_id'], ['user_account.id'], name=op.f('fk_pay_dispute_rep_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_dispute'))
    )
    with op.batch_alter_table('pay_dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pay_dispute_line_id'), ['line_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index(batch_op.f('ix_pay_dispute_rep_id'), ['rep_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pay_dispute_state_raised_at'), ['state', 'raised_at'], unique=False)

    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.add_column(sa.Column('correction_id', sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f('ix_approval_correction_id'), ['correction_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_foreign_key(batch_op.f('fk_approval_correction_id_pay_correction'), 'pay_correction', ['correction_id'], ['id'])

    constrain_approvals((*KINDS, 'commission'), (*SUBJECTS, 'correction_id'), (*ABOUT, 'correction_id'))
    make_final()


def downgrade() -> None:
    op.execute("DELETE FROM approval_vote WHERE approval_id IN (SELECT id FROM approval WHERE correction_id IS NOT NULL)")
    op.execute("DELETE FROM approval WHERE correction_id IS NOT NULL")
    constrain_approvals(KINDS, SUBJECTS, ABOUT)
    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_approval_correction_id_pay_correction'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_approval_correction_id'), sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_column('correction_id')

    with op.batch_alter_table('pay_dispute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pay_dispute_state_raised_at'))
        batch_op.drop_index(batch_op.f('ix_pay_dispute_rep_id'))
        batch_op.drop_index(batch_op.f('ix_pay_dispute_line_id'), sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.drop_table('pay_dispute')
    with op.batch_alter_table('pay_correction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pay_correction_rep_id'))
        batch_op.drop_index(batch_op.f('ix_pay_correction_code_granted_at'))

    op.drop_table('pay_correction')
    with op.batch_alter_table('pay_slip', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pay_slip_rep_id'))

    op.drop_table('pay_slip')
    with op.batch_alter_table('pay_seen', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pay_seen_source_id'))

    op.drop_table('pay_seen')
    with op.batch_alter_table('pay_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pay_line_source_id'))
        batch_op.drop_index(batch_op.f('ix_pay_line_run_id_rep_id_position'))
        batch_op.drop_index(batch_op.f('ix_pay_line_origin_id'))

    op.drop_table('pay_line')
    with op.batch_alter_table('pay_run', schema=None) as batch_op:
        batch_op.drop_index('uq_pay_run_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('uq_pay_run_closed', sqlite_where=sa.text("state = 'closed'"), postgresql_where=sa.text("state = 'closed'"))
        batch_op.drop_index(batch_op.f('ix_pay_run_scheme_id'))

    op.drop_table('pay_run')
    with op.batch_alter_table('commission_scheme', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_commission_scheme_code_effective_from'))

    op.drop_table('commission_scheme')
    if op.get_bind().dialect.name != 'sqlite':
        names = [f'{table}_{name}' for table in PARTS for name in ('stays', 'is_kept', 'is_whole')]
        for name in (*names, 'pay_run_is_kept', 'pay_run_stays', 'commission_scheme_stays'):
            op.execute(f'DROP FUNCTION {name}() CASCADE')
