"""A text is one column: what people write lies there by language, and a town has a list of languages.

Columns are added, renamed and dropped in place: no table is rebuilt, so that SQLite keeps the triggers of the journal.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Table → column: where its Bulgarian and its English words were.
TEXTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "municipality": {"names": ("name_bg", "name_en"), "imprint": ("imprint_bg", "imprint_en")},
    "area": {"names": ("name_bg", "name_en")},
    "category": {"names": ("name_bg", "name_en")},
    "round": {
        "titles": ("title_bg", "title_en"),
        "intro": ("intro_bg", "intro_en"),
        "eligible_source": ("eligible_source_bg", "eligible_source_en"),
    },
    "idea": {
        "title": ("title", "title_en"),
        "problem": ("problem", "problem_en"),
        "solution": ("solution", "solution_en"),
    },
    "review": {"reason": ("reason", "reason_en")},
    "project": {"title": ("title", "title_en"), "text": ("text", "text_en")},
}


def upgrade() -> None:
    for table, columns in TEXTS.items():
        for name, (first, second) in columns.items():
            first = _out_of_the_way(table, name, first)
            op.add_column(table, sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
            _gather(table, name, first, second)
            op.drop_column(table, first)
            op.drop_column(table, second)
    # What stood there was the language of the terminal at which the town was set up, and nothing ever read it: whoever
    # asked for no language was answered in Bulgarian.
    op.drop_column("municipality", "language")
    op.add_column("municipality", sa.Column("languages", sa.JSON(), nullable=False, server_default='["bg", "en"]'))
    op.add_column("idea", sa.Column("language", sa.String(), nullable=False, server_default="bg"))


def downgrade() -> None:
    """Return to two columns a text; what is in further languages goes."""
    op.drop_column("idea", "language")
    op.drop_column("municipality", "languages")
    op.add_column("municipality", sa.Column("language", sa.String(), nullable=False, server_default="bg"))
    for table, columns in TEXTS.items():
        for name, (first, second) in columns.items():
            kept = _out_of_the_way(table, name, name) if name == first else name
            for old in (first, second):
                op.add_column(table, sa.Column(old, sa.String(), nullable=False, server_default=""))
            _scatter(table, kept, first, second)
            op.drop_column(table, kept)


def _out_of_the_way(table: str, name: str, old: str) -> str:
    """Rename the column `old` where the new one is to have its name; return what it is called now."""
    if name != old:
        return old
    op.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{old}" TO "{old}_before"')
    return f"{old}_before"


def _gather(table: str, name: str, first: str, second: str) -> None:
    kept = sa.table(table, *map(sa.column, ("id", first, second)), sa.column(name, sa.JSON))
    rows = op.get_bind().execute(sa.select(kept.c.id, kept.c[first], kept.c[second])).all()
    twins = ({"bg": row[1], "en": row[2]} for row in rows)
    words = [{language: text for language, text in twin.items() if text} for twin in twins]
    moved = [{"row": row[0], "words": each} for row, each in zip(rows, words, strict=True)]
    _write(sa.update(kept).values({name: sa.bindparam("words")}), moved)


def _scatter(table: str, name: str, first: str, second: str) -> None:
    kept = sa.table(table, *map(sa.column, ("id", first, second)), sa.column(name, sa.JSON))
    rows = op.get_bind().execute(sa.select(kept.c.id, kept.c[name])).all()
    moved = [{"row": row[0], "bg": row[1].get("bg", ""), "en": row[1].get("en", "")} for row in rows]
    _write(sa.update(kept).values({first: sa.bindparam("bg"), second: sa.bindparam("en")}), moved)


def _write(statement: sa.Update, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        op.get_bind().execute(statement.where(sa.column("id") == sa.bindparam("row")), rows)
