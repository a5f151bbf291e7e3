"""Changes in words: each thing that two people agree to, from what to what; and what was changed of a public round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core import hidden
from core.municipalities import Municipality
from core.permissions import Action
from core.rounds import Change, terms
from core.rounds.terms import Line
from core.texts import Texts
from pages.parts import dates, forms, money, names, templates
from pages.parts.i18n import _, n_, name_of, number
from pages.rounds import choices, rule_words
from pages.voting import ballot_types

_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One change: of which project or seat ("" for the round itself), which field, what it was, what it becomes.

    `old` is "" where nothing was replaced: something has happened.
    """

    of: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """A change of a public round: its day and what was done, why, and line by line what."""

    title: str
    reason: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Speaker:
    """What is needed to word a line: the round's currency and time zone, and its town for areas and topics.

    `titles`: those of the projects by code, as everyone sees them.
    """

    currency: str
    zone: str
    town: Municipality | None = None
    titles: Mapping[str, str] = field(default_factory=dict)

    def rows(self, lines: Iterable[Line]) -> list[Row]:
        """Return the lines in words, in their order; not those that put nothing in the place of nothing."""
        found = [
            Row(
                self._of(line.of),
                names.field(line.field),
                self._value(line.field, line.old),
                self._value(line.field, line.new),
            )
            for line in lines
        ]
        return [row for row in found if (row.old, row.new) != (_NOTHING, _NOTHING)]

    def sentences(self, lines: Iterable[Line]) -> list[str]:
        """Return a sentence a line, for where there is no room for a table."""
        return [
            _("{what}: from {before} to {after}", what=" · ".join(filter(None, (row.of, row.name))), before=row.old,
              after=row.new)
            for row in self.rows(lines)
        ]  # fmt: skip

    def told(self, change: Change) -> Told:
        """Return a change of a public round in words."""
        day = dates.day(change.at, zone=self.zone, year=True)
        what = {
            Action.change_round: _("The round was changed"),
            Action.change_list: _("The ballot list was changed"),
            Action.withdraw_project: _("A project was withdrawn from the vote"),
            Action.correct_words: _("The words of a project were corrected"),
            Action.stop_codes: _("Participation codes were stopped"),
        }[change.action]
        reason = _("Reason: {reason}", reason=change.reason)
        if change.action is not Action.stop_codes:
            return Told(f"{day} · {what}", reason, self.rows(change.lines))
        count, ballots = change.facts["count"], change.facts["ballots"]
        codes = n_("{count} code no longer counts", "{count} codes no longer count", count)
        left = n_("{count} ballot has left the box", "{count} ballots have left the box", ballots)
        stopped = Row(change.facts["label"], _("Codes"), "", f"{codes}; {left}")
        return Told(f"{day} · {what}", reason, (stopped,))

    def _of(self, code: str) -> str:
        """Return a project by code and title; in place of a hidden title stand its code and why already."""
        title = self.titles.get(code, "")
        return title if title.startswith(code) else f"{code} · {title}" if title else code

    def _value(self, name: str, value: Any) -> str:
        """Return the value of a field in words; there is no sentence for what holds nothing."""
        if value is None or value in ("", {}, []):
            return _NOTHING
        if isinstance(value, Mapping) and hidden.GONE in value:
            return templates.told(terms.texts(value))
        if isinstance(value, bool):
            return _yes(name, value)
        if name in ("budget", "min_cost", "max_cost", "cost"):
            return money.text(value, self.currency)
        if name in _MOMENTS:
            # As the form says it: a stage that ends at midnight ends on the evening before.
            told = dates.until if name in _ENDS else dates.moment
            return told(datetime.fromisoformat(value), zone=self.zone, year=True)
        if name in ("area_id", "category_id"):
            return self._place(name, value)
        if word := _WORDS.get(name):
            return word(value)
        return number(value) if isinstance(value, int) else str(value)

    def _place(self, field: str, value: int) -> str:
        town = self.town
        known = () if town is None else town.areas if field == "area_id" else town.categories
        return next((templates.told(one.names) for one in known if one.id == value), str(value))


_MOMENTS = frozenset({
    "ideas_from", "ideas_until", "voting_from", "voting_until", "results_on", "implementation_from",
})  # fmt: skip


_ENDS = frozenset({"ideas_until", "voting_until"})


def _yes(field: str, value: bool) -> str:
    if field == "code_required":
        return forms.name_of(choices.entries(), "code" if value else "open")
    return _("yes") if value else _("no")


def _in_languages(words: Mapping[str, str]) -> str:
    told = Texts(words)
    if len(told.pairs) < 2:
        return _("“{text}”", text=templates.told(told))
    return " · ".join(f"{name_of(language)}: " + _("“{text}”", text=text) for language, text in told.pairs)


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "titles": _in_languages, "intro": _in_languages, "eligible_source": _in_languages, "title": _in_languages,
    "text": _in_languages, "ballot_type": ballot_types.name, "rule": rule_words.name,
    "rule_settings": rule_words.words, "visibility": names.visibility, "funded": ", ".join,
    "age_on": lambda text: dates.day(date.fromisoformat(text), year=True), "idea_id": lambda number: f"№ {number}",
    "age_min": str, "age_max": str, "settings": rule_words.words,
}  # fmt: skip
