"""What people typed reaches Streamlit's own widgets through one function only; all HTML comes from templates."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.helpers.paths import ROOT

PAGES = sorted((ROOT / "pages").rglob("*.py"))
# These draw HTML or Markdown as it comes.
RAW = {"html", "markdown", "write", "write_stream", "latex", "iframe"}
# These show Markdown in what they are given.
WORDED = {
    "button",
    "caption",
    "checkbox",
    "error",
    "expander",
    "header",
    "info",
    "link_button",
    "metric",
    "page_link",
    "pills",
    "popover",
    "radio",
    "segmented_control",
    "selectbox",
    "subheader",
    "success",
    "tabs",
    "text_area",
    "text_input",
    "title",
    "toast",
    "toggle",
    "warning",
    "multiselect",
    "number_input",
    "badge",
    "spinner",
    "dialog",
    "form_submit_button",
    "download_button",
    "status",
}
# Words that widgets get from a variable: all of them are texts of ours, made of constants.
OURS = {
    "pages/closing/steps.py",
    "pages/parts/forms/fields.py",
    "pages/parts/forms/lines.py",
    "pages/header.py",
    "pages/ideas/filters.py",
    "pages/ideas/writing.py",
    "pages/rounds/two_people.py",
    "pages/ideas/propose_page.py",
    "pages/people/joining.py",
    "pages/parts/date_input.py",
    "pages/ideas/reviewing.py",
}
# Choices whose options show Markdown, too; the other lists show letters.
OPTIONS = {"radio", "pills", "segmented_control"}
# Modules whose options are our own: names of languages, kinds and looks, made of constants.
OUR_OPTIONS = {
    "pages/people/account_forms.py",
    "pages/parts/forms/fields.py",
    "pages/parts/forms/lines.py",
    "pages/studio/editor.py",
}
# What else is called so and draws nothing.
LOGS = {"log", "_log", "logging"}
# Facts in such words that nobody types.
SAFE_FACTS = {"count", "date", "role", "currency", "amount", "number", "age"}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a function of Streamlit with its name, also of a column, a tab or the sidebar."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of, name = node.func.value, node.func.attr
            drawn = isinstance(of, ast.Name) and of.id in ("st", "streamlit")
            of_streamlit = isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name) and of.value.id == "st"
            # Many things are written to and have a title; no other has a method with one of these names.
            a_place = (
                isinstance(of, ast.Name)
                and of.id not in LOGS
                and name in (RAW | WORDED) - {"write", "title", "badge", "status"}
            )
            if drawn or of_streamlit or a_place:
                yield name, node


def renamed(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield imports that would hide Streamlit's functions under other names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "streamlit":
            yield node
        if isinstance(node, ast.Import):
            yield from (each for each in node.names if each.name == "streamlit" and each.asname not in (None, "st"))


def constant(node: ast.AST) -> bool:
    """Return whether words are constant, a translated constant, or have their facts made plain."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.List):
        return all(constant(each) for each in node.elts)
    if isinstance(node, ast.IfExp):
        return constant(node.body) and constant(node.orelse)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "plain":
            return True
        if node.func.id in ("_", "n_"):
            return all(each.arg in SAFE_FACTS or constant(each.value) for each in node.keywords)
    return False


def unsafe(source: str, where: str) -> list[str]:
    """Return what a module hands to Streamlit without escaping it."""
    found, tree, made = [], ast.parse(source), {}
    found += [f"{where}: an import of Streamlit's functions by name" for _each in renamed(tree)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            made.setdefault(node.targets[0].id, []).append(node.value)
    for name, call in calls(tree):
        named = {each.arg for each in call.keywords}
        if named & {"unsafe_allow_html", "unsafe_allow_javascript"} or (
            name in RAW and where != "pages/parts/templates.py"
        ):
            found.append(f"{where}:{call.lineno} st.{name}")
        if name not in WORDED:
            continue
        if name in OPTIONS and where not in OUR_OPTIONS and not all(listed(each) for each in options(call)):
            found.append(f"{where}:{call.lineno} st.{name} with options")
        if where in OURS:
            continue
        said = [*call.args[:1], *(each.value for each in call.keywords if each.arg in ("label", "help", "body"))]
        for words in said:
            known = made.get(words.id, []) if isinstance(words, ast.Name) else [words]
            if not known or not all(constant(each) for each in known):
                found.append(f"{where}:{call.lineno} st.{name}({ast.unparse(words)[:60]})")
    return found


def options(call: ast.Call) -> list[ast.AST]:
    """Return what a choice is made from."""
    return [*call.args[1:2], *(each.value for each in call.keywords if each.arg in ("options", "format_func"))]


def listed(node: ast.AST) -> bool:
    """Return whether options are constants, or made plain one by one."""
    if isinstance(node, ast.List | ast.Tuple):
        return all(constant(each) for each in node.elts)
    return isinstance(node, ast.Name) and node.id == "plain"


def test_nothing_reaches_a_widget_unescaped():
    found = [line for path in PAGES for line in unsafe(path.read_text("utf-8"), path.relative_to(ROOT).as_posix())]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "st.markdown(idea.title)",
        "st.html(text)",
        "st.button(idea.title)",
        "st.error(f'{name} is wrong')",
        "st.write(x)",
        "st.button(_('Vote for {title}', title=idea.title))",
        "st.caption('a', unsafe_allow_html=True)",
        "label = name\nst.radio(label)",
        "left.markdown(x)",
        "left, right = st.columns(2)\nleft.button(idea.title)",
        "st.sidebar.markdown(x)",
        "st.radio(_('Which'), titles)",
        "st.pills(_('Which'), options=titles)",
        "st.radio(_('Which'), ['a'], format_func=lambda one: one.title)",
        "st.button(_('Go'), help=idea.title)",
        "st.button(label=idea.title)",
        "from streamlit import markdown\nmarkdown(x)",
        "import streamlit as s\ns.markdown(x)",
    ],
)
def test_the_check_sees_what_is_not_escaped(source: str):
    assert unsafe(source, "pages/parts/example.py")


@pytest.mark.parametrize(
    "source",
    [
        "st.button(_('Go'))",
        "st.button(_('Take from {name}', name=plain(one.name)))",
        "label = _('Go')\nst.button(label)",
        "st.text(x)",
        "log.error('broke %s', name)",
        "file.write(text)",
        "st.radio(_('Which'), [_('a'), plain(b)])",
    ],
)
def test_the_check_lets_escaped_text_pass(source: str):
    assert unsafe(source, "pages/parts/example.py") == []


def test_templates_escape_everything_and_components_write_text_only():
    for path in (ROOT / "assets" / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        assert "|safe" not in text.replace(" ", "") and "autoescape" not in text and "<script" not in text, path.name
    for path in (ROOT / "assets" / "components").rglob("*.js"):
        text = path.read_text("utf-8")
        for way in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "DOMParser",
        ):
            assert way not in text, f"{path.name}: {way}"
