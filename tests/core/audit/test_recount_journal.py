"""The journal in a bundle: heads are signed, lines are those of the chain; one without either is as good as ever."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core import chain
from core.audit import bundle
from core.audit.bundle import OpenedRound
from core.audit.recount import AUDITOR, PUBLIC, recount
from core.chain import Line
from core.trust.checkpoints import Checkpoint, sign
from pages.parts import i18n
from pages.trust import recount_words
from tests.helpers import bundles, forgeries

AT = datetime(2026, 11, 30, 10, tzinfo=UTC)


def lines(number: int = 9, word: str = "tested") -> tuple[Line, ...]:
    """Return a chain of lines of which every third one is of another round."""
    made: list[Line] = []
    for each in range(1, number + 1):
        former = made[-1].hash if made else chain.START
        round_id = 7 if each % 3 else 8
        line = Line(each, former, b"", 1, round_id, AT + timedelta(each), "organiser", "p-1", word, {"я": each})
        made.append(replace(line, hash=chain.link(former, chain.content(line))))
    return tuple(made)


def with_journal(values: OpenedRound, whole: tuple[Line, ...], *sizes: int, key=bundles.KEY) -> OpenedRound:
    heads = tuple(sign(Checkpoint(f"{bundles.ORIGIN}/journal", size, whole[size - 1].hash), key) for size in sizes)
    return replace(values, heads=heads, journal=tuple(line for line in whole if line.round_id == 7))


VALUES = with_journal(bundles.opened(100), lines(), 4, 7)


def found(values: OpenedRound, files=None) -> dict[str, bool]:
    return {check.name: check.passed for check in recount(bundle.to_zip(files or bundles.files(values)))}


def reason(values: OpenedRound, check: str) -> str:
    (told,) = (each for each in recount(bundle.to_zip(bundles.files(values))) if each.name == check)
    for language in ("bg", "en"):
        i18n.use(language)
        assert recount_words.sentence(told)
    return str(told.facts.get("reason", "passed"))


def altered(number: int, **changes: object) -> OpenedRound:
    return replace(
        VALUES, journal=tuple(replace(line, **changes) if line.number == number else line for line in VALUES.journal)
    )


def test_an_honest_bundle_has_both_and_a_public_one_the_heads():
    assert found(VALUES) == dict.fromkeys([*PUBLIC, *AUDITOR, "journal_heads", "journal_lines"], True)
    public = replace(bundles.public(VALUES), journal=())
    assert found(public) == dict.fromkeys([*PUBLIC, "journal_heads"], True)
    assert bundle.JOURNAL not in bundles.files(public)


def test_a_bundle_without_heads_stays_valid():
    assert found(bundles.opened(100)) == dict.fromkeys([*PUBLIC, *AUDITOR], True)


@pytest.mark.parametrize(
    ("values", "check", "why"),
    [
        (altered(4, action="other"), "journal_lines", "altered_line"),
        (altered(4, facts={"я": 5}), "journal_lines", "altered_line"),
        (altered(4, at=AT), "journal_lines", "altered_line"),
        (replace(VALUES, journal=VALUES.journal[::-1]), "journal_lines", "other_place"),
        (replace(VALUES, journal=(VALUES.journal[1], *VALUES.journal[:1], *VALUES.journal[2:])), "journal_lines",
         "other_place"),
        (replace(VALUES, journal=VALUES.journal[:2] + VALUES.journal[1:]), "journal_lines", "other_place"),
        (replace(VALUES, journal=with_journal(VALUES, lines(word="else")).journal), "journal_lines", "other_head"),
        (with_journal(VALUES, lines(), 7, 4), "journal_heads", "order"),
        (with_journal(VALUES, lines(), *[7] * 99), "journal_heads", "more_heads"),
        (with_journal(VALUES, lines(), 4, key=forgeries.OTHER_KEY), "journal_heads", "damaged"),
        (replace(VALUES, heads=(VALUES.heads[0].replace("/journal", ""),)), "journal_heads", "damaged"),
    ],
)  # fmt: skip
def test_what_was_altered_is_named(values: OpenedRound, check: str, why: str):
    assert found(values)[check] is False and reason(values, check) == why


def test_a_checkpoint_does_not_pass_for_a_head_nor_a_head_for_a_checkpoint():
    assert found(replace(VALUES, heads=VALUES.checkpoints))["journal_heads"] is False
    assert found(replace(VALUES, checkpoints=VALUES.heads))["checkpoints"] is False


@pytest.mark.parametrize("spelt", [b" ", b"\n"])
def test_each_line_has_one_way_of_being_written(spelt: bytes):
    files = dict(bundles.files(VALUES))
    first, _, rest = files[bundle.JOURNAL].partition(b"\n")
    files[bundle.JOURNAL] = first.replace(b",", b"," + spelt, 1) + b"\n" + rest
    kept = {name: content for name, content in files.items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)}
    assert json.loads(first)

    assert found(VALUES, bundle.sealed(kept, bundles.ORIGIN, bundles.KEY))["journal_lines"] is False
