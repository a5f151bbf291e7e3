"""Sentences for refusals of sealed rounds and of closing."""

from __future__ import annotations

from typing import Any

from core import errors
from pages.parts.i18n import _


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
