"""Words can be hidden, an account erased by two people, and names are compared by how they look.

Tables and columns are added, none is rebuilt, so that SQLite keeps the triggers of the journal. How names look is noted
by `core.people.persons.note_looks`, at the first start: two names of old that look alike both stay.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db import tables

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("person", sa.Column("nickname_look", sa.String(), nullable=True))
    op.create_index(
        "ix_person_municipality_id_nickname_look", "person", ["municipality_id", "nickname_look"], unique=True
    )
    op.create_table(
        "hiding",
        sa.Column("id", _number(), nullable=False),
        sa.Column("municipality_id", sa.BigInteger(), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("review_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("hidden_by", sa.String(), nullable=False),
        sa.Column("hidden_at", tables.Moment(), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{one}_id"], [f"{one}.id"], name=f"fk_hiding_{one}_id_{one}", ondelete="CASCADE")
            for one in ("municipality", "idea", "project", "review", "person")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hiding"),
        *(
            sa.UniqueConstraint(f"{one}_id", "part", name=f"uq_hiding_{one}_id_part")
            for one in ("idea", "project", "review", "person")
        ),
    )
    op.create_index("ix_hiding_municipality_id", "hiding", ["municipality_id"])
    op.create_table(
        "erasure_request",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", sa.BigInteger(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", tables.Moment(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{one}_id"], [f"{one}.id"], name=f"fk_erasure_request_{one}_id_{one}", ondelete="CASCADE"
            )
            for one in ("municipality", "person")
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_erasure_request"),
    )
    op.create_index("ix_erasure_request_municipality_id", "erasure_request", ["municipality_id"])


def downgrade() -> None:
    op.drop_table("erasure_request")
    op.drop_table("hiding")
    op.drop_index("ix_person_municipality_id_nickname_look", "person")
    op.drop_column("person", "nickname_look")


def _number() -> sa.types.TypeEngine[int]:
    # SQLite gives numbers by itself only to a column that is called INTEGER.
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
