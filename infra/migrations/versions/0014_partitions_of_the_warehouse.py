"""A schema for the months of the tables of the warehouse."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0014_partitions_of_the_warehouse.sql").read_text(encoding="utf-8"))
