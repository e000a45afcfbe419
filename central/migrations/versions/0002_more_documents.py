"""What the vouchers, yearly records, pension and unit certificates are made from."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns and create the tables."""
    for name, length in (("personal_number", 20), ("hukou", 80)):
        op.add_column("people", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    _create_personal()
    _create_units()


def _create_personal() -> None:
    op.create_table(
        "accounts",
        sa.Column("id_number", sa.String(18), sa.ForeignKey("people.id_number"), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("credited", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "pensions",
        sa.Column("id_number", sa.String(18), sa.ForeignKey("people.id_number"), primary_key=True),
        sa.Column("insurance", sa.String(40), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("since", sa.String(7), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("paid_to", sa.String(80), nullable=False),
    )
    op.create_table(
        "pension_payments",
        sa.Column("id_number", sa.String(18), sa.ForeignKey("people.id_number"), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
    )


def _create_units() -> None:
    op.create_table(
        "units",
        sa.Column("credit_code", sa.String(18), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
    )
    op.create_table(
        "unit_insurances",
        sa.Column("credit_code", sa.String(18), sa.ForeignKey("units.credit_code"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("since", sa.String(7), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
    )
    op.create_table(
        "unit_contributions",
        sa.Column("credit_code", sa.String(18), sa.ForeignKey("units.credit_code"), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("personal", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
    )
