"""Alembic's way in: on the connection that db.migrate hands over, or on GLAS_DATABASE_URL for its command line."""

import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from db.engine import open_engine
from db.tables import Moment, metadata


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:  # noqa: ARG001
    """Return how our own column type is written in a migration; False leaves it to Alembic."""
    return "db.tables.Moment()" if kind == "type" and isinstance(item, Moment) else False


def run(connection: Connection) -> None:
    """Run the migrations that are asked for."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite can hardly alter a table, so Alembic builds a new one and moves the rows.
        render_as_batch=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over: Connection | None = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    with open_engine(os.environ.get("GLAS_DATABASE_URL", "sqlite:///data/glas.db")).connect() as own, own.begin():
        run(own)
