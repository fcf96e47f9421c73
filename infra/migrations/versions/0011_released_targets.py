"""Targets with their verdicts, beside the estimates and frozen with a release."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0008"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0011_released_targets.sql").read_text(encoding="utf-8"))
