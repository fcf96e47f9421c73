"""What becomes of a dead letter, and the topic a held event came by."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0003_dead_letters.sql").read_text(encoding="utf-8"))
