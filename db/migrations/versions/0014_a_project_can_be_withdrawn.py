"""A project can be withdrawn after the first ballot: since when, and why."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db import tables

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("project", sa.Column("withdrawn_at", tables.Moment(), nullable=True))
    op.add_column("project", sa.Column("withdrawn_reason", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("project", "withdrawn_reason")
    op.drop_column("project", "withdrawn_at")
