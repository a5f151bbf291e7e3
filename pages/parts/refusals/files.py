"""Sentences for election files that cannot be read: what it is, where, and what to do."""

from __future__ import annotations

import unicodedata
from typing import Any

from core import errors
from pages.parts.i18n import _


def register(sentence: Any) -> None:
    """Teach `sentence` the refusals of this module."""
    sentence.register(errors.FileWrong, _file_wrong)


def _file_wrong(error: errors.FileWrong) -> str:
    if other := {**_other_file(), **_whole_file(error)}.get(error.reason):
        said = other if error.line is None else _("Line {line} of the file: {reason}", line=error.line, reason=other)
        return said + " " + _("Nothing was changed.")
    if error.reason in ("lookalike", "changed_project"):
        reason = _alike(error)
    else:
        reason = file_reason(error.reason)
        if error.value is not None:
            reason = _("{reason} (found: {value})", reason=reason, value=error.value)
    if error.line is None and error.column:
        reason = f"{error.column}: {reason}"
    if error.line is None:
        return _("The file cannot be read: {reason}. Nothing was changed.", reason=reason)
    if error.column:
        return _(
            "Line {line} of the file, column {column}: {reason}. Nothing was changed.",
            line=error.line,
            column=error.column,
            reason=reason,
        )
    return _("Line {line} of the file: {reason}. Nothing was changed.", line=error.line, reason=reason)


def _other_file() -> dict[str, str]:
    """Return the sentences for files of another kind."""
    return {
        "zip": _("This is a zip archive. Unpack it, then choose the .pb file that lies in it."),
        "packed": _("This is a packed archive. Unpack it, then choose the .pb file that lies in it."),
        "spreadsheet": _(
            "This is a spreadsheet. Save it as text: CSV in UTF-8, with semicolons between the cells; then choose that."
        ),
        "document": _("This is a document of a word processor. A .pb file is plain text; ask for that one."),
        "pdf": _("This is a PDF. No program can tell its cells apart; ask for the .pb file."),
        "picture": _("This is a picture. Ask for the .pb file."),
        "database": _("This is a database. Ask for the .pb file."),
        "binary": _(
            "This is no text. Other programs have files that end in .pb, too; ask for an election in Pabulib's format."
        ),
        "web_page": _(
            "This is a web page, not the file it offers. Open the page and download the .pb file with its own link."
        ),
        "markup": _("This is XML, not a .pb file. Ask for the .pb file."),
        "json": _("This is JSON, not a .pb file. Ask for the .pb file."),
        "preflib": _("This is a file of PrefLib, which knows no costs and no budget. Ask for the .pb file."),
        "pointer": _("This is only the note of Git that a large file lies elsewhere (LFS). Download the file itself."),
        "utf16": _("This text is UTF-16, which spreadsheets call “Unicode text”. Save it as CSV in UTF-8 instead."),
        "empty_file": _("The file is empty. Download it again, or ask for it anew."),
    }


def _whole_file(error: errors.FileWrong) -> dict[str, str]:
    """Return the sentences for files that are nearly right."""
    value = "" if error.value is None else str(error.value)
    between = {"comma": _("commas"), "tab": _("tabs"), "bar": _("bars (|)")}.get(value, _("other signs"))
    return {
        "separator": _(
            "Between the cells stand {signs}; in a .pb file semicolons do. Save it with these.",
            signs=between,
        ),
        "whole_line": _(
            "The whole line stands in quotation marks, so it is one cell: {value}. A spreadsheet has saved it with "
            "commas; save it with semicolons.",
            value=value,
        ),
        "encoding": _("The text is not UTF-8. Save it as CSV in UTF-8, or its letters would be read as others."),
        "missing_section": _(
            "The section {section} is missing: no line has just this word. Perhaps the file was cut off; get it again.",
            section=value,
        ),
        "no_section": _(
            "A .pb file begins with a line that says META; here stands “{value}”. Perhaps it is another file.",
            value=value,
        ),
        "missing_column": _("The column {column} is missing.", column=error.column),
        "missing": _("The line {column} is missing from META.", column=error.column),
        "three_digits": _(
            "{column} is {value}: that may be thousands or decimals. Write it without the comma, or with a point before"
            " the decimals.",
            column=error.column,
            value=value,
        ),
    }


def _alike(error: errors.FileWrong) -> str:
    """Return how what stands there differs from what is meant, though it looks the same."""
    facts = {"value": error.value, "meant": error.meant}
    if error.reason == "changed_project":
        return _(
            "a ballot names “{value}”, the list has “{meant}”; perhaps a spreadsheet has taken it for a number", **facts
        )
    if error.sign is None:
        return _("“{value}” is not “{meant}”, though it looks like it; write both in the same letters", **facts)
    code = f"U+{ord(error.sign):04X}"
    alphabet = unicodedata.name(error.sign, "?").split()[0]
    letter = {
        "CYRILLIC": _("“{sign}” is a Cyrillic letter ({code})", sign=error.sign, code=code),
        "GREEK": _("“{sign}” is a Greek letter ({code})", sign=error.sign, code=code),
    }.get(alphabet, _("one has another sign in it ({code})", code=code))
    return _("“{value}” looks like “{meant}”, but {letter}; write both in the same letters", letter=letter, **facts)


def file_reason(key: str) -> str:
    """Return why a file cannot be read."""
    return {
        "number": _("this is not a number"),
        "points_number": _("the points do not match the projects"),
        "decimals": _(
            "budget or a cost has more decimals than money of its currency; round it before you import the file"
        ),
        "range": _("this number is outside the possible range"),
        "column_twice": _("a column stands there twice"),
        "vote_type": _("Glas does not know this type of ballot"),
        "unknown_project": _("a ballot names a project that is not in the list"),
        "project_twice": _("a project stands there twice"),
        "too_many_cells": _("the line has too many cells"),
        "too_many_columns": _("it has more than 200 columns"),
        "cell_too_long": _("a cell is longer than any name, list or text"),
        "too_few_cells": _("the line has too few cells"),
        "section_twice": _("a section stands there twice"),
        "no_header": _("a section has no header"),
        "quotes": _("a quotation mark is not closed"),
        "empty": _("a cell is empty that must not be"),
        "too_large": _("it is larger than 256 MB"),
        "too_many_projects": _("there are more than 20,000 lines before the votes"),
        "too_many_ballots": _("there are more than two million ballots"),
        "too_much": _("reading it takes more memory or time than a real election needs"),
        "count": _("the comment in which Glas keeps how to count is damaged"),
    }.get(key, key.replace("_", " "))
