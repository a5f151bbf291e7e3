"""The linkage review: look for names, codes, keys and tokens in everything that is written down or handed out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from core.settings import settings
from db import engine, tables


def spellings(secret: str | bytes) -> set[bytes]:
    """Return the ways in which a secret could stand somewhere: as it is, in hex, in base64, without dashes."""
    raw = secret.encode() if isinstance(secret, str) else secret
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    found |= {base64.b64encode(raw).rstrip(b"="), base64.urlsafe_b64encode(raw).rstrip(b"=")}
    if isinstance(secret, str):
        found |= {secret.replace("-", "").encode(), secret.casefold().encode()}
        found.add(json.dumps(secret).strip('"').encode())
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
