"""Recounting: an honest bundle passes every check, and nothing that was altered does."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from core.audit import bundle
from core.audit.recount import AUDITOR, PUBLIC, recount
from core.trust import lots
from core.trust.checkpoints import verifier
from core.trust.commitments import Opening
from tests.helpers import bundles, forgeries, sizes, spellings

VALUES = bundles.opened(100)


def failed(files, **options) -> set[str]:
    return {check.name for check in recount(bundle.to_zip(files), **options) if not check.passed}


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("equal-shares", "approval"),
        ("greedy", "approval"),
        ("greedy-threshold", "approval"),
        ("greedy-borda", "ordinal"),
    ],
)
def test_an_honest_bundle_passes_every_check(rule, kind, tmp_path):
    values = bundles.opened(100, rule=rule, kind=kind)
    auditors, everyones = bundles.files(values), bundles.files(bundles.public(values))
    bundles.to_folder(auditors, tmp_path / "auditor")
    (tmp_path / "bundle.zip").write_bytes(bundle.to_zip(everyones))

    names = [check.name for check in recount(tmp_path / "auditor") if check.passed]
    assert names == [*PUBLIC, *AUDITOR]
    assert [check.name for check in recount(tmp_path / "bundle.zip") if check.passed] == [*PUBLIC]


def test_the_published_key_is_compared():
    files = bundles.files(VALUES)
    again = bundles.files(VALUES, forgeries.OTHER_KEY)

    assert failed(files, key=verifier(bundles.ORIGIN, bundles.KEY.verify_key)) == set()
    assert "key" in failed(again, key=verifier(bundles.ORIGIN, bundles.KEY.verify_key))
    assert failed(files, key="rubbish") == {"key"}


@pytest.mark.parametrize("check", forgeries.FORGERIES)
def test_a_forgery_by_the_server_itself_is_caught_by_one_check_and_missed_without_it(check):
    values = bundles.public(VALUES) if check == "numbers" else VALUES
    forged = forgeries.FORGERIES[check](values)

    assert failed(forged) == {check}
    assert failed(forged, without=frozenset({check})) == set()


def test_a_type_of_ballot_that_nobody_knows_is_no_form_of_the_rules():
    def other(data: bytes) -> bytes:
        told = json.loads(data)
        return json.dumps({**told, "ballot": {**told["ballot"], "type": "lottery"}}).encode()

    checks = recount(bundle.to_zip(forgeries.file_changed(bundle.RULES, other)(VALUES)))

    (found,) = (check.facts for check in checks if check.name == "limits")
    assert found == {"reason": "damaged", "problem": "form", "file": "rules.json", "line": None}


def test_every_check_has_a_forgery_of_its_own():
    assert forgeries.FORGERIES.keys() == {*PUBLIC, *AUDITOR}


@pytest.mark.parametrize("spelling", spellings.SPELLINGS)
def test_a_draw_in_another_form_than_its_source_demands_is_caught(spelling):
    forged = spellings.SPELLINGS[spelling](VALUES)

    assert failed(forged) == {"draw"}
    assert failed(forged, without=frozenset({"draw"})) == set()


@pytest.mark.parametrize("spelling", ["spaces", "one die", "capitals", "longer"])
def test_without_the_one_form_any_spelling_would_pass(spelling, monkeypatch):
    """The control: the order follows from what is written, so only its form tells."""
    monkeypatch.setattr(lots, "reduced", lambda _source, typed: typed)

    assert failed(spellings.SPELLINGS[spelling](VALUES)) == set()


def test_a_beacons_value_passes():
    assert failed(spellings.spelled("5e1f" * 8, spellings.BEACON)(VALUES)) == set()


def test_every_file_and_every_kind_of_alteration_is_flagged():
    chance = random.Random(8)
    values = bundles.opened(100, rule="greedy")
    honest = [bundles.files(values), bundles.files(bundles.public(values))]
    missed, tried = [], 0
    for number in range(sizes.FORGED):
        what, altered = forgeries.edited(honest[number % 2], chance)
        for version in (altered, forgeries.covered_up(altered)):
            if version not in honest:  # to cover up a changed manifest is to put it right
                tried += 1
                missed += [] if failed(version) else [what]

    print(f"FIGURES mutations of bundles {tried}, flagged {tried - len(missed)}")
    assert missed == []


def test_revotes_cannot_be_undone_by_inventing_an_empty_slot():
    forged = bundles.files(forgeries.revotes_undone(VALUES))

    assert failed(forged) == {"revisions"}
    assert failed(bundles.files(forgeries.revotes_undone(VALUES, invented=False))) == {"revisions"}
    # The control: the sum of all revisions alone would be right.
    assert failed(forged, without=frozenset({"revisions"})) == set()


def test_a_withdrawal_that_never_was_is_not_on_the_board():
    invented = Opening("2026", "e" * 32, 1, bytes(64), "10-КЛЕН-100-КЛЕН", "")
    forged = replace(VALUES, openings=(*VALUES.openings, invented))

    assert failed(bundles.files(forged)) == {"openings", "revisions"}


def test_without_manifest_and_signature_some_alterations_would_be_missed():
    # The control: it is these two checks that catch a changed explanation.
    altered = {**bundles.files(VALUES), "README.bg.md": "Няма нищо за проверка.\n".encode()}

    assert failed(altered) == {"manifest"}
    assert failed(altered, without=frozenset({"manifest", "signature"})) == set()


def test_a_ballot_added_to_the_file_is_more_than_the_board_holds():
    forged = bundles.files(forgeries.ballot_added(VALUES))

    assert "numbers" in failed(forged)
