"""What tests of commands stand on: a terminal in English, and a command as the shell carries it out."""

from __future__ import annotations

import pytest

from pages import terminal


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLAS_LANG", "en")


def glas(*words: str) -> int:
    """Carry out a command as the shell does and return its exit code."""
    try:
        return terminal.main(words)
    except SystemExit as end:
        return int(end.code or 0)
