"""Teams of areas, and targets of size classes."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0010"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0008_teams_and_targets.sql").read_text(encoding="utf-8"))
