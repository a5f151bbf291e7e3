"""The steps of closing in words: who does each, what it means."""

from __future__ import annotations

from core.rounds import Round
from core.rounds.steps import Step
from core.trust.lots import Source
from pages.parts.i18n import _


def who(round_: Round, step: Step) -> str:
    """Return who does a step."""
    if step in (Step.close, Step.count):
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
        "destroyed: the keys, the list "
        "of voters, the codes. The ballots stay."
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
