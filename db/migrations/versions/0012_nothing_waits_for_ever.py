"""Nothing waits for ever: unused accounts and the links of unclosed rounds have dates; objections are noted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db import tables

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("person", sa.Column("used_on", sa.Date(), nullable=True))
    # Nobody has counted until now, so nobody's time has begun before today.
    op.execute("UPDATE person SET used_on = CURRENT_DATE")
    op.add_column("sign_in", sa.Column("missed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("round", sa.Column("parted_at", tables.Moment(), nullable=True))
    op.add_column("round", sa.Column("held_until", tables.Moment(), nullable=True))
    op.create_table(
        "objection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("noted_at", tables.Moment(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", tables.Moment(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_objection_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_round_id"), "objection", ["round_id"])


def downgrade() -> None:
    op.drop_table("objection")
    for table, column in (
        ("round", "held_until"),
        ("round", "parted_at"),
        ("sign_in", "missed"),
        ("person", "used_on"),
    ):
        op.drop_column(table, column)
