"""Latin letters by the law of 2009."""

import pytest

from core.letters import latin, slug


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
