"""One rule carries the house: pages → core → db, and rules know nothing but the nouns of counting."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

OURS = ("pages", "core", "db")
DATABASE = ("db", "sqlmodel", "sqlalchemy", "alembic", "psycopg")


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


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


def test_rules_know_only_the_nouns_of_counting():
    def allowed(name: str) -> bool:
        package = name.split(".")[0]
        return (
            within(name, "core.counting.election", "core.counting.rules", "numpy") or package in sys.stdlib_module_names
        )

    assert wrong("core/rules", allowed) == []


def test_nothing_in_pages_is_named_like_a_standard_module():
    # Streamlit puts the script's folder first on the path.
    assert [file.name for file in (ROOT / "pages").glob("*") if file.stem in sys.stdlib_module_names] == []


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
