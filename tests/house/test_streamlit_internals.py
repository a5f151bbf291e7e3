"""Streamlit still has every internal we lean on, and we lean on no other than `pages/streamlit_internals.py` names."""

import ast
import re
import tomllib
from functools import cache
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest
import streamlit
import uvicorn
from google.protobuf import descriptor_pool
from streamlit import config
from streamlit.proto import BackMsg_pb2, ForwardMsg_pb2  # noqa: F401 - puts the messages into the pool
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from pages import streamlit_internals
from pages.server import streams
from tests.helpers.aside import run
from tests.helpers.paths import ROOT

STATIC = Path(streamlit.__file__).parent / "static"
PUBLIC = ("streamlit", "streamlit.testing.v1", "streamlit.testing.v1.AppTest", "streamlit.logger.get_logger")
LIST = ROOT / "pages" / "streamlit_internals.py"


@cache
def scripts() -> str:
    """Return all that Streamlit's page runs."""
    return "\n".join(file.read_text("utf-8") for file in sorted((STATIC / "static" / "js").glob("*.js")))


def sources(*endings: str) -> dict[Path, str]:
    """Return our files with these endings and what stands in them."""
    files = [ROOT / "app.py", *(file for folder in ("pages", "core", "assets") for file in (ROOT / folder).rglob("*"))]
    return {file: file.read_text("utf-8") for file in files if file.suffix in endings and file != LIST}


def resolved(name: str) -> object:
    """Return what a dotted name stands for; an attribute may be a field of a dataclass."""
    parts, rest = name.split("."), []
    while True:
        try:
            found = import_module(".".join(parts))
            break
        except ModuleNotFoundError:
            rest.insert(0, parts.pop())
    for each in rest:
        fields = getattr(found, "__dataclass_fields__", {})
        found = fields[each] if each in fields else getattr(found, each)
    return found


@pytest.mark.parametrize("name", streamlit_internals.PYTHON)
def test_streamlit_still_has_the_name_in_python(name: str):
    assert resolved(name) is not None


@pytest.mark.parametrize("name", streamlit_internals.OPTIONS)
def test_streamlit_still_has_the_option(name: str):
    assert name in config.get_config_options()


@pytest.mark.parametrize(
    "name",
    [
        *streamlit_internals.TEST_IDS,
        *streamlit_internals.TEST_IDS_OF_TESTS,
        *streamlit_internals.ATTRIBUTES,
        *streamlit_internals.SCRIPT,
    ],
)
def test_the_page_of_streamlit_still_has_the_hook(name: str):
    # What is a property of an object in the scripts stands there without quotes.
    plain = name in {*streamlit_internals.ATTRIBUTES, *streamlit_internals.SCRIPT} and re.search(
        rf"[.{{, ]{name}\b", scripts()
    )

    assert plain or any(f"{sign}{name}{sign}" in scripts() for sign in "\"'`")


@pytest.mark.parametrize("text", streamlit_internals.SHELL)
def test_the_shell_of_streamlit_still_holds_the_text(text: str):
    assert text in (STATIC / "index.html").read_text("utf-8")


@pytest.mark.parametrize(("message", "field"), streamlit_internals.FIELDS)
def test_the_websocket_still_speaks_of_the_field(message: str, field: str):
    assert field in descriptor_pool.Default().FindMessageTypeByName(message).fields_by_name


@pytest.mark.parametrize(("message", "field"), streamlit_internals.STREAM)
def test_what_our_queue_of_the_websocket_reads_is_still_there(message: str, field: str):
    code = (ROOT / "pages" / "server" / "streams.py").read_text("utf-8")

    assert field in descriptor_pool.Default().FindMessageTypeByName(message).fields_by_name
    assert field in code


def test_every_message_of_a_page_is_passed_or_dropped_and_every_press_is_known():
    kinds = descriptor_pool.Default().FindMessageTypeByName("BackMsg").oneofs_by_name["type"].fields
    values = descriptor_pool.Default().FindMessageTypeByName("WidgetState").fields_by_name

    assert {kind.name for kind in kinds} - streams.PASSED == streamlit_internals.DROPPED
    assert {name for name in values if "trigger" in name or "chat" in name} == streams.PRESSED
    assert ForwardMsg_pb2.ForwardMsg.FINISHED_EARLY_FOR_RERUN == streams.FINISHED_EARLY


@pytest.mark.parametrize("name", streamlit_internals.SERVER)
def test_the_server_below_still_has_the_class(name: str):
    assert resolved(name) is not None


async def a_websocket() -> WebSocketsSansIOProtocol:
    loaded = uvicorn.Config(lambda: None, log_config=None)
    loaded.load()
    return WebSocketsSansIOProtocol(loaded, ServerState(), {})


async def a_connection() -> object:
    loaded = uvicorn.Config(lambda: None, log_config=None)
    loaded.load()
    return AutoHTTPProtocol(loaded, ServerState(), {})


def test_the_websocket_below_still_has_what_we_extend():
    made = run(a_websocket())

    assert [name for name in streamlit_internals.METHODS if not callable(getattr(made, name, None))] == []
    assert [name for name in streamlit_internals.OWN if not hasattr(made, name)] == []
    assert made.conn.reader.buffer == b"" and made.conn.current_size is None
    assert made.conn.max_message_size is not None
    below = run(a_connection())
    assert {"cycle", "loop", "transport", "pipeline", "app", "config"} <= set(vars(below))
    assert callable(below.on_body) and callable(below.on_headers_complete)
    assert "ws_max_size" in signature(uvicorn.Config).parameters


def private_names(text: str) -> set[str]:
    """Return what Python code names of Streamlit that is not public: by import, as text, or behind an underscore."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and re.fullmatch(r"streamlit(\.\w+)+", str(node.value)):
            found.add(node.value)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("st", "streamlit")
        ):
            found |= {f"streamlit.{node.attr}"} if node.attr.startswith("_") and node.attr != "__file__" else set()
    ours = {name for name in found if name.split(".")[0] == "streamlit" and name not in PUBLIC}
    return {name for name in ours if not re.fullmatch(r"streamlit\.\w+", name) or "._" in name}


def test_we_use_just_the_listed_names_in_python():
    code = sources(".py").values()
    used = set().union(*map(private_names, code))
    owners = {name: name.rpartition(".")[0].rpartition(".")[2] for name in streamlit_internals.PYTHON}
    fields = {name for name, owner in owners.items() if owner[0].isupper() and not owner.endswith("_pb2")}

    assert used == set(streamlit_internals.PYTHON) - fields
    assert [name for name in fields if not any(f".{name.rpartition('.')[2]}" in text for text in code)] == []


def test_the_hidden_options_of_our_file_are_just_those_listed():
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    known = config.get_config_options()
    keys = {f"{part}.{key}" for part, values in written.items() if part != "theme" for key in values}

    assert {key for key in keys if known[key].visibility == "hidden"} == set(streamlit_internals.OPTIONS)


def test_we_know_elements_just_by_the_listed_hooks():
    styles = "\n".join(re.sub(r"/\*.*?\*/", "", text, flags=re.S) for text in sources(".css").values())
    moving = "\n".join(re.sub(r"^\s*//.*$", "", text, flags=re.M) for text in sources(".js").values())
    ours = "\n".join(sources(".html", ".js").values())
    both = styles + moving
    attributes = set(re.findall(r"\[([\w-]+)", styles) + re.findall(r"\[(data-[\w-]+)", moving))
    attributes |= set(re.findall(r"\"(data-test-[\w-]+)\"", moving))
    standard = {"class", "style", "type", "role", "hidden", "open", "lang", "href", "aria-checked", "data-testid"}
    written = {name for name in attributes if re.search(rf"[\s\"]{name}[=\"]", ours)}

    used = set(re.findall(r"data-testid[~|^$*]?=[\"']?(\w+)", both)) | set(re.findall(r"\b(st[A-Z]\w+)", both))
    assert used == set(streamlit_internals.TEST_IDS)
    found = {name for name in attributes - standard if not name.startswith("aria-")}
    assert found & set(streamlit_internals.ATTRIBUTES) == set(streamlit_internals.ATTRIBUTES)
    assert found - set(streamlit_internals.ATTRIBUTES) <= written
    assert re.findall(r"\.st-(?!key-)[\w-]*", both) == []
    in_styles = {
        name for rule in re.findall(r"[^{};]+(?={)", styles) for name in re.findall(r"#([A-Za-z][\w-]*)", rule)
    }
    in_scripts = set(re.findall(r"#([A-Za-z][\w-]*)", moving))
    assert in_styles == {"root"}
    assert [name for name in in_scripts if f'id="{name}"' not in ours] == []


def test_an_address_or_a_word_of_the_page_that_is_listed_is_used():
    code = "\n".join(sources(".py", ".js").values()) + (ROOT / "tests" / "bench" / "visitor.py").read_text("utf-8")

    assert [name for name in streamlit_internals.SCRIPT if name not in code] == []
    assert set(re.findall(r"_stcore/[\w-]+", "\n".join(sources(".py", ".js").values()))) <= set(
        streamlit_internals.SCRIPT
    )


def test_the_visitor_of_the_benchmark_uses_just_the_listed_fields():
    code = (ROOT / "tests" / "bench" / "visitor.py").read_text("utf-8")

    assert [field for _, field in streamlit_internals.FIELDS if field not in code] == []


def test_browser_tests_wait_for_nothing_that_is_not_listed():
    texts = [file.read_text("utf-8") for file in (ROOT / "tests" / "web").rglob("*.py")]

    assert {name for text in texts for name in re.findall(r"data-testid=\\?[\"']?(\w+)", text)} <= {
        *streamlit_internals.TEST_IDS,
        *streamlit_internals.TEST_IDS_OF_TESTS,
    }


def test_no_page_is_stopped_for_then_streamlit_keeps_what_the_browser_forgets():
    assert [name for name, text in sources(".py").items() if "st.stop(" in text] == []
