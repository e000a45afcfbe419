"""Count serials for each region and year, in blocks; before, one counter served all."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table; each region and year goes on after the highest serial that it has given."""
    op.create_table(
        "serials",
        sa.Column("region", sa.String(6), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
    )
    op.execute(
        "INSERT INTO serials (region, year, next)"
        " SELECT substr(number, 1, 6), CAST(substr(number, 7, 4) AS INTEGER),"
        "   max(CAST(substr(number, 11) AS BIGINT)) + 1"
        " FROM certificates WHERE length(number) >= 18"
        " GROUP BY substr(number, 1, 6), CAST(substr(number, 7, 4) AS INTEGER)"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("certificates", "serial", type_=sa.BigInteger())
        op.execute("ALTER SEQUENCE certificates_serial_seq AS bigint")
