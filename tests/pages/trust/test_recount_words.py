"""What a recount says: the root as people compare it, what cannot be read as unread, every reason in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.audit import _ballot_checks, _board_checks, _journal_checks, _note_checks
from core.audit.files import Check, Outcome
from core.audit.recount import AUDITOR, PUBLIC
from pages.parts import i18n, text
from pages.trust import recount_words

FACTS = {
    "randomness": "1234561234", "source": "dice", "text": "x",
    "files": (), "numbers": (), "columns": (), "choices": (), "found": (), "told": "a", "size": 9, "leaves": 8,
    "start": 0, "end": 3, "ballots": 2, "live": 3, "box": 4, "count": 2, "revisions": 5, "line": 7,
    "type": "x", "what": (), "heads": 2, "checkpoints": 1, "number": 4,
}  # fmt: skip


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use("bg")


def test_the_final_root_is_told_in_the_letters_of_the_protocol():
    told = recount_words.sentence(Check("final", Outcome.holds, {"leaves": 3, "root": bytes(range(32)).hex()}))
    assert text.groups(bytes(range(32))) in told and bytes(range(32)).hex() not in told


@pytest.mark.parametrize("name", [*PUBLIC, *AUDITOR])
def test_what_cannot_be_read_is_told_as_not_checked(name):
    told = recount_words.sentence(
        Check(name, Outcome.fails, {"reason": "damaged", "problem": "missing", "file": "key.txt"})
    )

    assert told.startswith("Not checked: ") and told.endswith("The file key.txt is missing.")
    assert recount_words.CLAIMS[name]() not in told
    # The control: what was read and does not hold is still a claim.
    assert recount_words.sentence(Check(name, Outcome.fails, {"reason": "none"})).startswith(
        recount_words.CLAIMS[name]()
    )


def test_every_reason_has_words():
    modules = (_ballot_checks, _board_checks, _journal_checks, _note_checks)
    given = {
        reason
        for module in modules
        for reason in re.findall(r'(?:Failed|otherwise)\(\s*"(\w+)"', Path(module.__file__).read_text("utf-8"))
    }
    assert {"odd", "funded", "altered"} <= given
    for reason in given:
        assert f"({reason})" not in recount_words.why({"reason": reason, **FACTS})


def test_what_is_not_seen_has_words_that_say_what_would_show_it():
    modules = (_ballot_checks, _board_checks, _journal_checks, _note_checks)
    given = {
        reason
        for module in modules
        for reason in re.findall(r'(?:Unseen|otherwise)\(\s*"(\w+)"', Path(module.__file__).read_text("utf-8"))
    } | {"auditor", "no_verdict", "opened_here"}
    assert given == recount_words.UNSEEN.keys()
    told = recount_words.sentence(Check("votes", Outcome.unseen, {"reason": "auditor"}))
    assert told == (
        "That the opened ballots are those in the election file. Only the opened ballots show it: ask for the "
        "auditor’s verdict."
    )


def test_the_last_line_says_no_more_than_was_checked():
    held, fails, unseen = (Check("final", each, {}) for each in (Outcome.holds, Outcome.fails, Outcome.unseen))
    assert recount_words.verdict((held, held)) == "Every check holds."
    assert recount_words.verdict((held, unseen)) == (
        "What this bundle shows holds: 1 of 2 checks. 1 cannot be checked from this bundle, see above."
    )
    assert recount_words.verdict((held, fails, unseen)) == "1 check does not hold. Do not trust this bundle."
