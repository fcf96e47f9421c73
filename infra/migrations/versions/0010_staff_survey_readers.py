"""A schema and a role of their own for the figures of staff."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0010_staff_survey_readers.sql").read_text(encoding="utf-8"))
