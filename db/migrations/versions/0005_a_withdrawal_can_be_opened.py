"""A withdrawal can be opened: what is sealed in a slot no longer tells whether it holds a ballot."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("slot", sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Of these the opening was not kept, so that at the close they are named as what cannot be checked.
    op.execute("UPDATE slot SET withdrawn = (sealed IS NULL) WHERE lookup IS NOT NULL")
    with op.batch_alter_table("slot", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.alter_column("withdrawn", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("slot", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.drop_column("withdrawn")
