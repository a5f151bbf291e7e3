"""One thing has one word, in both languages: a table of things, and all texts held against it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

import pytest

from pages.journal import words
from pages.parts import i18n, names
from tests.helpers.paths import ROOT
from tests.house.test_translations import translated


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing, the pattern of its word and of those that are not used for it, in English and in Bulgarian."""

    name: str
    english: str  # where this stands …
    bulgarian: str  # … the Bulgarian says this
    not_english: str = r"(?!)"
    not_bulgarian: str = r"(?!)"


THINGS = (
    Thing("auditor", r"\bauditors?\b", r"\bодитор", r"\bobservers?\b", r"наблюдател|проверяващ"),
    Thing("checkpoint", r"\bcheckpoints?\b", r"\bсъстояни", r"control point|signed state", r"контролн\w+ точк"),
    Thing("void", r"\bvoid\b", r"недействител|не важи", r"\binvalid|\bannul|\bcancelled", r"\bневалид|анулир"),
    Thing("share of the key", r"\b(?:key|commission|members?|first|second|two|three)\b.*\bshares?\b", r"\bчаст"),
    Thing("share of the money", r"(?:equal|raise|raised|raises) (?:the )?shares?\b", r"\bдял|\bдел[аъя]"),
    Thing("link", r"\b(?:sign-in|one-time|sealed|this|the|new) links?\b(?! to people)", r"\bвръзк",
          not_bulgarian=r"\bлинк"),
    Thing("town", r"(?!)", r"", not_bulgarian=r"\b[Гг]рад(?:а|ът|ове|ски\w*)?\b"),
    Thing("idea, submitted", r"\bsubmit an idea", r"\bпода[йд]",
          r"[Pp]ropos\w+ (?:an |the |your )?ideas?\b|proposed by|^Proposed$|may propose$",
          r"[Пп]редлож\w* (?:своя )?идея|[Ии]дея може да предложи|^Предложена$"),
    Thing("idea, feasible", r"\b(?:not )?feasible\b", r"изпълним",
          r"accepted ideas?\b|idea (?:is|stays) accepted|passed the review", r"приет\w* иде|[Пп]ремина\w* проверката|"
          r"[Нн]едопусната"),
    Thing("cost, rough", r"\brough (?:cost|figure)", r"приблизителн", not_bulgarian=r"ориентировъчн"),
    Thing("area", r"\bareas?\b", r"населен\w+ м[яе]ст|квартал", not_bulgarian=r"^Места\b|\bрайон"),
    Thing("what to do", r"^what to do\b", r"^какво да се направи$", r"What to do\?"),
    Thing("fewest and most projects", r"^At (?:least|most) so many projects", r"^Най-м(?:алко|ного) проекти$",
          r"^At (?:least|most)$"),
    Thing("round", r"\bthis round\b|\bthe round\b", r"издани|кръг"),
    Thing("advisory", r"\badvisory\b|\bonly advises\b", r"\bсъвещател", not_bulgarian=r"\bсамо съвет\b"),
    Thing("receipt", r"\breceipts?\b", r"разписк"),
    Thing("turnout", r"\bturnout\b", r"\bактивност", not_bulgarian=r"избирателна активност"),
    Thing("journal", r"\bjournal\b", r"\bдневни", not_bulgarian=r"\bлог(?:а|ът|ове)?\b"),
    Thing("code slip", r"\bslips?\b", r"листч|бележк"),
    Thing("commission", r"\bcommission\b", r"\bкомиси"),
    Thing("backup", r"\bbackups?\b", r"\bкопи"),
    Thing("organiser", r"\borganisers?\b", r"\bорганизатор|двама|някой|човек", r"\borganizers?\b"),
    Thing("board", r"\bboard\b", r"\bтабл|\bв списъка\b"),
    Thing("bundle", r"\bbundles?\b", r"\bпакет"),
    Thing("election file", r"\belection files?\b", r"файл\w* с избори", not_bulgarian=r"изборн\w+ файл"),
    Thing("Glas", r"(?!)", r"", not_bulgarian=r"(?<!`)\bGlas\b"),
)  # fmt: skip


def texts() -> list[tuple[str, str]]:
    """Return every text with its translation; of a plural each form."""
    found = []
    for key, told in translated().items():
        forms = (key,) if isinstance(key, str) else key
        found += [(forms[min(at, len(forms) - 1)], text) for at, text in enumerate(told)]
    return found


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.name)
def test_a_thing_has_one_word(thing: Thing):
    wrong = [
        f"{english!r} → {bulgarian!r}"
        for english, bulgarian in texts()
        if (
            re.search(thing.english, english, re.IGNORECASE)
            and not re.search(thing.bulgarian, bulgarian, re.IGNORECASE)
        )
        or re.search(thing.not_english, english)
        or re.search(thing.not_bulgarian, bulgarian)
    ]
    assert not wrong, "\n".join(wrong)


def test_english_takes_nobody_for_a_woman_or_a_man():
    wrong = [
        english for english, _bulgarian in texts() if re.search(r"\b(?:s?he|hers?|his|him(?:self)?|herself)\b", english)
    ]
    assert not wrong, "\n".join(wrong)


def actions() -> list[str]:
    """Return every key that a line of the journal has words for."""
    body = ast.parse((ROOT / "pages" / "parts" / "names.py").read_text(encoding="utf-8")).body
    (function,) = (one for one in body if isinstance(one, ast.FunctionDef) and one.name == "action")
    return [key.value for one in ast.walk(function) if isinstance(one, ast.Dict) for key in one.keys]  # type: ignore[union-attr, misc]


def test_a_line_of_the_journal_is_a_noun():
    """„Обяви резултата“ would be an order to who reads."""
    others = "Публичен Подготовка Отговор Поправка Промяна Решение Нов Покана Репетиция"
    with i18n.speaking("bg"):
        told = [names.action(key) for key in actions()]
        told += [words.words(start + "count") for start in ("ask_", "agree_", "take_back_", "decline_", "end_")]
    first = {text.split()[0] for text in told}
    assert not {one for one in first if not one.endswith(("не", "ие"))} - {*others.split(), "Отказ", "Край"}
    assert {"Обявяване на резултата", "Преброяване на бюлетините", "Оттегляне на заявка"} <= {*told}


def test_a_link_to_what_is_kept_leads_to_privacy():
    """Its name is the title of that page."""
    links = [
        (path.name, address)
        for path in (ROOT / "assets" / "templates").rglob("*.html")
        for address in re.findall(r'<a href="([^"]*)">\{\{ _\("What we keep and why"\) \}\}', path.read_text("utf-8"))
    ]
    assert len(links) >= 3 and {address for _, address in links} == {"/privacy"}, links
