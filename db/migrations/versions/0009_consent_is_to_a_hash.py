"""Consent is to a hash: a request of two people holds what it would change; a batch of codes can be stopped.

Requests made before have no hash, so they are asked for anew; those to release codes stay, for a batch has no other
way out. Whoever split the key of a sealed draft alone may have rehearsed alone too: its commission rehearses again.

Columns are added in place: no table is rebuilt, so that SQLite keeps the triggers of the journal.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db import tables

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("second_person", sa.Column("lines", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("second_person", sa.Column("consent", sa.String(), nullable=False, server_default=""))
    op.add_column("second_person", sa.Column("ended_at", tables.Moment(), nullable=True))
    op.add_column("code_batch", sa.Column("stopped_at", tables.Moment(), nullable=True))
    op.add_column("code_batch", sa.Column("used", sa.Integer(), nullable=True))
    op.execute("DELETE FROM second_person WHERE action <> 'release_codes'")
    op.execute(
        "UPDATE commission_member SET rehearsed_at = NULL"
        " WHERE round_id IN (SELECT id FROM round WHERE published_at IS NULL)"
    )


def downgrade() -> None:
    op.drop_column("code_batch", "used")
    op.drop_column("code_batch", "stopped_at")
    op.drop_column("second_person", "ended_at")
    op.drop_column("second_person", "consent")
    op.drop_column("second_person", "lines")
