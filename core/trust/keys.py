"""Keys: 32 secret bytes a file, outside the database and its backups."""

import os
import secrets
import stat
from pathlib import Path

from core.errors import SettingWrong
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
    name = Path(str(round_id)) / "link"
    return (settings().key_dir, name) in _cache or (settings().key_dir / name).exists()


def forget_link_key(round_id: int) -> None:
    """Destroy the link of a round: from then on nobody can find a slot again."""
    folder = settings().key_dir / str(round_id)
    _cache.pop((settings().key_dir, Path(str(round_id)) / "link"), None)
    (folder / "link").unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def check_folder() -> None:
    """Refuse to go on if anyone else can read the key folder; make it if there is none."""
    _folder(settings().key_dir)


_cache: dict[tuple[Path, Path], bytes] = {}


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
        _make(path)
    _refuse_if_open(path)
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise SettingWrong(name="GLAS_KEY_DIR", value=str(path), problem="damaged")
    return key


def _make(path: Path) -> None:
    """Put a new key at `path`, whole or not at all; the first of two at once wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_bytes(LENGTH))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        # A link, unlike a rename, never replaces a key that another process has just made.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    # A slot found with a key must still be found after a power cut, so the folder is synced as well.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _folder(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_if_open(path)


def _refuse_if_open(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingWrong(name="GLAS_KEY_DIR", value=str(path), problem="open_to_others")
