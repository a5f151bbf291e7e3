"""One rule carries the house: pages → core → db, and only the clock reads the clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

OURS = ("pages", "core", "db")
DATABASE = ("db", "sqlmodel", "sqlalchemy", "alembic", "psycopg")


def files(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"nothing lies in {folder}/, so nothing was asked"
    return found


def imports(file: Path) -> Iterator[str]:
    """Yield the full name of everything a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide the layer"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def wrong(folder: str, allowed) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}: {name}" for file in files(folder) for name in imports(file) if not allowed(name)
    ]


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_pages_never_touch_the_database():
    assert wrong("pages", lambda name: not within(name, *DATABASE)) == []


def test_core_knows_nothing_of_pages_or_the_web():
    assert wrong("core", lambda name: not within(name, "pages", "streamlit", "starlette", "jinja2", "babel")) == []


def test_db_imports_nothing_of_ours_but_itself():
    assert wrong("db", lambda name: not within(name, "pages", "core")) == []


@pytest.mark.parametrize(("folder", "clock"), [("core", "core/clock.py"), ("db", "")])
def test_only_the_clock_reads_the_clock(folder: str, clock: str):
    readers = [
        file.relative_to(ROOT).as_posix()
        for file in files(folder)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today")
        if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")
    ]

    assert [reader for reader in readers if reader != clock] == []


def test_no_test_runs_a_loop_in_its_own_thread():
    """A browser of other tests keeps a loop there: `tests.helpers.aside.run` takes another thread."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    assert len(files) > 150
    direct = "asyncio" + ".run("
    assert not [str(file.relative_to(ROOT)) for file in files if direct in file.read_text("utf-8")]


def test_no_test_starts_the_app_in_its_own_process():
    # It changes how the whole process logs, for every test after it: what asks for the app asks a server.
    assert [
        file.relative_to(ROOT).as_posix() for file in files("tests") for name in imports(file) if within(name, "app")
    ] == []
