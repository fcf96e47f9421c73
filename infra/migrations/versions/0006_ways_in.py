"""Conformance, files and webhooks."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0006_ways_in.sql").read_text(encoding="utf-8"))
