"""What waits lies in a box: the ballots since the last batch are sealed as one, so that copies do not tell them apart.

Ballots that wait in a round begun before stay where they are until its next batch; new ones wait in the box. No table
is rebuilt, so SQLite keeps its triggers.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "waiting_box",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_waiting_box_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_waiting_box")),
    )


def downgrade() -> None:
    """Go back only where nothing waits: what lies in a box cannot be read without the server's key."""
    waits = sa.text("SELECT 1 FROM waiting_box WHERE length(sealed) > 0 LIMIT 1")
    if op.get_bind().execute(waits).first() is not None:
        raise RuntimeError("ballots wait in a box: have their rounds closed first")
    op.drop_table("waiting_box")
