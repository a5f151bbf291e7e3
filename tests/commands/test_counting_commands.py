"""`glas count`, `glas compare` and `glas audit-rules` on files."""

import json

import pytest

from core import store
from core.counting import pabulib
from core.counting.election import Instance, Profile, Project
from core.counting.pabulib.writing import write_election
from core.phases import Phase
from pages import terminal
from tests.helpers import boxes, worlds
from tests.helpers.odd_files import changed, with_meta

META = {"description": "d", "country": "Poland", "unit": "u", "instance": "1", "currency": "PLN"}
PROJECTS = (Project("a", 6050, "One"), Project("b", 6000, "Two"), Project("c", 3950, "Three"))


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("GLAS_LANG", "en")


def file(folder, name, rule="greedy", selected=("a", "c")):
    ballots = Profile.of("approval", [["a"], ["a"], ["a", "b"], ["b"], ["c"]], ("a", "b", "c"))
    marked = {project.id: int(project.id in selected) for project in PROJECTS}
    text = write_election(Instance(PROJECTS, 10000, 100), ballots, META | {"rule": rule}, selected=marked)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_line_a_file_and_a_bad_one_stops_nothing(tmp_path, capsys):
    good, unknown = file(tmp_path, "good.pb"), file(tmp_path, "unknown.pb", rule="unknown")
    (tmp_path / "bad.pb").write_text("META\n", encoding="utf-8")

    code = terminal.main(["count", "--json", str(tmp_path / "bad.pb"), good, unknown, str(tmp_path / "none.pb")])

    bad, counted, asked, missing = lines(capsys)
    assert code == 1
    assert (counted["rule"], counted["funded"], counted["cost"]) == ("greedy", ["a", "c"], 100)
    assert [step["project"] for step in counted["steps"]] == ["a", "c"]
    assert [one["project"] for one in counted["unfunded"]] == ["b"]
    assert {"settings", "ties", "seconds"} <= set(counted)
    assert all(set(line) == {"file", "error"} for line in (bad, asked, missing))
    assert "--rule" in asked["error"]


def test_cost_is_whole_where_it_is_whole(tmp_path, capsys):
    path = file(tmp_path, "x.pb")

    assert terminal.main(["count", "--json", "--rule", "greedy-no-skip", path]) == 0
    assert lines(capsys)[0]["cost"] == 60.5


@pytest.mark.parametrize(("preset", "completion"), [("official", "add1"), ("compute-tool", "add1-greedy")])
def test_presets(tmp_path, capsys, preset, completion):
    path = file(tmp_path, "x.pb")

    assert terminal.main(["count", path, "--rule", "equalshares", "--preset", preset, "--json"]) == 0
    assert lines(capsys)[0]["settings"]["completion"] == completion


def test_settings_by_name(tmp_path, capsys):
    path = file(tmp_path, "x.pb")

    terminal.main(["count", path, "--rule", "threshold", "--set", "threshold=40%", "--json"])

    assert lines(capsys)[0]["funded"] == ["a"]


def test_budgets_of_parts_by_name(tmp_path, capsys):
    path = file(tmp_path, "x.pb")

    code = terminal.main(["count", path, "--json", "--set", "parts=area", "--set", "budgets=East:100, West: 200"])

    assert code == 0 and lines(capsys)[0]["settings"]["budgets"] == {"East": 100, "West": 200}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The setting budgets = “{}” does not fit the counting rule."),
        ("bg", "Настройката budgets = „{}“ не отговаря на „правилото за броене“."),
    ],
)
@pytest.mark.parametrize("written", ["", "x", "East", "East:much", "East:5,:3"])
def test_budgets_that_are_none_are_refused_in_words(tmp_path, capsys, monkeypatch, language, sentence, written):
    monkeypatch.setenv("GLAS_LANG", language)

    code = terminal.main(["count", file(tmp_path, "x.pb"), "--set", "parts=area", "--set", f"budgets={written}"])

    assert code == 1 and sentence.format(written) in capsys.readouterr().err


def test_a_number_that_is_none_is_refused_in_words(tmp_path, capsys):
    assert terminal.main(["count", file(tmp_path, "x.pb"), "--set", "threshold=1/0"]) == 1
    assert "The setting threshold = “1/0” does not fit Most votes first." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "  There was a tie between c, b. Decided by: only the first one fitted into the money left. First went c.",
        ),
        ("bg", "  Имаше равенство между c, b. Реши: само първият се побра в останалите пари. Пръв мина c."),
    ],
)
def test_what_decided_between_equals_is_printed(tmp_path, capsys, monkeypatch, language, said):
    monkeypatch.setenv("GLAS_LANG", language)
    ballots = Profile.of("approval", [["a"], ["a"], ["b"], ["c"]], ("a", "b", "c"))
    text = write_election(Instance(PROJECTS, 10000, 100), ballots, META | {"rule": "greedy"})
    (tmp_path / "x.pb").write_text(text, encoding="utf-8")

    assert terminal.main(["count", str(tmp_path / "x.pb")]) == 0
    assert said in capsys.readouterr().out.splitlines()


def test_table_for_people(tmp_path, capsys):
    terminal.main(["count", file(tmp_path, "x.pb")])

    assert "2 projects funded" in capsys.readouterr().out


def test_audit_finds_the_difference(tmp_path, capsys):
    file(tmp_path, "same.pb")
    file(tmp_path, "wrong.pb", selected=("b",))
    (tmp_path / "bad.pb").write_bytes(b"\xff\xfe")

    assert terminal.main(["audit-rules", str(tmp_path), "--json"]) == 0

    bad, same, wrong = lines(capsys)
    assert set(same) == {"file", "rule", "funded", "selected", "match", "why", "notes"}
    assert (bad["match"], same["match"], wrong["match"]) == (None, True, False)
    assert (wrong["funded"], wrong["selected"]) == (["a", "c"], ["b"])
    assert terminal.main(["audit-rules", str(tmp_path)]) == 0
    assert "1 of 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "told", "why"),
    [
        ("en", "cannot be judged", "nothing is marked as funded yet"),
        ("bg", "не може да се прецени", "още нищо не е отбелязано като финансирано"),
    ],
)
def test_what_nobody_can_judge_is_a_class_of_its_own(tmp_path, capsys, monkeypatch, language, told, why):
    monkeypatch.setenv("GLAS_LANG", language)
    file(tmp_path, "same.pb")
    file(tmp_path, "unmarked.pb", selected=())
    (tmp_path / "bad.pb").write_bytes(b"\xff\xfe")

    assert terminal.main(["audit-rules", str(tmp_path), "--json"]) == 0
    bad, same, unmarked = lines(capsys)
    assert (unmarked["match"], unmarked["why"], unmarked["funded"]) == (None, why, ["a", "c"])
    assert (same["match"], same["why"], bad["match"]) == (True, "", None) and bad["why"]
    assert terminal.main(["audit-rules", str(tmp_path)]) == 0
    table = capsys.readouterr().out
    assert [told in line for line in table.splitlines()][:4] == [False, False, False, True]
    assert table.splitlines()[-1].endswith("1 не може да се прецени. 1 не е преброен." if language == "bg" else
                                           "1 cannot be judged. 1 was not counted.")  # fmt: skip


def test_a_folder_without_files_is_no_success(tmp_path, capsys):
    assert terminal.main(["audit-rules", str(tmp_path)]) == 1
    assert "There is no .pb file in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Note: 3 ballots name more projects than allowed (max_length = 1). They were counted as they stand. "
               "The first is in line 21."),
        ("bg", "Бележка: 3 бюлетини посочват повече проекти от позволеното (max_length = 1). Преброени са, както са. "
               "Първият случай е на ред 21."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["count", "compare", "audit-rules"])
def test_what_is_odd_is_told_by_every_command(tmp_path, capsys, monkeypatch, command, language, said):
    (tmp_path / "odd.pb").write_bytes(with_meta("max_length;1"))
    monkeypatch.setenv("GLAS_LANG", language)

    assert terminal.main([command, str(tmp_path if command == "audit-rules" else tmp_path / "odd.pb")]) == 0

    assert said in capsys.readouterr().out


@pytest.mark.parametrize("command", ["count", "audit-rules"])
def test_what_is_odd_is_told_to_programs(tmp_path, capsys, command):
    (tmp_path / "odd.pb").write_bytes(with_meta("max_length;1"))

    terminal.main([command, "--json", str(tmp_path if command == "audit-rules" else tmp_path / "odd.pb")])

    (line,) = lines(capsys)
    told = {"kind": "over_max_length", "count": 3, "line": 21, "column": "max_length", "value": "1"}
    assert line["notes"] == [told]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Glas does not know the rule “Method of Equal Shares” that this election names. "
               "Choose one with --rule."),
        ("bg", "„Глас“ не познава правилото „Method of Equal Shares“, което това гласуване посочва. Избери правило с "
               "--rule."),
    ],
)  # fmt: skip
def test_a_word_that_is_no_rule_of_ours_is_named(tmp_path, capsys, monkeypatch, language, said):
    (tmp_path / "odd.pb").write_bytes(changed("rule;greedy", "rule;Method of Equal Shares"))
    monkeypatch.setenv("GLAS_LANG", language)

    assert terminal.main(["count", str(tmp_path / "odd.pb")]) == 1
    assert said in capsys.readouterr().err
    assert terminal.main(["count", str(tmp_path / "odd.pb"), "--rule", "equal-shares"]) == 0
    terminal.main(["audit-rules", str(tmp_path)])
    assert "Method of Equal Shares" in capsys.readouterr().out


def test_compare_prints_a_row_a_rule(tmp_path, capsys):
    path = file(tmp_path, "x.pb")

    assert terminal.main(["compare", path]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
    assert pabulib.read(path).rule == "greedy"


@pytest.fixture
def a_round(town, monkeypatch):
    """Give a function that adds a round in a phase with a visibility, and returns its slug."""

    def made(phase, visibility):
        with store.transaction() as session:
            found = worlds.round_in(session, town.municipality.id, phase, town.at, slug="own", visibility=visibility)
            if phase is Phase.results:
                boxes.opened(session, found.id, [["p01"]], town.at)
        return found.slug

    return made


@pytest.mark.parametrize("visibility", ["turnout", "sealed"])
@pytest.mark.parametrize("phase", [Phase.voting, Phase.counting])
def test_a_hidden_tally_is_hidden_from_the_terminal_too(a_round, capsys, phase, visibility):
    slug = a_round(phase, visibility)

    assert terminal.main(["count", slug]) == 1
    assert "keeps its tally hidden" in capsys.readouterr().err
    assert terminal.main(["compare", slug]) != 0
    assert "keeps its tally hidden" in capsys.readouterr().err


def test_sealed_ballots_are_not_taken_for_none(a_round, capsys):
    assert terminal.main(["count", a_round(Phase.voting, "live")]) == 1
    assert "sealed until" in capsys.readouterr().err


def test_what_everyone_may_see_may_be_counted_and_compared(a_round, capsys):
    slug = a_round(Phase.results, "sealed")

    assert terminal.main(["count", slug]) == 0
    assert terminal.main(["compare", slug]) == 0
    assert "Sequential Phragmén" in capsys.readouterr().out


def test_a_round_that_is_not_there(town, capsys):
    assert terminal.main(["compare", "nowhere"]) != 0
    assert "no such round" in capsys.readouterr().err.lower()
