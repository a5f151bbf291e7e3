"""The journal only grows: the database itself refuses to change or remove a line.

Lines of a demo municipality may be removed with it. A later migration that rebuilds the table must set the triggers
again, for SQLite drops them with the old table.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REAL = "EXISTS (SELECT 1 FROM municipality WHERE id = OLD.municipality_id AND NOT demo)"

SQLITE = (
    "CREATE TRIGGER journal_no_change BEFORE UPDATE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'a line of the journal is never changed'); END",
    f"CREATE TRIGGER journal_no_removal BEFORE DELETE ON journal WHEN {REAL} "
    "BEGIN SELECT RAISE(ABORT, 'a line of the journal is never removed'); END",
)

POSTGRESQL = (
    f"""CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND NOT {REAL} THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a line of the journal is never changed or removed';
    END $$""",
    "CREATE TRIGGER journal_only_grows BEFORE UPDATE OR DELETE ON journal "
    "FOR EACH ROW EXECUTE FUNCTION journal_only_grows()",
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER journal_no_change")
        op.execute("DROP TRIGGER journal_no_removal")
    else:
        op.execute("DROP TRIGGER journal_only_grows ON journal")
        op.execute("DROP FUNCTION journal_only_grows")
