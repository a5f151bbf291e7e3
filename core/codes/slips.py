"""Slips that wait to be printed: sealed files beside the database, which only the browser opens that made them.

Their key is sealed in turn with the token of the sign-in that made them. Of it the server knows a hash only, so neither
the files nor a copy of everything that lies on the server tells a code; no other organiser gets them either. They go
as soon as the batch is released or discarded, and a day after it was made.
"""

import hashlib
import hmac
import secrets
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlmodel import Session, col, select

from core.errors import NotFound
from core.permissions import Action, Actor, require
from core.settings import settings
from db import tables

LAST = timedelta(hours=24)

_KEY, _DRAFT = "key", ".draft"


def seal(batch_id: int, token: str) -> bytes:
    """Return a new key for the files of a batch, and keep it sealed for who has the sign-in `token`."""
    key = secrets.token_bytes(SecretBox.KEY_SIZE)
    forget(batch_id)
    folder(batch_id).mkdir(mode=0o700, parents=True)
    _write(folder(batch_id) / _KEY, bytes(_lock(batch_id, token).encrypt(key)))
    return key


def put(folder: Path, key: bytes, name: str, body: bytes) -> None:
    """Keep a file of a batch sealed in its folder, whole or not at all."""
    _write(folder / name, bytes(SecretBox(key).encrypt(body)))


def names(batch_id: int, token: str) -> tuple[str, ...]:
    """Return which files of a batch wait for who has this sign-in; none for anybody else."""
    if _key(batch_id, token) is None:
        return ()
    return tuple(sorted(one.name for one in folder(batch_id).iterdir() if one.name != _KEY and one.suffix != _DRAFT))


def read(session: Session, organiser: Actor, batch_id: int, name: str, *, token: str, at: datetime) -> bytes:
    """Return a file of a batch that waits, to whoever made it, in the sign-in in which it was made. Raises NotFound."""
    require(organiser, Action.make_codes)
    row = session.get(tables.CodeBatch, batch_id)
    if row is None or not _wait(row, at) or row.made_by != organiser.pseudonym:
        raise NotFound(thing="codes", key=batch_id)
    if name not in names(batch_id, token):
        raise NotFound(thing="codes", key=batch_id)
    return SecretBox(_key(batch_id, token) or b"").decrypt((folder(batch_id) / name).read_bytes())


def hand_over(old: str, new: str) -> None:
    """Let a sign-in that goes on under a `new` token open what its `old` one did."""
    for batch_id in _batches():
        if (key := _key(batch_id, old)) is not None:
            _write(folder(batch_id) / _KEY, bytes(_lock(batch_id, new).encrypt(key)))


def forget(batch_id: int) -> None:
    """Remove the files of a batch."""
    shutil.rmtree(folder(batch_id), ignore_errors=True)


def sweep(session: Session, *, at: datetime) -> int:
    """Remove the files of every batch that is released, discarded or older than a day; return of how many."""
    there = _batches()
    if not there:
        return 0
    rows = session.exec(select(tables.CodeBatch).where(col(tables.CodeBatch.id).in_(there)))
    waiting = {row.id for row in rows if _wait(row, at)}
    gone = [one for one in there if one not in waiting]
    for one in gone:
        forget(one)
    return len(gone)


def folder(batch_id: int) -> Path:
    """Return where the files of a batch lie."""
    return settings().data_dir / "slips" / str(batch_id)


def _wait(row: tables.CodeBatch, at: datetime) -> bool:
    return row.released_at is None and at < row.created_at + LAST


def _batches() -> list[int]:
    root = settings().data_dir / "slips"
    return [int(one.name) for one in root.iterdir() if one.name.isdecimal()] if root.exists() else []


def _lock(batch_id: int, token: str) -> SecretBox:
    return SecretBox(hmac.digest(token.encode(), f"glas/slips|{batch_id}".encode(), hashlib.sha256))


def _key(batch_id: int, token: str) -> bytes | None:
    with suppress(FileNotFoundError, CryptoError):
        return _lock(batch_id, token).decrypt((folder(batch_id) / _KEY).read_bytes())
    return None


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(path.name + _DRAFT)
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
