"""The machine: what of folders, disks, limits and keys on this computer can be seen to be unsafe, without the database.

Nothing is made or changed by looking: a missing key stays missing.
"""

import os
import resource
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.settings import Settings
from core.trust import serving
from db import files
from db.engine import normal

# A visitor costs about four open files, and votes must find room beside a thousand of them.
LEAST_FILES = 4_096
LEAST_DISK, TIMES_THE_DATABASE = 1 << 30, 3  # bytes; a migration copies the file, and so does writing it anew


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look has found. `problem`: the word for what is wrong, "" if it is as it should be.

    `bad`: something has to be done; without it a problem is only worth knowing.
    """

    name: str
    problem: str = ""
    bad: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


def wrong(name: str, problem: str, **facts: Any) -> Finding:
    """Return a finding of something that has to be mended."""
    return Finding(name, problem, True, facts)


def key_folder(settings: Settings) -> Iterator[Finding]:
    """Yield whether the key folder is there, for its owner only, on a disk of this computer, and holds its keys."""
    folder = settings.key_dir
    if not folder.is_dir():
        yield wrong("key_folder", "missing", path=str(folder))
        return
    opened = next((str(path) for path in (folder, *sorted(folder.rglob("*"))) if _open_to_others(path)), None)
    if opened:
        yield wrong("key_folder", "open_to_others", path=opened)
    if files.is_shared(kind := files.kind_of(folder.resolve())):
        yield wrong("key_folder", "network", path=str(folder), kind=kind)
    if missing := [name for name in ("log", "pepper") if not (folder / name).exists()]:
        yield Finding("key_folder", "not_yet", facts={"keys": ", ".join(missing)})
    if not opened and not files.is_shared(kind):
        yield Finding("key_folder", facts={"path": str(folder)})


def data_folder(settings: Settings) -> Iterator[Finding]:
    """Yield whether others on this computer can read a SQLite database, or what lies beside it."""
    file = database_file(settings)
    if file is None or not file.exists():
        return
    if not _open_to_others(file.parent):
        yield Finding("data_folder", facts={"path": str(file.parent)})
        return
    opened = [each for each in sorted(file.parent.glob(f"{file.name}*")) if _open_to_others(each)]
    if opened:
        yield wrong("data_folder", "open_to_others", path=str(file.parent), file=str(opened[0]))
    else:
        yield Finding("data_folder", facts={"path": str(file.parent)})


def disk(settings: Settings) -> Iterator[Finding]:
    """Yield whether there is room for what is to come: the database three times over, and a gibibyte at least."""
    file = database_file(settings)
    size = file.stat().st_size if file is not None and file.exists() else 0
    for path in {_existing(settings.data_dir), _existing(settings.key_dir)}:
        free, needed = shutil.disk_usage(path).free, max(LEAST_DISK, TIMES_THE_DATABASE * size)
        facts = {"path": str(path), "free": free, "needed": needed}
        yield wrong("disk", "full", **facts) if free < needed else Finding("disk", facts=facts)


def open_files(_settings: Settings) -> Iterator[Finding]:
    """Yield whether enough files may be open at once for a day on which everyone votes."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = float("inf") if hard == resource.RLIM_INFINITY else hard
    facts = {"found": hard, "needed": LEAST_FILES}
    yield wrong("open_files", "few", **facts) if most < LEAST_FILES else Finding("open_files", facts=facts)


def server(_settings: Settings) -> Iterator[Finding]:
    """Yield who serves now; that nobody does is no fault."""
    found = serving.holder()
    if found is None:
        yield Finding("server", "stopped")
    else:
        yield Finding("server", facts={"pid": found.pid, "host": found.host, "since": found.since})


LOOKS = (server, key_folder, data_folder, disk, open_files)


def database_file(settings: Settings) -> Path | None:
    """Return the file of a SQLite database, None on PostgreSQL."""
    address = normal(settings.database_url)
    return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def _open_to_others(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(os.stat(path).st_mode) & 0o077)
    except FileNotFoundError:
        return False
