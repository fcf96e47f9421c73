"""The builds of each month, and what analysts may read."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0007_warehouse_of_all_months.sql").read_text(encoding="utf-8"))
