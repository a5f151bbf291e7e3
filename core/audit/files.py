"""The files of a bundle that someone handed in: found without trust, read within bounds.

A bundle may come from anyone. So only the names that belong to one are ever looked at, nothing is unpacked to a disk,
links and devices are not followed, and every file has a size at which reading stops.
"""

import os
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from core.audit import bundle

MEGABYTE = 1_000_000

LARGE = {bundle.ELECTION: 128, bundle.BOARD: 192, bundle.OPENINGS: 512, bundle.CHECKPOINTS: 32, bundle.RESULTS: 32,
         bundle.HEADS: 32, bundle.JOURNAL: 64}  # fmt: skip

NAMES = frozenset({*bundle.PUBLIC, bundle.OPENINGS, bundle.HEADS, bundle.JOURNAL})

LIMITS = MappingProxyType({name: LARGE.get(name, 4) * MEGABYTE for name in NAMES})

CHUNK = 1 << 20

LINE = 64_000  # bytes; no line of a bundle comes near

# An archive ends with 22 bytes that say how long its list of contents is; that is read before the list itself.
END, LIST = 22, 64_000


Facts = Mapping[str, Any]

SHOWN = 5  # examples that a fact names


class BundleWrong(ValueError):
    """A file of the bundle cannot be read: which, and why."""

    def __init__(self, problem: str, file: str = "", line: int | None = None) -> None:
        """Keep the facts."""
        super().__init__(problem, file, line)
        self.problem, self.file, self.line = problem, file, line


class BundleFiles:
    """Gives the files of a bundle by name: a folder's or an archive's."""

    def __init__(self, source: Path | bytes) -> None:
        """Look at what is there. Raises BundleWrong if it is no bundle at all."""
        self._folder = source if isinstance(source, Path) and source.is_dir() else None
        self._archive = None if self._folder else _archive(source)
        found = self._in_folder() if self._folder else self._in_archive()
        self.names = frozenset(found)
        # Of foreign names some are told; there may be any number of them.
        self.foreign = tuple(sorted(self.names - LIMITS.keys()))[:10]

    def read(self, name: str) -> bytes:
        """Return a file. Raises BundleWrong if it is missing, damaged or beyond its size."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a file piece by piece. Raises BundleWrong."""
        left = LIMITS[name]
        with self._open(name) as file:
            while chunk := _guarded(file, name):
                left -= len(chunk)
                if left < 0:
                    raise BundleWrong("too_large", name)
                yield chunk

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Yield (number, line) of a file of lines. Raises BundleWrong."""
        number, rest = 0, b""
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                number += 1
                yield number, line
            if len(rest) > LINE:
                raise BundleWrong("line_too_long", name, number + 1)
        if rest:
            raise BundleWrong("cut_off", name, number + 1)

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self.names:
            raise BundleWrong("missing", name)
        try:
            with self._from_folder(name) if self._folder else self._from_archive(name) as file:
                yield file
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise BundleWrong("unreadable", name) from error

    def _from_folder(self, name: str) -> IO[bytes]:
        handle = os.open(Path(self._folder or "", name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise BundleWrong("not_a_file", name)
        return os.fdopen(handle, "rb")

    def _from_archive(self, name: str) -> IO[bytes]:
        if self._archive is None:
            raise BundleWrong("missing", name)
        return self._archive.open(name)

    def _in_folder(self) -> list[str]:
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                found.append(entry.name)
                if len(found) > 1_000:
                    raise BundleWrong("too_many_files")
        return found

    def _in_archive(self) -> list[str]:
        entries = self._archive.infolist() if self._archive else []
        names = [entry.filename for entry in entries]
        if len(set(names)) != len(names):
            raise BundleWrong("name_twice")
        for entry in entries:
            if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise BundleWrong("unreadable", entry.filename[:100])
        return names


def _guarded(file: IO[bytes], name: str) -> bytes:
    """Return the next piece; what the decompressor cannot digest is told as unreadable."""
    try:
        return file.read(CHUNK)
    except Exception as error:  # zlib has an error of its own, and a damaged archive may cause others
        raise BundleWrong("unreadable", name) from error


def _archive(source: Path | bytes) -> zipfile.ZipFile:
    """Return the archive, after a look at the length of its list of contents."""
    try:
        file: IO[bytes] = BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    except OSError as error:
        raise BundleWrong("unreadable") from error
    try:
        end = file.seek(0, os.SEEK_END)
        if end < END:
            raise BundleWrong("no_archive")
        file.seek(end - END)
        tail = file.read(END)
        if tail[:4] != b"PK\5\6" or int.from_bytes(tail[12:16], "little") > LIST:
            raise BundleWrong("no_archive")
        return zipfile.ZipFile(file)
    except BundleWrong:
        file.close()
        raise
    except Exception as error:  # damaged in a way that zipfile has no word for
        file.close()
        raise BundleWrong("no_archive") from error


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found. A failed one gives its `reason` among the facts, and what it has to do with."""

    name: str
    passed: bool
    facts: Facts


class Failed(Exception):
    """The check found that something is not as it must be."""

    def __init__(self, reason: str, **facts: Any) -> None:
        """Keep the reason and the facts."""
        super().__init__(reason)
        self.facts = {"reason": reason, **facts}
