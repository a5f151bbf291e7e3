"""The checks of ballots and outcome: as many as the board has, all allowed, and counted again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from core.ballot_types import TYPES
from core.ballots import check
from core.errors import GlasError, Invalid
from core.fingerprint import fingerprint
from core.rules import allocate
from core.trust import bundle, ties
from core.trust.checks import SHOWN, Facts, Failed
from core.trust.commitments import KINDS
from core.trust.evidence import Evidence

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many choices a ballot of this type holds."""

    type: str
    min_choices: int | None
    max_choices: int | None


def numbers(evidence: Evidence) -> Facts:
    """Return the facts; fail unless as many ballots as live lines on the board, and the published numbers say the
    same.
    """
    board, told = evidence.board, evidence.counts
    found = {
        "ballots": evidence.election.profile.ballots,
        "leaves": len(board.leaves),
        "live": len(board.live),
        "kinds": {kind: board.kinds[kind] for kind in KINDS},
    }
    if found["ballots"] != found["live"]:
        raise Failed("not_equal", **found)
    # Each line of the board says what it does to the box, so the board alone says how many ballots it holds.
    box = board.kinds["ballot"] - board.kinds["withdraw"]
    if box != len(board.live) + _broken(evidence):
        raise Failed("box", box=box, **found)
    if wrong := sorted(name for name in found if found[name] != told[name]):
        raise Failed("told_otherwise", numbers=tuple(wrong), **found)
    return found


def _broken(evidence: Evidence) -> int:
    """Return how many ballots of the box are told not to count; what the board has not is none of them."""
    kinds = {commitment.hex(): kind for kind, commitment in evidence.board.leaves}
    broken = 0
    for told in evidence.counts["mismatches"]:
        if told["commitment"] is None:
            broken += told["problem"] == "missing"
        else:
            broken += kinds.get(told["commitment"], "withdraw") != "withdraw"
    return broken


def mismatches(evidence: Evidence) -> Facts:
    """Return the facts; fail unless every ballot could be opened to what the board promised."""
    if found := evidence.counts["mismatches"]:
        raise Failed("mismatches", count=len(found), commitments=tuple(each["commitment"] for each in found[:SHOWN]))
    return {"count": 0}


def anonymous(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the election's file tells nothing of voters, and nothing in it is odd."""
    columns = set(evidence.election.voter_columns) - {"voter_id", "vote", "points"}
    if columns:
        raise Failed("columns", columns=tuple(sorted(columns)))
    if evidence.election.notes:
        first = evidence.election.notes[0]
        raise Failed("odd", kind=first.kind, line=first.line)
    return {}


def projects(evidence: Evidence) -> Facts:
    """Return the facts; fail unless budget, projects and costs in the election's file are those of the rules, the
    funded ones those of the result.
    """
    rules, file = evidence.rules, evidence.election
    found = [{"id": each.id, "cost": each.cost} for each in file.instance.projects]
    if (found, file.instance.budget, file.instance.unit) != (rules["projects"], rules["budget"], rules["unit"]):
        raise Failed("differ")
    if file.profile.kind != rules["kind"]:
        raise Failed("kind")
    funded = [each["id"] for each in evidence.results["allocation"].get("funded", ())]
    if sorted(file.winners) != sorted(funded):
        raise Failed("funded")
    return {"projects": len(found)}


def limits(evidence: Evidence) -> Facts:
    """Return the facts; fail unless every ballot is one that the round allows."""
    rules = evidence.rules
    costs = {each["id"]: each["cost"] for each in rules["projects"]}
    allowed = Limits(rules["ballot"]["type"], rules["ballot"]["min"], rules["ballot"]["max"])
    profile = evidence.election.profile
    if not TYPES[allowed.type].castable:
        return {"kinds": profile.classes}
    for choices, weight in profile:
        try:
            check(choices, allowed, costs, rules["budget"])
        except GlasError:
            raise Failed("not_allowed", ballots=weight, choices=choices[:SHOWN]) from None
    return {"kinds": profile.classes}


def draw(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the randomness has the one form that its source demands, and the order of ties
    follows from it and the final root.
    """
    told, last = evidence.rules["draw"], evidence.checkpoints[-1:]
    if not last:
        raise Failed("none")
    source, drawn = ties.read_source(told["source"]), {"randomness": told["randomness"], "source": told["source"]}
    if source.text != told["source"] or not _holds(ties.named, source):
        raise Failed("no_source", **drawn)
    # In another spelling the same throws would give another order, so whoever wrote them could have chosen it.
    if not _holds(partial(ties.reduced, source), told["randomness"]):
        raise Failed("not_dice" if source.beacon is None else "not_beacon", **drawn)
    seed = ties.seed(last[0].root, told["randomness"])
    if list(ties.order(seed, (each["id"] for each in evidence.rules["projects"]))) != told["order"]:
        raise Failed("other_order", **drawn)
    return drawn


def _holds(form: Callable[[Value], Value], told: Value) -> bool:
    """Return whether this has the one form already."""
    try:
        return form(told) == told
    except Invalid:
        return False


def count(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the ballots, counted again by the rule, give the published outcome with all its
    steps.
    """
    rules, told = evidence.rules, evidence.results
    instance, profile = evidence.instance, evidence.election.profile
    allocation = allocate(rules["rule"], instance, profile, **rules["settings"])
    own = fingerprint(instance, profile, allocation.rule, dict(allocation.settings))
    found = json.loads(json.dumps(bundle.results(allocation, own)))
    funded = tuple(each.id for each in allocation.funded)
    if found["allocation"]["funded"] != told["allocation"].get("funded"):
        raise Failed("other_winners", found=funded)
    if found["allocation"] != told["allocation"]:
        raise Failed("other_steps", found=funded)
    if own != told["fingerprint"]:
        raise Failed("other_fingerprint", found=own)
    return {"funded": funded, "ties": len(allocation.ties), "fingerprint": own}


CHECKS = {
    "numbers": numbers,
    "mismatches": mismatches,
    "anonymous": anonymous,
    "projects": projects,
    "limits": limits,
    "draw": draw,
    "count": count,
}
