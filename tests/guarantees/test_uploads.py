"""Files that are sent: four in an hour, however many at the same time; what fails, or is old, leaves nothing."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect

from core import clock, store
from core.people import sessions
from core.settings import settings
from pages.server import upload_route
from tests.helpers.aside import run
from tests.helpers.worlds import Town

MOST, FILES = 1_000, 4
Post = Callable[..., "asyncio.Task[int]"]


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Settle for SQLite: what is sent lies in files."""
    return sqlite_database


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a file have a thousand bytes and an hour four files."""
    monkeypatch.setattr(upload_route, "MOST", MOST)
    monkeypatch.setattr(upload_route, "QUOTA", FILES * MOST)
    monkeypatch.setattr(upload_route, "_sent", {})
    yield
    for kept in upload_route._kept.values():
        kept.path.unlink(missing_ok=True)
    upload_route._kept.clear()


def sent(town: Town, *bodies: Callable[[], AsyncIterator[bytes]] | bytes) -> list[int]:
    """Return how files are answered that one sign-in sends at the same time."""
    with store.transaction() as session:
        token = sessions.open_session(session, town.organiser, at=clock.now(), second_step=True)
    return run(together(token, bodies))


async def together(token: str, bodies) -> list[int]:
    headers = {"cookie": f"glas={token}", "sec-fetch-site": "same-origin"}
    transport = httpx.ASGITransport(Starlette(routes=list(upload_route.ROUTES)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8501", headers=headers) as client:
        asked = [client.post("/api/upload", content=body() if callable(body) else body) for body in bodies]
        return [answer.status_code for answer in await asyncio.gather(*asked)]


async def slowly() -> AsyncIterator[bytes]:
    """Give a file whose length is not said, while the others come."""
    for _ in range(10):
        await asyncio.sleep(0.01)
        yield b"x" * (MOST // 10)


def test_what_is_sent_at_the_same_time_passes_no_quota(town: Town):
    assert Counter(sent(town, *[slowly] * 12)) == {201: FILES, 429: 12 - FILES}


def test_one_after_the_other_they_do_not_either(town: Town):
    with store.transaction() as session:
        token = sessions.open_session(session, town.organiser, at=clock.now(), second_step=True)
    codes = [run(together(token, [b"x" * MOST]))[0] for _ in range(6)]

    assert codes == [201] * FILES + [429] * 2


def test_small_files_take_what_they_say_and_no_more(town: Town):
    assert sent(town, *[b"x" * (MOST // 10)] * 12) == [201] * 12


def test_what_did_not_come_is_given_back(town: Town):
    with store.transaction() as session:
        token = sessions.open_session(session, town.organiser, at=clock.now(), second_step=True)

    async def nothing() -> AsyncIterator[bytes]:
        return
        yield b""

    assert run(together(token, [nothing] * FILES)) == [400] * FILES
    assert run(together(token, [slowly] * FILES)) == [201] * FILES


def test_what_was_broken_off_is_counted_as_far_as_it_came(town: Town, monkeypatch: pytest.MonkeyPatch):
    with store.transaction() as session:
        token = sessions.open_session(session, town.organiser, at=clock.now(), second_step=True)

    async def broken(_request: object) -> AsyncIterator[bytes]:
        yield b"x" * (MOST - 1)
        raise ClientDisconnect

    with monkeypatch.context() as patched:
        patched.setattr("starlette.requests.Request.stream", broken)
        assert run(together(token, [b"x" * MOST] * FILES)) == [413] * FILES
    assert run(together(token, [b"x" * MOST])) == [429]
    assert not upload_route._kept


def test_what_is_too_long_is_refused_and_nothing_of_it_kept(town: Town):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * (MOST // 10)

    assert sent(town, endless) == [413]
    assert not upload_route._kept


def left() -> list[str]:
    """Return the files in the folder."""
    return sorted(path.name for path in upload_route.folder().glob("*"))


def test_files_wait_in_a_private_folder_of_their_own(town: Town):
    assert sent(town, b"x" * MOST) == [201]

    assert [path.parent for path in upload_route.folder().glob("*")] == [settings().data_dir / "uploads"]
    assert upload_route.folder().stat().st_mode & 0o777 == 0o700


def test_whatever_fails_leaves_nothing_behind(town: Town, monkeypatch: pytest.MonkeyPatch):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * (MOST // 10)

    async def nothing() -> AsyncIterator[bytes]:
        return
        yield b""

    async def broken(_request: object) -> AsyncIterator[bytes]:
        yield b"x" * 10
        raise ClientDisconnect

    assert sent(town, endless, nothing) == [413, 400]
    with monkeypatch.context() as patched:
        patched.setattr("starlette.requests.Request.stream", broken)
        assert sent(town, b"x" * MOST) == [413]
    assert left() == []


@pytest.mark.parametrize("fails", ["write", "flush", "close"])
def test_a_full_disk_is_a_sentence_and_not_an_error(town: Town, monkeypatch: pytest.MonkeyPatch, fails: str):
    real = upload_route._new_file

    def full(size: int) -> object:
        file = real(size)

        def refuse(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(file, fails, refuse, raising=False)
        return file

    monkeypatch.setattr(upload_route, "_new_file", full)

    assert sent(town, b"x" * MOST) == [201 if fails == "close" else 507]
    assert len(left()) == (fails == "close")


def test_the_room_that_votes_need_is_not_given_away(town: Town, monkeypatch: pytest.MonkeyPatch):
    usage = shutil.disk_usage(upload_route.settings().data_dir)
    for free, answer in ((upload_route.RESERVE + MOST, 201), (upload_route.RESERVE + MOST - 1, 507)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: usage._replace(free=free))
        assert sent(town, b"x" * MOST) == [answer]


def test_the_folder_is_swept_at_the_start_and_by_age(town: Town):
    assert sent(town, b"x" * MOST) == [201]
    old, young = upload_route.folder() / "glas-old.pb", upload_route.folder() / "glas-young.pb"
    for path in (old, young):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))

    upload_route.sweep()
    assert old.name not in left() and len(left()) == 2

    upload_route.clear()
    assert left() == []
    assert not upload_route._kept
