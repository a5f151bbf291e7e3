"""What people type stays text: no cell of a table is a formula, no sign of a sentence means something."""

from __future__ import annotations

import pytest

from pages.parts import i18n, tables
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


@pytest.mark.parametrize("mark", [",", ";", ', "', "; '"])
def test_a_cell_that_another_language_would_part_begins_no_formula(mark: str):
    assert tables.cell(f"x{mark}=1+1") == f"x{mark}'=1+1"
    assert tables.cell("пейки, люлки; а-б, 5 €") == "пейки, люлки; а-б, 5 €"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("bg", '\ufeffКод;Цена\r\n"p;1";19,50\r\np,2;2,5\r\n'),
        ("en", '\ufeffКод,Цена\r\np;1,"19,50"\r\n"p,2",2.5\r\n'),
    ],
)
def test_a_table_opens_in_columns_in_the_spreadsheets_of_its_language(language: str, written: str):
    with i18n.speaking(language):
        assert tables.csv_text(["Код", "Цена"], [("p;1", "19,50"), ("p,2", 2.5)]) == written


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
