"""What tests stand on: a fresh database of either kind, a town in it, a moment, folders of their own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core import clock, store, tally, trust
from core.settings import settings
from db import engine, tables
from pages.plain import kept
from pages.server import lanes
from tests.helpers import postgres, worlds
from tests.helpers.browsers import browser
from tests.helpers.paths import ROOT

__all__ = ["browser"]

DIALECTS: dict[str, Any] = {}
STATEMENTS: dict[Any, Any] = {}
MEMORY, ENOUGH = Path("/dev/shm"), 4 << 30  # bytes
# With several workers what takes longest begins first, so that they finish together.
FIRST = ("web", "guarantees", "pages")

if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the slow folders before the others, where workers share the tests."""
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        folders = {name: place for place, name in enumerate(FIRST)}
        items.sort(key=lambda item: folders.get(item.path.relative_to(ROOT / "tests").parts[0], len(FIRST)))


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Give a folder of the test's own: in memory where there is enough of it, on a disk if its test is `durable`."""
    if not request.node.get_closest_marker("durable"):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="glas-durable-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep every test's data and keys in a folder of its own."""
    monkeypatch.setenv("GLAS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GLAS_KEY_DIR", str(tmp_path / "keys"))
    # The town of the folder in which somebody runs the tests is not theirs.
    monkeypatch.setenv("GLAS_SETTINGS", str(tmp_path / "settings.env"))
    for name in ("GLAS_DATABASE_URL", "GLAS_URL", "PORT", "DEMO"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(autouse=True)
def just_started() -> None:
    """Begin every test as a process that has just started: what one remembers is forgotten."""
    tally.forget()
    trust.forget()
    lanes.forget()
    kept.forget()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the address of a PostgreSQL that runs for this test run only."""
    folder = postgres.binaries()
    if folder is None:
        pytest.skip(postgres.HOW_TO_GET_IT)
    with postgres.server(folder) as base:
        yield base


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """Give the address of a PostgreSQL database with all tables, migrated once and emptied for each test."""
    url = postgres.create(postgres_server, "glas")
    with engine.use(url):
        store.upgrade()
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file with all tables and no rows, to be copied."""
    file = tmp_path_factory.mktemp("template") / "glas.db"
    with engine.use(f"sqlite:///{file}") as made:
        store.upgrade()
        made.dispose()
    return file


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of a fresh SQLite database, which is in use while the test runs."""
    file = tmp_path / "data" / "glas.db"
    file.parent.mkdir(mode=0o700)
    shutil.copy(migrated_sqlite, file)
    yield from _in_use(f"sqlite:///{file}", monkeypatch)


@pytest.fixture
def postgres_database(migrated_postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of an empty PostgreSQL database, which is in use while the test runs."""
    # Many times quicker than TRUNCATE, which makes new files; without triggers rows go in any order.
    emptied = "".join(f'DELETE FROM "{name}";' for name in tables.metadata.tables)
    restarted = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
    with engine.open_engine(migrated_postgres).begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {emptied} {restarted}")
    yield from _in_use(migrated_postgres, monkeypatch)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty database, of each kind in turn. A folder's conftest may settle for one kind."""
    wanted = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    url: str = request.getfixturevalue(wanted)
    return url


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """Give a writing session whose changes last for the test."""
    with engine.transaction() as opened:
        yield opened


@pytest.fixture
def at() -> datetime:
    """Give the moment of the test: now, in whole seconds, for voting opens by the database's clock."""
    return clock.now().replace(microsecond=0)


@pytest.fixture
def town(database: str, at: datetime) -> worlds.Town:
    """Give a town with people of every role and a round in voting, written down."""
    with engine.transaction() as opened:
        return worlds.build(opened, at)


def _in_use(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("GLAS_DATABASE_URL", url)
    settings.cache_clear()
    with engine.use(url) as opened:
        # Each test has an engine of its own; statements are put together once for all of them.
        opened.dialect = DIALECTS.setdefault(opened.dialect.name, opened.dialect)
        opened.update_execution_options(compiled_cache=STATEMENTS)
        yield url
        opened.dispose()
