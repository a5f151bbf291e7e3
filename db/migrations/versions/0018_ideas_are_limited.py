"""A round says how many ideas one person may send."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("round", sa.Column("ideas_each", sa.Integer(), nullable=False, server_default="5"))


def downgrade() -> None:
    op.drop_column("round", "ideas_each")
