"""What is odd in a file, in words: every kind in both languages, and where everybody sees it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from core import results, store
from core.counting import pabulib
from core.counting.pabulib.notes import Note, from_stored
from core.errors import FileWrong
from core.imports import elections
from core.permissions import OPERATOR
from core.texts import Texts
from pages.parts import i18n, refusals
from pages.rounds import file_notes
from tests.helpers.odd_files import READ, REFUSED, Odd, Refused, with_meta
from tests.pages.conftest import Opener, html

AT = datetime(2026, 11, 23, tzinfo=UTC)
CYRILLIC = re.compile("[а-я]{3}")


@pytest.mark.parametrize("odd", READ, ids=lambda odd: odd.name)
def test_what_is_odd_is_told_in_both_languages(odd: Odd):
    notes = pabulib.read(odd.data).notes
    with i18n.speaking("en"):
        told = file_notes.lines(notes)
    with i18n.speaking("bg"):
        in_bulgarian = file_notes.lines(notes)

    assert len(told) == len(in_bulgarian) == len(notes)
    assert all(part in " ".join(told) for part in odd.words), told
    # One sentence or two, never the name of a kind.
    assert all(line.endswith(".") and "_differ" not in line for line in told)
    assert all(CYRILLIC.search(line) for line in in_bulgarian)


@pytest.mark.parametrize("odd", REFUSED, ids=lambda odd: odd.name)
def test_what_is_refused_is_named_in_both_languages(odd: Refused):
    with pytest.raises(FileWrong) as caught:
        _ = pabulib.read(odd.data).declared
    with i18n.speaking("en"):
        told = refusals.sentence(caught.value)
    with i18n.speaking("bg"):
        in_bulgarian = refusals.sentence(caught.value)

    assert all(part in told for part in odd.words), told
    assert told.endswith("Nothing was changed.") and in_bulgarian.endswith("Нищо не е променено.")
    assert len(CYRILLIC.findall(in_bulgarian)) > 5 and "\n" not in told


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "3 ballots have the number of a voter who stands there before. They were counted all the same: check "
            "whether somebody has voted twice. The first is in line 26.",
        ),
        (
            "bg",
            "3 бюлетини са с номера на гласоподаватели, които вече се срещат по-горе. Въпреки това са преброени: "
            "провери дали някой не е гласувал два пъти. Първият случай е на ред 26.",
        ),
    ],
)
def test_a_voter_who_stands_there_again(language: str, sentence: str):
    with i18n.speaking(language):
        assert file_notes.line(Note("voter_twice", 26, "voter_id", None, 3)) == sentence


def test_what_an_earlier_version_has_kept_is_told_too():
    kept = [["project_twice", 16, "vote", "p/2"], ["project_twice", 18, "vote", "p1"], ["cleaned", 20, "vote", " p1"]]

    assert from_stored(kept) == (
        Note("project_twice", 16, "vote", "p/2", 2),
        Note("cleaned", 20, "vote", " p1", 1),
    )


@pytest.mark.parametrize(
    ("language", "head", "sentence"),
    [
        ("en", "What is odd in the file", "3 ballots name more projects than allowed (max_length = 1)."),
        ("bg", "Какво е странно във файла", "3 бюлетини посочват повече проекти от позволеното (max_length = 1)."),
    ],
)
def test_everybody_reads_it_on_the_results_of_an_imported_round(
    open_app: Opener, language: str, head: str, sentence: str
):
    made = elections.import_election(
        store.transaction, OPERATOR, with_meta("max_length;1", "date_end;2020"), home=Texts({"en": "Elsewhere"}), at=AT
    )
    before = html(open_app("results/results_page.py", None, language, round=made.slug))
    with store.transaction() as session:
        results.count_round(session, OPERATOR, made.id, at=AT)
    after = html(open_app("results/results_page.py", None, language, round=made.slug))

    assert head in before and sentence in before
    assert head in after and sentence in after


def test_nothing_is_said_of_a_file_without_oddities_nor_of_an_own_round(open_app: Opener):
    made = elections.import_election(
        store.transaction, OPERATOR, with_meta("max_length;3", "date_end;2020"), home=Texts({"en": "Elsewhere"}), at=AT
    )

    for slug in (made.slug, "2026"):
        assert "What is odd" not in html(open_app("results/results_page.py", None, "en", round=slug))
