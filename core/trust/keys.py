"""Keys: 32 secret bytes a file, outside the database and its backups."""

import fcntl
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from core.errors import KeyMissing, SettingWrong
from core.settings import settings

LENGTH = 32


def pepper() -> bytes:
    """Return the key under which codes and other identifiers are hashed."""
    return _key(Path("pepper"))


def link_key(round_id: int) -> bytes:
    """Return the key that leads from a person to her slot in one round, and nothing else does."""
    return _key(Path(str(round_id)) / "link")


def has_link_key(round_id: int) -> bool:
    """Return whether the link of a round exists, without making it."""
    return _has(Path(str(round_id)) / "link")


def count_key(round_id: int) -> PrivateKey:
    """Return the key that opens a round's ballots. Raises KeyMissing where the server does not have it."""
    if not has_count_key(round_id):
        raise KeyMissing(round_id=round_id, key="count")
    return PrivateKey(_key(Path(str(round_id)) / "count"))


def has_count_key(round_id: int) -> bool:
    """Return whether the server itself can open the round's ballots; it cannot where they are sealed."""
    return _has(Path(str(round_id)) / "count")


def count_public(round_id: int) -> bytes | None:
    """Return the public half of the count key that the server has; None where it has none."""
    return _public(_key(Path(str(round_id)) / "count")) if has_count_key(round_id) else None


def make_count_key(round_id: int) -> PrivateKey:
    """Return the key that opens a round's ballots, making it if there is none."""
    return PrivateKey(_key(Path(str(round_id)) / "count"))


def forget_count_key(round_id: int) -> None:
    """Destroy the server's own copy of a count key."""
    _destroy(Path(str(round_id)) / "count")


def totp_key() -> bytes:
    """Return the key under which the secrets of second steps are encrypted."""
    return _key(Path("totp"))


def has_totp_key() -> bool:
    """Return whether there is a key for second steps, without making it."""
    return _has(Path("totp"))


def log_key() -> SigningKey:
    """Return the key that signs receipts and checkpoints."""
    return SigningKey(_key(Path("log")))


def keyed(said: str) -> str:
    """Return a hash of something short that nobody can try out, or make, without the server's key."""
    return hmac.digest(bytes(log_key()), f"glas/said1|{said}".encode(), hashlib.sha256).hex()


def has_log_key() -> bool:
    """Return whether there is a key that signs, without making it."""
    return _has(Path("log"))


def put_link_key(round_id: int, key: bytes, *, replace: bool = False) -> None:
    """Put the link of a round back where a restored database needs it; one that is there stays unless `replace`."""
    path = settings().key_dir / str(round_id) / "link"
    _folder(settings().key_dir)
    _folder(path.parent)
    _make(path, key, replace=replace)
    _cache.pop((settings().key_dir, Path(str(round_id)) / "link"), None)


def forget_link(round_id: int) -> None:
    """Destroy the way from people to the ballots of a round, which can still be opened and counted."""
    _destroy(Path(str(round_id)) / "link")


def forget_people(round_id: int) -> None:
    """Destroy the link of a round and the server's count key; what is remembered of its log stays."""
    for name in ("link", "count", "published"):
        _destroy(Path(str(round_id)) / name)


def forget_round(round_id: int) -> None:
    """Destroy all keys of a round and what is remembered of it: the round itself is gone."""
    for name in ("link", "count", "checkpoint", "voted-on", "published", "finished"):
        _destroy(Path(str(round_id)) / name)


def checkpoint_file(round_id: int) -> Path:
    """Return where the newest checkpoint of a round is kept, out of reach of a restored database."""
    return settings().key_dir / str(round_id) / "checkpoint"


def remember(round_id: int, name: str, content: str) -> None:
    """Keep a text of a round beside its keys in place of an older one, whole or not at all, through a power cut."""
    path = settings().key_dir / str(round_id) / name
    _folder(settings().key_dir)
    _folder(path.parent)
    _make(path, content.encode(), replace=True)


def remembered(round_id: int, name: str) -> str | None:
    """Return what was kept so, None if nothing was."""
    path = settings().key_dir / str(round_id) / name
    return path.read_text(encoding="utf-8") if path.exists() else None


def kept_file(folder: str, name: str) -> Path:
    """Return where a text that belongs to no round is kept beside the keys."""
    return settings().key_dir / folder / name


def keep(folder: str, name: str, content: str) -> None:
    """Keep a text that belongs to no round beside the keys, in place of an older one, whole or not at all."""
    path = kept_file(folder, name)
    _folder(settings().key_dir)
    _folder(path.parent)
    _make(path, content.encode(), replace=True)


def kept(folder: str, name: str) -> str | None:
    """Return what was kept so, None if nothing was."""
    path = kept_file(folder, name)
    return path.read_text(encoding="utf-8") if path.exists() else None


@contextmanager
def alone() -> Iterator[None]:
    """Let nobody else in here meanwhile, in this process or another, so that a file can be looked at and replaced."""
    _folder(settings().key_dir)
    handle = os.open(settings().key_dir / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def check_folder() -> None:
    """Refuse to go on if anyone else can read the key folder or what is in it; make it if there is none."""
    _folder(settings().key_dir)
    for path in settings().key_dir.rglob("*"):
        # Another process may just have put a draft in the place of what it replaces.
        with suppress(FileNotFoundError):
            _refuse_if_open(path)


@lru_cache(maxsize=64)
def _public(private: bytes) -> bytes:
    return bytes(PrivateKey(private).public_key)


_cache: dict[tuple[Path, Path], bytes] = {}


def _has(name: Path) -> bool:
    return (settings().key_dir, name) in _cache or (settings().key_dir / name).exists()


def _destroy(name: Path) -> None:
    path = settings().key_dir / name
    _cache.pop((settings().key_dir, name), None)
    with suppress(FileNotFoundError):
        # Where it lies, for what is cut off first stays on the disk as it was. On most disks that is all one can do.
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync(path.parent)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
        _sync(path.parent.parent)


def _key(name: Path) -> bytes:
    root = settings().key_dir
    known = _cache.get((root, name))
    if known is None:
        known = _cache[root, name] = _read_or_make(root, name)
    return known


def _read_or_make(root: Path, name: Path) -> bytes:
    _folder(root)
    path = root / name
    if path.parent != root:
        _folder(path.parent)
    if not path.exists():
        _make(path, secrets.token_bytes(LENGTH))
    _refuse_if_open(path)
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise SettingWrong(name="GLAS_KEY_DIR", value=str(path), problem="damaged")
    return key


def _make(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Put a new file at `path`, whole or not at all; unless it may `replace`, the first of two at once wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        # A file, unlike a handle, goes on until all is written.
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            # A link, unlike a rename, never replaces a key that another process has just made.
            os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    # A slot found with a key must still be found after a power cut, so the folder is synced as well.
    _sync(path.parent)


def _folder(path: Path) -> None:
    new = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in new:
        _sync(each.parent)
    _refuse_if_open(path)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_if_open(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingWrong(name="GLAS_KEY_DIR", value=str(path), problem="open_to_others")
