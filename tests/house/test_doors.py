"""Each door of core has a test of its name; each page a test of its name."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pages import menu
from tests.house.test_rooms import files, module, name, tree

Door = tuple[str, str]  # the module that defines it, its name

# What a door of core takes first: it works on the database.
KEYS = ("Session", "Opener", "Connection")


@cache
def handed_on() -> dict[Door, Door]:
    """Return the names that the faces of core hand on, each with where it is defined."""
    return {
        (module(file), alias.asname or alias.name): (node.module, alias.name)
        for file in files("core")
        if file.name == "__init__.py"
        for node in tree(file).body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def doors(*found: Path) -> dict[Door, str]:
    """Return the public functions that take the database first, each with its place.

    Those of an inner module are doors where a face hands them on.
    """
    known = set(handed_on().values())
    return {
        (module(file), node.name): f"{name(file)}:{node.lineno}"
        for file in found
        for node in tree(file).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and takes_the_database(node)
        if "._" not in module(file) or (module(file), node.name) in known
    }


def takes_the_database(function: ast.FunctionDef) -> bool:
    taken = function.args.posonlyargs + function.args.args
    return bool(taken) and taken[0].annotation is not None and ast.unparse(taken[0].annotation) in KEYS


def named(tests: Iterable[Path]) -> set[Door]:
    """Return which names of core these files use, whatever they call the module."""
    found = set()
    for file in tests:
        called = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree(file))
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "core"
            for alias in node.names
        }
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Attribute | ast.Name):
                first, *further = ast.unparse(node).split(".")
                where, _dot, last = ".".join([called.get(first, ""), *further]).rpartition(".")
                found.add(handed_on().get((where, last), (where, last)))
    return found


def asking() -> list[Path]:
    """Return the files of tests; what only asks for their form, here in the house, is none of what they do."""
    return [file for file in files("tests") if file.name.startswith("test_") and "house" not in file.parts]


def scripts(found: Iterable[Path]) -> set[str]:
    """Return the texts in these files that name a page by its script, such as `front/home_page.py`."""
    return {
        node.value
        for file in found
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith("_page.py")
    }


def test_each_door_of_core_has_a_test_of_its_name():
    every = doors(*files("core"))
    missing = sorted(f"{every[door]} {door[1]}" for door in set(every) - named(asking()))

    assert not missing, "\n".join((
        "No test uses these by name. Write one in the room of tests/core that is called like theirs – what comes back,",
        "whom it refuses –, delete what nobody uses, or begin the name of what only its own module uses with _:",
        *missing,
    ))  # fmt: skip


def test_each_page_has_a_test_of_its_name():
    missing = sorted({entry.file for entry in menu.ENTRIES} - scripts(asking()))

    assert not missing, "\n".join((
        "No test names these. Open them with open_app(…) in the room of tests/pages that is called like theirs:",
        *missing,
    ))  # fmt: skip


def test_control_a_door_that_no_test_names_is_noticed(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tests.house.test_rooms.ROOT", tmp_path)
    room, asked = tmp_path / "core" / "wishes.py", tmp_path / "tests" / "test_wishes.py"
    for file, source in {
        room: "def wish(session: Session): ...\ndef grant(session: Session): ...\ndef price(cost: int): ...\n",
        asked: "from core import wishes as w, other\nw.wish(session)\nother.grant(session)\ngrant = 1\n",
    }.items():
        file.parent.mkdir()
        file.write_text(source, "utf-8")

    assert set(doors(room)) == {("core.wishes", "wish"), ("core.wishes", "grant")}
    assert set(doors(room)) - named([asked]) == {("core.wishes", "grant")}


def test_control_a_name_that_a_face_hands_on_is_its_door():
    assert ("core.voting._casting", "cast_ballot") in doors(*files("core/voting"))
    assert ("core.closing._course", "locked_round") not in doors(*files("core/closing"))
