"""A ready round to start from, with its name and first sentence in every language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.municipalities import Municipality
from core.rounds import RoundDraft, ready
from pages.parts import dates, i18n
from pages.parts.i18n import _


def proposal(town: Municipality, *, at: datetime) -> RoundDraft:
    """Return the draft that core proposes to `town`, named after the year of its vote."""
    draft = ready.proposal(town, at=at)
    year = dates.local(draft.dates.voting_from, town.timezone).year
    return replace(
        draft,
        titles=i18n.in_all(lambda: _("Youth budget {year}", year=year)),
        intro=i18n.in_all(lambda: _("Young people decide what part of the budget is spent on.")),
    )
