"""The journal in a bundle: heads are signed, lines are those of the chain; one without either is as good as ever."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.audit import bundle
from core.audit.bundle import OpenedRound
from core.audit.files import Outcome
from core.audit.recount import AUDITOR, PUBLIC, recount
from pages.parts import i18n
from pages.trust import recount_words
from tests.helpers import bundles, forgeries
from tests.helpers.bundles import AT, GIVEN, lines, with_journal

VALUES = with_journal(bundles.opened(100), lines(), 4, 7, 7, 7)


def found(values: OpenedRound, files=None) -> dict[str, Outcome]:
    """Return what each check ends in that needs nothing but the bundle."""
    checks = recount(bundle.to_zip(files or bundles.files(values)))
    return {check.name: check.outcome for check in checks if check.name not in GIVEN}


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


def all_but(*unseen: str) -> dict[str, Outcome]:
    names = [name for name in (*PUBLIC, *AUDITOR) if name not in GIVEN]
    return {name: Outcome.unseen if name in unseen else Outcome.holds for name in names}


def test_an_honest_bundle_has_both_and_a_public_one_the_heads():
    assert found(VALUES) == all_but()
    public = bundles.public(VALUES)
    assert found(public) == all_but("mismatches", *AUDITOR, "journal_lines")
    assert reason(public, "journal_lines") == "no_lines"
    assert bundle.JOURNAL not in bundles.files(public)


def test_a_bundle_without_heads_stays_valid_and_says_that_it_does_not_show_them():
    late = bundles.noted(VALUES, late=3)
    without = replace(late, heads=(), journal=())
    assert found(without) == all_but("voted_on", "journal_heads", "journal_lines")
    assert reason(without, "journal_heads") == "no_heads"
    # Some of its checkpoints are from before there were heads.
    assert found(replace(late, heads=late.heads[1:])) == all_but("voted_on")


@pytest.mark.parametrize("left", [(), VALUES.heads[:2], VALUES.heads[1:]])
def test_heads_that_were_removed_from_a_round_begun_with_them_are_missed(left: tuple[str, ...]):
    removed = replace(VALUES, heads=left, journal=())
    assert {name for name, outcome in found(removed).items() if outcome is Outcome.fails} == {"journal_heads"}
    (told,) = (each for each in recount(bundle.to_zip(bundles.files(removed))) if each.name == "journal_heads")
    assert dict(told.facts) == {"reason": "fewer_heads", "heads": len(left), "checkpoints": 4}
    i18n.use("en")
    assert recount_words.sentence(told).endswith(
        f"There are {len(left)} of them beside 4 checkpoints: some were removed."
    )
    i18n.use("bg")
    assert recount_words.sentence(told).endswith(f"Те са {len(left)} при 4 подписани състояния: има махнати.")


@pytest.mark.parametrize(
    ("sizes", "held"), [((4, 7, 7, 7), 2), ((2, 5, 5, 8), 6), ((2, 4, 4, 4), 3), ((1, 1, 1, 1), 1), ((3, 6, 9, 9), 0)]
)  # fmt: skip
def test_a_head_holds_what_leads_to_it_without_a_gap(sizes: tuple[int, ...], held: int):
    """The round has the lines 1, 2, 4, 5, 7 and 8."""
    values = with_journal(bundles.opened(100), lines(), *sizes)
    (told,) = (each for each in recount(bundle.to_zip(bundles.files(values))) if each.name == "journal_lines")
    assert dict(told.facts) == ({"lines": 6, "held": held} if held else {"reason": "unsigned_lines"})


def test_what_no_head_reaches_is_told_apart():
    values = with_journal(bundles.opened(100), lines(), 2, 4, 4, 7)
    (told,) = (each for each in recount(bundle.to_zip(bundles.files(values))) if each.name == "journal_lines")
    i18n.use("en")
    assert recount_words.sentence(told).endswith(
        "4 lines of the journal are as they were written. 2 more come after the last signed head or before lines about "
        "something else: no signature reaches them."
    )
    i18n.use("bg")
    assert recount_words.sentence(told).endswith(
        "4 реда от дневника са такива, каквито са записани. Други 2 са след последния подпис или преди редове за "
        "нещо друго: до тях подпис не стига."
    )


def test_lines_that_no_head_signs_cannot_be_checked():
    unsigned = replace(bundles.noted(VALUES, late=3), heads=())
    assert found(unsigned) == all_but("voted_on", "journal_heads", "journal_lines")
    assert reason(unsigned, "journal_lines") == "unsigned_lines"
    # What contradicts itself is wrong all the same.
    changed = replace(bundles.noted(altered(4, action="other"), late=3), heads=())
    assert found(changed)["journal_lines"] is Outcome.fails


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
        (with_journal(VALUES, lines(), 4, 7, 7, 7, key=forgeries.OTHER_KEY), "journal_heads", "damaged"),
        (replace(VALUES, heads=(VALUES.heads[0].replace("/journal", ""),)), "journal_heads", "damaged"),
    ],
)  # fmt: skip
def test_what_was_altered_is_named(values: OpenedRound, check: str, why: str):
    assert found(values)[check] is Outcome.fails and reason(values, check) == why


def test_a_checkpoint_does_not_pass_for_a_head_nor_a_head_for_a_checkpoint():
    assert found(replace(VALUES, heads=VALUES.checkpoints))["journal_heads"] is Outcome.fails
    assert found(replace(VALUES, checkpoints=VALUES.heads))["checkpoints"] is Outcome.fails


@pytest.mark.parametrize("spelt", [b" ", b"\n"])
def test_each_line_has_one_way_of_being_written(spelt: bytes):
    files = dict(bundles.files(VALUES))
    first, _, rest = files[bundle.JOURNAL].partition(b"\n")
    files[bundle.JOURNAL] = first.replace(b",", b"," + spelt, 1) + b"\n" + rest
    kept = {name: content for name, content in files.items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)}
    assert json.loads(first)

    assert found(VALUES, bundle.sealed(kept, bundles.ORIGIN, bundles.KEY))["journal_lines"] is Outcome.fails
