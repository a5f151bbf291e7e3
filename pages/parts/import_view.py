"""Imported elections as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.rounds import Round
from pages.parts import dates, money, round_list, rule_words, templates, ways_to_vote
from pages.parts.i18n import _
from pages.parts.links import Link, to
from pages.parts.notices import Badge


def view(known: Sequence[Round], at: datetime) -> dict[str, Any]:
    """Return the values of `imported_rows.html`."""
    return {"rows": [_row(one, at) for one in known], "empty": _("Nothing has been imported yet.")}


def _row(round_: Round, at: datetime) -> dict[str, Any]:
    facts = (
        str(dates.local(round_.dates.voting_from, round_.timezone).year),
        ways_to_vote.name(round_.ballot.type),
        rule_words.name(round_.rule),
        money.text(round_.budget, round_.currency),
    )
    ready = round_.result_published_at is not None
    return {
        "href": to("/results", round=round_.slug) if ready else to("/projects", round=round_.slug),
        "title": templates.told(round_.titles),
        "text": " · ".join(facts),
        "badge": Badge(_("Counted"), "verified", "ok") if round_.counted_at else round_list.badge(round_, at),
        "act": Link(to("/results", round=round_.slug), _("Results"))
        if ready
        else Link(to("/count", round=round_.slug), _("Count")),
    }


def plain(name: str) -> str:
    """Return a file's name without signs that Markdown would read."""
    return "".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in name)[:80]
