"""Tokens by which the HTTP gateway knows an installation."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0002_gateway_token.sql").read_text(encoding="utf-8"))
