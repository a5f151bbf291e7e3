"""What people type stays text: no cell of a table is a formula, no sign of a sentence means something."""

from __future__ import annotations

import pytest

from pages.parts import tables
from pages.parts.text import plain
from tests.helpers.paths import ROOT

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "|calc",
    "%0",
    "＝1",
    "  =1",
    "'=1",
    "\u200b=1",
    "\u00a0=1",
    "=cmd|' /C calc'!A0",
)


@pytest.mark.parametrize("typed", FORMULAS)
def test_cells_of_a_table_are_never_formulas(typed: str):
    shown = str(tables.cell(typed))
    assert shown.startswith("'") and "\n" not in shown and "\r" not in shown


def test_cells_keep_numbers_and_common_words():
    assert [tables.cell(each) for each in (-5, 2.5, "Пейки", "", None, "a-b")] == [-5, 2.5, "Пейки", "", None, "a-b"]


def test_only_one_module_writes_tables():
    root = ROOT
    found = [
        path
        for part in ("core", "pages")
        for path in (root / part).rglob("*.py")
        if "csv.writer(" in path.read_text("utf-8")
    ]
    # An election in the .pb format is read by programs, which take every cell as it stands.
    assert {path.name for path in found} == {"tables.py", "writing.py"}


def test_plain_text_has_no_sign_left_that_means_something():
    assert plain("**b** [x](http://e) :red[y]\n# h").count("\\") >= 10
    assert ":\u2060" in plain(":material/home:") and "@\u2060" in plain("a@b")
    assert plain("a\u202eb\u200bc") == "abc"
    assert plain("Пейки до реката") == "Пейки до реката"
