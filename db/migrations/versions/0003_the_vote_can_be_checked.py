"""The vote can be checked: sealed slots, the board's log, the steps of a closing.

Ballots that an earlier Glas kept in the open become open ballots, without a slot and in a drawn order, where voting is
over. Where it is still open they can no longer be tied to a slot: those of a demo town are dropped, others are refused.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from db import tables

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROUND: dict[str, Any] = {
    "count_public": sa.LargeBinary(),
    "origin": sa.String(),
    "closed_at": tables.Moment(),
    "final_size": sa.Integer(),
    "final_root": sa.LargeBinary(),
    "randomness": sa.String(),
    "randomness_source": sa.String(),
    "opened_at": tables.Moment(),
    "turnout": sa.JSON(),
    "keep_until": tables.Moment(),
    "anonymised_at": tables.Moment(),
}

OVER = "round_id IN (SELECT id FROM round WHERE voting_until <= CURRENT_TIMESTAMP)"
OPEN = "SELECT id FROM round WHERE voting_until > CURRENT_TIMESTAMP"
REAL = "SELECT id FROM round WHERE voting_until > CURRENT_TIMESTAMP AND NOT demo"


def upgrade() -> None:
    for name, kind in ROUND.items():
        op.add_column("round", sa.Column(name, kind, nullable=True))
    _open_ballot()
    _move_ballots()
    for old in ("receipt", "slot", "imported_ballot"):
        op.drop_table(old)
    _slot_and_receipt()
    _log()
    _closing()


def downgrade() -> None:
    """Return to tables without what was sealed: for empty databases."""
    for table in ("commission_member", "mismatch", "checkpoint", "leaf", "pending_leaf", "receipt", "slot"):
        op.drop_table(table)
    _number_keyed("imported_ballot")
    op.execute("INSERT INTO imported_ballot (round_id, choices) SELECT round_id, choices FROM open_ballot ORDER BY id")
    op.drop_table("open_ballot")
    _old_slot_and_receipt()
    with op.batch_alter_table("round") as batch:
        for name in ROUND:
            batch.drop_column(name)


def _open_ballot() -> None:
    _number_keyed("open_ballot")
    op.execute("INSERT INTO open_ballot (round_id, choices) SELECT round_id, choices FROM imported_ballot ORDER BY id")


def _move_ballots() -> None:
    connection = op.get_bind()
    if connection.execute(sa.text(f"SELECT 1 FROM slot WHERE round_id IN ({REAL})")).first() is not None:
        raise RuntimeError("a round is open whose ballots are not sealed: let it end before this upgrade")
    op.execute(
        "INSERT INTO open_ballot (round_id, choices) SELECT round_id, choices FROM slot "
        f"WHERE choices IS NOT NULL AND {OVER} ORDER BY random()"
    )
    op.execute(f"DELETE FROM turnout_day WHERE round_id IN ({OPEN})")
    # Their turnout is known from the ballots alone, and nothing of the vote itself can be checked any more.
    op.execute(
        "UPDATE round SET closed_at = voting_until, opened_at = voting_until, turnout = '{}' "
        "WHERE voting_until <= CURRENT_TIMESTAMP AND id IN (SELECT round_id FROM slot)"
    )


def _slot_and_receipt() -> None:
    op.create_table(
        "slot",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        _of_round("slot"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("round_id", "lookup", name=op.f("uq_slot_round_id_lookup")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_slot_round_id_commitment", "slot", ["round_id", "commitment"])
    op.create_table(
        "receipt",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        _of_round("receipt"),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_receipt")),
        sqlite_with_rowid=False,
    )


def _log() -> None:
    op.create_table(
        "pending_leaf",
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        _of_round("pending_leaf"),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_pending_leaf")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pending_leaf_round_id", "pending_leaf", ["round_id"])
    op.create_table(
        "leaf",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=True),
        _of_round("leaf"),
        sa.PrimaryKeyConstraint("round_id", "position", name=op.f("pk_leaf")),
        sa.UniqueConstraint("round_id", "commitment", name=op.f("uq_leaf_round_id_commitment")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        _of_round("checkpoint"),
        sa.PrimaryKeyConstraint("round_id", "size", name=op.f("pk_checkpoint")),
    )


def _closing() -> None:
    op.create_table(
        "mismatch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        _of_round("mismatch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mismatch")),
    )
    op.create_index("ix_mismatch_round_id", "mismatch", ["round_id"])
    op.create_table(
        "commission_member",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rehearsed_at", tables.Moment(), nullable=True),
        _of_round("commission_member"),
        sa.PrimaryKeyConstraint("round_id", "seat", name=op.f("pk_commission_member")),
    )


def _number_keyed(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("choices", sa.String(), nullable=False),
        _of_round(name),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_round_id_id", name, ["round_id", "id"])


def _old_slot_and_receipt() -> None:
    op.create_table(
        "slot",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("choices", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=False),
        _of_round("slot"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("round_id", "lookup", name=op.f("uq_slot_round_id_lookup")),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("slot_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        _of_round("receipt"),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_receipt_slot_id_slot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_receipt_round_id_number")),
        sa.UniqueConstraint("slot_id", "request_id", name=op.f("uq_receipt_slot_id_request_id")),
    )
    op.create_index("ix_receipt_round_id_id", "receipt", ["round_id", "id"])


def _of_round(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_round_id_round")
    return sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=name, ondelete="CASCADE")
