"""The steps of closing in words: who does each, what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.closing import Closing
from core.rounds import Round, steps
from core.rounds.steps import Step
from core.trust.lots import Source
from pages.parts import dates, names, text
from pages.parts.forms import Choice
from pages.parts.i18n import _, n_, number
from pages.parts.links import Link, to


def who_acts(round_: Round, step: Step) -> str:
    """Return who does a step."""
    if step in (Step.close, Step.count, Step.publish):
        return _("Two organisers: one asks, the other agrees")
    if step is Step.randomness:
        return _("Two organisers, before witnesses: both type it in")
    if step is Step.opening and round_.visibility == "sealed":
        return _("One organiser with two members of the commission")
    return _("One organiser")


def source(of: Source) -> str:
    """Return where the randomness comes from."""
    if of.beacon is None:
        return _("ten throws of one die at the meeting")
    return _("the public beacon “{name}”", name=of.beacon)


def how(of: Source) -> list[str]:
    """Return what the two people do to draw."""
    if of.beacon is None:
        return [
            _("Throw one die ten times where everyone sees it. Call out each throw, and let two people write it down."),
            _("Agree before the first throw which ones are repeated, for example when the die falls off the table."),
            _("Then both of you type the ten figures in the order of the throws, each from your own sheet."),
        ]
    return [
        _("Wait until the beacon has given out this round. It must come after the close."),
        _("Then both of you look its value up at the source and type it in: the first 32 digits, or all of them."),
    ]


def meaning(round_: Round, step: Step) -> str:
    """Return what a step does and why."""
    return {
        Step.close: _(
            "The last ballots go on the board, and the server signs the final root. From then on no "
            "ballot can be added, "
            "changed or taken away unnoticed. Read the root aloud and have everyone write it down. How equal projects "
            "will be drawn is fixed here too, while nobody can know the root yet."
        ),
        Step.randomness: _(
            "Chance decides between equal projects, and only chance that nobody could know before. Where it comes from "
            "was fixed at the close. The final root and what comes up give the order together; neither alone."
        ),
        Step.opening: _opening(round_),
        Step.turnout: _(
            "While it can still be known, Glas works out how many of which age and area have voted. Groups under ten "
            "are never shown. Later nobody can do it any more."
        ),
        Step.count: _("The opened ballots are counted by the rule that was fixed before the vote."),
        Step.publish: _(
            "Print the protocol and sign it. Then publish: everyone sees the result, and anyone can download the "
            "ballots and count them again."
        ),
    }.get(step, _(
        "For two weeks people can object. After that every link from people to ballots is "
        "destroyed: the keys, the list of voters, the codes. The ballots stay. An objection without an answer holds "
        "this back, at most 90 days longer."
    ))  # fmt: skip


def _opening(round_: Round) -> str:
    text = _(
        "Every ballot is opened and held against its fingerprint on the board. What does not fit "
        "is listed and published, "
        "not hidden."
    )
    if round_.visibility != "sealed":
        return text
    return (
        text
        + " "
        + _("Two members of the commission type in their shares of the key; the server forgets them at once.")
    )


def problem(name: str) -> str:
    """Return what is wrong with a ballot that does not fit the board."""
    return {
        "unlogged": _("a ballot without a fingerprint on the board"),
        "unreadable": _("a ballot whose seal is broken"),
        "altered": _("a ballot other than the one that was cast"),
        "invalid": _("a ballot that breaks the round's rules"),
        "missing": _("a ballot that the board has and the box has not"),
        "rolled_back": _("an older ballot than the last one on the board"),
    }.get(name, name)


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


def early(round_: Round, at: datetime) -> str:
    """Return that a result published now comes before the day that was announced; "" where it does not."""
    if round_.imported or at >= round_.dates.results_on:
        return ""
    date = dates.moment(round_.dates.results_on, zone=round_.timezone)
    return _("The result is announced for {date}: published now, it comes earlier than people expect.", date=date)


def deadline(round_: Round, at: datetime) -> str:
    """Return by when the result must be published, and what follows if not; "" where nothing waits for it."""
    if (
        at < round_.dates.voting_until
        or round_.result_published_at is not None
        or round_.voided_at is not None
        or round_.imported
    ):
        return ""
    last = round_.parted_at or round_.dates.voting_until + steps.UNCLOSED
    date = dates.day(last, zone=round_.timezone, year=True)
    if round_.parted_at is not None:
        return _(
            "The links to people went on {date}, a year after the vote. The ballots can still be counted; nobody can "
            "vote in this round again.",
            date=date,
        )
    return _(
        "Publish the result by {date}. Then the links to people go by themselves, and turnout by age and area cannot "
        "be worked out any more.",
        date=date,
    )


def done(round_: Round, state: Closing, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of `closing_steps.html` for the steps that are behind."""
    past = steps.ORDER[: steps.place(state.step) - 1]
    if round_.voided_at:
        past = ()
    return {"items": [_item(round_, state, step, titles) for step in past], "start": 1, "done": True}


def later(round_: Round, step: Step, *, whole: bool = False) -> dict[str, Any]:
    """Return the values of `closing_steps.html` for the steps that come; with `whole` also this one."""
    first = steps.place(step) - (1 if whole else 0)
    items = [Item(names.step(one), who_acts(round_, one), meaning(round_, one)) for one in steps.ORDER[first:]]
    return {"items": items, "start": first + 1, "done": False}


def _item(round_: Round, state: Closing, step: Step, titles: Mapping[str, str]) -> Item:
    title, who = names.step(step), who_acts(round_, step)
    if step is Step.close:
        facts = [
            (_("Final root"), text.groups(state.final_root or b"")),
            (_("Leaves on the board"), number(state.final_size or 0)),
        ]
        if state.source:
            facts.append((_("Equal projects are drawn by"), source(state.source)))
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
        f"{text.letters(one.commitment)[:12]}…: {problem(one.problem)}" if one.commitment else problem(one.problem)
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


def sources() -> tuple[Choice, ...]:
    """Return where the randomness that orders equal projects can come from."""
    return (
        Choice(
            "dice",
            _("A die"),
            _("One die, thrown ten times at the meeting, where everyone sees it."),
            _("Needs nothing but a die and witnesses."),
        ),
        Choice(
            "beacon",
            _("Public beacon"),
            _("A value that a public source gives out at a moment known beforehand, like drand."),
            _("Nobody has to come, but its round must be one that is still to come."),
        ),
    )
