"""Indexes for what a build reads of the months before those that it builds."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0013_what_builds_look_up.sql").read_text(encoding="utf-8"))
