"""The checks of ballots and outcome: as many as the board has, all allowed, and counted again."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from core.audit import bundle
from core.audit._evidence import Evidence
from core.audit.files import SHOWN, Facts, Failed, Unseen
from core.ballots.forms import check
from core.ballots.types import TYPES
from core.counting.allocation import fingerprint
from core.counting.election import Instance, Profile, canonical
from core.counting.pabulib import PabulibFile
from core.counting.pabulib.writing import checksum, write_election
from core.counting.rules import allocate
from core.counting.support import votes as votes_of
from core.counting.withdrawn import standing
from core.errors import GlasError, Invalid
from core.trust import lots
from core.trust.commitments import KINDS

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
        "leaves": board.size,
        "live": board.live,
        "kinds": {kind: board.kinds[kind] for kind in KINDS},
    }
    if found["ballots"] != found["live"]:
        raise Failed("not_equal", **found)
    # Each line of the board says what it does to the box, so the board alone says how many ballots it holds.
    box = board.kinds["ballot"] - board.kinds["withdraw"]
    if box != board.live + _broken(evidence):
        raise Failed("box", box=box, **found)
    if wrong := sorted(name for name in found if found[name] != told[name]):
        raise Failed("told_otherwise", numbers=tuple(wrong), **found)
    return found


def _broken(evidence: Evidence) -> int:
    """Return how many ballots of the box are told not to count; what the board has not is none of them."""
    broken = 0
    for told in evidence.counts["mismatches"]:
        if told["commitment"] is None:
            broken += told["problem"] == "missing"
        else:
            broken += evidence.board.told.get(bytes.fromhex(told["commitment"]), "withdraw") != "withdraw"
    return broken


def mismatches(evidence: Evidence) -> Facts:
    """Return the facts; fail unless every ballot could be opened to what the board promised."""
    if found := evidence.counts["mismatches"]:
        raise Failed("mismatches", count=len(found), commitments=tuple(each["commitment"] for each in found[:SHOWN]))
    if not evidence.for_auditor:
        # That none is told of is no proof: only the openings show what lay behind each line.
        raise Unseen("auditor")
    return {"count": 0}


def anonymous(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the election's file tells nothing of voters, and is as Glas writes it."""
    files = {bundle.ELECTION: evidence.election} | ({bundle.AS_CAST: evidence.as_cast} if evidence.withdrawn else {})
    for name, file in files.items():
        columns = set(file.voter_columns) - {"voter_id", "vote", "points"}
        if columns:
            raise Failed("columns", columns=tuple(sorted(columns)))
        if file.notes:
            raise Failed("odd", kind=file.notes[0].kind, line=file.notes[0].line)
        if not _as_written(evidence, name, file):
            raise Failed("odd")
    return {}


def _as_written(evidence: Evidence, name: str, file: PabulibFile) -> bool:
    """Return whether the election's file is what is written of what was read: nothing else stands in it.

    Of the first form only the ballots: heads of an earlier Glas were written otherwise.
    """
    data, selected = evidence.files.read(name), None
    if name == bundle.ELECTION:
        funded = {each["id"] for each in evidence.results["allocation"].get("funded", ())}
        selected = {each.id: int(each.id in funded) for each in file.instance.projects}
    written = write_election(file.instance, file.profile, file.meta, selected=selected).encode()
    if not evidence.noted:
        data, written = (each.partition(b"\nVOTES\n")[2] for each in (data, written))
    return data == written


def projects(evidence: Evidence) -> Facts:
    """Return the facts; fail unless budget, projects and costs in the election's file are those of the rules, the
    funded ones those of the result.
    """
    rules, file = evidence.rules, evidence.as_cast
    found = [{"id": each.id, "cost": each.cost} for each in file.instance.projects]
    if (found, file.instance.budget, file.instance.unit) != (rules["projects"], rules["budget"], rules["unit"]):
        raise Failed("differ")
    if file.profile.kind != rules["kind"]:
        raise Failed("kind")
    funded = [each["id"] for each in evidence.results["allocation"].get("funded", ())]
    if sorted(evidence.election.winners) != sorted(funded):
        raise Failed("funded")
    return {"projects": len(found)}


def limits(evidence: Evidence) -> Facts:
    """Return the facts; fail unless every ballot is one that the round allows."""
    rules = evidence.rules
    costs = {each["id"]: each["cost"] for each in rules["projects"]}
    allowed = Limits(rules["ballot"]["type"], rules["ballot"]["min"], rules["ballot"]["max"])
    profile = evidence.as_cast.profile
    if not TYPES[allowed.type].castable or TYPES[allowed.type].kind != rules["kind"]:
        raise Failed("not_castable", type=allowed.type)
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
    source, drawn = lots.read_source(told["source"]), {"randomness": told["randomness"], "source": told["source"]}
    if source.text != told["source"] or not _holds(lots.named, source):
        raise Failed("no_source", **drawn)
    # In another spelling the same throws would give another order, so whoever wrote them could have chosen it.
    if not _holds(partial(lots.reduced, source), told["randomness"]):
        raise Failed("not_dice" if source.beacon is None else "not_beacon", **drawn)
    seed = lots.seed(last[0].root, told["randomness"])
    if list(lots.order(seed, (each["id"] for each in evidence.rules["projects"]))) != told["order"]:
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
    instance, profile = evidence.instance, evidence.as_cast.profile
    # By the rule that was fixed before the first ballot, where it was.
    rule, settings = (evidence.voted_on["rule"], evidence.voted_on["settings"]) if evidence.noted else (
        rules["rule"], rules["settings"]
    )  # fmt: skip
    allocation = allocate(rule, instance, profile, **settings)
    if evidence.noted and (allocation.rule, dict(allocation.settings)) != (rules["rule"], rules["settings"]):
        raise Failed("other_rule", found=allocation.rule)
    own = fingerprint(instance, profile, allocation.rule, dict(allocation.settings))
    found = json.loads(json.dumps(bundle.results(allocation, own)))
    funded = tuple(each.id for each in allocation.funded)
    if found["allocation"]["funded"] != told["allocation"].get("funded"):
        raise Failed("other_winners", found=funded)
    if _as_told(evidence, found["allocation"], told["allocation"]) != told["allocation"]:
        raise Failed("other_steps", found=funded)
    if own != told["fingerprint"]:
        raise Failed("other_fingerprint", found=own)
    ballots = checksum(evidence.election.profile)
    return {"funded": funded, "ties": len(allocation.ties), "fingerprint": own, "checksum": ballots}


def withdrawn(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the election's file is that of the ballots as cast without what was withdrawn, and
    gives, counted for itself, the same winners in the same steps.
    """
    rules, file = evidence.rules, evidence.election
    left, profile = standing(evidence.instance, evidence.as_cast.profile)
    if _of_projects(left) != _of_projects(evidence.left) or _kinds(profile) != _kinds(file.profile):
        raise Failed("differ")
    told = {each["id"]: each["votes"] for each in evidence.withdrawn}
    named = dict(zip(evidence.instance.ids, votes_of(evidence.instance, evidence.as_cast.profile), strict=True))
    if told != {code: named[code] for code in told}:
        raise Failed("votes", found=tuple(f"{code}: {named[code]}" for code in told))
    own = bundle.results(allocate(rules["rule"], evidence.left, file.profile, **rules["settings"]), "")["allocation"]
    whole = dict(evidence.results["allocation"])
    if own.get("funded", []) != whole.get("funded", []):
        raise Failed("other_winners", found=tuple(each["id"] for each in own.get("funded", ())))
    # The one tells besides what was withdrawn.
    whole["unfunded"] = [each for each in whole.get("unfunded", ()) if each.get("project") not in told]
    own = json.loads(json.dumps({**own, "unfunded": own.get("unfunded", [])}))
    if _as_told(evidence, own, whole) != whole:
        raise Failed("other_steps")
    projects = tuple((each["id"], each["votes"], each["reason"]) for each in evidence.withdrawn)
    return {"projects": projects, "funded": tuple(each["id"] for each in own.get("funded", ()))}


def _as_told(evidence: Evidence, found: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Return what was found as an earlier Glas told it, if one may have written the result: of ties only where money
    hung on the published order. What they changed is in the steps, which are compared whole.
    """
    ties = told.get("ties", [])
    if evidence.every_tie or not isinstance(ties, list) or any(map(_of_today, ties)):
        return found
    left = [tie for tie in found.get("ties", ()) if not _of_today(tie)]
    others = {name: value for name, value in found.items() if name != "ties"}
    return others | ({"ties": left} if left or "ties" in told else {})


def _of_today(tie: Any) -> bool:
    return isinstance(tie, dict) and (bool(tie.get("moot")) or tie.get("by") == "room")


def _of_projects(instance: Instance) -> list[Any]:
    return [(each.id, each.cost, each.name) for each in instance.projects]


def _kinds(profile: Profile) -> Counter[tuple[Any, ...]]:
    """Return how many ballots say what; the same may stand in two classes."""
    found = Counter[tuple[Any, ...]]()
    for choices, weight in profile:
        found[choices] += weight
    return found


BALLOT_CHECKS = {
    "numbers": numbers,
    "mismatches": mismatches,
    "anonymous": anonymous,
    "projects": projects,
    "limits": limits,
    "draw": draw,
    "count": count,
}
# Only of a round in which something was withdrawn.
WITHDRAWN_CHECKS = {"withdrawn": withdrawn}


def openings(evidence: Evidence) -> Facts:
    """Return the facts; fail unless each opened ballot belongs to one live line of the board, each live line has its
    opening, and each withdrawal a line of its kind.
    """
    found = evidence.openings
    if found.not_withdrawn:
        raise Failed("not_withdrawn", count=found.not_withdrawn)
    if found.not_on_board:
        raise Failed("not_on_board", count=found.not_on_board)
    if found.not_opened:
        raise Failed("not_opened", count=found.not_opened)
    return {"openings": found.ballots}


def slots(evidence: Evidence) -> Facts:
    """Return the facts; fail unless each slot has one ballot at most: one person, one ballot."""
    if evidence.openings.repeated:
        raise Failed("twice", count=evidence.openings.repeated)
    return {"slots": evidence.openings.slots}


def revisions(evidence: Evidence) -> Facts:
    """Return the facts; fail unless what was opened of each slot is its last: all revisions together are all lines of
    the board, and no slot is said to be empty without its withdrawal or a ballot that is named as broken.
    """
    found, unopened = evidence.openings.revisions, evidence.openings.unopened
    if unopened > len(evidence.counts["mismatches"]):
        raise Failed("not_shown", count=unopened)
    if found != evidence.board.size:
        raise Failed("not_last", revisions=found, leaves=evidence.board.size)
    return {"revisions": found}


def receipts(evidence: Evidence) -> Facts:
    """Return the facts; fail unless no two ballots have one receipt number."""
    if evidence.openings.twice:
        raise Failed("twice", numbers=tuple(evidence.openings.twice))
    return {"numbers": evidence.openings.numbers}


def votes(evidence: Evidence) -> Facts:
    """Return the facts; fail unless the ballots in the election's file are those that were opened, no more and no
    fewer of each kind.
    """
    profile = evidence.as_cast.profile
    counted = {canonical(profile.kind, _ballot(choices)): weight for choices, weight in profile}
    opened = evidence.opened
    if counted != opened:
        kinds = counted.keys() | opened.keys()
        raise Failed("differ", count=sum(abs(counted.get(kind, 0) - opened.get(kind, 0)) for kind in kinds))
    return {"ballots": opened.total()}


def _ballot(choices: tuple[Any, ...]) -> Any:
    """Return a class of the profile in the form that a ballot has: ids, or points by id."""
    return dict(choices) if choices and isinstance(choices[0], tuple) else choices


OPENING_CHECKS = {"openings": openings, "slots": slots, "revisions": revisions, "receipts": receipts, "votes": votes}
