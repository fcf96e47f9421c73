"""Schemas, landing, reference, ledger, gates and releases."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0001_schemas.sql").read_text(encoding="utf-8"))
