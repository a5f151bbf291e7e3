"""What is handed in as a .pb file: told apart from files of other kinds, and brought into plain lines."""

from __future__ import annotations

import re

from core.counting.pabulib.notes import Notes
from core.errors import FileWrong

BOM = b"\xef\xbb\xbf"
BEGINNING = 65_536  # bytes in which a file shows what it is

# How files begin that are something else, and what they are.
SIGNATURES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PK\x07\x08": "zip",
    b"%PDF-": "pdf",
    b"\x1f\x8b": "packed",
    b"BZh": "packed",
    b"\xfd7zXZ": "packed",
    b"7z\xbc\xaf": "packed",
    b"Rar!": "packed",
    b"\x28\xb5\x2f\xfd": "packed",
    b"\xd0\xcf\x11\xe0": "spreadsheet",
    b"{\\rtf": "document",
    b"SQLite format 3": "database",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"version https://git-lfs": "pointer",
    b"\xff\xfe": "utf16",
    b"\xfe\xff": "utf16",
}
# Of texts: what stands near their beginning, in small letters.
TEXTS = {
    "spreadsheet": re.compile(rb"\s*<.*(?:office:spreadsheet|opendocument\.spreadsheet)", re.DOTALL),
    "web_page": re.compile(rb"\s*<(?:.*<)?(?:!doctype html|html|head|body)\b", re.DOTALL),
    "markup": re.compile(rb"\s*<[?!a-z]"),
    "json": re.compile(rb'\s*(?:\{|\[\s*[\[{"\d])'),
    "preflib": re.compile(
        rb"(?:.*\n)?\s*#\s*(?:file name|title|description|data type|modification type|number alternatives"
        rb"|alternative name)\b|\s*\d+\s*\n\s*1\s*,"
    ),
}
SEPARATOR = re.compile(
    rb'^[ \t]*"?(?:key"?[ ]*([,\t|])[ \t]*"?value|(?:project_id|voter_id)"?[ ]*([,\t|])[ ]*"?\w)',
    re.MULTILINE,
)
SEPARATORS = {",": "comma", "\t": "tab", "|": "bar", "\uff1b": "other", "\u037e": "other"}
CONTROLS = bytes({*range(1, 9), *range(14, 26), *range(27, 32)})  # which no text holds


def opened(data: bytes, notes: Notes) -> bytes:
    """Return the text of a .pb file, with lines that end with a line feed. Raises FileWrong for another kind of file.

    What is passed over is noted. Lines keep their numbers.
    """
    _refuse_other(data)
    if data.startswith(BOM):
        notes.add("bom", 1)
        data = data[len(re.match(rb"(?:\xef\xbb\xbf)*", data)[0]) :]  # type: ignore[index]
    if zeros := data.count(b"\0"):
        # No cell of a readable file holds one, and no database takes one in a text.
        notes.add("zero_bytes", count=zeros)
        data = data.replace(b"\0", b"")
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        notes.add("cr_lines")
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if (bare := data.rstrip()).endswith(b"\x1a"):
        notes.add("end_mark", data.count(b"\n", 0, len(bare)) + 1)
        data = bare.rstrip(b"\x1a \t\r\n") + b"\n"
    if found := re.match(rb'\s*"?sep=(.?)"?[;, \t]*\r?\n', data, re.IGNORECASE):
        if found[1] != b";":
            raise FileWrong(reason="separator", line=1, value=SEPARATORS.get(found[1].decode("latin-1"), "other"))
        notes.add("sep_line", 1, None, found[0].decode("latin-1").strip())
        data = b"\n" * found[0].count(b"\n") + data[found.end() :]
    if not data.strip():
        raise FileWrong(reason="empty_file")
    return data


def other_separator(cell: str) -> str | None:
    """Return what separates the cells of a header that stands in one: comma, tab, bar, other; None if nothing does."""
    return next((name for sign, name in SEPARATORS.items() if sign in cell), None)


def _refuse_other(data: bytes) -> None:
    """Refuse what is no .pb file, by what it is. Lines are left to who reads them."""
    start = data[:BEGINNING].removeprefix(BOM)
    for signature, kind in SIGNATURES.items():
        if start.startswith(signature):
            raise FileWrong(reason=_within(data) if kind == "zip" else kind)
    if b"%PDF-" in start[:1024]:
        raise FileWrong(reason="pdf")
    if start[257:262] == b"ustar":
        raise FileWrong(reason="packed")
    half = start[:2_000]
    if len(half) > 3 and max(half[0::2].count(0), half[1::2].count(0)) * 3 > len(half):
        raise FileWrong(reason="utf16")
    if len(half) - len(half.translate(None, CONTROLS)) > len(half) // 20:
        raise FileWrong(reason="binary")
    small = start[:4_000].lower()
    for kind, looks in TEXTS.items():
        if looks.match(small):
            raise FileWrong(reason=kind)
    # Where lines end with CR alone, no line would begin but the first.
    if found := SEPARATOR.search(start.replace(b"\r", b"\n").lower()):
        sign = (found[1] or found[2]).decode()
        rest = start[: found.start()].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        raise FileWrong(reason="separator", line=rest.count(b"\n") + 1, value=SEPARATORS[sign])


def _within(data: bytes) -> str:
    """Return what a zip archive is: other programs keep their files in such ones too."""
    ends = data[:BEGINNING] + data[-BEGINNING:]
    if b"xl/" in ends or b"opendocument.spreadsheet" in ends:
        return "spreadsheet"
    return "document" if b"word/" in ends or b"opendocument.text" in ends else "zip"
