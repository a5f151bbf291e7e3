"""The steps of closing as a list: those that are done with what came out, those that come with what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.closing import Closing
from core.rounds import Round, steps
from core.rounds.steps import Step
from pages.parts import closing_words, dates, names, text
from pages.parts.i18n import _, n_, number
from pages.parts.links import Link, to


@dataclass(frozen=True, slots=True)
class Item:
    """One step in the list."""

    title: str
    who: str
    text: str = ""
    when: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    link: Link | None = None


def done(round_: Round, state: Closing, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of `closing_steps.html` for the steps that are behind."""
    past = steps.ORDER[: steps.place(state.step) - 1]
    if round_.voided_at:
        past = ()
    return {"items": [_item(round_, state, step, titles) for step in past], "start": 1, "done": True}


def later(round_: Round, step: Step, *, whole: bool = False) -> dict[str, Any]:
    """Return the values of `closing_steps.html` for the steps that come; with `whole` also this one."""
    first = steps.place(step) - (1 if whole else 0)
    items = [
        Item(names.step(one), closing_words.who(round_, one), closing_words.meaning(round_, one))
        for one in steps.ORDER[first:]
    ]
    return {"items": items, "start": first + 1, "done": False}


def _item(round_: Round, state: Closing, step: Step, titles: Mapping[str, str]) -> Item:
    title, who = names.step(step), closing_words.who(round_, step)
    if step is Step.close:
        facts = [
            (_("Final root"), text.groups(state.final_root or b"")),
            (_("Leaves on the board"), number(state.final_size or 0)),
        ]
        if state.source:
            facts.append((_("Equal projects are drawn by"), closing_words.source(state.source)))
        link = Link(f"/log/{round_.slug}/checkpoints/{state.final_size}", _("Signed checkpoint"))
        return Item(title, who, when=_when(round_, state.closed_at), facts=facts, link=link)
    if step is Step.randomness and state.randomness:
        order = ", ".join(titles.get(code, code) for code in state.order)
        facts = [
            (_("Randomness"), state.randomness),
            (_("Order between equal projects"), order),
        ]
        return Item(title, who, facts=facts)
    if step is Step.opening:
        facts = [(_("Ballots that fit the board"), number(state.ballots or 0))]
        return Item(title, who, when=_when(round_, state.opened_at), facts=facts, bad=mismatches(state))
    if step is Step.count:
        link = Link(to("/count", round=round_.slug), _("Look at the result"))
        return Item(title, who, when=_when(round_, state.counted_at), link=link)
    if step is Step.publish:
        link = Link(to("/protocol", round=round_.slug), _("Protocol"))
        return Item(title, who, when=_when(round_, state.published_at), link=link)
    return Item(title, who, when=_when(round_, state.anonymised_at) if step is Step.anonymise else "")


def mismatches(state: Closing) -> list[str]:
    """Return a line for each ballot that does not fit the board."""
    return [
        f"{text.letters(one.commitment)[:12]}…: {closing_words.problem(one.problem)}"
        if one.commitment
        else closing_words.problem(one.problem)
        for one in state.mismatches
    ]


def fitting(state: Closing) -> str:
    """Return how the opening went, in one sentence."""
    if state.mismatches:
        return n_(
            "{count} ballot does not fit the board. It is named in the protocol.",
            "{count} ballots do not fit the board. They are named in the protocol.",
            len(state.mismatches),
        )
    return _("Every ballot fits the board.")


def _when(round_: Round, at: datetime | None) -> str:
    return dates.moment(at, zone=round_.timezone) if at else ""
