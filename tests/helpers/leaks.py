"""The linkage review: look for names, codes, keys and tokens in everything that is written down or handed out."""

from __future__ import annotations

import base64
import io
import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from core.settings import settings
from db import engine, tables


def spellings(secret: str | bytes) -> set[bytes]:
    """Return the ways in which a secret could stand somewhere: as it is, in hex, base64, JSON, an address."""
    raw = secret.encode() if isinstance(secret, str) else secret
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    found |= {base64.b64encode(raw).rstrip(b"="), base64.urlsafe_b64encode(raw).rstrip(b"=")}
    if isinstance(secret, str):
        found |= {secret.replace("-", "").encode(), secret.casefold().encode()}
        found |= {json.dumps(secret).strip('"').encode(), quote(secret).encode(), quote(secret).lower().encode()}
    return {each for each in found if len(each) >= 4}


def find(places: Mapping[str, bytes], secrets: Mapping[str, str | bytes]) -> set[tuple[str, str]]:
    """Return every (place, secret) where the secret stands in the place, in whatever spelling."""
    return {
        (place, name)
        for name, secret in secrets.items()
        for form in spellings(secret)
        for place, content in places.items()
        if form in content
    }


def rows(*, without: Iterable[str] = ()) -> dict[str, bytes]:
    """Return every column of the database, each as one dump."""
    found: dict[str, bytes] = {}
    with engine.engine().connect() as connection:
        for name, table in tables.metadata.tables.items():
            for row in connection.execute(table.select()).mappings():
                for column, value in row.items():
                    if f"{name}.{column}" not in without:
                        told = value if isinstance(value, bytes) else str(value).encode()
                        found[f"{name}.{column}"] = found.get(f"{name}.{column}", b"") + b"\n" + told
    return found


def files(*folders: Path) -> dict[str, bytes]:
    """Return every file of the folders, the database's own and its write-ahead log included."""
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def keys() -> dict[str, bytes]:
    """Return the server's keys, which stand in their own files only."""
    folder = settings().key_dir
    secret = ("pepper", "totp", "log", "link", "count")
    return {
        f"key {path.relative_to(folder)}": path.read_bytes()
        for path in folder.rglob("*") if path.is_file() and path.name in secret
    }  # fmt: skip


def opened(name: str, content: bytes) -> dict[str, bytes]:
    """Return a file with what it holds in packed form: the members of an archive, the text of a PDF."""
    found = {name: content}
    if content.startswith(b"PK\3\4"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found |= {f"{name} {each}": archive.read(each) for each in archive.namelist()}
    elif content.startswith(b"\x1f\x8b"):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            members = {each.name: archive.extractfile(each) for each in archive if each.isfile()}
            found |= {f"{name} {each}": member.read() for each, member in members.items() if member}
    elif content.startswith(b"%PDF"):
        found[f"{name} text"] = pdf_text(content)
    return found


_TEXT = re.compile(rb"\(((?:[^()\\]|\\.)*)\)", re.DOTALL)


def pdf_text(content: bytes) -> bytes:
    """Return the texts of a PDF with embedded fonts, each read with every font: of the readings one is right."""
    streams = []
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            streams.append(zlib.decompress(found[1]))
        except zlib.error:
            streams.append(found[1])
    fonts = [
        {int(sign, 16): chr(int(letter, 16)) for sign, letter in re.findall(rb"<(\w{4})> <(\w{4})>", each)}
        for each in streams
        if b"beginbfchar" in each
    ]
    lines = []
    for each in streams:
        for text in _TEXT.findall(each) if b" Tj" in each or b" TJ" in each else ():
            raw = re.sub(rb"\\(.)", lambda one: {b"r": b"\r", b"n": b"\n"}.get(one[1], one[1]), text, flags=re.DOTALL)
            signs = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw) - 1, 2)]
            lines += ["".join(font.get(sign, "?") for sign in signs) for font in fonts]
    return "\n".join(lines).encode()
