"""Sentences for refusals of sealed rounds and of closing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import errors
from pages.parts.i18n import _, n_

_TEN = 10


def register(sentence: Any) -> None:
    """Teach `sentence` the refusals of this module."""
    sentence.register(errors.RehearsalMissing, _rehearsal_missing)
    sentence.register(errors.ShareRefused, _share_refused)
    sentence.register(errors.WrongStep, _wrong_step)


def step(name: str) -> str:
    """Return what a step of closing is called."""
    return {
        "close": _("Close the ballot box"),
        "randomness": _("Draw the public randomness"),
        "opening": _("Open the ballots"),
        "turnout": _("Work out the turnout"),
        "count": _("Count"),
        "publish": _("Publish"),
        "objection": _("Wait for objections"),
        "anonymise": _("Destroy every link to people"),
        "done": _("All done"),
    }.get(name, name)


def draw(facts: Mapping[str, Any]) -> str:
    """Return what is wrong with a source or with what came up, and what to do; nothing for what others word."""
    found = facts.get("found")
    return {
        ("source", "required"): _("Name the beacon and its round, or choose the die."),
        ("source", "differs"): _(
            "The other organiser has chosen another way to draw, and both must choose the same. Agree on one; if it is "
            "another, decline the request and ask anew."
        ),
        ("randomness", "differs"): _(
            "This is not what the first person typed in. Compare both with what everyone has seen, figure by figure."
        ),
        ("randomness", "dice"): _no_dice(found) if isinstance(found, int) else "",
        ("randomness", "beacon"): _(
            "A beacon’s value is made of the digits 0–9 and the letters a–f. Type at least the first 32 of them, and "
            "nothing else."
        ),
    }.get((str(facts["field"]), str(facts["problem"])), "")


def _no_dice(found: int) -> str:
    if found == _TEN:
        return _("A die shows 1 to 6 and nothing else. Compare what you typed with the sheet.")
    return n_(
        "Ten throws give ten figures, here is {count}. Compare with the sheet; if throws are missing, make them now.",
        "Ten throws give ten figures, here are {count}. Compare with the sheet; if throws are missing, make them now.",
        found,
    )


def _rehearsal_missing(error: errors.RehearsalMissing) -> str:
    seats = ", ".join(str(seat) for seat in error.seats)
    return _("The round is sealed: first the commission rehearses. Seats still missing: {seats}.", seats=seats)


def _share_refused(error: errors.ShareRefused) -> str:
    return {
        "differ": _("These are not shares of two different people for the same key. Check whose they are."),
        "key": _("These shares fit together, but they belong to another key: an earlier splitting or another round."),
    }.get(error.problem, _("A share is mistyped or not complete. Compare it letter by letter, group by group."))


def _wrong_step(error: errors.WrongStep) -> str:
    return _("First comes: {step}. Reload the page to see where the closing stands.", step=step(error.step))
