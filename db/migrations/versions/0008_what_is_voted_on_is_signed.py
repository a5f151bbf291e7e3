"""What is voted on is signed: a chain of notes a round, and the checksum of its ballots.

Rounds begun before have no notes until their next ballot or their close, and those that are closed have none.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "voted_on",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_voted_on_round_id_round", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "number", name="pk_voted_on"),
    )
    op.add_column("result", sa.Column("checksum", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("result", "checksum")
    op.drop_table("voted_on")
