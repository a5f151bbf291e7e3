"""A ready round to start from, with its name and first sentence in every language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from core.municipalities import Municipality
from core.rounds import Round, RoundDraft, ready
from core.texts import Texts
from pages.parts import dates, i18n
from pages.parts.i18n import _


def proposal(town: Municipality, known: Iterable[Round] = (), *, at: datetime) -> RoundDraft:
    """Return the draft that core proposes to `town`, named after the year of its vote; `known`: the rounds there are.

    No two rounds are proposed one title: from the second of a year on they are numbered.
    """
    draft = ready.proposal(town, at=at)
    proposed = titles(dates.local(draft.dates.voting_from, town.timezone).year)
    taken = {pair for one in known for pair in one.titles.pairs}
    number, found = 1, proposed
    while taken.intersection(found.pairs):
        number += 1
        found = Texts({language: f"{text} ({number})" for language, text in proposed.pairs})
    return replace(
        draft, titles=found, intro=i18n.in_all(lambda: _("Young people decide what part of the budget is spent on."))
    )


def titles(year: int) -> Texts:
    """Return the title that a round of this year is proposed, in every language."""
    return i18n.in_all(lambda: _("Youth budget {year}", year=year))
