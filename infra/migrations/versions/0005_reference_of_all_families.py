"""Reference data of the families added."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0005_reference_of_all_families.sql").read_text(encoding="utf-8"))
