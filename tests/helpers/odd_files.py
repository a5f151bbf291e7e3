"""Odd election files, in shapes that people meet: what each holds, and what is right for it."""

from __future__ import annotations

import gzip
import io
import os
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.elections import FOLDER

# Beside the real elections, unless it is said where.
ODDITIES = Path(os.environ.get("GLAS_ODDITIES") or FOLDER.parent / "oddities")
needs_oddities = pytest.mark.skipif(
    not ODDITIES.is_dir(), reason="no odd files: set GLAS_ODDITIES to a folder with such .pb files"
)

PLAIN = """META
key;value
description;Invented
country;Bulgaria
unit;Selo
instance;2026
num_projects;3
num_votes;4
budget;1000
vote_type;approval
rule;greedy
currency;EUR
PROJECTS
project_id;cost;votes;name;selected
p1;600;3;Bench;1
p2;400;2;Lamp;1
p3;300;2;Swing;0
VOTES
voter_id;vote
1;p1,p2
2;p1,p3
3;p1
4;p2,p3
"""
ORDINAL = PLAIN.replace("approval", "ordinal")
POINTS = PLAIN.replace("approval", "cumulative").replace(
    "voter_id;vote\n1;p1,p2\n2;p1,p3\n3;p1\n4;p2,p3\n",
    "voter_id;vote;points\n1;p1,p2;4,1\n2;p1,p3;3,2\n3;p1;5\n4;p2,p3;2,3\n",
)
META, PROJECTS, VOTES = (
    PLAIN[: PLAIN.index("PROJECTS")],
    PLAIN[PLAIN.index("PROJECTS") : PLAIN.index("VOTES")],
    PLAIN[PLAIN.index("VOTES") :],
)

# What is told: kind, how often, line of the first.
Told = tuple[str, int, int | None]


@dataclass(frozen=True, slots=True)
class Odd:
    """A file that is read: what is told of it, and – where the plain file's are not – what is funded by greedy."""

    name: str
    data: bytes
    notes: tuple[Told, ...] = ()
    funded: tuple[str, ...] = ("p1", "p2")
    words: tuple[str, ...] = ()  # parts of what is told in English


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is refused: why, in which line, and parts of the sentence in English."""

    name: str
    data: bytes
    reason: str
    line: int | None
    words: tuple[str, ...]


def changed(old: str, new: str, text: str = PLAIN) -> bytes:
    """Return the file with one thing changed."""
    assert old in text
    return text.replace(old, new, 1).encode()


def with_meta(*lines: str, text: str = PLAIN) -> bytes:
    """Return the file with further lines at the end of META."""
    return changed("PROJECTS\n", "".join(f"{line}\n" for line in lines) + "PROJECTS\n", text)


def zipped(name: str) -> bytes:
    """Return a zip archive with a file of this name."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(name, PLAIN)
    return kept.getvalue()


def located(first: str, second: str) -> bytes:
    """Return the file with coordinates of the first project."""
    text = PLAIN.replace("name;selected", "name;selected;latitude;longitude").replace(
        "Bench;1", f"Bench;1;{first};{second}"
    )
    return text.replace("Lamp;1", "Lamp;1;42.28;22.69").replace("Swing;0", "Swing;0;;").encode()


READ = (
    Odd("CRLF", PLAIN.replace("\n", "\r\n").encode()),
    Odd("CR only", PLAIN.replace("\n", "\r").encode(), (("cr_lines", 1, None),), words=("old Mac",)),
    Odd("CR in the votes only", (META + PROJECTS + VOTES.replace("\n", "\r")).encode(), (("cr_lines", 1, None),)),
    Odd("BOM", b"\xef\xbb\xbf" + PLAIN.encode(), (("bom", 1, 1),), words=("BOM",)),
    Odd("two BOMs", b"\xef\xbb\xbf" * 2 + PLAIN.encode(), (("bom", 1, 1),)),
    Odd("sep line", b"sep=;\n" + PLAIN.encode(), (("sep_line", 1, 1),), words=("sep=;",)),
    Odd("sep line in quotes", b'"sep=;"\r\n' + PLAIN.replace("\n", "\r\n").encode(), (("sep_line", 1, 1),)),
    Odd("BOM and sep line", b"\xef\xbb\xbfSEP=;\n" + PLAIN.encode(), (("bom", 1, 1), ("sep_line", 1, 1))),
    Odd("DOS end mark", PLAIN.encode() + b"\x1a", (("end_mark", 1, 24),), words=("Ctrl+Z",)),
    Odd("DOS end mark and lines", PLAIN.encode() + b"\x1a\r\n\n", (("end_mark", 1, 24),)),
    Odd("zero bytes", changed("Bench", "Ben\0ch\0"), (("zero_bytes", 2, None),)),
    Odd("votes before projects", (META + VOTES + PROJECTS).encode(), (("sections_order", 1, None),), words=("order",)),
    Odd("projects first", (PROJECTS + META + VOTES).encode(), (("sections_order", 1, None),)),
    Odd("votes first", (VOTES + META + PROJECTS).encode(), (("sections_order", 1, None),)),
    Odd(
        "votes between, in capitals and not", (VOTES + PROJECTS.lower() + META).encode(), (("sections_order", 1, None),)
    ),
    Odd("sections padded", changed("PROJECTS\n", '"Projects";;;\n')),
    Odd("votes with spaces", changed("VOTES\n", "  votes  \n")),
    Odd("a line Votes in quotes", changed(";Bench;", ';"Two lines\nVotes\nand a third";')),
    Odd(
        "a line META in quotes, in votes before projects",
        (
            META
            + VOTES.replace("voter_id;vote", "voter_id;vote;why")
            .replace("4;p2,p3", '4;p2,p3;"a\nMETA\nb"')
            .replace("1;p1,p2", "1;p1,p2;")
            .replace("2;p1,p3", "2;p1,p3;")
            .replace("3;p1\n", "3;p1;\n")
            + PROJECTS
        ).encode(),
        (("sections_order", 1, None), ("columns_not_kept", 1, None)),
    ),
    Odd("a quote within a cell", changed("Bench", 'Bench 12" high')),
    Odd(
        "NFD id on a ballot",
        PLAIN.replace("p1", "й1").replace("1;й1,p2", "1;" + unicodedata.normalize("NFD", "й1") + ",p2").encode(),
        (("composed", 1, 20),),
        ("й1", "p2"),
        ("NFD",),
    ),
    Odd(
        "NFD id in the list",
        PLAIN.replace("p1", "й1").replace("й1;600", unicodedata.normalize("NFD", "й1") + ";600").encode(),
        (("composed", 1, 15),),
        ("й1", "p2"),
    ),
    Odd(
        "zero width space in an id", changed("p2;400", "\u200bp2;400"), (("invisible", 1, 16),), words=("U+200B", "16")
    ),
    Odd("zero width space on a ballot", changed("3;p1", "3;p1\u200b"), (("invisible", 1, 22),), words=("U+200B", "22")),
    Odd(
        "soft hyphen on ballots", PLAIN.replace(",p3", ",p\u00ad3").encode(), (("invisible", 2, 21),), words=("U+00AD",)
    ),
    Odd("right-to-left mark in the budget", changed("budget;1000", "budget;\u200f1000"), (("invisible", 1, 9),)),
    Odd("BOM inside a header", changed("voter_id;vote", "\ufeffvoter_id;vote"), (("invisible", 1, 19),)),
    Odd(
        "non-breaking space in an id", PLAIN.replace("p1", "p\u00a01").encode(), (("odd_spaces", 4, 15),), ("p 1", "p2")
    ),
    Odd(
        "non-breaking space in the budget",
        changed("budget;1000", "budget;1\u00a0000"),
        (("odd_spaces", 1, 9), ("spaced_number", 1, 9)),
    ),
    Odd(
        "spaces in the column votes",
        changed("p1;600;3", "p1;600;1 003"),
        (("spaced_number", 1, 15), ("votes_differ", 1, 15)),
        words=("1003 said, 3 found",),
    ),
    Odd("shortened budget", changed("budget;1000", "budget;1E+03"), (("exponent", 1, 9),), words=("1E+03",)),
    Odd("shortened cost with a comma", changed("p1;600", "p1;6,00E+02"), (("exponent", 1, 15),)),
    Odd("thousands and decimals", changed("budget;1000", "budget;1.000,00"), (("grouped", 1, 9),)),
    Odd("millions", changed("budget;1000", "budget;1,000,000"), (("grouped", 1, 9),), ("p1", "p2", "p3")),
    Odd("decimal comma", changed("p1;600", "p1;600,5"), (), ("p1", "p3")),
    Odd(
        "three digits after a point",
        PLAIN.replace("budget;1000", "budget;60.000")
        .replace("p1;600", "p1;12.000")
        .replace("p2;400", "p2;800")
        .replace("p3;300", "p3;50.000")
        .encode(),
        (("three_digits", 3, 9),),
        ("p1",),
        ("60.000 was read as 60", "thousands"),
    ),
    Odd("coordinates in metres", located("4683000", "8510000"), (("coordinate", 1, 15),), words=("4683000",)),
    Odd("both coordinates in one cell", located("42.28, 22.69", ""), (("coordinate", 1, 15),)),
    Odd("a dash for a coordinate", located("-", "-"), (("coordinate", 1, 15),)),
    Odd("degrees and minutes", located("42°17′N", "22°41′E"), (("coordinate", 1, 15),)),
    Odd("infinite coordinate", located("inf", "1e999"), (("coordinate", 1, 15),)),
    Odd("longer than allowed", with_meta("max_length;1"), (("over_max_length", 3, 21),), words=("max_length = 1",)),
    Odd(
        "shorter than it must be", with_meta("min_length;2"), (("under_min_length", 1, 23),), words=("min_length = 2",)
    ),
    Odd("two of choose-1", changed("approval", "choose-1"), (("over_choose_1", 3, 20),), words=("choose-1",)),
    Odd("dearer than allowed", with_meta("max_sum_cost;900"), (("over_max_sum_cost", 1, 21),)),
    Odd("cheaper than it must be", with_meta("min_sum_cost;700,00"), (("under_min_sum_cost", 1, 23),)),
    Odd(
        "points above the sum",
        with_meta("max_sum_points;5", text=POINTS.replace("3;p1;5", "3;p1;500")),
        (("over_max_sum_points", 1, 23),),
        ("p1", "p3"),
        words=("max_sum_points = 5",),
    ),
    Odd(
        "points below the sum",
        with_meta("min_sum_points;5", text=POINTS.replace("3;p1;5", "3;p1;4")),
        (("under_min_sum_points", 1, 23),),
        ("p1", "p3"),
    ),
    Odd("points above the most", with_meta("max_points;4", text=POINTS), (("over_max_points", 1, 23),), ("p1", "p3")),
    Odd("points below the least", with_meta("min_points;2", text=POINTS), (("under_min_points", 1, 21),), ("p1", "p3")),
    Odd("a limit that is no number", with_meta("max_length;many"), (("meta_unread", 1, 13),), words=("many",)),
    Odd("default_score", with_meta("default_score;3"), (("meta_ignored", 1, 13),), words=("default_score",)),
    Odd("scoring_fn", with_meta("scoring_fn;Borda", text=ORDINAL), (("meta_ignored", 1, 13),), words=("scoring_fn",)),
    Odd(
        "budget by category",
        with_meta("budget_per_category;a:1,b:2", "leftover_budget;yes"),
        (("meta_ignored", 2, 13),),
        words=("budget_per_category, leftover_budget",),
    ),
    Odd("a field with a typing error", with_meta("max_lenght;1"), (("meta_unknown", 1, 13),), words=("max_lenght",)),
    Odd("a field twice", with_meta("budget;5"), (("meta_twice", 1, 13),), words=("budget",)),
    Odd(
        "a voter twice",
        PLAIN.replace("num_votes;4", "num_votes;6").encode() + b"1;p3\n1;p3\n",
        (("votes_differ", 1, 17), ("voter_twice", 2, 24)),
        ("p3", "p1"),
        ("2 ballots", "voted twice", "24"),
    ),
    Odd("no number of a voter", changed("3;p1\n4;", ";p1\n;"), (("voter_missing", 2, 22),)),
    Odd(
        "the voter last",
        (META + PROJECTS + "VOTES\nage;vote;voter_id\n30;p1,p2;1\n30;p1,p3;2\n30;p1;3\n30;p2,p3;4\n").encode(),
        (("columns_not_kept", 1, None),),
        words=("age",),
    ),
    Odd(
        "the voter last, in quotes",
        (META + PROJECTS + 'VOTES\nage;vote;voter_id\n30;"p1,p2";1\n30;p1,p3;2\n30;p1;3\n30;p2,p3;4\n').encode(),
        (("columns_not_kept", 1, None),),
    ),
    Odd(
        "another number of ballots",
        changed("num_votes;4", "num_votes;40"),
        (("num_votes_differs", 1, 8),),
        words=("40 said, 4 found",),
    ),
    Odd("another number of projects", changed("num_projects;3", "num_projects;5"), (("num_projects_differs", 1, 7),)),
    Odd("ballots of a part", changed("p1;600;3", "p1;600;103"), (("votes_differ", 1, 15),)),
    Odd("a project twice on a ballot", changed("3;p1", "3;p1,p1"), (("project_twice", 1, 22),)),
    Odd("spaces on ballots", PLAIN.replace(",p", ", p").encode(), (("cleaned", 3, 20),)),
    Odd("a cell short", changed("p1;600;3;Bench;1", "p1;600;3;Bench"), (("cells_missing", 1, 15),)),
    Odd("a threshold in percent", with_meta("min_project_score_threshold;60 %"), (), ("p1",)),
    Odd("numbers of the head with spaces", changed("num_votes;4\n", "num_votes; 4.0 \n")),
    Odd(
        "a date that is none",
        with_meta("date_begin;the first of May"),
        (("meta_unread", 1, 13),),
        words=("date_begin",),
    ),
    Odd("a date of another form", with_meta("date_begin;2026-03-01 00:00:00")),
    Odd(
        "two projects that look alike",
        changed("p2;400;2", "р1;400;1", PLAIN.replace("1;p1,p2", "1;p1,р1").replace("4;p2,", "4;")),
        (("alike", 1, 16),),
        ("p1", "p3"),
        ("other letters",),
    ),
    Odd("empty columns of a spreadsheet", PLAIN.replace("\n", ";;;\n").replace("key;value;", "key;value").encode()),
    Odd(
        "every cell in quotes",
        "".join(";".join(f'"{cell}"' for cell in line.split(";")) + "\n" for line in PLAIN.splitlines()).encode(),
    ),
    Odd("lower case and blank lines", PLAIN.replace("META", "\n\nmeta").replace("PROJECTS", "\nprojects").encode()),
)

HTML = b"<!DOCTYPE html>\n<html><head><title>Pabulib</title></head>\n<body>\nVotes\n</body></html>\n"
REFUSED = (
    Refused("nothing", b"", "empty_file", None, ("empty",)),
    Refused("blank lines", b" \r\n\n", "empty_file", None, ("empty",)),
    Refused("a mark and nothing", b"\xef\xbb\xbf", "empty_file", None, ("empty",)),
    Refused("a zip archive", zipped("poland.pb"), "zip", None, ("zip", "Unpack")),
    Refused("a spreadsheet", zipped("xl/workbook.xml"), "spreadsheet", None, ("spreadsheet", "CSV")),
    Refused(
        "an open spreadsheet",
        b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
        "spreadsheet",
        None,
        ("spreadsheet",),
    ),
    Refused(
        "an old spreadsheet", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "spreadsheet", None, ("spreadsheet",)
    ),
    Refused(
        "a spreadsheet in XML",
        b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "spreadsheet",
        None,
        ("spreadsheet",),
    ),
    Refused("a document", zipped("word/document.xml"), "document", None, ("word processor",)),
    Refused("gz", gzip.compress(PLAIN.encode()), "packed", None, ("packed", "Unpack")),
    Refused("7z", b"7z\xbc\xaf\x27\x1c" + bytes(60), "packed", None, ("packed",)),
    Refused("PDF", b"%PDF-1.7\n%\xe2\xe3\n", "pdf", None, ("PDF",)),
    Refused("a picture", b"\x89PNG\r\n\x1a\n" + bytes(90), "picture", None, ("picture",)),
    Refused("a web page", HTML, "web_page", None, ("web page", "download")),
    Refused("a web page in CR", HTML.replace(b"\n", b"\r"), "web_page", None, ("web page",)),
    Refused("a web page after blank lines", b"\xef\xbb\xbf\n\n <HTML lang=bg>", "web_page", None, ("web page",)),
    Refused("XML", b"<election><votes/></election>", "markup", None, ("XML",)),
    Refused("JSON", b'{"projects": []}', "json", None, ("JSON",)),
    Refused("JSON, a list", b'[\n {"voter_id": 1}]', "json", None, ("JSON",)),
    Refused("PrefLib", b"# FILE NAME: 00001-1.soi\n# TITLE: x\n1: 1,2\n", "preflib", None, ("PrefLib",)),
    Refused("old PrefLib", b"2\n1,Bench\n2,Lamp\n3,3,2\n", "preflib", None, ("PrefLib",)),
    Refused("a note of Git", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "pointer", None, ("LFS",)),
    Refused("UTF-16", PLAIN.encode("utf-16"), "utf16", None, ("UTF-16", "Unicode text")),
    Refused("UTF-16 without a mark", PLAIN.encode("utf-16-be"), "utf16", None, ("UTF-16",)),
    Refused("Windows letters", PLAIN.replace("Bench", "Пейка").encode("cp1251"), "encoding", 15, ("UTF-8", "15")),
    Refused(
        "commas", PLAIN.replace(",", "/").replace(";", ",").encode(), "separator", 2, ("commas", "semicolons", "2")
    ),
    Refused("tabs", PLAIN.replace(";", "\t").encode(), "separator", 2, ("tabs", "semicolons")),
    Refused("tabs in CR lines", PLAIN.replace(";", "\t").replace("\n", "\r").encode(), "separator", 2, ("tabs",)),
    Refused("bars", PLAIN.replace(";", "|").encode(), "separator", 2, ("bars",)),
    Refused(
        "commas in the votes only",
        (META + PROJECTS + VOTES.replace(";", ",")).encode(),
        "separator",
        19,
        ("commas", "19"),
    ),
    Refused("sep=,", b"sep=,\n" + PLAIN.encode(), "separator", 1, ("commas",)),
    Refused(
        "Cyrillic А on a ballot",
        PLAIN.replace("p1", "A1").replace("3;A1", "3;А1").encode(),
        "lookalike",
        22,
        ("А1", "Cyrillic", "U+0410", "22"),
    ),
    Refused(
        "Cyrillic А in the list",
        PLAIN.replace("p1", "A1").replace("A1;600", "А1;600").encode(),
        "lookalike",
        20,
        ("Cyrillic", "U+0410", "20"),
    ),
    Refused(
        "Greek Α on a ballot",
        PLAIN.replace("p1", "A1").replace("3;A1", "3;Α1").encode(),
        "lookalike",
        22,
        ("Greek", "U+0391"),
    ),
    Refused("Cyrillic с in a header", changed(";cost;", ";сost;"), "lookalike", 14, ("cost", "Cyrillic", "U+0441")),
    Refused("Cyrillic Е in a section", changed("META", "МЕTA"), "lookalike", 1, ("META", "Cyrillic")),
    Refused("Cyrillic е in a field", changed("budget", "budgеt"), "lookalike", 9, ("budget", "Cyrillic")),
    Refused(
        "Cyrillic а in the type of ballot", changed("approval", "аpproval"), "lookalike", 10, ("approval", "Cyrillic")
    ),
    Refused("capital letter on a ballot", changed("3;p1", "3;P1"), "lookalike", 22, ("P1", "p1")),
    Refused(
        "an id as a decimal",
        PLAIN.replace("p1", "1").replace("p2", "2").replace("p3", "3").replace("3;1\n", "3;1.0\n").encode(),
        "changed_project",
        22,
        ("1.0", "spreadsheet", "22"),
    ),
    Refused(
        "an id without its zeros",
        PLAIN.replace("p1", "007").replace("3;007", "3;7").encode(),
        "changed_project",
        22,
        ("007", "spreadsheet"),
    ),
    Refused("a project that is not there", changed("3;p1", "3;p9"), "unknown_project", 22, ("p9", "not in the list")),
    Refused("no PROJECTS", (META + VOTES).encode(), "missing_section", None, ("PROJECTS", "missing")),
    Refused("no META", (PROJECTS + VOTES).encode(), "missing_section", None, ("META", "missing")),
    Refused("cut off before the votes", (META + PROJECTS).encode(), "missing_section", None, ("VOTES", "cut off")),
    Refused("META twice", (META + META + PROJECTS + VOTES).encode(), "section_twice", 13, ("META", "13")),
    Refused("VOTES twice", (PLAIN + VOTES).encode(), "section_twice", 24, ("VOTES", "24")),
    Refused("some other text", b"Dear all,\nthe votes are in.\n", "no_section", 1, ("META", "Dear all,")),
    Refused(
        "a comma before three digits", changed("budget;1000", "budget;1,000"), "three_digits", 9, ("thousands", "1,000")
    ),
    Refused("money in words", changed("p1;600", "p1;600 лв."), "number", 15, ("cost", "600 лв.")),
    Refused("an unknown type of ballot", changed("approval", "veto"), "vote_type", 10, ("veto",)),
    Refused("no budget", changed("budget;1000\n", ""), "missing", None, ("budget",)),
    Refused("a threshold that is no number", with_meta("min_project_score_threshold;some"), "number", None, ("some",)),
    Refused(
        "something that is no text",
        b"\n\x12\n\x05input\x12\x07\x01\x02\x03\x04\x05" * 20,
        "binary",
        None,
        ("no text", "Pabulib"),
    ),
    Refused(
        "whole lines in quotes",
        PLAIN.replace("1;p1,p2", '"1;p1,p2"').encode(),
        "whole_line",
        20,
        ("quotation marks", "20"),
    ),
    Refused(
        "whole headers in quotes",
        changed("project_id;cost;votes;name;selected", '"project_id;cost;votes;name;selected"'),
        "whole_line",
        14,
        ("quotation marks",),
    ),
    Refused("wide semicolons", changed("voter_id;vote", "voter_id\uff1bvote"), "separator", 19, ("other signs",)),
    Refused("marks of a conflict", b"<<<<<<< HEAD\n" + PLAIN.encode(), "no_section", 1, ("<<<<<<< HEAD",)),
)
