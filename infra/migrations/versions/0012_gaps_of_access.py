"""Equality gaps between customers with an appointment and without."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0012_gaps_of_access.sql").read_text(encoding="utf-8"))
