"""Help does not open a ballot: when an account was opened with a one-time link."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db import tables

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("person", sa.Column("helped_at", tables.Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "helped_at")
