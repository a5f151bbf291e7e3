"""Nobody comes in who does not belong: second steps, invitations, throttling, codes released by a second person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db import tables

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("device", sa.String(), nullable=False, server_default=""))
    op.add_column("sign_in", sa.Column("second_step", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("code_batch", sa.Column("released_at", tables.Moment(), nullable=True))
    op.add_column("code_batch", sa.Column("released_by", sa.String(), nullable=True))
    op.add_column("code_batch", sa.Column("replaces", sa.LargeBinary(), nullable=True))
    # Slips that are in people's hands already go on being good.
    op.execute("UPDATE code_batch SET released_at = created_at")
    op.add_column("code", sa.Column("holder", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("second_person") as batch:
        batch.add_column(sa.Column("subject", sa.String(), nullable=False, server_default=""))
        batch.drop_constraint("uq_second_person_round_id_action", type_="unique")
        batch.create_unique_constraint("uq_second_person_round_id_action_subject", ["round_id", "action", "subject"])
    _second_steps()
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("municipality_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("invited_by", sa.String(), nullable=False),
        sa.Column("created_at", tables.Moment(), nullable=False),
        sa.Column("expires_at", tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"],
            name=op.f("fk_invitation_municipality_id_municipality"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation")),
    )  # fmt: skip
    op.create_index(op.f("ix_invitation_municipality_id"), "invitation", ["municipality_id"])
    op.create_table(
        "throttle",
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_throttle")),
    )


def downgrade() -> None:
    for table in ("throttle", "invitation", "second_step_code", "second_step"):
        op.drop_table(table)
    with op.batch_alter_table("second_person") as batch:
        batch.drop_constraint("uq_second_person_round_id_action_subject", type_="unique")
        batch.drop_column("subject")
        batch.create_unique_constraint("uq_second_person_round_id_action", ["round_id", "action"])
    for table, *names in (
        ("code", "holder"), ("code_batch", "replaces", "released_by", "released_at"),
        ("sign_in", "second_step", "device"),
    ):  # fmt: skip
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)


def _second_steps() -> None:
    op.create_table(
        "second_step",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", tables.Moment(), nullable=True),
        _of_person("second_step"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_step")),
    )
    op.create_table(
        "second_step_code",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _of_person("second_step_code"),
        sa.PrimaryKeyConstraint("person_id", "digest", name=op.f("pk_second_step_code")),
    )


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id_person"), ondelete="CASCADE"
    )
