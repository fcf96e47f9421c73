"""Breaker, parking, duplicates, roles, key rotation."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0004_when_things_go_wrong.sql").read_text(encoding="utf-8"))
