"""The journal is a chain: each line carries the hash of the one before, and heads of it stand beside the checkpoints.

Also marks, by which keys outside the database are known again. The lines that are there are chained as they are; to do
so the triggers that forbid changing them are taken away and put back. Columns are added in place: no table is rebuilt.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from alembic import op

from db import tables

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# As they were set first; a line may still be removed with a demo municipality only.
_TRIGGERS = import_module("db.migrations.versions.0002_the_journal_only_grows")
AT_ONCE = 1_000


def upgrade() -> None:
    op.add_column("journal", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("journal", sa.Column("hash", sa.LargeBinary(), nullable=False, server_default=""))
    _TRIGGERS.downgrade()
    _chain()
    _TRIGGERS.upgrade()
    op.create_index("uq_journal_municipality_id_number", "journal", ["municipality_id", "number"], unique=True)
    op.create_table(
        "journal_head",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        _of_round("journal_head"),
        sa.PrimaryKeyConstraint("round_id", "size", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "mark",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        _of_round("mark"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mark")),
    )
    op.create_index(op.f("ix_mark_round_id"), "mark", ["round_id"])


def downgrade() -> None:
    op.drop_table("mark")
    op.drop_table("journal_head")
    op.drop_index("uq_journal_municipality_id_number", "journal")
    op.drop_column("journal", "hash")
    op.drop_column("journal", "number")


def _chain() -> None:
    """Number and hash the lines of each municipality in the order in which they were added."""
    kept = sa.table(
        "journal",
        *map(sa.column, ("id", "municipality_id", "round_id", "role", "pseudonym", "action", "number")),
        sa.column("at", tables.Moment()),
        sa.column("facts", sa.JSON()),
        sa.column("hash", sa.LargeBinary()),
    )
    written = (
        sa.update(kept)
        .where(kept.c.id == sa.bindparam("line"))
        .values(number=sa.bindparam("place"), hash=sa.bindparam("linked"))
    )
    connection = op.get_bind()
    heads: dict[int, tuple[int, bytes]] = {}
    last = 0
    while rows := connection.execute(sa.select(kept).where(kept.c.id > last).order_by(kept.c.id).limit(AT_ONCE)).all():
        changed = []
        for row in rows:
            number, former = heads.get(row.municipality_id, (0, bytes(32)))
            linked = hashlib.sha256(b"glas/journal1\n" + former + _content(row, number + 1)).digest()
            heads[row.municipality_id] = (number + 1, linked)
            changed.append({"line": row.id, "place": number + 1, "linked": linked})
        connection.execute(written, changed)
        last = rows[-1].id


def _content(row: Any, number: int) -> bytes:
    """Return what was hashed of a line when this migration was written."""
    told = {
        "action": row.action,
        "at": row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "facts": row.facts,
        "municipality": row.municipality_id,
        "number": number,
        "pseudonym": row.pseudonym,
        "role": row.role,
        "round": row.round_id,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _of_round(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_round_id_round")
    return sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=name, ondelete="CASCADE")
