"""Settings: what the environment may say, and what is refused at start."""

from pathlib import Path

import pytest

from core.errors import SettingWrong
from core.settings import environment, read, write_file


def test_defaults_are_this_computer_and_a_file():
    settings = read({})

    assert settings.url == "http://127.0.0.1:8501"
    assert settings.database_url == f"sqlite:///{Path('data').resolve()}/glas.db"
    assert settings.key_dir == Path("keys").resolve()
    assert settings.loopback and not settings.secure and settings.demo


def test_https_makes_cookies_secure():
    settings = read({"GLAS_URL": "https://glas.kustendil.bg/", "PORT": "9000", "DEMO": "0"})

    assert (settings.url, settings.port, settings.secure, settings.loopback) == (
        "https://glas.kustendil.bg", 9000, True, False,
    )  # fmt: skip
    assert not settings.demo


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("PORT", "http", "number"),
        ("PORT", "70000", "range"),
        ("GLAS_URL", "http://glas.bg", "insecure"),
        ("GLAS_URL", "glas.bg", "format"),
        ("GLAS_URL", "https://glas.bg/path", "format"),
        ("GLAS_DATABASE_URL", "mysql://root:secret@host/db", "scheme"),
        ("DEMO", "perhaps", "choice"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, problem: str):
    with pytest.raises(SettingWrong) as refusal:
        read({name: value})

    assert (refusal.value.name, refusal.value.problem) == (name, problem)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("inside", ["", "keys"])
def test_keys_do_not_lie_in_the_data_folder(tmp_path: Path, inside: str):
    with pytest.raises(SettingWrong):
        read({"GLAS_DATA_DIR": str(tmp_path), "GLAS_KEY_DIR": str(tmp_path / inside)})


def test_the_environment_goes_before_the_settings_file(tmp_path, monkeypatch):
    (tmp_path / "settings.env").write_text("\ufeff# Our town\n\nexport PORT=8502\nGLAS_URL = 'https://a.bg'\n", "utf-8")

    assert environment()["PORT"] == "8502" and environment()["GLAS_URL"] == "https://a.bg"
    monkeypatch.setenv("PORT", "8503")
    assert environment()["PORT"] == "8503"


def test_a_settings_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "settings.env").write_bytes(b"PORT=\xff\xfe")

    with pytest.raises(SettingWrong) as refusal:
        environment()
    assert refusal.value.problem == "unreadable"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("postgresql://glas:secret@db/glas?sslmode=require", ""),
        ("secret", ""),
        ("secret=", ""),
        ("GLAS_DATABASE_URL: postgresql://glas:secret@db/glas?a=b", ""),
        ("GLAS_SECRET" * 5 + "=1", ""),
        ("GLAS_DATABASE=postgresql://glas:secret@db/glas", "GLAS_DATABASE"),
    ],
)
def test_of_a_wrong_line_of_the_settings_file_only_a_name_is_repeated(tmp_path, line: str, told: str):
    (tmp_path / "settings.env").write_text(f"PORT=8502\n{line}\n", "utf-8")

    with pytest.raises(SettingWrong) as refusal:
        environment()
    assert (refusal.value.name, refusal.value.value) == (f"{tmp_path / 'settings.env'}:2", told)
    assert "secret" not in repr(refusal.value.facts).lower().replace(str(tmp_path), "")


def test_a_settings_file_that_is_there_is_never_written_over(tmp_path):
    (tmp_path / "settings.env").write_text("PORT=8502\n", "utf-8")

    assert write_file({"PORT": "1"}) is None
    assert (tmp_path / "settings.env").read_text("utf-8") == "PORT=8502\n"
