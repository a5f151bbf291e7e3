"""The web surface without a browser: headers, hosts, origins, sizes, pace, logs and failures."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from core import clock, redaction, store
from core.people import sessions
from core.settings import settings
from pages import menu, server
from pages.routes import routes
from pages.server import access_log, headers, limits
from pages.server.limits import Pace
from tests.helpers import worlds
from tests.helpers.paths import ROOT

HERE = "http://127.0.0.1:8501"
NAMES = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "x-frame-options",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
)
PATHS = sorted(
    {"/" + entry.path for entry in menu.ENTRIES}
    | {re.sub(r"{\w+(:\w+)?}", "2026", route.path) for route in routes() if isinstance(route, Route)}
    | {"/favicon.png", "/healthz", "/assets/glas.css", "/assets/nothing.css", "/no/such/page", "/ideas/"}
    | {"/_stcore/metrics", "/_stcore/agent/mcp", "/_stcore/upload_file/a/b"}
)


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Settle for SQLite: the surface lies before the database."""
    return sqlite_database


async def broken(_request: Request) -> Response:
    raise RuntimeError("the secret is 4711")


async def swallow(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def anything(_request: Request) -> Response:
    return PlainTextResponse("what was behind")


async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def client_of(*more: Any, address: str = "127.0.0.1") -> TestClient:
    """Return a client of all our routes behind all our layers."""
    ours = [*routes(), *more]
    app = Starlette(routes=ours, middleware=server.layers(ours))
    return TestClient(app, base_url=HERE, raise_server_exceptions=False, client=(address, 4711), follow_redirects=False)


@pytest.fixture
def client(town: worlds.Town) -> Iterator[TestClient]:
    assert town
    yield client_of(
        Route("/api/broken", broken, methods=["GET", "POST"]),
        Route("/swallow", swallow, methods=["POST"]),
        WebSocketRoute("/_stcore/stream", talk),
    )


@pytest.fixture
def open_client(town: worlds.Town) -> TestClient:
    """Give a client of our layers with something behind them that answers to every address."""
    assert town
    behind = Route("/{path:path}", anything, methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"])
    app = Starlette(routes=[behind, WebSocketRoute("/{path:path}", talk)], middleware=server.layers(routes()))
    return TestClient(app, base_url=HERE, raise_server_exceptions=False)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_every_header(path: str, method: str, client: TestClient):
    answer = client.request(method, path)

    assert [name for name in NAMES if name not in answer.headers] == []
    assert "'unsafe-eval'" not in answer.headers["content-security-policy"]
    assert "script-src 'self' blob: 'wasm-unsafe-eval' 'sha256-" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/api/broken", "/swallow"])
def test_answers_to_what_broke_or_was_too_long_have_them_too(path: str, client: TestClient):
    answer = client.post(path, content=b"x" * (limits.SMALL + 1))

    assert answer.status_code in (413, 500)
    assert [name for name in NAMES if name not in answer.headers] == []


def test_without_the_layer_the_headers_are_missing():
    bare = TestClient(Starlette(routes=routes()), base_url=HERE)
    assert [name for name in NAMES if name in bare.get("/no-such-page").headers] == []


def test_over_https_browsers_are_told_to_stay_there(monkeypatch: pytest.MonkeyPatch):
    assert "strict-transport-security" not in headers.every(())
    monkeypatch.setenv("GLAS_URL", "https://glas.example.bg")
    settings.cache_clear()
    assert headers.every(())["strict-transport-security"] == "max-age=31536000"


def test_the_handshake_of_the_websocket_has_the_headers(client: TestClient):
    with client.websocket_connect("ws://127.0.0.1:8501/_stcore/stream", headers={"origin": HERE}) as opened:
        given = {name.decode() for name, _value in opened.extra_headers or ()}
        assert opened.receive_text() == "hello"
    assert set(NAMES) <= given


FOREIGN = (
    None,
    "",
    "null",
    "https://elsewhere.example",
    "http://127.0.0.1:1",
    "http://127.0.0.1:8501.elsewhere.example",
    "file://",
    "http://elsewhere.example:8501",
    "https://127.0.0.1:8501",
    "http://user@127.0.0.1:8501",
    "http://127.0.0.1:8501/",
    "http://localhost:8501",
    "javascript:alert(1)",
    "http://[::1]:8501",
    "http://127.0.0.1:8501,http://elsewhere.example",
)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_websocket_from_a_foreign_or_unnamed_page_is_turned_away_with_headers(origin: str | None, client: TestClient):
    given = {} if origin is None else {"origin": origin}
    with (
        pytest.raises((WebSocketDenialResponse, WebSocketDisconnect)) as refused,
        client.websocket_connect("ws://127.0.0.1:8501/_stcore/stream", headers=given),
    ):
        pass
    assert refused.value.status_code == 403  # type: ignore[union-attr]
    assert set(NAMES) <= set(refused.value.headers)  # type: ignore[union-attr]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", ["/session", "/session/out", "/lang/en", "/api/upload", "/api/rounds/2026/ballot"])
def test_what_changes_something_is_refused_to_foreign_pages(path: str, origin: str | None, client: TestClient):
    given = {} if origin is None else {"origin": origin}
    assert client.post(path, json={"ticket": "x"}, headers=given).status_code in (401, 403)


@pytest.mark.parametrize(
    "host",
    [
        "elsewhere.example",
        "glas.elsewhere.example:8501",
        "169.254.169.254",
        "0.0.0.0:8501",
        "",
        "[",
        "127.0.0.1.nip.io",
    ],
)
def test_foreign_names_of_the_server_are_refused(host: str, client: TestClient):
    assert client.get("/", headers={"host": host}).status_code == 421


def test_behind_its_public_name_the_server_has_no_other(town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    assert town
    monkeypatch.setenv("GLAS_URL", "https://glas.example.bg")
    settings.cache_clear()
    client = client_of()
    assert client.get("/rules", headers={"host": "glas.example.bg"}).status_code == 200
    assert client.get("/rules", headers={"host": "127.0.0.1:8501"}).status_code == 421
    assert client.get("/healthz", headers={"host": "127.0.0.1:8501"}).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("bg", "Глас е на друг адрес."), ("en", "Glas has another address.")])
def test_a_person_who_comes_by_another_name_is_told_in_words(language: str, words: str, client: TestClient):
    asked = {"host": "elsewhere.example", "accept": "text/html", "accept-language": language}

    told = client.get("/rules", headers=asked)

    assert told.status_code == 421 and words in told.text and f'href="{settings().url}/"' in told.text
    assert "elsewhere" not in told.text and told.headers["cache-control"] == "no-store"


def test_who_opens_a_page_by_another_public_name_is_sent_to_the_right_one(
    town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    assert town
    monkeypatch.setenv("GLAS_URL", "https://glas.example.bg")
    settings.cache_clear()
    client = client_of()

    def ask(path: str, host: str = "www.example.bg", method: str = "GET") -> tuple[int, str]:
        told = client.request(method, path, headers={"host": host}, follow_redirects=False)
        return told.status_code, told.headers.get("location", "")

    assert ask("/rules?round=2026") == (307, "https://glas.example.bg/rules?round=2026")
    assert ask("/plain/bg", "www.example.bg:443") == (307, "https://glas.example.bg/plain/bg")
    assert ask("/plain//evil.example") == (307, "https://glas.example.bg/plain//evil.example")
    # No page, a change, or a name by which a web server in front calls us, which would never end: refused.
    for path, host, method in (
        ("/log/2026/key", "www.example.bg", "GET"), ("/api/upload", "www.example.bg", "POST"),
        ("/rules", "glas:8501", "GET"), ("/rules", "127.0.0.1:8501", "GET"), ("/rules", "10.0.0.7", "GET"),
        ("/rules", "[::1]:8501", "GET"), ("/rules", "localhost", "GET"), ("/rules", "", "GET"),
    ):  # fmt: skip
        assert ask(path, host, method) == (421, ""), (path, host, method)


DOORS = (
    "/_stcore/metrics", "/_stcore//metrics", "/_stcore/agent/mcp", "/_stcore/upload_file/a/b", "/_stcore/anything",
    "/_stcore/script-health-check", "/_stcore/stream", "/_stcore", "/_stcore/", "/_stcore/health/", "//_stcore/metrics",
    "/_stcore/bidi-components/x/y", "/media/x.png", "/component/x/index.html", "/_vendor/x", "/static/x",
    "/static/js/nothing.js", "/static//js", "/auth/login", "/oauth2callback", "/app/static/x",
)  # fmt: skip


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_the_doors_behind_are_walls(path: str, method: str, open_client: TestClient):
    answer = open_client.request(method, "http://127.0.0.1:8501" + path)

    assert answer.status_code == 404 and "what was behind" not in answer.text
    assert "g-alone" in answer.text if method == "GET" else answer.json() == {"error": "not_found"}


def test_control_what_the_page_needs_is_no_wall(open_client: TestClient):
    files = [f"/static/{path.parent.name}/{path.name}" for path in sorted(server.STREAMLIT.rglob("*.woff2"))]
    assert files
    for path in ("/_stcore/health", "/_stcore/host-config", "/manifest.json", *files):
        assert open_client.get(path).text == "what was behind", path


@pytest.mark.parametrize("path", ["/", "/_stcore/other", "/_stcore//stream", "/healthz"])
def test_websockets_have_one_door(path: str, open_client: TestClient):
    with (
        pytest.raises((WebSocketDenialResponse, WebSocketDisconnect)) as refused,
        open_client.websocket_connect(f"ws://127.0.0.1:8501{path}", headers={"origin": HERE}),
    ):
        pass
    assert refused.value.status_code == 404  # type: ignore[union-attr]


def test_no_page_uses_streamlits_own_box_for_files():
    pages = ROOT / "pages"
    assert not [path for path in pages.rglob("*.py") if "st.file_uploader(" in path.read_text("utf-8")]


@pytest.mark.parametrize(("size", "status"), [(10, 200), (limits.SMALL, 200), (limits.SMALL + 1, 413)])
def test_a_body_is_as_long_as_it_may_be(size: int, status: int, client: TestClient):
    assert client.post("/swallow", content=b"x" * size).status_code == status
    # Without a length said beforehand it is counted as it comes.
    assert (
        client.post("/swallow", content=(b"x" * part for part in (size // 2, size - size // 2))).status_code == status
    )


@pytest.mark.parametrize("said", ["-1", "x", "1e3", "99999999999"])
def test_a_length_that_is_none_is_refused(said: str, client: TestClient):
    assert client.post("/swallow", content=b"", headers={"content-length": said}).status_code == 413


def test_an_address_that_never_rests_is_slowed_down_and_a_school_is_not():
    pace = limits.Paced(swallow, at_once=600, per_second=20)  # type: ignore[arg-type]
    assert all(pace.allows("192.0.2.7", 0.0) for _ in range(600))
    assert not pace.allows("192.0.2.7", 0.0)
    assert pace.allows("192.0.2.8", 0.0)
    assert pace.allows("192.0.2.7", 1.0)
    # Thirty who join, sign in, choose and cast within a minute: ten requests each.
    assert all(pace.allows("192.0.2.9", second / 5) for second in range(300))
    # This computer is a proxy that does not say who asks; it is never slowed down.
    assert all(pace.allows("127.0.0.1", 0.0) for _ in range(5_000))


def test_the_memory_of_addresses_is_bounded():
    pace = Pace(at_once=600, per_second=20, most=100)
    for number in range(10_000):
        pace.allows(f"10.0.{number // 250}.{number % 250}", 0.0)
    assert len(pace._seen) == 100
    assert limits.origin_of("2001:db8::1") == limits.origin_of("2001:db8::2")
    assert limits.origin_of("2001:db8::1") != limits.origin_of("2001:db8:0:1::1")
    assert limits.origin_of("::ffff:192.0.2.7") == "192.0.2.7"


def test_too_many_requests_of_one_address_are_answered_429(town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    assert town
    # On a slow machine the pace would grow back meanwhile.
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 1_000.0))
    client = client_of(address="192.0.2.7")
    codes = {client.post("/lang/en", headers={"sec-fetch-site": "same-origin"}).status_code for _ in range(700)}
    assert codes == {204, 429}
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(("who", "told"), [(None, False), ("resident", False), ("organiser", True)])
def test_a_broken_route_tells_staff_a_number_and_strangers_nothing(
    who: str | None, told: bool, client: TestClient, town: worlds.Town, caplog: pytest.LogCaptureFixture
):
    if who:
        with store.transaction() as session:
            client.cookies.set(
                "glas", sessions.open_session(session, getattr(town, who), at=clock.now(), second_step=True)
            )
    with caplog.at_level(logging.ERROR, "glas.errors"):
        answer = client.get("/api/broken?link=secret-token")

    assert answer.status_code == 500
    assert "4711" not in answer.text and "RuntimeError" not in answer.text
    assert ("reference" in answer.json()) is told
    assert not told or answer.json()["reference"] in caplog.text
    assert "secret-token" not in caplog.text


@pytest.mark.parametrize(
    ("whole", "short"),
    [
        ("192.0.2.17", "192.0.2.0/24"),
        ("10.1.2.3", "10.1.2.0/24"),
        ("::ffff:192.0.2.17", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", "-"),
        ("", "-"),
    ],
)
def test_addresses_are_shortened(whole: str, short: str):
    assert redaction.of_address(whole) == short


def test_the_access_log_knows_no_address_no_token_and_no_vote(town: worlds.Town, caplog: pytest.LogCaptureFixture):
    assert town
    client = client_of(address="192.0.2.17")
    token = "Zq3" * 14
    with caplog.at_level(logging.INFO, "glas.access"):
        caplog.clear()
        access_log.log.addHandler(caplog.handler)
        client.get(f"/sign-in?link={token}")
        client.get(f"/nowhere/{token}", headers={"cookie": f"glas={token}"})
        client.post("/api/rounds/2026/ballot", json={"request_id": token})
        client.get(f"/api/rounds/2026/ballot?request_id={token}")
        client.post("/api/receipt", content=f"n={token}", headers={"sec-fetch-site": "same-origin"})
        client.get(f"/api/receipt?n={token}")
        client.get('/a"b%0AGET')
        access_log.log.removeHandler(caplog.handler)
    lines = [record.getMessage() for record in caplog.records if record.name == "glas.access"]

    lines = list(dict.fromkeys(lines))
    assert len(lines) == 3
    assert lines[0].startswith("192.0.2.0/24 GET /sign-in 200 ")
    assert token not in "".join(lines) and "192.0.2.17" not in "".join(lines) and "ballot" not in "".join(lines)
    assert "receipt" not in "".join(lines)
    assert not any("\n" in line or '"' in line for line in lines)


def test_the_servers_own_log_is_shortened_or_silent(caplog: pytest.LogCaptureFixture):
    access_log.quiet()
    with caplog.at_level(logging.INFO):
        logging.getLogger("uvicorn.access").info('%s - "%s %s"', "192.0.2.17:1", "GET", "/sign-in?link=secret")
        logging.getLogger("uvicorn.error").info(
            '%s - "WebSocket %s" [accepted]', "192.0.2.17:80", "/_stcore/stream?x=secret"
        )
    assert caplog.messages == ['192.0.2.0/24 - "WebSocket /_stcore/stream" [accepted]']


def test_streamlit_is_the_one_whose_shell_was_read():
    assert streamlit.__version__.startswith("1.67.")
