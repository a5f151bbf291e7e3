"""What an auditor’s verdict in a bundle says, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pages.parts.i18n import _

Facts = Mapping[str, Any]

UNSEEN: Mapping[str, Callable[[Facts], str]] = {
    "no_verdict": lambda _f: _("None lies in this bundle."),
    "opened_here": lambda _f: _("None is needed: the opened ballots are here."),
    "not_needed": lambda _f: _(
        "None lies in this bundle, so the auditor’s key that you gave was not used; the opened ballots are here."
    ),
    "no_auditor": lambda f: _(
        "One lies here, signed by this key: {key}. If it is the auditor’s, give it with --auditor.", key=f["key"]
    ),
}
REASONS: Mapping[str, Callable[[Facts], str]] = {
    "nothing_signed": lambda _f: _("You gave an auditor’s key, but no verdict lies in this bundle."),
    "unsigned_verdict": lambda _f: _("Its signature does not hold."),
    "other_verdict": lambda _f: _("It is about another board, other ballots, other notes or another journal."),
    "other_auditor": lambda _f: _("It was signed by somebody else."),
}


def told(facts: Facts) -> str:
    """Return what the auditor has signed; a verdict of an earlier form covers less."""
    if facts["whole"]:
        return _(
            "The auditor whose key you gave has signed this board, these ballots, the result, the notes of what was "
            "voted on and the heads of the journal: {key}",
            key=facts["key"],
        )
    return _(
        "The auditor whose key you gave has signed this board and these ballots: {key}. The verdict is of an "
        "earlier form: it says nothing of titles, of the notes and of the journal.",
        key=facts["key"],
    )
