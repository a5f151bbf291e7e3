"""Slips have numbers: a keyed digest of each, so that a lost code can be found by what a school wrote down."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("code", sa.Column("slip", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("code", "slip")
