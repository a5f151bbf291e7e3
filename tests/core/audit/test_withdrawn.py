"""A bundle with a withdrawn project: two files of ballots, the same winners, and a recount that says so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.audit import bundle
from core.audit.bundle import OpenedRound
from core.audit.recount import AUDITOR, PUBLIC, WITHDRAWN, recount
from core.counting import pabulib
from core.counting.allocation import Unfunded
from core.counting.rules import RULES, allocate
from core.counting.withdrawn import standing
from pages.parts import i18n
from pages.trust import recount_words
from tests.helpers import bundles, forgeries

# Nobody may have named nothing but this one, or the empty line would not be met.
GONE = "p01"


def values(rule: str = "equal-shares", kind: str = "approval") -> OpenedRound:
    return bundles.withdrawing(bundles.opened(rule=rule, kind=kind), GONE)


def found(opened: OpenedRound) -> dict[str, object]:
    return {check.name: check for check in recount(bundle.to_zip(bundles.files(opened)), bundles.given(opened))}


def failed(opened: OpenedRound, **changed: bytes) -> set[str]:
    checks = recount(bundle.to_zip(bundles.files(opened) | changed))
    return {check.name for check in checks if check.failed}


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        (rule, kind)
        for rule in RULES
        for kind in ("approval", "ordinal")
        if rule != "greedy-points" and kind in RULES[rule].suits
    ],
)
def test_bundle_and_election_file_give_the_same_winners(rule, kind):
    opened = values(rule, kind)
    files = bundles.files(opened)

    checks = recount(bundle.to_zip(files))

    assert {check.name for check in checks if check.failed} == set()
    (told,) = (check for check in checks if check.name == "withdrawn")
    file = pabulib.read(files[bundle.ELECTION])
    again = allocate(*_declared(file))
    winners = tuple(one.id for one in opened.allocation.funded)
    assert GONE not in file.instance.ids and file.profile.ballots == len(opened.ballots)
    assert told.passed and told.facts["funded"] == winners == tuple(one.id for one in again.funded)
    assert GONE in pabulib.read(files[bundle.AS_CAST]).instance.ids


def _declared(file):
    name, _settings = file.declared
    return name, file.instance, file.profile


def test_what_was_withdrawn_is_told_with_its_votes_and_its_reason():
    opened = values()
    votes = sum(GONE in json.loads(ballot) for ballot in opened.ballots)

    rules = json.loads(bundles.files(opened)[bundle.RULES])
    (check,) = (each for each in recount(bundle.to_zip(bundles.files(opened))) if each.name == "withdrawn")

    assert rules["withdrawn"] == [{"id": "p01", "votes": votes, "reason": "Not legal"}]
    with i18n.speaking("en"):
        assert f"p01 ({votes} votes; Not legal)" in recount_words.sentence(check)
    with i18n.speaking("bg"):
        assert f"p01 ({votes} гласа; Not legal)" in recount_words.sentence(check)
    assert any(json.loads(ballot) == [GONE] for ballot in opened.ballots)


def test_it_is_asked_only_where_something_was_withdrawn():
    plain = bundles.opened()

    assert "withdrawn" not in {check.name for check in recount(bundle.to_zip(bundles.files(plain)))}
    assert b"withdrawn" not in bundles.files(plain)[bundle.RULES]
    assert {*found(values())} == {*PUBLIC, *WITHDRAWN, *AUDITOR}


def test_a_file_that_leaves_out_too_much_is_caught():
    opened = values()
    other = bundles.withdrawing(opened, GONE, "p02")
    forged = bundles.files(opened) | {bundle.ELECTION: bundle.election(other)}

    checks = recount(bundle.to_zip(bundle.sealed(_plain(forged), opened.origin, bundles.KEY)))

    assert {check.name for check in checks if check.failed} >= {"withdrawn"}


def test_a_project_cannot_be_withdrawn_without_a_signed_note():
    opened = values()
    silent = bundles.opened()
    forged = replace(opened, notes=silent.notes)

    assert "voted_on" in failed(forged)


@pytest.mark.parametrize("how", forgeries.WITHDRAWN)
def test_what_is_said_of_a_withdrawal_is_caught_by_one_check_and_missed_without_it(how):
    check, forge = forgeries.WITHDRAWN[how]
    forged = bundle.to_zip(forge(values()))

    failing = [each for each in recount(forged) if each.failed]
    assert [each.name for each in failing] == [check]
    assert not any(each.failed for each in recount(forged, without=frozenset({check})))
    for language in ("en", "bg"):
        with i18n.speaking(language):
            assert not {"{", "}"} & {*recount_words.sentence(failing[0])}


def test_nor_be_kept_in_the_count_against_the_note():
    opened = values()
    kept = bundles.opened()
    forged = replace(kept, notes=opened.notes)

    assert "voted_on" in failed(forged)


def test_other_votes_than_it_had_are_caught():
    opened = values()
    told = tuple(replace(each, votes_had=7) if each.project == GONE else each for each in opened.allocation.unfunded)

    assert "withdrawn" in failed(replace(opened, allocation=replace(opened.allocation, unfunded=told)))


def test_the_election_as_cast_belongs_to_a_bundle_with_something_withdrawn_only():
    opened, plain = values(), bundles.opened()
    less = {name: data for name, data in bundles.files(opened).items() if name != bundle.AS_CAST}
    more = bundles.files(plain) | {bundle.AS_CAST: bundle.as_cast(plain)}

    for odd in (less, more):
        checks = recount(bundle.to_zip(bundle.sealed(_plain(odd), opened.origin, bundles.KEY)))
        assert "files" in {check.name for check in checks if check.failed}


def _plain(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)}


def test_counting_it_in_is_seen():
    """The control: were nothing passed over, another one would win."""
    opened = bundles.opened()
    winner = opened.allocation.funded[0].id

    gone = bundles.withdrawing(opened, winner)

    assert winner not in {one.id for one in gone.allocation.funded}
    assert gone.allocation.unfunded[-1] == Unfunded(
        winner, "withdrawn", votes_had=sum(winner in json.loads(ballot) for ballot in opened.ballots)
    )
    left, _ballots = standing(gone.instance, bundle._profile(gone))
    assert left.ids == tuple(code for code in opened.instance.ids if code != winner)
