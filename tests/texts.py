"""`make texts`: collect what Glas says into assets/locale/glas.pot, from which translators start."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.frontend import CommandLineInterface

from tests.paths import ROOT

COLLECTED = ROOT / "assets" / "locale" / "glas.pot"
# How a text is marked, besides Babel's own `_`; where texts stand says pyproject.toml.
COMMAND = (
    "pybabel", "-q", "extract", "-F", str(ROOT / "pyproject.toml"), "-k", "n_:1,2", "-c", "Translators:",
    "--sort-output", "--project=Glas", "--version=",
    "--header-comment=# What Glas says. A copy of it, translated, is a language.",
)  # fmt: skip
_MADE_AT = re.compile(r'^"POT-Creation-Date: .*\n', re.MULTILINE)


def collect(into: Path, *options: str) -> None:
    """Write every text of the source to a file, in the order of the alphabet; the same texts give the same file."""
    CommandLineInterface().run([*COMMAND, *options, "-o", str(into), str(ROOT)])
    into.write_text(_MADE_AT.sub("", into.read_text(encoding="utf-8"), count=1), encoding="utf-8")


if __name__ == "__main__":
    collect(COLLECTED, "--no-location")
