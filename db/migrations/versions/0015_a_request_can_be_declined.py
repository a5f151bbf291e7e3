"""A request for a second person can be declined: who has done so, so that the one who asked is told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("second_person", sa.Column("declined_by", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("second_person", "declined_by")
