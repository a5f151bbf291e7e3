"""What lies in deploy/ holds against the program: its commands, options, settings, folders and port are real ones."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from core import settings
from pages import terminal
from tests.helpers.paths import ROOT

DEPLOY = ROOT / "deploy"
PAGE, UNIT, CONTAINER, NGINX = "server.bg.md", "glas.service", "Containerfile", "glas.nginx"
# What the program reads of its surroundings, as the README's table tells it.
SETTINGS = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text("utf-8"), re.M))


def text(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def unit() -> RawConfigParser:
    found = RawConfigParser(strict=False)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string(text(UNIT))
    return found


def commands(words: str) -> list[list[str]]:
    """Return what stands after `glas` in every command of a text, up to what ends a command in a shell."""
    lines = re.findall(r"(?:bin/glas|[Ee]xec -it glas glas|^CMD \[\"glas\",) ?([^\n#|&`]*)", words, re.M)
    return [re.findall(r"[^\s\",\]]+", line) for line in lines]


def options() -> dict[str, set[str]]:
    (found,) = (action for action in terminal.parser()._actions if hasattr(action, "choices") and action.choices)
    return {name: set(one._option_string_actions) for name, one in found.choices.items()}  # type: ignore[union-attr]


@pytest.mark.parametrize("name", [PAGE, UNIT, CONTAINER])
def test_every_command_and_option_is_there(name: str):
    known, told = options(), commands(text(name))
    assert told
    for command, *rest in told:
        assert command in known, f"{name}: glas {command}"
        assert {one for one in rest if one.startswith("--")} <= known[command], f"{name}: glas {command} {rest}"


def test_the_page_tells_of_set_up_backup_restore_doctor_and_a_way_back_in():
    assert {command for command, *_ in commands(text(PAGE))} == {
        "init", "invite", "backup", "doctor", "restore", "sign-in",
    }  # fmt: skip


@pytest.mark.parametrize("name", [PAGE, UNIT, CONTAINER])
def test_every_setting_is_there(name: str):
    told = set(re.findall(r"\b(GLAS_[A-Z_]+|DEMO|PORT)\b=?", text(name)))
    assert told <= SETTINGS and (name == UNIT or "GLAS_KEY_DIR" in told)


def test_the_settings_of_page_and_container_are_taken():
    lines = re.findall(r"^(GLAS_\w+|DEMO)=(\S+)$", text(PAGE), re.M)
    found = settings.read(dict(lines))
    assert (found.url, found.demo, found.secure) == ("https://glas.example.org", False, True)
    (line,) = re.findall(r"^ENV (.*)$", text(CONTAINER), re.M)
    found = settings.read(dict(one.split("=", 1) for one in line.split()))
    assert found.demo is False
    made = re.findall(r"-m 700 (\S+) (\S+)", text(CONTAINER))
    assert made == [(str(found.data_dir), str(found.key_dir))]


def test_control_keys_inside_the_data_are_refused():
    with pytest.raises(settings.SettingWrong):
        settings.read({"GLAS_DATA_DIR": "/srv/glas/data", "GLAS_KEY_DIR": "/srv/glas/data/keys"})


def test_every_target_of_make_and_every_file_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"\bmake ([a-z]+)(?! git)", text(PAGE).replace("make git nginx", ""))) <= targets
    for name in re.findall(r"deploy/[\w.]+\w", text(PAGE) + text(UNIT) + text(CONTAINER)):
        assert (ROOT / name).is_file(), name


def test_the_image_holds_the_whole_program_and_no_data():
    copied = {one for line in re.findall(r"^COPY (.*) \S+$", text(CONTAINER), re.M) for one in line.split()}
    assert all((ROOT / one).exists() for one in copied)
    assert copied == {
        "pyproject.toml", "constraints.txt", "README.md", "app.py", ".streamlit", "assets", "core", "db", "pages",
    }  # fmt: skip


def test_the_unit_starts_glas_again_and_lets_it_open_files_enough():
    service = unit()["Service"]
    assert service["ExecStart"] == f"{service['WorkingDirectory']}/.venv/bin/glas serve"
    assert (service["Restart"], unit()["Unit"]["StartLimitIntervalSec"]) == ("always", "0")
    assert service["EnvironmentFile"] == f"-{service['WorkingDirectory']}/.env"
    assert service["LimitNOFILE"] == "16384" and "LimitNOFILE=16384" in (ROOT / "README.md").read_text("utf-8")
    assert service["UMask"] == "0077" and unit()["Install"]["WantedBy"] == "multi-user.target"
    # What it may not write to lies elsewhere than what Glas writes.
    assert service["ProtectSystem"] == "full" and not service["WorkingDirectory"].startswith(("/usr", "/etc", "/boot"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here: apt install systemd")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path):
    (program := tmp_path / ".venv/bin/glas").parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (file := tmp_path / UNIT).write_text(text(UNIT).replace("/srv/glas", str(tmp_path)))
    assert check(file) == ""

    # The control: what it does not know, it says.
    file.write_text(file.read_text().replace("Restart=always", "Restart=sometimes"))
    assert "sometimes" in check(file)


def check(file: Path) -> str:
    """Return what systemd says of a unit, "" where it is content."""
    done = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_nginx_passes_on_what_the_readme_says():
    def block(words: str) -> list[str]:
        found = re.search(r"location / \{(.*?)\}", words, re.S)
        assert found
        return [line for one in found[1].splitlines() if (line := one.strip()) and not line.startswith("#")]

    assert block(text(NGINX)) == block((ROOT / "README.md").read_text("utf-8"))
    assert "access_log off;" in text(NGINX) and settings.read({}).port == 8501
