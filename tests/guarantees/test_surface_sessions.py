"""Sessions over HTTP and the websocket: fixed ones, used ones, ended ones, foreign ones – all are refused."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, store
from core.errors import SignInFailed, TooManyTries
from core.people import devices, sessions, sign_in
from core.settings import settings
from pages import server
from pages.people.session_route import browser_cookie, hand_over
from pages.routes import routes
from tests.helpers import boxes, leaks, worlds
from tests.pages.conftest import Opener, html, open_app, spoken

__all__ = ["open_app", "spoken"]

HERE = {"sec-fetch-site": "same-origin"}
EXPORT = "/account/export.json"


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Settle for SQLite: what a session may do does not depend on the kind of database."""
    return sqlite_database


@pytest.fixture
def client(town: worlds.Town) -> TestClient:
    assert town
    ours = routes()
    app = Starlette(routes=ours, middleware=server.layers(ours))
    return TestClient(app, base_url="http://127.0.0.1:8501", follow_redirects=False)


def token(town: worlds.Town, at: datetime | None = None) -> str:
    with store.transaction() as session:
        return sessions.open_session(session, town.resident, at=at or clock.now())


def close(kept: str) -> None:
    with store.transaction() as session:
        sessions.close_session(session, kept)


def taken_back(town: worlds.Town) -> str:
    kept = token(town)
    close(kept)
    return kept


def signed_out(town: worlds.Town) -> str:
    kept = token(town)
    with store.transaction() as session:
        sessions.close_all(session, town.resident)
    return kept


def long_ago(town: worlds.Town) -> str:
    return token(town, clock.now() - timedelta(hours=13))


def idle(town: worlds.Town) -> str:
    return token(town, clock.now() - timedelta(minutes=31))


def rotated(town: worlds.Town) -> str:
    kept = token(town)
    with store.transaction() as session:
        sessions.rotate(session, kept, at=clock.now())
    return kept


def digest(town: worlds.Town) -> str:
    return sessions.digest(token(town))


BAD: dict[str, Callable[[worlds.Town], str]] = {
    "taken back": taken_back,
    "signed out everywhere": signed_out,
    "too long ago": long_ago,
    "idle": idle,
    "replaced": rotated,
    "its digest": digest,
    "chosen by a stranger": lambda _town: "x" * 43,
    "empty": lambda _town: "",
    "too long": lambda _town: "x" * 5_000,
    "with a neighbour's end": lambda town: token(town)[:-3] + "abc",
    "in capitals": lambda town: token(town).upper(),
    "twice": lambda town: token(town) * 2,
    "with a sign too many": lambda town: token(town) + "'",
    "SQL": lambda _town: "' OR '1'='1",
}


@pytest.mark.parametrize("name", BAD)
def test_a_token_that_is_none_opens_nothing(name: str, client: TestClient, town: worlds.Town):
    headers = {**HERE, "cookie": f"glas={BAD[name](town)}"}
    assert client.get(EXPORT, headers=headers).status_code == 401
    assert client.post("/api/upload", content=b"META", headers=headers).status_code == 401
    ballot = {"request_id": "r" * 32, "choices": ["p01"], "replaces": 0, "nonce": "a" * 64}
    assert client.post("/api/rounds/2026/ballot", json=ballot, headers=headers).status_code == 401


def test_the_control_a_true_token_opens(client: TestClient, town: worlds.Town):
    assert client.get(EXPORT, headers={**HERE, "cookie": f"glas={token(town)}"}).status_code == 200


@pytest.mark.parametrize(
    "name", ["taken back", "signed out everywhere", "its digest", "chosen by a stranger", "empty", "replaced"]
)
def test_what_was_ended_is_not_renewed_by_the_password(name: str, client: TestClient, town: worlds.Town):
    answer = client.post(
        "/session/again", json={"password": worlds.PASSWORD}, headers={**HERE, "cookie": f"glas={BAD[name](town)}"}
    )
    assert answer.status_code == 401 and "set-cookie" not in answer.headers


def test_a_sign_in_gets_a_token_of_its_own_and_not_the_one_the_browser_brought(client: TestClient, town: worlds.Town):
    fixed = "attackers-choice-of-a-token-attackers-choice"
    answer = client.post(
        "/session", json={"ticket": hand_over(token(town))}, headers={**HERE, "cookie": f"glas={fixed}"}
    )
    assert answer.status_code == 204
    assert fixed not in answer.headers["set-cookie"]
    assert client.get(EXPORT, headers={**HERE, "cookie": f"glas={fixed}"}).status_code == 401


def test_a_ticket_is_spent_once_and_by_post_only(client: TestClient, town: worlds.Town):
    ticket = hand_over(token(town))
    assert client.get(f"/session?ticket={ticket}").status_code in (404, 405)
    assert client.post("/session", json={"ticket": ticket}, headers=HERE).status_code == 204
    client.cookies.clear()
    assert client.post("/session", json={"ticket": ticket}, headers=HERE).status_code == 401


@pytest.mark.parametrize("site", [None, "cross-site", "same-site", "none"])
@pytest.mark.parametrize("path", ["/session", "/session/again", "/session/out"])
def test_another_site_cannot_use_a_session(site: str | None, path: str, client: TestClient, town: worlds.Town):
    kept = token(town)
    headers = {"cookie": f"glas={kept}", **({"sec-fetch-site": site} if site else {})}
    assert (
        client.post(path, json={"ticket": hand_over(kept), "password": worlds.PASSWORD}, headers=headers).status_code
        == 403
    )
    with store.reading() as session:
        assert sessions.actor_of(session, kept, at=clock.now()) is not None


def test_signing_out_ends_it_on_the_server_too(client: TestClient, town: worlds.Town):
    kept = token(town)
    answer = client.post("/session/out", headers={**HERE, "cookie": f"glas={kept}"})
    assert answer.status_code == 303 and "Max-Age=0" in answer.headers["set-cookie"]
    assert client.get(EXPORT, headers={**HERE, "cookie": f"glas={kept}"}).status_code == 401


def test_the_cookie_is_for_https_and_this_host_alone(town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    from pages.parts import cookies
    from pages.people.session_route import cookie

    monkeypatch.setenv("GLAS_URL", "https://glas.example.bg")
    settings.cache_clear()
    cookies.sign_in_name.cache_clear()
    try:
        line = cookie("x")
    finally:
        cookies.sign_in_name.cache_clear()
    assert line.startswith("__Host-glas=x; Path=/;")
    assert all(part in line for part in ("HttpOnly", "SameSite=Lax", "Secure")) and "Domain" not in line


def notes(answer) -> str | None:
    """Return what the browser was given to keep about who signs in in it."""
    return answer.cookies.get("glas-browser")


def change_ticket(client: TestClient, kept: str, cookie: str = ""):
    client.cookies.clear()
    return client.post("/session", json={"ticket": hand_over(kept)}, headers={**HERE, "cookie": cookie})


def test_a_browser_learns_who_signs_in_in_it_and_a_guest_is_not_noted(client: TestClient, town: worlds.Town):
    answer = change_ticket(client, token(town))
    first = notes(answer)
    (line,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("glas-browser=")]
    assert all(part in line for part in ("HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={365 * 24 * 3600}"))
    assert devices.known(first, town.resident.pseudonym) and not devices.known(first, town.neighbour.pseudonym)

    with store.transaction() as session:
        other = sessions.open_session(session, town.neighbour, at=clock.now())
    both = notes(change_ticket(client, other, f"glas-browser={first}"))
    assert devices.known(both, town.resident.pseudonym) and devices.known(both, town.neighbour.pseudonym)

    for path in ("/healthz", "/api/rounds/2026/live", "/open/2026/election.pb"):
        assert notes(client.get(path)) is None
    assert notes(client.post("/lang/en", headers=HERE)) is None
    assert notes(change_ticket(client, "made-up")) is None


def test_the_note_of_a_browser_is_for_https_and_this_host_alone(town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GLAS_URL", "https://glas.example.bg")
    settings.cache_clear()
    line = browser_cookie("x")
    assert line.startswith("__Host-glas-browser=x; Path=/;") and "; Secure" in line and "Domain" not in line


def test_a_vote_leaves_neither_note_nor_line(client: TestClient, town: worlds.Town, caplog: pytest.LogCaptureFixture):
    """What a browser keeps comes along with a vote; nothing of it stays with the vote, and no log has it."""
    kept = token(town)
    noted = notes(change_ticket(client, kept))
    client.cookies.clear()
    ballot = {"request_id": "r" * 32, "choices": ["p01"], "replaces": 0, "nonce": "a" * 64}
    cookie = {"cookie": f"glas={kept}; glas-browser={noted}"}
    with caplog.at_level("DEBUG"):
        answer = client.post("/api/rounds/2026/ballot", json=ballot, headers={**HERE, **cookie})
        client.get("/healthz", headers=cookie)
    assert answer.status_code == 201 and "set-cookie" not in answer.headers

    number = devices.known(noted, town.resident.pseudonym)
    assert not leaks.find(leaks.rows() | leaks.files(settings().data_dir), {"note": number, "whole": noted})
    assert number not in caplog.text and not [one for one in caplog.messages if one.startswith("192.0")]


def test_a_known_browser_gets_in_on_the_page_while_others_are_told_to_wait(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    for number in range(12):
        with contextlib.suppress(SignInFailed, TooManyTries):
            sign_in.enter(
                store.transaction, town.municipality.id, "resident", f"x{number}", address="", device="",
                at=clock.now(),
            )  # fmt: skip

    def pressed() -> str:
        app = open_app("people/sign_in_page.py")
        app.text_input(key="sign-in-name").set_value("resident")
        app.text_input(key="sign-in-password").set_value(worlds.PASSWORD)
        app.button(key="sign-in-go").click().run()
        assert not app.exception
        return html(app)

    monkeypatch.setattr("pages.parts.cookies.browser", lambda _: "")
    assert "g-err" in pressed() and len(boxes.rows("SELECT * FROM sign_in")) == 0

    monkeypatch.setattr("pages.parts.cookies.browser", lambda _: devices.noted("", town.resident.pseudonym))
    assert "g-err" not in pressed() and len(boxes.rows("SELECT * FROM sign_in")) == 1


def test_ended_while_the_page_is_open_the_next_click_is_a_guests(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    from pages.parts import visit

    app = open_app("people/account_page.py", town.resident)
    assert "resident" in html(app)
    close(visit.token() or "")
    app.run()
    assert "g-mine" not in html(app)
