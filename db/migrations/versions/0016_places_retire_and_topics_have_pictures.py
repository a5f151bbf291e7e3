"""Areas and topics can be retired: since when. A topic can have the picture of another one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db import tables

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("area", sa.Column("retired_at", tables.Moment(), nullable=True))
    op.add_column("category", sa.Column("retired_at", tables.Moment(), nullable=True))
    op.add_column("category", sa.Column("icon", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("category", "icon")
    op.drop_column("category", "retired_at")
    op.drop_column("area", "retired_at")
