"""Keys on a disk: made whole or not at all, found again after a power cut, and overwritten where they lie."""

import os
import resource
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import SettingWrong
from core.settings import settings
from core.trust import keys

_opened: list[tuple[str, int]] = []
_listening: list[bool] = []


def _listen(what, facts):
    # Such a hook cannot be taken out again; it only works while it is wanted.
    if _listening and what == "open" and isinstance(facts[0], str | os.PathLike):
        _opened.append((os.fspath(facts[0]), facts[2]))


@pytest.fixture
def opened():
    """Give the list of files that are opened from now on, each with how."""
    if not _opened:
        sys.addaudithook(_listen)
    _opened.clear()
    _listening.append(True)
    yield _opened
    _listening.clear()


@pytest.fixture
def synced(monkeypatch):
    """Give the list of what is brought to the disk from now on: the path, and what it holds at that moment."""
    found, real = [], os.fsync

    def fsync(handle):
        path = Path(f"/proc/self/fd/{handle}").readlink()
        found.append((str(path), sorted(os.listdir(path)) if path.is_dir() else path.read_bytes()))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return found


def test_a_key_is_overwritten_where_it_lies_before_it_goes(opened, synced):
    key, path = keys.link_key(7), settings().key_dir / "7" / "link"
    os.link(path, settings().key_dir / "same")
    opened.clear(), synced.clear()

    keys.forget_people(7)

    over = (settings().key_dir / "same").read_bytes()
    assert len(over) == len(key) and over != key
    assert not path.exists() and not keys.has_link_key(7)
    # Cut off, a file gets new places on the disk, and the old ones keep what was there.
    assert {how & os.O_TRUNC for name, how in opened if name == str(path)} == {0}
    # Overwritten on the disk, then gone from it; then the folder as well.
    assert synced == [(str(path), over), (str(path.parent), []), (str(path.parent.parent), ["same"])]


def test_control_writing_a_file_anew_cuts_it_off_first(opened, tmp_path):
    (tmp_path / "key").write_bytes(bytes(32))
    opened.clear()
    (tmp_path / "key").write_bytes(bytes(32))
    assert [bool(how & os.O_TRUNC) for name, how in opened if name == str(tmp_path / "key")] == [True]


def test_a_new_folder_is_found_after_a_power_cut(synced):
    keys.link_key(7)

    root = settings().key_dir
    named = [path for path, _ in synced]
    assert named.index(str(root.parent)) < named.index(str(root)) < named.index(str(root / "7"))
    assert named[-1] == str(root / "7") and synced[-1][1] == ["link"]


@contextmanager
def room(size):
    """Let no file grow longer: what is written beyond comes out short, then fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_key_is_never_half_written(synced):
    keys.pepper()
    with room(20):
        with pytest.raises(OSError):
            keys.link_key(7)
        with pytest.raises(OSError):
            keys.remember(7, "checkpoint", "x" * 30)

    assert [*(settings().key_dir / "7").iterdir()] == []
    assert len(keys.link_key(7)) == keys.LENGTH


def test_control_a_short_key_is_damage(tmp_path):
    keys.link_key(7)
    path = settings().key_dir / "7" / "link"
    with room(20):
        assert os.write(os.open(path, os.O_WRONLY | os.O_TRUNC), bytes(32)) == 20
    keys._cache.clear()
    with pytest.raises(SettingWrong):
        keys.link_key(7)
