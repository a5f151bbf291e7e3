"""Every text for people stands in both languages, and no translation outlives its text."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests.helpers.paths import ROOT
from tests.helpers.texts import COLLECTED, collect

FOLDER = ROOT / "assets" / "locale" / "bg"
KEYWORDS = {"_", "n_"}
# The two modules that define `_` and `n_` hand on whatever they are given.
DEFINING = {"pages/parts/i18n.py", "pages/parts/templates.py"}

CYRILLIC = re.compile("[а-яѝ]", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{(\w+)[^}]*\}")
# „гласувал/а“, „сигурен(на)“: Bulgarian that has to guess who reads. The sentence is turned round instead.
GENDERED = re.compile(r"[а-я]+(?:/-?|\(-?)(?:а|ла|на|та|шла|ята)\b", re.IGNORECASE)
FORMAL = re.compile(r"\b(?:Вие|Ви|Вас|Ваш\w*)\b")

# The same in every language: what a computer is to understand.
SAME = {"greedy, greedy-threshold, equal-shares, phragmen …", "name@example.com"}

Key = str | tuple[str, str]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def used() -> dict[Key, str]:
    """Return every text of the source, collected anew, with a place where it stands."""
    with TemporaryDirectory() as folder:
        collect(Path(folder) / "all.pot")
        return {key_of(each): ":".join(map(str, each.locations[0])) for each in texts_in(Path(folder) / "all.pot")}


def texts_in(path: Path) -> Iterator[Message]:
    with path.open("rb") as file:
        yield from (message for message in read_po(file) if message.id)


def key_of(message: Message) -> Key:
    return message.id if isinstance(message.id, str) else tuple(message.id)  # type: ignore[return-value]


def messages() -> Iterator[tuple[Path, Message]]:
    for path in sorted(FOLDER.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="bg"):
                if message.id:
                    yield path, message


@cache
def translated() -> dict[Key, tuple[str, ...]]:
    """Return every Bulgarian text by its source text; a plural has several."""
    found: dict[Key, tuple[str, ...]] = {}
    for _path, message in messages():
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        found[key_of(message)] = tuple(texts)
    return found


def singulars(keys: dict[Key, str] | dict[Key, tuple[str, ...]]) -> set[str]:
    """Return what gettext looks up by: the first form."""
    return {key if isinstance(key, str) else key[0] for key in keys}


def test_the_template_for_translators_holds_what_the_source_says():
    """Else collect the texts again: `make texts`."""
    assert set(map(key_of, texts_in(COLLECTED))) == used().keys()


def test_every_text_has_a_translation():
    missing = [f"{place}  {key!r}" for key, place in used().items() if not all(translated().get(key, ("",)))]

    assert not missing, "\n".join(sorted(missing))


def test_no_translation_is_stale():
    stale = sorted(singulars(translated()) - singulars(used()))

    assert not stale, "\n".join(stale)


def test_nothing_is_marked_as_uncertain():
    assert not [f"{path.name}: {message.id}" for path, message in messages() if message.fuzzy]


def test_a_text_is_translated_in_one_way_only():
    ways: defaultdict[str, set[str]] = defaultdict(set)
    for _path, message in messages():
        ways[str(message.id)].add(str(message.string))

    assert not {text: found for text, found in ways.items() if len(found) > 1}


def test_a_sentence_that_ends_in_a_date_has_its_full_stop():
    """„… до {date}“ alone relies on the „ч.“ of an hour: a day or a name runs into the next sentence."""
    moment = r"\{(?:date|until|time|moment)\}"
    wrong = [
        text
        for key, texts in translated().items()
        for form, text in zip((key,) if isinstance(key, str) else key, texts, strict=True)
        if re.search(moment + r"\.", form) and re.search(moment + r"(?=$|\s+[А-Я])", text)
    ]
    assert not wrong, "\n".join(wrong)


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_placeholders_agree():
    wrong = []
    for key, texts in translated().items():
        forms = (key,) if isinstance(key, str) else key
        known = set().union(*map(placeholders, forms))
        for text in texts:
            # A singular may leave the number out: „Остава един ден“.
            needed = known if isinstance(key, str) else known - {"count"}
            if not needed <= placeholders(text) <= known:
                wrong.append(f"{forms[0]!r} → {text!r}")

    assert not wrong, "\n".join(wrong)


def test_source_texts_are_english_and_translations_bulgarian():
    wrong = []
    for key, texts in translated().items():
        first = key if isinstance(key, str) else key[0]
        words = re.findall(r"[A-Za-z]{2,}", PLACEHOLDER.sub("", first))
        if CYRILLIC.search(first):
            wrong.append(f"not English: {first!r}")
        if len(words) > 1 and first not in SAME and not all(CYRILLIC.search(text) for text in texts):
            wrong.append(f"not Bulgarian: {first!r} → {texts!r}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (GENDERED, "guesses the reader's gender"),
        (FORMAL, "says Вие; Glas says ти"),
        (re.compile(r"\s-\s|—"), "wants an en dash: –"),
        (re.compile(r"„\s|[^\s(–«]„"), "has a space inside quotes, or none before them"),
    ],
    ids=["gender", "formal", "dash", "quotes"],
)
def test_bulgarian_reads_as_the_house_speaks(pattern: re.Pattern[str], why: str):
    wrong = [text for texts in translated().values() for text in texts if pattern.search(text)]

    assert not wrong, f"{why}:\n" + "\n".join(wrong)


def test_texts_are_written_out_where_they_are_translated():
    """`_(f"…")` and `_(variable)` look fine and are never found: what is translated stands in the source."""
    wrong = []
    for path in (ROOT / "app.py", *(ROOT / "pages").rglob("*.py")):
        if name(path) in DEFINING:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                count = 1 if node.func.id == "_" else 2
                if not all(isinstance(text, ast.Constant) for text in node.args[:count]):
                    wrong.append(f"{name(path)}:{node.lineno}")

    assert not wrong, "\n".join(wrong)
