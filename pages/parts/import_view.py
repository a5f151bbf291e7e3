"""Imported elections as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.rounds import Round
from pages.parts import dates, draw, money, round_list, rule_words, ways_to_vote
from pages.parts.badges import Badge
from pages.parts.i18n import _
from pages.parts.links import Link, to


def view(known: Sequence[Round], at: datetime) -> dict[str, Any]:
    """Return the values of `imported_rows.html`."""
    return {"rows": [_row(one, at) for one in known], "empty": _("Nothing has been imported yet.")}


def _row(round: Round, at: datetime) -> dict[str, Any]:
    facts = (
        str(dates.local(round.dates.voting_from, round.timezone).year),
        ways_to_vote.name(round.ballot.type),
        rule_words.name(round.rule),
        money.text(round.budget, round.currency),
    )
    ready = round.result_published_at is not None
    return {
        "href": to("/results", round=round.slug) if ready else to("/projects", round=round.slug),
        "title": draw.told(round.titles),
        "text": " · ".join(facts),
        "badge": Badge(_("Counted"), "verified", "ok") if round.counted_at else round_list.badge(round, at),
        "act": Link(to("/results", round=round.slug), _("Results"))
        if ready
        else Link(to("/count", round=round.slug), _("Count")),
    }


def plain(name: str) -> str:
    """Return a file's name without signs that Markdown would read."""
    return "".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in name)[:80]
