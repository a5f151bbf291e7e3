"""Backups: everything the database holds at one moment, in one form for SQLite and PostgreSQL.

A backup is a .tar.gz: `schema.json` (the revision, and each table's columns with their kinds), a manifest of hashes,
signed by the log's key, and one file of JSON lines a table. Keys are not in it; hashes of passwords, sealed ballots and
personal data are: keep it as you keep the database.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import sqlalchemy as sa
from sqlmodel import Session

from core.errors import BackupWrong, DatabaseInUse, SchemaNewer
from core.settings import settings
from core.trust import keys
from core.trust.checkpoints import Checkpoint, CheckpointWrong, open_note, sign
from db import copying, tables
from db.migrate import NewerSchema

FORMAT = "glas/backup1"
SCHEMA, MANIFEST, SIGNATURE = "schema.json", "MANIFEST.sha256", "MANIFEST.sig"
ORIGIN = "glas/backup"
LINE = 64_000_000  # bytes; a row with a long text stays far below
BATCH = 1_000
_LAST = "last-backup"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds. `boards`: leaves by round slug. `signed`: None without a key to check with."""

    revision: str
    made_at: datetime
    rows: Mapping[str, int]
    boards: Mapping[str, int]
    signed: bool | None


def write(session: Session, path: Path, *, at: datetime) -> Contents:
    """Write all rows that this reading session sees, whole or not at all; return what the backup holds.

    The server may go on: one snapshot is read, and nobody waits for it.
    """
    draft = path.with_name(f".{path.name}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
                _fill(session, archive, path.parent, at)
            raw.flush()
            os.fsync(raw.fileno())
        found = check(draft)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return found


def note_made(at: datetime) -> None:
    """Note in the data folder that a backup was made; who looks after the server asks for it."""
    settings().data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings().data_dir / _LAST).write_text(f"{at.isoformat()}\n", "utf-8")


def last_made() -> datetime | None:
    """Return when the newest backup was made here, None if none was, or nobody can tell."""
    try:
        return datetime.fromisoformat((settings().data_dir / _LAST).read_text("utf-8").strip())
    except (OSError, ValueError):
        return None


def check(path: Path) -> Contents:
    """Read a whole backup and return what it holds. Raises BackupWrong if anything was altered or is missing."""
    hashes: dict[str, str] = {}
    rows: dict[str, int] = {}
    boards: dict[int, int] = {}
    slugs: dict[int, str] = {}
    with _opened(path) as archive:
        schema, manifest, signature = _outline(archive)
        for name, file in archive.parts():
            digest, number = hashlib.sha256(), 0
            for line in _lines(file, name):
                digest.update(line)
                number += 1
                if name == "leaf":
                    round_id = _row(line, name)["round_id"]
                    boards[round_id] = boards.get(round_id, 0) + 1
                elif name == "round":
                    slugs[_row(line, name)["id"]] = _row(line, name)["slug"]
            hashes[_member(name)], rows[name] = digest.hexdigest(), number
    told = {name: digest for name, digest in manifest.items() if name != SCHEMA}
    if hashes != told:
        raise BackupWrong(problem="altered", part=next(iter(sorted(hashes.items() ^ told.items())))[0])
    if rows != {name: table["rows"] for name, table in schema["tables"].items()}:
        raise BackupWrong(problem="rows")
    return Contents(
        revision=schema["revision"],
        made_at=datetime.fromisoformat(schema["made_at"]),
        rows=rows,
        boards={slugs.get(round_id, str(round_id)): number for round_id, number in boards.items()},
        signed=signature,
    )


def restore(path: Path, progress: Callable[[float], object] | None = None) -> Contents:
    """Fill the empty database in use from a backup, all or nothing, and bring it up to date.

    Raises BackupWrong, DatabaseInUse, SchemaNewer. Whether the backup is older than the last checkpoint is for
    `board.refuse_stale` to say.
    """
    contents = check(path)
    with _known(contents.revision) as target:
        if target is None:
            raise DatabaseInUse
        with _opened(path) as archive:
            schema, _, _ = _outline(archive)
            done, whole = 0, sum(contents.rows.values()) or 1
            for name, file in archive.parts():
                columns = schema["tables"][name]["columns"]
                for part in _parts(_lines(file, name)):
                    target.insert(name, columns, [_decoded(_row(line, name), columns) for line in part])
                    done += len(part)
                    if progress:
                        progress(done / whole)
    return contents


@contextmanager
def _known(revision: str) -> Iterator[copying.Target | None]:
    try:
        with copying.fill(revision) as target:
            yield target
    except NewerSchema as newer:
        raise SchemaNewer(found=newer.found, known=newer.known) from newer


# Writing


def _fill(session: Session, archive: tarfile.TarFile, folder: Path, at: datetime) -> None:
    connection = session.connection()
    schema: dict[str, Any] = {"format": FORMAT, "revision": copying.revision(connection), "made_at": at.isoformat()}
    schema["tables"] = {}
    lines = []
    with TemporaryFile(dir=folder) as kept:
        spans = {}
        for table in tables.metadata.sorted_tables:
            start, digest, number = kept.tell(), hashlib.sha256(), 0
            for line in _of_table(connection, table):
                kept.write(line)
                digest.update(line)
                number += 1
            spans[table.name] = (start, kept.tell() - start)
            columns = {column.name: copying.kind(column.type) for column in table.columns}
            schema["tables"][table.name] = {"rows": number, "columns": columns}
            lines.append(f"{digest.hexdigest()}  {_member(table.name)}\n")
        outline = json.dumps(schema, indent=1).encode()
        lines.append(f"{hashlib.sha256(outline).hexdigest()}  {SCHEMA}\n")
        manifest = "".join(lines).encode()
        for name, content in ((SCHEMA, outline), (MANIFEST, manifest), (SIGNATURE, _signature(manifest))):
            _put(archive, name, io.BytesIO(content), len(content), at)
        for name, (start, size) in spans.items():
            kept.seek(start)
            _put(archive, _member(name), kept, size, at)


def _of_table(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    """Yield the rows by their key, so that the order of a backup tells no more than the rows themselves."""
    asked = sa.select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(asked, execution_options={"yield_per": BATCH}):
        told = {column.name: _encoded(value) for column, value in zip(table.columns, row, strict=True)}
        yield json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _encoded(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date):  # a moment is one, too
        return value.isoformat()
    return value


def _put(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int, at: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(at.timestamp())
    archive.addfile(entry, content)


def _signature(manifest: bytes) -> bytes:
    return sign(_signed(manifest), keys.log_key()).encode()


def _signed(manifest: bytes) -> Checkpoint:
    return Checkpoint(ORIGIN, manifest.count(b"\n"), hashlib.sha256(manifest).digest())


# Reading


@dataclass(slots=True)
class _Archive:
    """A backup that is read from its beginning to its end, once; nothing of it is unpacked to a disk."""

    file: tarfile.TarFile

    def small(self, name: str) -> bytes:
        """Return the next member, which must be this one and short."""
        entry = self._next()
        if entry is None or entry.name != name or entry.size > 4_000_000:
            raise BackupWrong(problem="form", part=name)
        return self._open(entry).read()

    def parts(self) -> Iterator[tuple[str, IO[bytes]]]:
        """Yield (table, file) of the members that follow."""
        while (entry := self._next()) is not None:
            table = entry.name.removeprefix("tables/").removesuffix(".jsonl")
            if entry.name != _member(table):
                raise BackupWrong(problem="form", part=entry.name[:100])
            yield table, self._open(entry)

    def _next(self) -> tarfile.TarInfo | None:
        entry = self.file.next()
        self.file.members.clear()  # type: ignore[attr-defined]  # tarfile keeps them all
        return entry

    def _open(self, entry: tarfile.TarInfo) -> IO[bytes]:
        found = self.file.extractfile(entry) if entry.isreg() else None
        if found is None:
            raise BackupWrong(problem="form", part=entry.name[:100])
        return found


class _opened:
    """Opens a backup; whatever a damaged one makes of its reading is told as BackupWrong."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> _Archive:
        self.raw = self.path.open("rb")
        try:
            self.tar = tarfile.open(fileobj=self.raw, mode="r|gz")
        except Exception as error:
            self.raw.close()
            raise BackupWrong(problem="unreadable") from error
        return _Archive(self.tar)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.tar.close()
        self.raw.close()
        if isinstance(error, tarfile.TarError | EOFError | OSError | ValueError | KeyError | TypeError):
            raise BackupWrong(problem="unreadable") from error
        if error is not None and type(error).__module__ == "zlib":
            raise BackupWrong(problem="unreadable") from error


def _outline(archive: _Archive) -> tuple[dict[str, Any], dict[str, str], bool | None]:
    """Return the schema, the manifest, and whether our own key has signed it: None if we have none to tell."""
    outline, manifest = archive.small(SCHEMA), archive.small(MANIFEST)
    lines = [line.partition("  ") for line in manifest.decode().splitlines()]
    listed = {name: digest for digest, _, name in lines}
    schema = json.loads(outline)
    if schema.get("format") != FORMAT:
        raise BackupWrong(problem="form", part=SCHEMA)
    if hashlib.sha256(outline).hexdigest() != listed.get(SCHEMA):
        raise BackupWrong(problem="altered", part=SCHEMA)
    note = archive.small(SIGNATURE).decode()
    if not keys.has_log_key():
        return schema, listed, None
    try:
        found = open_note(note, ORIGIN, keys.log_key().verify_key)
    except CheckpointWrong as error:
        raise BackupWrong(problem="signature") from error
    if found != _signed(manifest):
        raise BackupWrong(problem="signature")
    return schema, listed, True


def _lines(file: IO[bytes], name: str) -> Iterator[bytes]:
    while line := file.readline(LINE):
        if not line.endswith(b"\n"):
            raise BackupWrong(problem="cut_off", part=name)
        yield line


def _parts(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    for line in lines:
        part.append(line)
        if len(part) == BATCH:
            yield part
            part = []
    if part:
        yield part


def _row(line: bytes, name: str) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise BackupWrong(problem="form", part=name)
    return found


def _decoded(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    if row.keys() != columns.keys():
        raise BackupWrong(problem="form")
    return {name: copying.decoded(value, columns[name]) for name, value in row.items()}


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"
