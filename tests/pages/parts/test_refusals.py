"""Every refusal has a sentence of its own in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core import errors, store
from core.counting import election
from core.errors import GlasError
from core.permissions import Action, Role
from core.phases import Phase
from core.trust import rows
from pages.parts import i18n, names
from pages.parts import refusals as phrases
from tests.helpers.paths import ROOT
from tests.helpers.worlds import Town

MOMENT = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
FACTS = {
    errors.NotAllowed: {"action": "count"},
    errors.WrongPhase: {"action": "cast_ballot", "phase": "review", "allowed": ("voting",)},
    errors.NotFound: {"thing": "round"},
    errors.IdeaWaits: {"thing": "idea"},
    errors.Invalid: {"field": "title", "problem": "required"},
    errors.TooManyTries: {"seconds": 61},
    errors.NotEligible: {"reason": "code"},
    errors.CodeReplaced: {"released": False},
    errors.IdeasFull: {"limit": 5},
    errors.OtherCode: {"kind": "recovery"},
    errors.VotingNotOpen: {"opens_at": MOMENT},
    errors.VotingClosed: {"closed_at": MOMENT},
    errors.BallotInvalid: {"problem": "few", "missing": 2},
    errors.BallotStale: {"revision": 2},
    errors.Locked: {"what": "rule", "since": MOMENT},
    errors.SamePerson: {"action": "count"},
    errors.ConsentDiffers: {"action": "count"},
    errors.RequestWaits: {"action": "count"},
    errors.SecondPersonNeeded: {"what": "budget"},
    errors.SettingWrong: {"name": "PORT", "value": "x", "problem": "number"},
    errors.SchemaNewer: {"found": "0009", "known": "0002"},
    errors.RehearsalMissing: {"seats": (2, 3)},
    errors.ShareRefused: {"problem": "mistyped"},
    errors.WrongStep: {"step": "randomness", "wanted": "opening"},
    errors.LogBroken: {"slug": "lodz-2022"},
    errors.KeyMissing: {"round_id": 1, "key": "link"},
    errors.TooManyReplacements: {"seconds": 30},
    errors.ServerRuns: {"what": "keys", "pid": 7, "parent": 1, "host": "glas", "since": MOMENT},
    errors.VotedOnAltered: {"slug": "lodz-2022", "what": ("budget",)},
    errors.LogRolledBack: {"slug": "lodz-2022", "found": 40, "expected": 80},
    errors.TallyHidden: {"round": "lodz-2022"},
    errors.BackupWrong: {"problem": "damaged"},
    errors.LinkRefused: {"problem": "passphrase"},
    errors.FileWrong: {"reason": "no_votes", "line": 3},
    errors.AlreadyImported: {"slug": "lodz-2022"},
    election.RuleWrong: {"rule": "greedy", "setting": "by", "value": 3},
    election.TieRefused: {"projects": ("a", "b")},
}


def refusals(parent: type[GlasError] = GlasError) -> Iterator[type[GlasError]]:
    for child in parent.__subclasses__():
        yield child
        yield from refusals(child)


@pytest.mark.parametrize("refusal", sorted(refusals(), key=lambda each: each.__name__), ids=lambda each: each.__name__)
def test_every_refusal_has_a_sentence_in_both_languages(refusal: type[GlasError]):
    assert refusal in phrases.sentence.registry, "no sentence of its own"
    error = refusal(**FACTS.get(refusal, {}))

    with i18n.speaking("bg"):
        bulgarian = phrases.sentence(error)
    with i18n.speaking("en"):
        english = phrases.sentence(error)

    assert bulgarian != english
    assert "{" not in bulgarian + english
    assert bulgarian[-1] == english[-1] == "." or bulgarian.endswith("ч.")


@pytest.mark.parametrize("problem", ["required", "too_short", "too_long", "range", "number", "taken", "format"])
def test_a_wrong_field_is_named_in_words(problem: str):
    with i18n.speaking("bg"):
        told = phrases.sentence(errors.Invalid("title", problem, least=3, most=70, limit=70))

    assert told not in {"Провери това поле.", ""}


def test_amounts_in_a_range_carry_their_currency():
    with i18n.speaking("bg"):
        told = phrases.sentence(errors.Invalid("cost", "range", least=500_00, most=20_000_00, currency="EUR"))

    assert told == "Не може толкова. Напиши от 500\u00a0€ до 20\u00a0000\u00a0€."


@pytest.mark.parametrize("language", i18n.known())
def test_phases_and_roles_have_names(language: str):
    with i18n.speaking(language):
        assert all(names.phase(phase) for phase in Phase)
        assert all(names.role(role) for role in Role)


def test_every_line_of_the_journal_has_words():
    with i18n.speaking("bg"):
        bare = sorted(action for action in journalled() if names.action(action) == action.replace("_", " "))

    assert not bare


def journalled() -> set[str]:
    """Return the actions that core writes into the journal."""
    found: set[str] = set()
    for path in (ROOT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) in {"journal.write", "write"}):
                continue
            for part in node.args[2:3]:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found.add(part.value)
                elif isinstance(part, ast.Attribute) and part.attr in Action.__members__:
                    found.add(part.attr)
    return found


@pytest.mark.parametrize("seconds", [1, 5, 61, 600])
def test_wrong_tries_are_not_put_down_to_a_crowd(seconds: int):
    with i18n.speaking("bg"):
        own = phrases.sentence(errors.TooManyTries(seconds=seconds))
        crowd = phrases.sentence(errors.TooManyTries(seconds=5, busy=True))

    assert "много хора" in crowd and "много хора" not in own and "опити" in own


def test_what_was_asked_for_is_what_does_not_match():
    with i18n.speaking("bg"):
        told = {field: phrases.sentence(errors.Invalid(field, "wrong")) for field in ("old", "recovery_code", "code")}
        told["sign-in"] = phrases.sentence(errors.SignInFailed())

    assert len(set(told.values())) == len(told)
    assert "име" not in told["old"].lower() and "Името или паролата" in told["sign-in"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (86_400, "Твърде много опити. Изчакай 24 часа."), (7_201, "Твърде много опити. Изчакай 3 часа."),
        (7_200, "Твърде много опити. Изчакай 120 минути."),
    ],
)  # fmt: skip
def test_a_long_wait_is_told_in_hours(seconds: int, said: str):
    with i18n.speaking("bg"):
        assert phrases.sentence(errors.TooManyTries(seconds=seconds)) == said


SIGNED = {
    "projects.p02.cost": ("p02 · Cost", "p02 · Цена"),
    "projects.p02.title": ("p02 · Title", "p02 · Заглавие"),
    "projects.p02.reason": ("p02 · Reason for the withdrawal", "p02 · Причина за оттеглянето"),
    "projects.a.b.conflicts": ("a.b · Projects that rule it out", "a.b · Проекти, които го изключват"),
    "projects.p77": ("p77 · On the ballot", "p77 · В бюлетината"),
    "ballot.max": ("At most so many projects", "Най-много проекти"),
    "ballot.type": ("Type of ballot", "Вид бюлетина"),
    "budget": ("Budget", "Бюджет"),
    "rule": ("Counting rule", "Правило за броене"),
    "settings.by": ("Settings", "Настройки"),
    "dates.voting_until": ("Voting until", "Гласуване до"),
    "ages.min": ("Age from", "Възраст от"),
    "order": ("Order of the ballot list", "Ред на списъка за гласуване"),
    "drawn.order": ("Order of ties", "Ред при равенство"),
    "closed.source": ("Source of the draw", "Източник на жребия"),
    "opened.ballots": ("Opened ballots", "Отворени бюлетини"),
    "turnout.sha256": ("Turnout", "Активност"),
    "counted.allocation": ("Result of the count", "Резултат от преброяването"),
    "notes": ("Signed notes", "Подписани бележки"),
}


@pytest.mark.parametrize("path", SIGNED)
def test_what_was_altered_is_named_in_words(path: str):
    for language, said in zip(("en", "bg"), SIGNED[path], strict=True):
        with i18n.speaking(language):
            assert names.signed((path,)) == said
            assert f"({said})" in phrases.sentence(errors.VotedOnAltered(slug="r", what=(path,)))


def leaves(path: tuple[str, ...], value: object) -> set[str]:
    """Return the paths of all that is told below this one."""
    if not (isinstance(value, dict) and value):
        return {".".join(path)}
    return {each for name, inner in value.items() for each in leaves((*path, name), inner)}


def test_nothing_that_is_signed_is_without_a_word(town: Town):
    with store.reading() as session:
        said = rows.said(session.connection(), town.round.id)
    paths = {path for name in said for path in leaves((name,), said[name])}
    steps = (
        "size",
        "root",
        "source",
        "randomness",
        "number",
        "live",
        "mismatches",
        "checksum",
        "fingerprint",
        *rows.CLOSING,
    )

    with i18n.speaking("bg"):
        told = {path: names.signed((path,)) for path in (*paths, *steps)}
    assert [path for path in told if not re.search("[а-я]", told[path])] == [] and len(told) > 40


def test_what_has_one_name_is_said_once():
    with i18n.speaking("en"):
        assert names.signed(("closed.size", "closed.root", "budget")) == "Board at the close, Budget"
