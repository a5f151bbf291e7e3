"""The files of a bundle that someone handed in: found without trust, read within bounds.

A bundle may come from anyone. So only the names that belong to one are ever looked at, nothing is unpacked to a disk,
links and devices are not followed, and every file has a size at which reading stops.
"""

import os
import stat
import struct
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum, unique
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from core.audit import bundle

MEGABYTE = 1_000_000

NAMES = bundle.PUBLIC | bundle.NOTED | bundle.MORE

# What is read whole. Board, checkpoints and openings are read line by line, however long they are.
LARGE = {bundle.ELECTION: 256, bundle.AS_CAST: 256, bundle.RESULTS: 32, bundle.VOTED_ON: 32, bundle.WORDS: 32,
         bundle.HEADS: 32, bundle.JOURNAL: 64}  # fmt: skip
LONG = frozenset({bundle.BOARD, bundle.CHECKPOINTS, bundle.OPENINGS})

LIMITS = MappingProxyType({name: LARGE.get(name, 4) * MEGABYTE for name in NAMES - LONG})

# Their lines are mostly random digits, which no archive packs better than two to one.
PACKED = 20

CHUNK = 1 << 20

LINE = 64_000  # bytes; no line of a bundle comes near

# An archive ends with 22 bytes that say how long its list of contents is; that is read before the list itself.
END, LIST = 22, 64_000

# The head of a file in an archive, before its name.
_HEAD = struct.Struct("<4sHHHHHLLLHH")


Facts = Mapping[str, Any]

SHOWN = 5  # examples that a fact names


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever checks a bundle holds it against: kept elsewhere, or published elsewhere. None: nothing is.

    `key`: the log's public key line; `checkpoint`: a signed checkpoint; `noted`: a signed note of what is voted on;
    `auditor`: the public key line of the auditor whose verdict is believed.
    """

    key: str | None = None
    checkpoint: str | None = None
    noted: str | None = None
    auditor: str | None = None


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
        self.foreign = tuple(sorted(self.names - NAMES))[:10]

    def read(self, name: str) -> bytes:
        """Return a file. Raises BundleWrong if it is missing, damaged or beyond its size."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a file piece by piece. Raises BundleWrong."""
        left = LIMITS[name] if name in LIMITS else self._most(name)
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

    def _most(self, name: str) -> int:
        """Return how long a file of lines may be: in a folder as long as it is, in an archive what it can hold."""
        if self._archive is None or name not in self.names:
            return sys.maxsize
        return self._archive.getinfo(name).compress_size * PACKED + MEGABYTE

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
        if self._archive and not _without_gaps(self._archive):
            raise BundleWrong("hidden")
        # What a link, a comment or a second name says, other programs would believe.
        for entry, name in zip(entries, sorted(names), strict=True):
            if _form(entry) != _form(bundle.entry(name)):
                raise BundleWrong("other_form", entry.filename[:100])
        return names


def _form(entry: zipfile.ZipInfo) -> tuple[Any, ...]:
    """Return all that an archive says of a file besides its content."""
    return (
        entry.filename, entry.orig_filename, entry.date_time, entry.compress_type, entry.comment, entry.extra,
        entry.create_system, entry.create_version, entry.extract_version, entry.reserved, entry.flag_bits,
        entry.volume, entry.internal_attr, entry.external_attr,
    )  # fmt: skip


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


def _without_gaps(archive: zipfile.ZipFile) -> bool:
    """Return whether an archive is nothing but the files that it lists, one after the other, each as it is listed.

    In front of it, between them or in a comment another archive could lie, which other tools would unpack.
    """
    file, at = archive.fp, 0
    if file is None or archive.comment:
        return False
    for entry in archive.infolist():
        file.seek(at)
        head = file.read(_HEAD.size)
        if entry.header_offset != at or len(head) != _HEAD.size:
            return False
        mark, _version, flags, method, _time, _date, crc, packed, size, name, extra = _HEAD.unpack(head)
        if extra:
            return False
        listed = (entry.flag_bits, entry.compress_type, entry.CRC, entry.compress_size, entry.file_size)
        # Bit 3 says that the sizes come later: then whoever reads along finds another end.
        if mark != b"PK\3\4" or (flags, method, crc, packed, size) != listed or flags & 8:
            return False
        at += _HEAD.size + name + packed
    return at == archive.start_dir


@unique
class Outcome(StrEnum):
    """What a check ends in. `unseen`: this bundle does not show it, neither that it holds nor that it does not."""

    holds = "holds"
    fails = "fails"
    unseen = "unseen"


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found. One that does not hold, or is not seen, gives its `reason` among the facts."""

    name: str
    outcome: Outcome
    facts: Facts

    @property
    def passed(self) -> bool:
        """Return whether it was made, and holds."""
        return self.outcome is Outcome.holds

    @property
    def failed(self) -> bool:
        """Return whether it was made, and does not hold."""
        return self.outcome is Outcome.fails


class Failed(Exception):
    """The check found that something is not as it must be."""

    def __init__(self, reason: str, **facts: Any) -> None:
        """Keep the reason and the facts."""
        super().__init__(reason)
        self.facts = {"reason": reason, **facts}


class Unseen(Exception):
    """The bundle does not show whether it is as it must be."""

    def __init__(self, reason: str, **facts: Any) -> None:
        """Keep the reason and the facts."""
        super().__init__(reason)
        self.facts = {"reason": reason, **facts}
