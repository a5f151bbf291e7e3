"""Latin letters by the law of 2009; what nobody can see."""

import pytest

from core import letters
from core.letters import latin, slug
from core.texts import Texts


@pytest.mark.parametrize(
    ("bulgarian", "expected"),
    [
        ("Кюстендил", "kyustendil"),
        ("Щъркелово гнездо", "shtarkelovo gnezdo"),
        ("София", "sofia"),
        ("идеи и идеология", "idei i ideologia"),
        ("България", "bulgaria"),
        ("Чепеларе, Жеравна, Цар, Йорданка, Шипка, Хасково", "chepelare, zheravna, tsar, yordanka, shipka, haskovo"),
    ],
)
def test_words_are_written_as_on_road_signs(bulgarian: str, expected: str):
    assert latin(bulgarian) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Младежки бюджет 2026", "mladezhki-byudzhet-2026"),
        ("  «Youth» – budget!  ", "youth-budget"),
        ("Łódź 2022", "odz-2022"),
        ("€€€", ""),
        ("дума " * 30, "-".join(["duma"] * 12)),
    ],
)
def test_a_slug_is_fit_for_an_address(title: str, expected: str):
    assert slug(title) == expected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\u3164", ""), ("\u2800 \u200b", ""), ("\u202e", ""), ("\ufe0f", ""), (" \u200bПейки\u2060 ", "Пейки"),
        ("а\u200dб", "а\u200dб"), ("Парк \u2764\ufe0f", "Парк \u2764\ufe0f"), ("a\x00b", "ab"), ("\n", ""), ("й", "й"),
    ],
)  # fmt: skip
def test_what_nobody_can_see_is_nothing(text: str, kept: str):
    assert letters.trimmed(text) == kept
    assert letters.shows(text) is bool(kept)
    assert Texts(bg=text).trimmed().exactly("bg") == kept


def test_a_text_that_shows_nothing_is_no_text():
    assert not Texts(bg="\u3164\u2800", en=" ")
    assert Texts(bg="\u2800", en="Benches").in_("bg") == "Benches"
    # An idea's title may mix alphabets: „Wi-Fi в парка“, „PlayStationът“.
    assert Texts(bg="PlayStationът").in_("bg") == "PlayStationът"


def test_signs_are_counted_that_can_be_seen():
    assert letters.visible("а\u200b\u200b\u2800б в") == 4


@pytest.mark.parametrize(
    ("word", "expected"),
    [("българия" * 2_000, "bulgaria" * 2_000), ("лил" + "ия" * 3_000, "lil" + "ia" * 3_000)],
)
def test_a_word_without_end_is_written_as_any_other(word: str, expected: str):
    assert latin(word) == expected
    assert len(slug(word)) <= 60
