"""The rooms of the house: which may import which, what a name promises, how large a thing may get."""

from __future__ import annotations

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

# A package imports what stands before it; what stands in no package of core is the ground, under them all.
CORE = (
    "ballots", "counting", "trust", "audit", "people", "operations", "rounds", "ideas", "moderation", "tally", "voting",
    "imports", "codes", "closing", "results", "privacy", "demo",
)  # fmt: skip
PAGES = (
    "parts", "menu", "server", "rounds", "closing", "tally", "ideas", "moderation", "header", "codes", "journal",
    "frame", "voting", "results", "trust", "people", "council", "open_data", "front", "plain", "commands", "studio",
    "routes", "terminal",
)  # fmt: skip
# Arrows that run back up, and why each is worth it.
BACKWARDS = {
    "pages/parts/grids.py imports pages.server.private_route": "a table is handed out at the door for private files",
    "pages/parts/refusals/server.py imports pages.rounds.rule_words": "a refusal tells of a rule by its name",
    "pages/rounds/changes.py imports pages.voting.ballot_types": "a type of ballot that changes is told by its name",
    "pages/rounds/overview.py imports pages.voting.ballot_types": "an imported round is listed with its type of ballot",
}
PURE = ("ballots", "counting", "audit")
IMPURE = ("db", "sqlalchemy", "sqlmodel", "psycopg", "core.settings", "core.store")
LONGEST_FILE, LONGEST_FUNCTION, FULLEST_FOLDER, LONGEST_PAGE, LONGEST_FACE = 350, 40, 20, 75, 40

# What is larger than it should be, and why it stays so.
LARGE_FILES: dict[str, str] = {"core/errors.py": "every refusal of core in one list: whoever words them reads it whole"}
LARGE_FUNCTIONS = {
    "core/counting/rules/equal_shares.py:equal_shares": "its settings, each with its meaning",
    "core/imports/elections.py:import_election": "three steps, told one after the other",
    "pages/parts/names.py:action": "a table of words",
    "pages/results/result.py:view": "a table of what the template takes",
    "pages/rounds/file_notes.py:_cells": "a table of words",
    "pages/rounds/file_notes.py:_head": "a table of words",
    "pages/rounds/file_notes.py:_limits": "a table of words",
    "pages/rounds/rule_words.py:_entries": "a table of words, an entry a rule",
    "pages/studio/cautions.py:_words": "a table of words",
    "pages/studio/draft_form.py:_rows": "a table of fields",
    "pages/voting/component_texts.py:_events": "a table of words",
}
FULL_FOLDERS = {"pages/server": "what every request passes, a bound a module"}
# Parts that one room uses, or that ask more of core than the ground.
PARTS_OF_ONE_ROOM = {"date_input": "more rooms will ask for dates"}
PARTS_THAT_ASK_CORE = {"visit": "who is looking is asked of the sign-ins"}


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def files(*folders: str) -> list[Path]:
    return sorted(
        file for folder in folders for file in (ROOT / folder).rglob("*.py") if "migrations" not in file.parts
    )


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def module(file: Path) -> str:
    return name(file)[:-3].replace("/", ".").removesuffix(".__init__")


MODULES = {module(file): file for file in files("core", "pages", "db")}


def imported(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the module of ours, and the name taken from it ("" for the module itself), of every import of a file."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield (whole, "") if whole in MODULES else (node.module, alias.name)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def room(dotted: str, top: str) -> str:
    """Return the package (or, in pages, the module) right below `top` that a module lies in; "" for the ground."""
    bits = dotted.split(".")
    if bits[0] != top or len(bits) < 2:
        return ""
    return bits[1] if bits[1] in (CORE if top == "core" else PAGES) else ""


@pytest.mark.parametrize(("top", "order"), [("core", CORE), ("pages", PAGES)])
def test_a_package_imports_only_what_stands_before_it(top: str, order: tuple[str, ...]):
    place = {"": -1} | {package: number for number, package in enumerate(order)}
    wrong = [
        f"{name(file)} imports {taken}"
        for file in files(top)
        if file != ROOT / top / "__init__.py"
        for taken, _name in imported(file)
        if taken.startswith(f"{top}.") and place[room(taken, top)] > place[room(module(file), top)]
    ]

    assert set(wrong) == {arrow for arrow in BACKWARDS if arrow.startswith(f"{top}/")}
    assert {package.name for package in (ROOT / top).iterdir() if (package / "__init__.py").exists()} <= set(order)


def test_inner_modules_are_imported_inside_their_package_only():
    wrong = []
    for file in files("core", "pages", "db"):
        for taken, one in imported(file):
            inner = [bit for bit in taken.split(".") if bit.startswith("_") and not bit.startswith("__")]
            if inner and taken.split("." + inner[0])[0] not in (module(file), module(file).rpartition(".")[0]):
                wrong.append(f"{name(file)}: {taken}")
            if one.startswith("_") and not one.startswith("__") and taken in MODULES and one != "_":
                wrong.append(f"{name(file)}: {taken}.{one}")

    assert wrong == []


def test_what_is_pure_knows_no_database_and_no_settings():
    wrong = [
        f"{name(file)}: {taken}"
        for package in PURE
        for file in files(f"core/{package}")
        for taken, _name in imported(file)
        if any(taken == one or taken.startswith(f"{one}.") for one in IMPURE)
    ]

    assert wrong == []


def test_rules_know_only_counting():
    def allowed(taken: str) -> bool:
        known = ("core.counting", "numpy")
        return taken.split(".")[0] in sys.stdlib_module_names or any(
            taken == one or taken.startswith(f"{one}.") for one in known
        )

    wrong = [
        f"{name(file)}: {taken}"
        for file in files("core/counting/rules", "core/counting/market")
        for taken, _name in imported(file)
        if not allowed(taken)
    ]

    assert wrong == []


def test_a_part_serves_two_rooms_and_asks_only_the_ground_of_core():
    users = defaultdict(set)
    for file in files("pages"):
        for taken, _name in imported(file):
            if taken.startswith("pages.parts."):
                users[taken.split(".")[2]].add(room(module(file), "pages"))
    parts = {file.stem if file.parent.name == "parts" else "refusals" for file in files("pages/parts")} - {"__init__"}
    lonely = {part for part in parts if len(users[part] - {"parts"}) < 2 and "parts" not in users[part]}
    asking = {
        file.stem
        for file in files("pages/parts")
        for taken, _name in imported(file)
        if taken.startswith("core.") and room(taken, "core") and "refusals" not in file.parts
    }

    assert lonely == set(PARTS_OF_ONE_ROOM)
    assert asking == set(PARTS_THAT_ASK_CORE)


def test_a_page_is_imported_by_nobody_and_a_route_by_the_routes():
    pages = {name(file) for file in files("pages") if file.stem.endswith("_page")}
    doors = {module(file) for file in files("pages") if file.stem.endswith("_route")}
    taken = {one for file in files("core", "pages", "db") for one, _name in imported(file)}
    routed = {one for one, _name in imported(ROOT / "pages" / "routes.py")}

    assert not {module(ROOT / page) for page in pages} & taken
    assert doors <= routed
    assert {page: lines for page in pages if (lines := length(ROOT / page)) > LONGEST_PAGE} == {}


def test_nothing_in_pages_is_named_like_a_standard_module():
    # Streamlit puts the script's folder first on the path.
    assert [file.name for file in (ROOT / "pages").glob("*") if file.stem in sys.stdlib_module_names] == []


def defined(file: Path) -> set[str]:
    found: set[str] = set()
    for node in tree(file).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            found |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            found |= {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    return found


def is_face(file: Path) -> bool:
    """Return whether a package's `__init__` only hands on names of its inner rooms."""
    return file.name == "__init__.py" and defined(file) == {"__all__"}


def test_a_name_is_imported_from_where_it_is_defined_or_from_a_face():
    wrong = []
    for file in files("core", "pages"):
        for taken, one in imported(file):
            source = MODULES.get(taken)
            if taken in ("core.store", "core.privacy.declaration", "db.tables", "db.migrate"):  # doors to db
                continue
            if one and source is not None and one not in defined(source) and not is_face(source):
                wrong.append(f"{name(file)}: {one} from {taken}")

    assert wrong == []


def test_a_face_is_short():
    assert [name(file) for file in files("core", "pages") if is_face(file) and length(file) > LONGEST_FACE] == []


def test_no_two_modules_of_a_folder_differ_by_an_ending_only():
    wrong = []
    for folder in {file.parent for file in files("core", "pages", "db")}:
        stems = sorted(file.stem.strip("_") for file in folder.glob("*.py"))
        roots = defaultdict(set)
        for stem in stems:
            for ending in ("ings", "ing", "es", "s"):
                if stem.endswith(ending) and len(stem) > len(ending) + 3:
                    roots[stem.removesuffix(ending)].add(stem)
                    break
            else:
                roots[stem].add(stem)
        wrong += [f"{name(folder)}: {pair}" for pair in roots.values() if len(pair) > 1]

    assert wrong == []


def test_draw_view_and_write_stand_once_a_folder():
    wrong = []
    for folder in {file.parent for file in files("core", "pages")}:
        verbs = Counter(
            node.name
            for file in folder.glob("*.py")
            for node in tree(file).body
            if isinstance(node, ast.FunctionDef) and node.name in ("draw", "view", "write")
        )
        wrong += [f"{name(folder)}: {verb} ×{count}" for verb, count in verbs.items() if count > 1]

    assert wrong == []


def length(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def test_nothing_grows_out_of_sight():
    long = {name(file) for file in files("core", "pages", "db") if length(file) > LONGEST_FILE}
    functions = {
        f"{name(file)}:{node.name}"
        for file in files("core", "pages", "db")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    full = {
        name(folder)
        for folder in {file.parent for file in files("core", "pages", "db")}
        if sum(file.name != "__init__.py" for file in folder.glob("*.py")) > FULLEST_FOLDER
    }

    assert long == set(LARGE_FILES)
    assert functions == set(LARGE_FUNCTIONS)
    assert full == set(FULL_FOLDERS)


def test_every_package_says_what_lives_in_it_what_it_may_import_and_where_to_begin():
    wrong = []
    for file in files("core", "pages", "db"):
        lines = [line for line in (ast.get_docstring(tree(file)) or "").splitlines() if line]
        may = any(line.startswith("May import: ") for line in lines)
        if file.name == "__init__.py" and not (may and len(lines) >= 3 and lines[-1].startswith("Begin with: ")):
            wrong.append(name(file))

    assert wrong == []


def test_core_holds_no_cyrillic_but_where_letters_are_the_matter():
    # Letters: look-alikes and transliteration. Demo: an invented town. Sealing: the longest word that a page sends.
    allowed = ("core/letters.py", "core/redaction.py", "core/demo/", "core/trust/sealing.py")
    wrong = [
        f"{name(file)}:{node.lineno}"
        for file in files("core")
        if not name(file).startswith(allowed)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if any("а" <= letter.lower() <= "я" for letter in node.value) and node not in docstrings(file)
    ]

    assert wrong == []


@cache
def docstrings(file: Path) -> frozenset[ast.AST]:
    return frozenset(
        node.body[0].value
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if node.body and isinstance(node.body[0], ast.Expr)
    )
