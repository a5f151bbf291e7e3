"""The checks of the signed notes: that what is counted is what was voted on, and what the closing has found."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.audit import bundle, verdicts
from core.audit._evidence import Evidence
from core.audit.files import SHOWN, Facts, Failed, Unseen
from core.ballots.forms import to_text
from core.ballots.types import TYPES
from core.counting.pabulib.writing import checksum
from core.texts import Texts
from core.trust import notes
from core.trust.checkpoints import CheckpointWrong, read_verifier


def voted_on(evidence: Evidence) -> Facts:
    """Return the facts; fail unless rule, limits, budget, list, costs, words and days are those that were fixed by the
    first note, or amended by a later one.
    """
    _require_notes(evidence)
    fixed, rules = evidence.voted_on, evidence.rules
    told = {
        "round": rules["round"], "ballot": rules["ballot"], "budget": rules["budget"], "unit": rules["unit"],
        "imported": False,
    }  # fmt: skip
    wrong = [name for name, value in told.items() if notes.differences(fixed.get(name), value)]
    if [each["id"] for each in rules["projects"]] != fixed["order"]:
        wrong.append("order")
    costs = {each["id"]: each["cost"] for each in rules["projects"]}
    wrong += [f"projects.{code}.cost" for code, each in fixed["projects"].items() if each["cost"] != costs.get(code)]
    if rules["kind"] != TYPES[fixed["ballot"]["type"]].kind:
        wrong.append("kind")
    gone = {each["id"]: each["reason"] for each in rules.get("withdrawn", ())}
    wrong += [
        f"projects.{code}.withdrawn"
        for code, each in fixed["projects"].items()
        if each.get("withdrawn", False) != (code in gone)
    ]
    wrong += [
        f"projects.{code}.withdrawn"
        for code, reason in gone.items()
        if notes.reason_of(evidence.notes, ("projects", code, "withdrawn")) != reason
    ]
    wrong += _other_days(evidence, fixed)
    other, hidden = _other_words(evidence, fixed)
    if wrong := [*wrong, *other]:
        raise Failed("not_as_voted_on", what=tuple(wrong[:SHOWN]))
    amended = [note for note in evidence.notes if note.kind == notes.AMENDED]
    facts = {
        "amendments": tuple((_paths(note), str(note.facts.get("reason", ""))) for note in amended), "hidden": hidden,
        "projects": len(costs), "note": evidence.notes[0].digest().hex(),
    }  # fmt: skip
    if late := fixed.get("ballots"):
        raise Unseen("late", count=late, **facts)
    return facts


def _paths(note: notes.Note) -> tuple[str, ...]:
    return tuple(".".join(change.path) for change in notes.changes(note))


def _other_days(evidence: Evidence, fixed: Mapping[str, Any]) -> list[str]:
    """Return which days of voting in the head of the election's file are other ones."""
    zone, head = ZoneInfo(fixed["timezone"]), evidence.election.meta
    days = {"date_begin": "voting_from", "date_end": "voting_until"}
    return [
        f"dates.{name}" for key, name in days.items() if head.get(key) and _day(fixed["dates"][name], zone) != head[key]
    ]


def _day(moment: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(moment).astimezone(zone).strftime("%d.%m.%Y")


def _other_words(evidence: Evidence, fixed: Mapping[str, Any]) -> tuple[list[str], int]:
    """Return which words are others than those voted on, and of how many projects some are hidden."""
    words, names = evidence.words, {each.id: each.name for each in evidence.as_cast.instance.projects}
    if words["projects"].keys() != fixed["projects"].keys():
        return ["words"], 0
    wrong, hidden = [], 0
    for code, each in words["projects"].items():
        hidden += None in each.values()
        wrong += [
            f"projects.{code}.{name}"
            for name, found in each.items()
            if found is not None and notes.digest(found) != fixed["projects"][code][name]
        ]
        if each["title"] is not None and not _named(names.get(code), Texts(each["title"]).in_(words["language"]), code):
            wrong.append(f"projects.{code}.title")
    return wrong, hidden


def _named(name: str | None, title: str, code: str) -> bool:
    """Return whether a project bears this title in the election's file, where one without a name has none."""
    plain = " ".join(title.split())
    return " ".join((name or "").split()) in ((plain, "") if plain == code else (plain,))


def closing(evidence: Evidence) -> Facts:
    """Return the facts; fail unless board, draw, ballots, turnout and outcome are what the closing signed of them."""
    _require_notes(evidence)
    rules, counts, profile = evidence.rules, evidence.counts, evidence.election.profile
    last = evidence.checkpoints[-1:]
    found: dict[str, Facts] = {
        "closed": {
            "size": last[0].size if last else 0, "root": last[0].root.hex() if last else "",
            "source": rules["draw"]["source"],
        },
        "drawn": {"randomness": rules["draw"]["randomness"], "order": rules["draw"]["order"]},
        "opened": {
            "number": profile.ballots, "ballots": notes.ballots_of(_classes(evidence)),
            "mismatches": notes.mismatches_of(
                (bytes.fromhex(each["commitment"]) if each["commitment"] else None, each["problem"])
                for each in counts["mismatches"]
            ),
        },
        "turnout": {"sha256": notes.digest(counts["turnout"])},
        "counted": {
            "fingerprint": evidence.results["fingerprint"], "checksum": checksum(profile), "rule": rules["rule"],
            "ballots": profile.ballots,
        },
    }  # fmt: skip
    wrong = []
    for kind, facts in found.items():
        signed = notes.newest(evidence.notes, kind)
        if signed is None:
            raise Failed("not_noted", what=(kind,))
        wrong += [f"{kind}.{name}" for name, value in facts.items() if notes.differences(signed.get(name), value)]
    if wrong:
        raise Failed("not_as_noted", what=tuple(wrong[:SHOWN]))
    return {"size": found["closed"]["size"], "checksum": found["counted"]["checksum"]}


def _classes(evidence: Evidence) -> Mapping[str, int]:
    """Return the ballots of the election's file as they are written when they are cast."""
    found = Counter[str]()
    for choices, weight in evidence.as_cast.profile:
        found[to_text(dict(choices) if choices and isinstance(choices[0], tuple) else choices)] += weight
    return found


def noted(evidence: Evidence) -> Facts:
    """Return the facts; fail unless a note that somebody has kept is one of those in the bundle."""
    if evidence.given.noted is None:
        raise Unseen("no_note")
    _require_notes(evidence, Failed)
    if evidence.given.noted not in evidence.single_notes:
        raise Failed("other_note")
    return {"number": evidence.single_notes.index(evidence.given.noted)}


def _require_notes(evidence: Evidence, otherwise: type[Failed | Unseen] = Unseen) -> None:
    if not evidence.noted:
        raise otherwise("no_notes")


def verdict(evidence: Evidence) -> Facts:
    """Return the facts; fail unless an auditor, whose key is given, has signed what this bundle says.

    Whoever has the openings needs nobody's word.
    """
    try:
        expected = None if evidence.given.auditor is None else read_verifier(evidence.given.auditor)
    except CheckpointWrong:
        raise Failed("not_a_key") from None
    if bundle.VERDICT not in evidence.files.names:
        if expected is None:
            raise Unseen("opened_here" if evidence.for_auditor else "no_verdict")
        raise Unseen("not_needed") if evidence.for_auditor else Failed("nothing_signed")
    try:
        found = verdicts.read(evidence.files.read(bundle.VERDICT).decode(), evidence.rules["origin"])
    except (CheckpointWrong, ValueError):
        raise Failed("unsigned_verdict") from None
    if not verdicts.about(found.of, evidence):
        raise Failed("other_verdict")
    if expected is None:
        raise Unseen("no_auditor", key=found.key)
    if read_verifier(found.key) != expected:
        raise Failed("other_auditor")
    return {"key": found.key, "whole": found.of.whole}


NOTE_CHECKS = {"voted_on": voted_on, "noted": noted, "closing": closing, "verdict": verdict}
