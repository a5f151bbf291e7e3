"""The terms of a round, field by field: what decides who may vote, on what, for how much and how it is counted.

Values fit for JSON, so that they can be shown one by one, hashed, kept in a request and in the journal, and put back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from core import hidden
from core.ballots.types import BallotRules
from core.phases import Dates
from core.rounds._values import RoundDraft
from core.texts import Texts

# What a single organiser may change once a round is public: it decides nothing.
ALONE = frozenset({"intro", "contact_email", "eligible_estimate", "eligible_source"})

_DATES = tuple(Dates.__dataclass_fields__)
_BALLOT = {"ballot_type": "type", "min_choices": "min_choices", "max_choices": "max_choices"}
_TEXTS = ("titles", "intro", "eligible_source")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that two people agree to: a field, what it was and what it shall be, as in JSON.

    `of`: what of the round it belongs to, like the code of a project; "" for the round itself.
    """

    field: str
    old: Any
    new: Any
    of: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """Return it as it is kept and hashed."""
        return asdict(self)


def line_of(told: Mapping[str, Any]) -> Line:
    """Return a line from how it is kept."""
    return Line(told["field"], told["old"], told["new"], told["of"])


def flat(draft: RoundDraft) -> dict[str, Any]:
    """Return all terms of a round by the name of their column."""
    found: dict[str, Any] = {}
    for name in RoundDraft.__dataclass_fields__:
        value = getattr(draft, name)
        match value:
            case BallotRules():
                found |= {column: getattr(value, own) for column, own in _BALLOT.items()}
            case Dates():
                found |= {each: _text(getattr(value, each)) for each in _DATES}
            case Texts():
                found[name] = value.words
            case date():
                found[name] = value.isoformat()
            case _:
                found[name] = value
    return found


def lines(old: RoundDraft, new: RoundDraft) -> tuple[Line, ...]:
    """Return the terms in which two drafts differ, in the order in which a draft has them."""
    before, after = flat(old), flat(new)
    return tuple(Line(name, before[name], after[name]) for name in before if before[name] != after[name])


def changed(draft: RoundDraft, agreed: Sequence[Line]) -> RoundDraft:
    """Return the draft with the new values of these lines."""
    values = {line.field: line.new for line in agreed}
    whole: dict[str, Any] = {name: values[name] for name in values if name in RoundDraft.__dataclass_fields__}
    whole |= {name: Texts(values[name]) for name in _TEXTS if name in values}
    if "age_on" in values:
        whole["age_on"] = date.fromisoformat(values["age_on"])
    if ballot := {own: values[column] for column, own in _BALLOT.items() if column in values}:
        whole["ballot"] = replace(draft.ballot, **ballot)
    moved: dict[str, Any] = {name: _moment(values[name]) for name in _DATES if name in values}
    if moved:
        whole["dates"] = replace(draft.dates, **moved)
    return replace(draft, **whole)


def words(texts: Texts) -> dict[str, Any]:
    """Return texts fit for a line; of those that are hidden only why."""
    return texts.words if texts.hidden is None else {hidden.GONE: texts.hidden.reason.words}


def texts(told: Mapping[str, Any], name: str = "") -> Texts:
    """Return texts from how they stand in a line; `name` tells what they are the words of."""
    return Texts.hidden_for(Texts(told[hidden.GONE]), name) if hidden.GONE in told else Texts(told)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
