"""What a recount found of the journal, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pages.parts.i18n import _, n_

Facts = Mapping[str, Any]

PASSED: Mapping[str, Callable[[Facts], str]] = {
    "journal_heads": lambda f: n_(
        "{count} head of the journal is signed; the last one covers {lines} lines.",
        "{count} heads of the journal are signed; the last one covers {lines} lines.",
        f["heads"],
        lines=f["lines"],
    ),
    "journal_lines": lambda f: _lines(f["lines"], f["held"]),
}
SUBJECTS: Mapping[str, Callable[[], str]] = {
    "journal_heads": lambda: _("the heads of the journal"),
    "journal_lines": lambda: _("the lines of the journal"),
}
CLAIMS: Mapping[str, Callable[[], str]] = {
    "journal_heads": lambda: _("The heads of the journal do not hold."),
    "journal_lines": lambda: _("The lines of the journal are not those that were written."),
}
REASONS: Mapping[str, Callable[[Facts], str]] = {
    "more_heads": lambda f: _(
        "There are {heads} of them beside {checkpoints} checkpoints.", heads=f["heads"], checkpoints=f["checkpoints"]
    ),
    "fewer_heads": lambda f: _(
        "There are {heads} of them beside {checkpoints} checkpoints: some were removed.",
        heads=f["heads"],
        checkpoints=f["checkpoints"],
    ),
    "altered_line": lambda f: _("Line {number} was altered.", number=f["number"]),
    "other_place": lambda f: _("Line {number} does not follow the one before.", number=f["number"]),
    "other_head": lambda f: _("Line {number} is another one than was signed.", number=f["number"]),
}
UNSEEN: Mapping[str, Callable[[Facts], str]] = {
    "no_heads": lambda _f: _(
        "None lies in this bundle, as in one of a round that was begun before the journal was chained."
    ),
    "unsigned_lines": lambda _f: _(
        "No signed head lies beside them, so nobody can tell whether they are the old ones."
    ),
    "no_lines": lambda _f: _("The round’s lines lie in the auditor’s bundle only."),
}


def _lines(count: int, held: int) -> str:
    """Return how many lines are as they were written, and why nobody can tell it of the others."""
    said = n_(
        "{count} line of the journal is as it was written.",
        "{count} lines of the journal are as they were written.",
        held,
    )
    if held == count:
        return said
    rest = n_(
        "{count} more comes after the last signed head or before a line about something else: no signature reaches it.",
        "{count} more come after the last signed head or before lines about something else: no signature reaches them.",
        count - held,
    )
    return f"{said} {rest}"
