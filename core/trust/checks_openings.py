"""The checks of the openings, for the auditor: every ballot belongs to one line of the board."""

from typing import Any

from core.election import canonical
from core.trust.checks import SHOWN, Facts, Failed
from core.trust.evidence import Evidence


def openings(evidence: Evidence) -> Facts:
    """Return the facts; fail unless each opened ballot belongs to one live line of the board, each live line has its
    opening, and each withdrawal a line of its kind.
    """
    found, live = evidence.openings.commitments, evidence.board.live
    emptied = {commitment for kind, commitment in evidence.board.leaves if kind == "withdraw"}
    if extra := sum(
        number for each, number in evidence.openings.withdrawals.items() if each not in emptied or number > 1
    ):
        raise Failed("not_withdrawn", count=extra)
    if extra := sum(number for commitment, number in found.items() if commitment not in live or number > 1):
        raise Failed("not_on_board", count=extra)
    if missing := len(live - found.keys()):
        raise Failed("not_opened", count=missing)
    return {"openings": found.total()}


def slots(evidence: Evidence) -> Facts:
    """Return the facts; fail unless each slot has one ballot at most: one person, one ballot."""
    if evidence.openings.repeated:
        raise Failed("twice", count=len(evidence.openings.repeated))
    return {"slots": len(evidence.openings.revisions)}


def revisions(evidence: Evidence) -> Facts:
    """Return the facts; fail unless what was opened of each slot is its last: all revisions together are all lines of
    the board, and no slot is said to be empty without its withdrawal or a ballot that is named as broken.
    """
    found, unopened = sum(evidence.openings.revisions.values()), len(evidence.openings.unopened)
    if unopened > len(evidence.counts["mismatches"]):
        raise Failed("not_shown", count=unopened)
    if found != len(evidence.board.leaves):
        raise Failed("not_last", revisions=found, leaves=len(evidence.board.leaves))
    return {"revisions": found}


def receipts(evidence: Evidence) -> Facts:
    """Return the facts; fail unless no two ballots have one receipt number."""
    if twice := [number for number, times in evidence.openings.numbers.items() if times > 1]:
        raise Failed("twice", numbers=tuple(twice[:SHOWN]))
    return {"numbers": len(evidence.openings.numbers)}


def votes(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the ballots in the election's file are those that were opened, no more and no
    fewer of each kind.
    """
    profile = evidence.election.profile
    counted = {canonical(profile.kind, _ballot(choices)): weight for choices, weight in profile}
    opened = evidence.openings.ballots
    if counted != opened:
        kinds = counted.keys() | opened.keys()
        raise Failed("differ", count=sum(abs(counted.get(kind, 0) - opened.get(kind, 0)) for kind in kinds))
    return {"ballots": opened.total()}


def _ballot(choices: tuple[Any, ...]) -> Any:
    """Return a class of the profile in the form that a ballot has: ids, or points by id."""
    return dict(choices) if choices and isinstance(choices[0], tuple) else choices


CHECKS = {"openings": openings, "slots": slots, "revisions": revisions, "receipts": receipts, "votes": votes}
