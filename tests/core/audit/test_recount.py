"""Recounting: an honest bundle passes every check, and nothing that was altered does."""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import tracemalloc
import zipfile
import zlib
from dataclasses import replace

import pytest
from nacl.signing import SigningKey

from core.audit import _streams, bundle, verdicts
from core.audit._evidence import Evidence
from core.audit.files import BundleFiles, Given, Outcome
from core.audit.recount import AUDITOR, PUBLIC, recount, verdict
from core.counting.allocation import EVERY_TIE
from core.trust import lots, notes
from core.trust.checkpoints import Checkpoint, sign, verifier
from core.trust.commitments import Opening, leaf_bytes
from core.trust.merkle import Growing, Tree
from pages.parts import i18n
from pages.trust import recount_words
from tests.helpers import bundles, forgeries, sizes, spellings
from tests.helpers.paths import ROOT

VALUES = bundles.opened(100)


def failed(files, **options) -> set[str]:
    return {check.name for check in recount(bundle.to_zip(files), **options) if check.failed}


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

    found = recount(tmp_path / "auditor", bundles.given(values))
    assert bundles.seen(found) == [name for name in (*PUBLIC, *AUDITOR) if name != "verdict"]
    # A public bundle says of itself what only openings show.
    found = recount(tmp_path / "bundle.zip", bundles.given(values))
    assert bundles.seen(found, Outcome.unseen) == ["verdict", "mismatches", "journal_lines", *AUDITOR]
    assert bundles.seen(found) == [name for name in PUBLIC if name not in ("verdict", "mismatches", "journal_lines")]


def test_a_result_of_today_cannot_leave_out_ties_and_one_of_an_earlier_glas_may():
    earlier = bundles.opened(100, rule="greedy")
    assert [(tie.by, tie.moot) for tie in earlier.allocation.ties] == [("cost", True), ("room", False), ("room", False)]
    today = bundles.noted(replace(earlier, allocation=replace(earlier.allocation, form=EVERY_TIE)))
    found = {}
    for name, values in (("earlier", earlier), ("today", today)):
        for number, ties in (("all", values.allocation.ties), ("none", ())):
            found[name, number] = failed(
                bundles.files(replace(values, allocation=replace(values.allocation, ties=ties)))
            )

    assert found == {
        ("earlier", "all"): set(), ("earlier", "none"): set(),
        ("today", "all"): set(), ("today", "none"): {"count"},
    }  # fmt: skip


def test_who_signs_another_note_of_the_count_to_leave_out_ties_is_caught_by_whoever_kept_the_first():
    earlier = bundles.opened(100, rule="greedy")
    today = bundles.noted(replace(earlier, allocation=replace(earlier.allocation, form=EVERY_TIE)))
    forged = bundles.files(replace(earlier, allocation=replace(earlier.allocation, ties=())))

    assert failed(bundles.files(today), given=Given(noted=today.notes[-1])) == set()
    assert failed(forged, given=Given(noted=today.notes[-1])) == {"noted"}


def test_the_published_key_is_compared():
    files = bundles.files(VALUES)
    again = bundles.files(VALUES, forgeries.OTHER_KEY)
    key = verifier(bundles.ORIGIN, bundles.KEY.verify_key)

    assert failed(files, given=Given(key=key)) == set()
    assert "key" in failed(again, given=Given(key=key))
    for wrong in ("rubbish", "", " "):
        assert failed(files, given=Given(key=wrong)) == {"key"}


def test_what_is_not_compared_is_not_said_to_hold():
    checks = recount(bundle.to_zip(bundles.files(VALUES)))
    assert bundles.seen(checks, Outcome.unseen) == ["key", "kept", "noted", "verdict"]


def test_a_log_cut_back_is_told_by_a_checkpoint_or_a_note_that_somebody_has_kept():
    cut = bundles.files(forgeries.cut_back(VALUES))

    # Signed by the server itself in all its parts: from the bundle alone nobody can tell.
    assert failed(cut, given=bundles.given(VALUES)) == set()
    assert failed(cut, given=bundles.given(VALUES, checkpoint=VALUES.checkpoints[-1])) == {"kept"}
    assert failed(cut, given=bundles.given(VALUES, noted=VALUES.notes[1])) == {"noted"}
    # The control: of the honest bundle all of them hold.
    for checkpoint in VALUES.checkpoints:
        assert failed(bundles.files(VALUES), given=bundles.given(VALUES, checkpoint=checkpoint)) == set()
    for note in VALUES.notes:
        assert failed(bundles.files(VALUES), given=bundles.given(VALUES, noted=note)) == set()


def test_another_board_of_the_same_size_is_told_by_a_kept_checkpoint():
    other = sign(Checkpoint(bundles.ORIGIN, 40, bytes(32)), bundles.KEY)
    by_another = sign(Checkpoint(bundles.ORIGIN, 40, bytes(32)), forgeries.OTHER_KEY)

    (found,) = (each for each in recount(bundle.to_zip(bundles.files(VALUES)), Given(checkpoint=other)) if each.failed)
    assert (found.name, found.facts["reason"]) == ("kept", "changed")
    for wrong in (by_another, "", "rubbish"):
        assert failed(bundles.files(VALUES), given=Given(checkpoint=wrong)) == {"kept"}


def test_ballots_invented_between_the_opening_and_the_count_are_told_without_openings():
    invented = bundles.files(forgeries.other_ballots(VALUES))

    checks = {each.name: each for each in recount(bundle.to_zip(invented), bundles.given(VALUES))}
    assert checks["closing"].facts == {
        "reason": "not_as_noted",
        "what": ("opened.ballots", "counted.fingerprint", "counted.checksum"),
    }
    # Signed anew as well, only the openings tell, and nothing else is said of them.
    by_the_server = bundles.files(bundles.noted(forgeries.other_ballots(VALUES)))
    found = recount(bundle.to_zip(by_the_server), bundles.given(VALUES))
    assert bundles.seen(found, Outcome.fails) == []
    assert {"mismatches", "votes", "openings"} <= set(bundles.seen(found, Outcome.unseen))


def changed_facts(values, **other):
    """Return the values with another first note, and the others after it."""
    (first, *_rest) = notes.read(values.notes, values.origin, bundles.KEY.verify_key)
    note = notes.following((), values.origin, "begun", {**first.facts, **other})
    return bundles.noted(replace(values, notes=()), after=notes.sign(note, bundles.KEY))


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"budget": 20_000_01}, "budget"),
        ({"ballot": {"type": "approval", "min": 1, "max": 4}}, "ballot.max"),
        ({"ballot": {"type": "points", "min": 1, "max": 5}}, "ballot.type"),
        ({"unit": 1}, "unit"),
        ({"round": "2025"}, "round"),
        ({"order": ["p01"]}, "order"),
        ({"imported": True}, "imported"),
    ],
)
def test_what_is_not_as_it_was_fixed_is_named(other, what):
    checks = recount(bundle.to_zip(bundles.files(changed_facts(VALUES, **other))))

    (found,) = (each for each in checks if each.failed)
    assert (found.name, found.facts["reason"]) == ("voted_on", "not_as_voted_on")
    assert any(each == what.split(".")[0] for each in found.facts["what"]) or what in found.facts["what"]


def test_another_title_than_the_one_voted_on_is_named_and_a_hidden_one_is_not_compared():
    words = {**VALUES.words["projects"], "p03": {"title": {"bg": "Друго"}, "text": {}}}
    other = replace(VALUES, words={"language": "bg", "projects": words})
    (found,) = (each for each in recount(bundle.to_zip(bundles.files(other))) if each.failed)
    assert found.facts == {"reason": "not_as_voted_on", "what": ("projects.p03.title", "projects.p03.title")}

    hidden = {**VALUES.words["projects"], "p03": {"title": None, "text": None}}
    checks = recount(bundle.to_zip(bundles.files(replace(VALUES, words={"language": "bg", "projects": hidden}))))
    assert next(each.facts["hidden"] for each in checks if each.name == "voted_on") == 1


def test_another_rule_than_the_one_voted_on_gives_another_result():
    other = changed_facts(VALUES, rule="greedy", settings={})
    assert failed(bundles.files(other)) == {"count"}


def test_an_amendment_is_walked_and_told_and_one_of_something_else_breaks_the_chain():
    (first, *_rest) = notes.read(VALUES.notes, VALUES.origin, bundles.KEY.verify_key)

    def amended(old, told):
        begun = notes.following((), VALUES.origin, "begun", {**first.facts, "budget": 1})
        change = notes.Change(("budget",), old, VALUES.instance.budget)
        second = notes.following((begun,), VALUES.origin, "amended", notes.amendment([change], told))
        chain = [begun, second]
        for each in notes.read(VALUES.notes, VALUES.origin, bundles.KEY.verify_key)[1:]:
            chain.append(notes.following(chain, VALUES.origin, each.kind, each.facts))
        return bundles.files(replace(VALUES, notes=tuple(notes.sign(each, bundles.KEY) for each in chain)))

    checks = {each.name: each for each in recount(bundle.to_zip(amended(1, "a misprint")))}
    assert checks["voted_on"].facts["amendments"] == ((("budget",), "a misprint"),)
    assert failed(amended(2, "a misprint")) == {"voted_on", "closing", "count"}


@pytest.mark.parametrize("at", range(6))
def test_a_note_that_is_missing_breaks_the_chain(at):
    gone = replace(VALUES, notes=(*VALUES.notes[:at], *VALUES.notes[at + 1 :]))
    assert {"closing"} <= failed(bundles.files(gone))


def test_a_round_begun_before_there_were_notes_is_told_as_such():
    late = changed_facts(VALUES, ballots=7)
    checks = {each.name: each for each in recount(bundle.to_zip(bundles.files(late)))}
    assert (checks["voted_on"].outcome, checks["voted_on"].facts["reason"]) == (Outcome.unseen, "late")

    without = replace(VALUES, notes=(), words=None)
    checks = recount(bundle.to_zip(bundles.files(without)), Given(key=verifier(bundles.ORIGIN, bundles.KEY.verify_key)))
    assert bundles.seen(checks, Outcome.unseen) == ["kept", "voted_on", "noted", "closing", "verdict"]
    assert bundles.seen(checks, Outcome.fails) == []


def test_an_auditors_verdict_says_what_a_public_bundle_does_not_show():
    auditor = SigningKey(bytes(range(2, 34)))
    published = Given(key=verifier(bundles.ORIGIN, bundles.KEY.verify_key))
    note = verdict(bundle.to_zip(bundles.files(VALUES)), published, auditor)
    # Nothing is signed by whoever has not seen the openings, or not compared the key.
    assert verdict(bundle.to_zip(bundles.files(bundles.public(VALUES))), published, auditor) is None
    assert verdict(bundle.to_zip(bundles.files(VALUES)), Given(), auditor) is None
    key = verifier(bundles.ORIGIN + verdicts.NAME, auditor.verify_key)
    files = bundles.files(replace(bundles.public(VALUES), verdict=note))

    unseen = bundles.seen(recount(bundle.to_zip(files)), Outcome.unseen)
    assert {"verdict", "mismatches", *AUDITOR} <= set(unseen)
    found = recount(bundle.to_zip(files), bundles.given(VALUES, auditor=key))
    assert bundles.seen(found) == [*PUBLIC, *AUDITOR]
    # Of another board, by another person, or by nobody it says nothing.
    other = replace(bundles.public(bundles.opened(100, seed=2)), verdict=note)
    assert "verdict" in failed(bundles.files(other), given=Given(auditor=key))
    foreign = verifier(bundles.ORIGIN + verdicts.NAME, forgeries.OTHER_KEY.verify_key)
    assert failed(files, given=Given(auditor=foreign)) == {"verdict"}
    unsigned = bundles.files(replace(bundles.public(VALUES), verdict=note.replace("holds", "hold")))
    assert failed(unsigned, given=Given(auditor=key)) == {"verdict"}


AUDITOR_KEY = SigningKey(bytes(range(2, 34)))
BELIEVED = bundles.given(VALUES, auditor=verifier(bundles.ORIGIN + verdicts.NAME, AUDITOR_KEY.verify_key))


def judged(**other) -> str:
    """Return the auditor's verdict on VALUES, altered so before she signs it."""
    found = verdicts.of(Evidence(BundleFiles(bundle.to_zip(bundles.files(VALUES))), bundles.given(VALUES)))
    return verdicts.sign(replace(found, **other), bundles.ORIGIN, AUDITOR_KEY)


def titles_swapped(values):
    """Swap two titles in every file and in all notes, which are signed anew."""
    one, other, *further = values.instance.projects
    swapped = (replace(one, name=other.name), replace(other, name=one.name), *further)
    return bundles.counted(replace(values, instance=replace(values.instance, projects=swapped)))


SINCE = {
    "titles": titles_swapped(VALUES),
    "journal": bundles.with_journal(VALUES, bundles.lines(word="else"), 7, 7, 7, 7),
    "fewer lines": bundles.with_journal(VALUES, bundles.lines(), 2, 2, 2, 2),
}


@pytest.mark.parametrize("what", SINCE)
def test_a_verdict_does_not_vouch_for_what_was_altered_since(what):
    laid = replace(bundles.public(SINCE[what]), verdict=judged())
    found = recount(bundle.to_zip(bundles.files(laid)), replace(BELIEVED, noted=None))
    assert bundles.seen(found, Outcome.fails) == ["verdict"]
    assert {"mismatches", "journal_lines", *AUDITOR} <= set(bundles.seen(found, Outcome.unseen))
    # The control: one of the earlier form has signed nothing of it, and so says nothing of it either.
    earlier = replace(laid, verdict=judged(notes=None, heads=None))
    found = recount(bundle.to_zip(bundles.files(earlier)), replace(BELIEVED, noted=None))
    assert bundles.seen(found, Outcome.fails) == []
    assert "verdict" in bundles.seen(found) and "journal_lines" in bundles.seen(found, Outcome.unseen)


def test_without_its_heads_no_verdict_makes_a_bundle_whole():
    for note in (judged(), judged(notes=None, heads=None)):
        bare = replace(bundles.public(forgeries.heads_gone(VALUES)), verdict=note)
        assert "journal_heads" in failed(bundles.files(bare), given=BELIEVED)


def test_a_verdict_of_the_earlier_form_stays_good_for_what_it_says():
    note = judged(notes=None, heads=None)
    # Name, key, board, ballots, results, counts, claim; the newer form has two hashes more.
    assert [text.partition("\n\n")[0].count("\n") + 1 for text in (note, judged())] == [8, 10]
    files = bundles.files(replace(bundles.public(VALUES), verdict=note))
    found = {check.name: check for check in recount(bundle.to_zip(files), BELIEVED)}
    assert [name for name, check in found.items() if not check.passed] == ["journal_lines"]
    assert found["votes"].facts == {"attested": True} and found["journal_lines"].facts == {"reason": "no_lines"}
    told = {}
    for language in ("en", "bg"):
        i18n.use(language)
        told[language] = recount_words.sentence(found["verdict"])
    assert told["en"].endswith("earlier form: it says nothing of titles, of the notes and of the journal.")
    assert told["bg"].endswith("в по-раншен вид: не казва нищо за заглавията, бележките и дневника.")


def reordered(data: bytes) -> bytes:
    return (json.dumps(dict(reversed(json.loads(data).items())), ensure_ascii=False, indent=1) + "\n").encode()


def spaced(data: bytes) -> bytes:
    return data.replace(b'":', b'": ', 1)


def decimal(data: bytes) -> bytes:
    return data.replace(b'"revision":1,', b'"revision":1.0,', 1)


def truth(data: bytes) -> bytes:
    return data.replace(b'"revision":1,', b'"revision":true,', 1)


def first_is_decimal(data: bytes) -> bytes:
    return data.replace(b'"position":1,', b'"position":1.0,', 1)


def first_is_truth(data: bytes) -> bytes:
    return data.replace(b'"position":1,', b'"position":true,', 1)


FORMS = [
    (bundle.RULES, reordered), (bundle.RULES, spaced), (bundle.COUNTS, lambda data: data[:-1]),
    (bundle.RESULTS, lambda data: data + b"\n"), (bundle.BOARD, spaced), (bundle.BOARD, first_is_decimal),
    (bundle.BOARD, first_is_truth), (bundle.OPENINGS, spaced), (bundle.OPENINGS, decimal), (bundle.OPENINGS, truth),
    (bundle.KEY, lambda data: data + b"\n"), (bundle.KEY, lambda data: b" " + data),
    (bundle.CHECKPOINTS, lambda data: data + b"\n"), (bundle.CHECKPOINTS, lambda data: b"\n" + data),
    (bundle.VOTED_ON, lambda data: data + b"\n"), (bundle.VOTED_ON, lambda data: data.replace(b"{", b"{ ", 1)),
    (bundle.WORDS, spaced), (bundle.ELECTION, lambda data: data.replace(b"\n", b"\r\n")),
    (bundle.ELECTION, lambda data: data.replace(b"\n1;", b"\n01;", 1)), (bundle.ELECTION, lambda data: data + b"\n"),
    (bundle.ELECTION, lambda data: data.replace(b"budget;20000", b"budget;20000.0")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_every_file_has_one_form_only(name, form):
    """The same facts written otherwise, and signed so: another reader could take them for something else."""
    assert failed(forgeries.file_changed(name, form)(VALUES)) != set()


def test_the_manifest_has_one_form_only():
    rest = {
        name: data for name, data in bundles.files(VALUES).items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)
    }
    lines = bundle.sealed(rest, bundles.ORIGIN, bundles.KEY)[bundle.MANIFEST].splitlines(keepends=True)
    manifest = b"".join(reversed(lines))
    signature = sign(bundle.of_manifest(manifest, bundles.ORIGIN), bundles.KEY)

    forged = {**rest, bundle.MANIFEST: manifest, bundle.SIGNATURE: signature.encode()}
    assert failed(forged) == {"manifest"}
    twice = signature + signature.splitlines()[-1] + "\n"
    assert failed({**bundles.files(VALUES), bundle.SIGNATURE: twice.encode()}) == {"signature"}


def test_a_ballot_type_that_nobody_can_cast_skips_no_limit():
    points = forgeries.of_rules(lambda rules: rules["ballot"].update(type="points"))
    values = changed_facts(VALUES, ballot={"type": "points", "min": 1, "max": 5})
    assert {"limits"} <= failed(forgeries.file_changed(bundle.RULES, points)(values))


def zipped(files, names=None, **how) -> bytes:
    """Return an archive as Glas writes it, but for what is said of one of its files."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in names or sorted(files):
            entry = bundle.entry(name)
            if name == bundle.RESULTS:
                for field, value in how.items():
                    setattr(entry, field, value)
            archive.writestr(entry, files[name], compresslevel=6)
    return kept.getvalue()


# As other programs read it: results.json is called otherwise, is a link, a folder, or says something of its own.
OTHER_NAME = b"\1" + zlib.crc32(b"results.json").to_bytes(4, "little") + b"counts.json"
OTHERWISE = {
    "link": {"external_attr": 0o120777 << 16},
    "runs": {"external_attr": 0o755 << 16},
    "folder": {"external_attr": 0o644 << 16 | 0x10},
    "comment": {"comment": b"FUNDED: nobody"},
    "other name": {"extra": b"\x75\x70" + len(OTHER_NAME).to_bytes(2, "little") + OTHER_NAME},
    "extra": {"extra": b"\xfe\xca\x04\x00more"},
    "moment": {"date_time": (2026, 11, 30, 10, 0, 0)},
    "stored": {"compress_type": zipfile.ZIP_STORED},
    "system": {"create_system": 0},
    "text": {"internal_attr": 1},
}


@pytest.mark.parametrize("how", OTHERWISE)
def test_an_archive_has_one_form(how):
    files = bundles.files(VALUES)
    # The control: as Glas writes it, byte for byte.
    assert zipped(files) == bundle.to_zip(files)
    (found,) = recount(zipped(files, **OTHERWISE[how]))
    assert (found.name, found.outcome, found.facts["problem"]) in (
        ("files", Outcome.fails, "hidden"), ("files", Outcome.fails, "other_form"),
    )  # fmt: skip


def test_an_archive_in_another_order_or_by_another_program_is_told_with_what_to_do():
    files = bundles.files(VALUES)
    (found,) = recount(zipped(files, sorted(files, reverse=True)))
    told = {}
    for language in ("en", "bg"):
        i18n.use(language)
        told[language] = recount_words.sentence(found)
    assert told["en"].endswith("The archive is not as Glas writes it, at words.json: unpack it and check the folder.")
    assert told["bg"].endswith("Архивът не е, както „Глас“ го пише, при words.json: разопаковай го и провери папката.")


def moved(archive: bytes, front: bytes) -> bytes:
    """Return an archive behind something else, with its offsets put right, as `zip -A` does it."""
    at, data = archive.rindex(b"PK\5\6"), bytearray(archive)
    start = int.from_bytes(data[at + 16 : at + 20], "little")
    data[at + 16 : at + 20] = (start + len(front)).to_bytes(4, "little")
    place = start
    while data[place : place + 4] == b"PK\1\2":
        offset = int.from_bytes(data[place + 42 : place + 46], "little") + len(front)
        data[place + 42 : place + 46] = offset.to_bytes(4, "little")
        sizes = (int.from_bytes(data[place + each : place + each + 2], "little") for each in (28, 30, 32))
        place += 46 + sum(sizes)
    return front + bytes(data)


def test_a_second_archive_in_front_or_between_is_refused():
    files, other = bundles.files(VALUES), bundles.files(bundles.opened(50, seed=3))
    honest, front = zipped(files), zipped(other)

    assert bundles.seen(recount(honest), Outcome.fails) == []
    for archive in (front + honest, moved(honest, front), moved(honest, b"x")):
        (found,) = recount(archive)
        assert (found.name, found.facts["problem"]) == ("files", "hidden")


def test_a_long_board_is_read_in_parts_that_together_find_the_same(monkeypatch):
    monkeypatch.setattr(_streams, "PART", 7)
    assert failed(bundles.files(VALUES)) == set()
    for check, forge in forgeries.FORGERIES.items():
        values = bundles.public(VALUES) if check == "numbers" else VALUES
        assert failed(forge(values)) == {check}


@pytest.mark.parametrize("check", forgeries.FORGERIES)
def test_a_forgery_by_the_server_itself_is_caught_by_one_check_and_missed_without_it(check):
    values = bundles.public(VALUES) if check == "numbers" else VALUES
    forged = forgeries.FORGERIES[check](values)

    assert failed(forged) == {check}
    assert failed(forged, without=frozenset({check})) == set()


def test_a_type_of_ballot_that_nobody_knows_is_no_form_of_the_rules():
    def other(data: bytes) -> bytes:
        told = json.loads(data)
        return bundle.as_json({**told, "ballot": {**told["ballot"], "type": "lottery"}})

    checks = recount(bundle.to_zip(forgeries.file_changed(bundle.RULES, other)(VALUES)))

    (found,) = (check.facts for check in checks if check.name == "limits")
    assert found == {"reason": "damaged", "problem": "form", "file": "rules.json", "line": None}


def test_every_check_has_a_forgery_of_its_own():
    # The others ask for something that was kept elsewhere.
    assert forgeries.FORGERIES.keys() == {*PUBLIC, *AUDITOR} - {*bundles.GIVEN}


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


def test_a_board_longer_than_memory_is_read_line_by_line(tmp_path, monkeypatch):
    """Sixty thousand lines, nine megabytes, in parts of five thousand: what is kept of them is a fraction."""
    monkeypatch.setattr(_streams, "PART", 5_000)
    tree, lines, number = Growing(), [], 60_000
    commitments = sorted(hashlib.sha256(str(each).encode()).digest() for each in range(number))
    for position, commitment in enumerate(commitments):
        tree.append(leaf_bytes("ballot", commitment))
        line = {"position": position, "commitment": commitment.hex(), "kind": "ballot", "live": True}
        lines.append(bundle.as_line(line) + b"\n")
    (tmp_path / bundle.BOARD).write_bytes(b"".join(lines))
    root = tree.root()
    del lines, commitments, tree

    files = BundleFiles(tmp_path)
    tracemalloc.start()
    found = _streams.board(files, [number])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.size, found.root, found.live) == (number, root, number)
    assert peak < 6_000_000
    # The control: in one part all commitments are there at once.
    monkeypatch.setattr(_streams, "PART", number)
    tracemalloc.start()
    _streams.board(files, [number])
    assert tracemalloc.get_traced_memory()[1] > 6_000_000
    tracemalloc.stop()


def test_a_tree_that_is_read_once_has_the_same_roots():
    whole, once = Tree(), Growing()
    for number in range(130):
        assert once.root() == whole.root()
        whole.append(bytes([number]))
        once.append(bytes([number]))


def test_the_checksum_of_the_ballots_is_what_common_tools_compute(tmp_path):
    (tmp_path / "election.pb").write_bytes(bundles.files(VALUES)["election.pb"])
    recipe = "sed '1,/^voter_id;/d' election.pb | cut -d';' -f2- | LC_ALL=C sort | sha256sum"
    done = subprocess.run(recipe, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    (count,) = (each for each in recount(bundle.to_zip(bundles.files(VALUES))) if each.name == "count")
    assert done.stdout.split()[0] == count.facts["checksum"]
    for readme in ("en", "bg"):
        assert recipe in (ROOT / "assets" / "bundle" / f"README.{readme}.md").read_text("utf-8")
    template = (ROOT / "assets" / "templates" / "results" / "result.html").read_text("utf-8")
    assert recipe in template
