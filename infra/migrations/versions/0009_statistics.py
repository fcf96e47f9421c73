"""Changes, small points, funnel limits and equality gaps, beside the estimates and frozen with a release."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0009_statistics.sql").read_text(encoding="utf-8"))
