"""What can be kept nowhere – zero characters, single surrogates – goes at one border, whichever way it comes."""

from __future__ import annotations

import ast
import json

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg

from core import clock, store
from core.letters import clean
from core.people import sessions
from core.texts import cleaned
from pages import terminal
from pages.commands import talk
from pages.people import again_route
from pages.server import border
from pages.server.border import Border, clean_query, doubtful, form_of, json_of, wash
from tests.helpers import aside, worlds
from tests.helpers.paths import ROOT

HERE = {"sec-fetch-site": "same-origin"}


def test_a_text_loses_zeros_and_single_surrogates_and_nothing_else():
    assert clean("Ти\x00ха \ud83dстая\udc00") == "Тиха стая"
    assert clean("Тиха стая 🙂\n\t\u200b") == "Тиха стая 🙂\n\t\u200b"
    assert cleaned({"а\x00": ["\ud800б", {"в": ("г\x00", 1, None, True)}]}) == {"а": ["б", {"в": ("г", 1, None, True)}]}


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("q=a%00b&round=x", "q=ab&round=x"),
        ("q=%%0000&e=", "q=%2500&e="),
        ("q=%D0%A2+%00", "q=%D0%A2+"),
        ("q=%2500", "q=%2500"),
        ("q=%e2%82&plain", "q=%e2%82&plain"),
    ],
)
def test_a_query_loses_them_and_any_other_stays_letter_by_letter(query: str, kept: str):
    assert clean_query(query) == kept


def test_every_text_of_a_message_is_clean():
    sent = BackMsg()
    sent.rerun_script.query_string = "round=a%00b"
    sent.rerun_script.page_name = "ide\x00as"
    sent.rerun_script.context_info.url = "http://127.0.0.1/\x00"
    typed, told, listed, pressed, same = (sent.rerun_script.widget_states.widgets.add() for _ in range(5))
    typed.id, typed.string_value = "a\x00", "Ти\x00ха \\u0000"
    told.id, told.json_value = "b", json.dumps({"title": "Ти\x00ха \ud83d 🙂 \\u0000", "n\x00": [1.5]})
    listed.id = "c"
    listed.string_array_value.data.extend(["x\x00", "y"])
    pressed.id, pressed.json_trigger_value = "d", '[{"event": "a", "value": "\\uDC00\\u0000z"}]'
    same.id, same.double_value = "e", 0.5

    assert doubtful(sent.SerializeToString()) and wash(sent)

    state = sent.rerun_script
    assert (state.query_string, state.page_name, state.context_info.url) == (
        "round=ab", "ideas", "http://127.0.0.1/",
    )  # fmt: skip
    widgets = {each.id: each for each in state.widget_states.widgets}
    assert widgets["a"].string_value == "Тиха \\u0000"
    assert json.loads(widgets["b"].json_value) == {"title": "Тиха  🙂 \\u0000", "n": [1.5]}
    assert list(widgets["c"].string_array_value.data) == ["x", "y"]
    assert json.loads(widgets["d"].json_trigger_value) == [{"event": "a", "value": "z"}]
    assert widgets["e"].double_value == 0.5


def test_nothing_goes_of_a_clean_message():
    sent = BackMsg()
    widget = sent.rerun_script.widget_states.widgets.add()
    widget.id, widget.double_value = "a", 3.0
    before = sent.SerializeToString()

    assert doubtful(before)
    assert (wash(sent), sent.SerializeToString()) == (False, before)


def lists(number: int) -> list[BackMsg]:
    """Return messages that hold so many texts, each in another place."""
    listed, files, kept = BackMsg(), BackMsg(), BackMsg()
    widget = listed.rerun_script.widget_states.widgets.add(id="\0")
    widget.string_array_value.data.extend(["\0"] * number)
    told = files.rerun_script.widget_states.widgets.add(id="\0").file_uploader_state_value
    for _ in range(number):
        told.uploaded_file_info.add(name="\0")
    kept.rerun_script.cached_message_hashes.extend(["\0"] * number)
    return [listed, files, kept]


def test_a_message_is_not_walked_through_without_an_end():
    for message in lists(2_000):
        with pytest.raises(border.TooMuch):
            wash(message)


def test_control_what_any_page_may_hold_is():
    assert [wash(message) for message in lists(200)] == [True] * 3


def asked(query: str, path: str = "/vote", **headers: str) -> tuple[int, str]:
    """Return what the layer answers to a query, 200 where it is passed on."""

    async def read(request: Request) -> Response:
        return JSONResponse({"read": len(request.query_params)})

    app = Border(Starlette(routes=[Route("/{path:path}", read)]))
    with TestClient(app) as browser:
        answer = browser.get(f"{path}?{query}", headers=headers)
    return answer.status_code, answer.text


LONG_QUERIES = ("a=" + "b" * 5_000, "&".join(["a=%00"] * 65), "&" * 5_000, "a=" + "%00" * 1_400)


@pytest.mark.parametrize("query", LONG_QUERIES)
def test_a_query_that_no_page_has_is_refused_before_it_is_read(query: str, monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []
    monkeypatch.setattr(border, "clean_query", lambda query: read.append(query) or query)

    assert asked(query) == (414, '{"error":"query_too_long"}')
    assert read == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("bg", "Този адрес е твърде дълъг."), ("en", "This address is too long.")],
)
def test_whoever_follows_such_a_link_reads_why(language: str, sentence: str):
    status, shown = asked(LONG_QUERIES[0], **{"accept": "text/html", "accept-language": language})

    assert status == 414
    assert f"<h1>{sentence}</h1>" in shown


@pytest.mark.parametrize("query", LONG_QUERIES)
def test_control_without_the_bound_it_is_read(query: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(border, "LONGEST_QUERY", 10**9)
    monkeypatch.setattr(border, "FIELDS", 10**9)

    assert asked(query)[0] == 200


def test_a_long_search_in_cyrillic_with_every_filter_is_read():
    words = "%D0%AF" * 80
    query = f"q={words}&area={words}&cost=low&theme={words}&round={words}&lang=bg&next=/ideas"

    assert asked(query) == (200, '{"read":7}')


def test_the_layer_hands_on_what_is_clean():
    seen: list[object] = []

    async def app(scope, _receive, _send):
        seen.extend((scope["path"], scope["query_string"]))

    scope = {"path": "/log/x", "query_string": b"size=1%00"}
    aside.run(Border(app)({"type": "http", **scope}, None, None))  # type: ignore[arg-type]
    aside.run(Border(app)({"type": "websocket", **scope}, None, None))  # type: ignore[arg-type]
    aside.run(Border(app)({"type": "http", "path": "/идеи", "query_string": "q=я".encode()}, None, None))  # type: ignore[arg-type]

    assert seen == ["/log/x", b"size=1", "/log/x", b"size=1", "/идеи", "q=я".encode()]


@pytest.mark.parametrize(
    "body",
    [b'{"a": "x\\u0000\\ud800y"}', b'{"a": "x\xed\xa0\x80y"}', '{"a": "x\\u0000y"}'.encode("utf-16")],
    ids=["escaped", "raw", "utf-16"],
)
def test_a_body_of_json_is_clean(body: bytes):
    async def tell(request: Request) -> Response:
        return JSONResponse(await json_of(request))

    with TestClient(Starlette(routes=[Route("/", tell, methods=["POST"])])) as browser:
        assert browser.post("/", content=body).json() == {"a": "xy"}


def test_a_form_is_clean():
    async def tell(request: Request) -> Response:
        return JSONResponse(await form_of(request))

    with TestClient(Starlette(routes=[Route("/", tell, methods=["POST"])])) as browser:
        assert browser.post("/", content=b"share=a%00b&share=%ED%A0%80").json() == {"share": ["ab", "���"]}


def test_no_door_reads_a_body_past_the_border():
    """A body is read by `json_of`, `json_in` and `form_of`; files and the bounded ballot are read as bytes."""
    as_bytes = {"pages/server/upload_route.py", "pages/voting/ballot_route.py", "pages/server/border.py"}
    past = [
        f"{file.relative_to(ROOT).as_posix()}:{node.lineno}"
        for file in sorted((ROOT / "pages").rglob("*_route.py"))
        if file.relative_to(ROOT).as_posix() not in as_bytes
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("json", "form", "body", "stream")
        and ast.unparse(node.value) == "request"
    ]  # fmt: skip

    assert past == []


def test_a_password_with_a_surrogate_is_a_wrong_one(town: worlds.Town):
    with store.transaction() as session:
        token = sessions.open_session(session, town.resident, at=clock.now())
    browser = TestClient(Starlette(routes=list(again_route.ROUTES)), headers=HERE, cookies={"glas": token})

    answer = browser.post("/session/again", content=b'{"password": "\\ud800 wrong \\u0000", "code": "\\udfff"}')

    assert (answer.status_code, answer.json()["error"]) == (401, "wrong")


def test_a_command_and_an_answer_at_the_terminal_are_clean(monkeypatch: pytest.MonkeyPatch, tmp_path):
    class Seen(Exception):
        pass

    def seen(chosen):
        raise Seen(chosen.nickname, str(chosen.path), chosen.words)

    def parser():
        made = terminal.Parser(prog="glas")
        made.add_argument("nickname")
        made.add_argument("path", type=terminal.os.fspath)
        made.add_argument("words", nargs="*")
        made.set_defaults(run=seen)
        return made

    there = tmp_path / "caf\udce9.pb"
    there.write_bytes(b"")
    monkeypatch.setattr(terminal, "parser", parser)
    with pytest.raises(Seen) as told:
        terminal.main(["Бо\x00би\udce9", str(there), "a\x00", "b"])
    monkeypatch.setattr("builtins.input", lambda _question: "Се\x00ло\udce9")

    assert told.value.args == ("Боби", str(there), ["a", "b"])
    assert talk.ask("?") == "Село"
