"""The command line: what an operator types and reads."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from core import clock, municipalities, settings, store
from core.errors import SignInFailed
from core.people import persons, recovery
from core.permissions import Role
from core.texts import Texts
from pages.commands import talk
from pages.parts import i18n
from tests.commands.conftest import glas
from tests.helpers import boxes
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.usefixtures("sqlite_database", "english")
INIT = ["init", "--town", "Община Село", "--town-en", "Selo Municipality", "--timezone", "Europe/Sofia"]
PEOPLE = ["--email", "budget@selo.bg", "--organiser", "Ани"]


def test_help_lists_every_command(capsys):
    assert glas("--help") == 0

    said = capsys.readouterr().out
    for command in ("serve", "init", "invite", "migrate", "rounds", "import", "count", "demo"):
        assert re.search(rf"^\s+{command}\s+\S", said, re.MULTILINE), command


def test_help_speaks_the_language_of_the_terminal(capsys, monkeypatch):
    monkeypatch.delenv("GLAS_LANG")
    monkeypatch.setenv("LC_ALL", "bg_BG.UTF-8")

    glas("init", "--help")

    said = capsys.readouterr().out
    assert "часова зона" in said
    assert "usage" not in said
    assert "options" not in said


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "bg_BG.UTF-8"}, "bg"),
        ({"LANG": "bg_BG.UTF-8", "GLAS_LANG": "en"}, "en"),
        ({"LANG": "en_GB.UTF-8", "GLAS_LANG": "bg"}, "bg"),
    ],
)
def test_language_follows_the_environment(environment, expected):
    assert i18n.of_terminal(environment) == expected


def test_a_command_that_is_not_understood_says_where_help_is(capsys):
    assert glas("vote") == 2

    assert "--help" in capsys.readouterr().err


def test_init_makes_a_town_and_lets_its_organiser_in_once(capsys):
    assert glas(*INIT, *PEOPLE, "--area", "Център / Centre", "--area", "Гара") == 0

    token = re.search(r"/sign-in\?link=(\S+)", capsys.readouterr().out)
    assert token
    with store.transaction() as session:
        town = municipalities.the_town(session)
        actor = recovery.redeem_link(session, token[1], at=clock.now())
    assert town is not None and town.names.in_("en") == "Selo Municipality"
    assert [area.names.in_("en") for area in town.areas] == ["Centre", "Гара"]
    assert Role.organiser in actor.roles


def test_init_refuses_a_second_town(capsys):
    glas(*INIT, *PEOPLE)

    assert glas(*INIT, *PEOPLE) == 2

    assert "Selo Municipality" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [["--timezone", "Europe/Kyustendil"], ["--email", "nobody"], ["--organiser", ""]],
    ids=lambda words: words[0],
)
def test_init_with_a_wrong_value_changes_nothing(wrong, capsys):
    assert glas(*INIT, *PEOPLE, *wrong) == 2

    error = capsys.readouterr().err
    assert error.strip() and "Traceback" not in error
    with store.reading() as session:
        assert municipalities.the_town(session) is None


def test_init_asks_for_what_is_missing(monkeypatch, capsys):
    answers = iter(
        ["Община Село", "Selo", "", "budget@selo.bg", "Община Село, пл. 1", "Ани", "", "Център / Centre", ""]
    )
    monkeypatch.setattr("pages.commands.init.can_ask", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))

    assert glas("init") == 0

    with store.reading() as session:
        town = municipalities.the_town(session)
    assert town is not None and town.timezone == "Europe/Sofia"
    assert town.imprint.exactly("bg") == "Община Село, пл. 1"
    assert [one.code for one in town.categories] == list(municipalities.TOPICS)
    assert town.categories[0].names == Texts(bg="Спорт и движение", en="Sport and movement")
    assert [one.names for one in town.areas] == [Texts(bg="Център", en="Centre")]


def test_init_checks_each_answer_at_once_and_asks_it_again(monkeypatch, capsys):
    answers = iter([
        "Община Село", "Selo", "Europe/Kyustendil", "Europe/Sofia", "nobody", "budget@selo.bg", "", "a@b", "Ани",
        "maybe", "no", "Център", "център", "х" * 81, "Гара", "",
    ])  # fmt: skip
    monkeypatch.setattr("pages.commands.init.can_ask", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))

    assert glas("init") == 0

    said = capsys.readouterr().out
    assert "There is no such time zone. Example: Europe/Sofia" in said
    assert "That doesn't look like an e-mail. Example: name@example.com" in said
    assert "Answer yes or no." in said
    assert "There is one of this name already, or one that looks the same." in said
    assert "Shorten it: at most 80 characters." in said
    with store.reading() as session:
        town = municipalities.the_town(session)
        assert town is not None and town.contact_email == "budget@selo.bg" and town.categories == ()
        assert [one.names.exactly("bg") for one in town.areas] == ["Център", "Гара"]
        assert persons.by_name(session, town.id, "Ани") is not None


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Not given: {}. Give them, or run this where it can ask."),
        ("bg", "Липсва: {}. Добави ги или пусни командата там, където може да пита."),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_by_its_option_where_nobody_can_be_asked(language, told, capsys, monkeypatch):
    monkeypatch.setenv("GLAS_LANG", language)

    assert glas("init") == 2

    assert capsys.readouterr().err.strip() == told.format("--town, --town-en, --email, --organiser")


def test_topics_are_given_by_options(capsys):
    assert glas(*INIT, *PEOPLE, "--topics", "none", "--category", "Пчели / Bees") == 0

    with store.reading() as session:
        town = municipalities.the_town(session)
        assert town is not None and [one.names for one in town.categories] == [Texts(bg="Пчели", en="Bees")]


def test_a_link_says_whose_it_is_which_role_and_until_when_and_leads_to_the_server(capsys, monkeypatch):
    monkeypatch.setenv("PORT", "8777")
    about = r"For {} \({}\), works once, until \d+ \w+ \d{{4}}.*:\nhttp://127\.0\.0\.1:8777/sign-in\?link=\S+"

    glas(*INIT, *PEOPLE)
    assert re.search(about.format("Ани", "Organiser"), capsys.readouterr().out)
    glas("invite", "Боби", "--role", "auditor")
    assert re.search(about.format("Боби", "Auditor"), capsys.readouterr().out)
    glas("sign-in", "боби")
    assert re.search(about.format("Боби", "Participant, Auditor|Auditor, Participant"), capsys.readouterr().out)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({}, "bg"), ({"LANG": "C.UTF-8"}, "bg"), ({"LANG": "en_GB.UTF-8"}, "en"), ({"LANG": "de_DE.UTF-8"}, "en")],
)
def test_the_first_account_speaks_the_towns_language_unless_the_terminal_has_one(environment, expected, monkeypatch):
    for name in ("GLAS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert glas(*INIT, *PEOPLE) == 0

    with store.reading() as session:
        town = municipalities.the_town(session)
        person = persons.by_name(session, town.id, "Ани") if town else None
        assert person is not None and person.language == expected


def test_init_writes_the_settings_file_and_every_command_reads_it(tmp_path, capsys, monkeypatch):
    kept = tmp_path / "settings.env"
    monkeypatch.setenv("PORT", "8777")
    monkeypatch.setenv("GLAS_URL", "https://glas.selo.bg")
    glas(*INIT, *PEOPLE)

    assert kept.read_text("utf-8").splitlines() == [
        "PORT=8777", f"GLAS_DATA_DIR={tmp_path / 'data'}", f"GLAS_KEY_DIR={tmp_path / 'keys'}",
        "GLAS_URL=https://glas.selo.bg", f"GLAS_DATABASE_URL=sqlite:///{tmp_path / 'data' / 'glas.db'}", "DEMO=0",
    ]  # fmt: skip
    assert kept.stat().st_mode & 0o777 == 0o600

    for name in ("PORT", "GLAS_URL", "GLAS_DATA_DIR", "GLAS_KEY_DIR"):
        monkeypatch.delenv(name)
    settings.settings.cache_clear()
    capsys.readouterr()
    assert glas("invite", "Боби", "--role", "auditor") == 0
    assert "https://glas.selo.bg/sign-in?link=" in capsys.readouterr().out
    with store.reading() as session:
        assert municipalities.the_town(session) is not None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("GLAS_ULR=https://x", "line 2: “GLAS_ULR” is no setting. A line reads NAME=value, with one of these names: "),
        ("glas:secret@host", "line 2: “…” is no setting."),
        ("PORT=80", "line 2: PORT stands there twice."),
    ],
)  # fmt: skip
def test_a_bad_line_of_the_settings_file_is_told_and_nothing_is_done(line, told, tmp_path, capsys):
    (tmp_path / "settings.env").write_text(f"PORT=8502\n{line}\n", "utf-8")

    assert glas(*INIT, *PEOPLE) == 2

    said = capsys.readouterr().err
    assert told in said and "secret" not in said
    with store.reading() as session:
        assert municipalities.the_town(session) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["invite"], "липсва: ИМЕ, --role"),
        (["init", "--topics", "some"], "--topics: 'some' не е от тези: 'ready', 'none'"),
        (["init", "--nonsense"], "това не е ясно: --nonsense"),
        (["init", "--email"], "--email: след него трябва да има нещо"),
    ],
)
def test_what_is_typed_wrong_is_told_in_the_language_of_the_terminal(words, told, capsys, monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "bg")

    assert glas(*words) == 2

    assert told in capsys.readouterr().err


def test_the_imprint_is_changed_at_the_server_and_the_rest_stays(capsys):
    glas(*INIT, *PEOPLE)

    assert glas("town", "--imprint", "Община Село, ул. 2", "--email", "new@selo.bg") == 0

    assert "ул. 2" in capsys.readouterr().out
    with store.reading() as session:
        town = municipalities.the_town(session)
    assert (town.imprint.exactly("bg"), town.contact_email) == ("Община Село, ул. 2", "new@selo.bg")
    assert town.names.in_("en") == "Selo Municipality"
    assert glas("town", "--email", "nobody") == 2


def test_a_town_is_set_up_in_its_languages_and_may_have_others_later(capsys):
    names = ["--languages", "en,bg", "--town", "Село", "--town-en", "Selo"]

    assert glas("init", *names[:4], *PEOPLE, "--imprint-en", "1 Square") == 2  # nobody can be asked for the other name
    assert glas("init", *names, *PEOPLE, "--imprint-en", "1 Square", "--area", "Centre / Център") == 0
    with store.reading() as session:
        town = municipalities.the_town(session)
    assert (town.language, town.names.words) == ("en", {"bg": "Село", "en": "Selo"})
    assert town.areas[0].names.words == {"en": "Centre", "bg": "Център"}

    assert glas("town", "--languages", "en, bg, tr", "--town-en", "") == 0
    with store.reading() as session:
        town = municipalities.the_town(session)
    assert (town.languages, town.names.words) == (("en", "bg", "tr"), {"bg": "Село"})
    assert "English, Bulgarian, Turkish" in capsys.readouterr().out
    assert glas("town", "--languages", "en,en") == 2


def test_who_has_lost_phone_and_password_gets_a_new_way_in(capsys):
    glas(*INIT, *PEOPLE)
    token = re.search(r"/sign-in\?link=(\S+)", capsys.readouterr().out)[1]
    name = PEOPLE[PEOPLE.index("--organiser") + 1]

    assert glas("sign-in", name, "--forget-second-step") == 0

    fresh = re.search(r"/sign-in\?link=(\S+)", capsys.readouterr().out)[1]
    with store.transaction() as session, pytest.raises(SignInFailed):
        recovery.redeem_link(session, token, at=clock.now())
    with store.transaction() as session:
        assert recovery.redeem_link(session, fresh, at=clock.now()).has(Role.organiser)
    assert glas("sign-in", "nobody-here") == 2


def test_invite_makes_a_second_organiser(capsys):
    glas(*INIT, *PEOPLE)
    capsys.readouterr()

    assert glas("invite", "Боби", "--role", "organiser", "--role", "auditor") == 0

    said, address, *_not_running = capsys.readouterr().out.strip().splitlines()
    assert re.fullmatch(r"For Боби \(organiser, auditor\), works once, until .*\d{4}.*:", said, re.IGNORECASE)
    token = address.rpartition("=")[2]
    with store.transaction() as session:
        assert recovery.redeem_link(session, token, at=clock.now()).has(Role.organiser, Role.auditor)


def test_what_is_typed_elsewhere_names_the_places_that_were_chosen_here(monkeypatch):
    for name in ("DATA_DIR", "KEY_DIR", "DATABASE_URL"):
        monkeypatch.delenv(f"GLAS_{name}", raising=False)
    assert talk.elsewhere() == talk.glas()
    monkeypatch.setenv("GLAS_DATA_DIR", "/srv/a town/data")
    monkeypatch.setenv("GLAS_DATABASE_URL", "postgresql://glas:secret@db/glas")
    assert talk.elsewhere() == f"GLAS_DATA_DIR='/srv/a town/data' GLAS_DATABASE_URL=… {talk.glas()}"


def test_invite_needs_a_town(capsys):
    assert glas("invite", "Боби", "--role", "organiser") == 2

    assert "glas init" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "word"), [("bg", "Недействително"), ("en", "Void")])
def test_a_void_round_is_listed_as_void(town, capsys, monkeypatch, language, word):
    monkeypatch.setenv("GLAS_LANG", language)
    boxes.change("UPDATE round SET voided_at = '2026-01-01 00:00:00', void_reason = 'x'")
    assert glas("rounds") == 0
    assert word in capsys.readouterr().out


def test_rounds_are_listed_by_the_names_other_commands_use(town, capsys):
    assert glas("rounds") == 0

    assert re.search(rf"^{town.round.slug}\s+Voting\s+€9,000\s+Youth budget$", capsys.readouterr().out, re.MULTILINE)


def test_migrate_says_that_all_is_well(capsys):
    assert glas("migrate") == 0

    assert "up to date" in capsys.readouterr().out


def test_a_wrong_setting_is_one_clear_sentence():
    done = subprocess.run(
        [sys.executable, "-m", "pages.terminal", "serve"],
        cwd=ROOT, env={"PORT": "eighty", "PATH": "", "GLAS_LANG": "en"}, capture_output=True, text=True, timeout=180,
    )  # fmt: skip

    assert done.returncode == 2
    assert "PORT" in done.stderr and "eighty" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
