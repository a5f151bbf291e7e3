"""Steps: how far the closing of a round has come. It follows from what is there, so it can be taken up anywhere."""

from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import WrongStep
from db import tables

# So long after publication objections can be made, and a court can have somebody's ballot found.
OBJECTION = timedelta(days=14)
# So long beyond that an objection without an answer holds anonymising back.
HELD = timedelta(days=90)
# So long after its end a vote may wait for its result before its links to people go all the same.
UNCLOSED = timedelta(days=365)


class Step(StrEnum):
    """What is to be done next."""

    close = "close"
    randomness = "randomness"
    opening = "opening"
    turnout = "turnout"
    count = "count"  # type: ignore[assignment]  # as a text it also has a method of this name
    publish = "publish"
    objection = "objection"
    anonymise = "anonymise"
    done = "done"


# What is behind and what comes; waiting for objections is the beginning of the last one.
ORDER = (Step.close, Step.randomness, Step.opening, Step.turnout, Step.count, Step.publish, Step.anonymise)


def place(step: Step) -> int:
    """Return the number of a step in ORDER, from 1; one more than there are when everything is done."""
    if step is Step.done:
        return len(ORDER) + 1
    return ORDER.index(Step.anonymise if step is Step.objection else step) + 1


def step_of(row: tables.Round, at: datetime) -> Step:
    """Return the step at which a round's closing stands. A voided one is never opened, only anonymised."""
    if row.voided_at is None:
        done = (row.closed_at, row.randomness, row.opened_at, row.turnout, row.counted_at, row.result_published_at)
        for step, found in zip(ORDER[:-1], done, strict=True):
            if found is None:
                return step
    if row.anonymised_at is not None:
        return Step.done
    return Step.objection if row.keep_until is None or at < (row.held_until or row.keep_until) else Step.anonymise


def parts_at(row: tables.Round) -> datetime:
    """Return when a round whose result nobody has published loses its links to people."""
    return row.voting_until + UNCLOSED


def require(row: tables.Round, wanted: Step, at: datetime) -> None:
    """Raise WrongStep unless this is what comes next."""
    step = step_of(row, at)
    if step is not wanted:
        raise WrongStep(step=step, wanted=wanted)
