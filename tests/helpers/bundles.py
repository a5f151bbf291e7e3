"""Opened rounds for tests, made without a database: voters who vote, vote again and withdraw, in batches."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from nacl.signing import SigningKey

from core import chain
from core.audit import bundle
from core.audit.bundle import Leaf, OpenedRound
from core.audit.files import Check, Given, Outcome
from core.ballots import forms
from core.chain import Line
from core.counting.allocation import fingerprint
from core.counting.election import Instance, Profile, Project, profile_of
from core.counting.pabulib.writing import checksum, in_file
from core.counting.rules import allocate
from core.trust import lots, notes
from core.trust.checkpoints import Checkpoint, open_note, sign, verifier
from core.trust.commitments import NONCE, Opening, leaf_bytes
from core.trust.merkle import Tree

KEY = SigningKey(bytes(range(32)))
ORIGIN = "glas.example/log/2026"
DICE = "6241362415"
README = dict.fromkeys(bundle.README, b"# Glas\n")
AT = datetime(2026, 11, 30, 10, tzinfo=UTC)
COSTS = {f"p{number:02}": 1_000_00 * number for number in range(1, 13)}


@dataclass
class Voting:
    """A vote as it goes on: what each slot holds, and the log."""

    chance: random.Random
    held: dict[str, tuple[int, Opening | None]] = field(default_factory=dict)
    log: list[tuple[bytes, str]] = field(default_factory=list)
    waiting: list[tuple[bytes, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)

    def cast(self, slot: str, choices: str | None) -> None:
        revision, before = self.held.get(slot, (0, None))
        kind = "withdraw" if not choices else "replace" if before and before.choices else "ballot"
        revision += 1
        opening = Opening(
            "2026", slot, revision, self.chance.randbytes(NONCE), f"47-КЛЕН-{len(self.log) + len(self.waiting)}-РЕКА",
            choices or "",
        )  # fmt: skip
        self.held[slot] = (revision, opening)
        self.waiting.append((opening.commitment(), kind))
        if len(self.waiting) >= 40:
            self.batch()

    def batch(self) -> None:
        for commitment, kind in sorted(self.waiting):
            self.log.append((commitment, kind))
            self.tree.append(leaf_bytes(kind, commitment))
        self.waiting.clear()
        self.notes.append(sign(Checkpoint(ORIGIN, self.tree.size, self.tree.root()), KEY))


def opened(voters: int = 100, seed: int = 1, rule: str = "equal-shares", kind: str = "approval") -> OpenedRound:
    """Return the auditor's values of a round in which some voted twice and some withdrew."""
    chance = random.Random(seed)
    voting = Voting(chance)
    slots = [chance.randbytes(16).hex() for _ in range(voters)]
    for slot in (*slots, *chance.sample(slots, voters // 5)):
        choices = chance.sample(sorted(COSTS), chance.randint(1, 4))
        written = tuple(choices) if kind == "ordinal" else tuple(sorted(choices))
        voting.cast(slot, forms.to_text(written))
    for slot in chance.sample(slots, voters // 20):
        voting.cast(slot, None)
    voting.batch()
    return of(voting, rule, kind)


def of(voting: Voting, rule: str = "equal-shares", kind: str = "approval", randomness: str = DICE) -> OpenedRound:
    """Return the values of a vote that has ended."""
    openings = tuple(opening for _, opening in voting.held.values() if opening)
    cast = tuple(opening for opening in openings if opening.choices)
    live = {opening.commitment() for opening in cast}
    board = tuple(Leaf(commitment, kind_, commitment in live) for commitment, kind_ in voting.log)
    projects = tuple(Project(code, cost, f"Проект {code}") for code, cost in COSTS.items())
    lot = lots.order(lots.seed(voting.tree.root(), randomness), COSTS)
    made = OpenedRound(
        name="2026",
        origin=ORIGIN,
        head={
            "description": "Test",
            "country": "Bulgaria",
            "unit": "Selo",
            "instance": "2026",
            "language": "bg",
            "currency": "EUR",
        },
        kind=kind,  # type: ignore[arg-type]
        ballot_type="ranking" if kind == "ordinal" else "approval",
        min_choices=1,
        max_choices=5,
        instance=Instance(projects, 20_000_00, 100, lot),
        ballots=tuple(opening.choices for opening in cast),
        board=board,
        checkpoints=tuple(voting.notes),
        randomness=randomness,
        randomness_source="dice",
        allocation=None,  # type: ignore[arg-type]
        fingerprint="",
        turnout={"days": {"2026-05-01": len(cast)}},
        openings=openings,
    )
    return with_journal(counted(made, rule), lines(), *[7] * len(made.checkpoints))


def lines(number: int = 9, word: str = "tested") -> tuple[Line, ...]:
    """Return a chain of lines of which every third one is of another round."""
    made: list[Line] = []
    for each in range(1, number + 1):
        former = made[-1].hash if made else chain.START
        round_id = 7 if each % 3 else 8
        line = Line(each, former, b"", 1, round_id, AT + timedelta(each), "organiser", "p-1", word, {"я": each})
        made.append(replace(line, hash=chain.link(former, chain.content(line))))
    return tuple(made)


def with_journal(values: OpenedRound, whole: tuple[Line, ...], *sizes: int, key: SigningKey = KEY) -> OpenedRound:
    """Return the values with the lines of one round, and heads of so many lines of the whole journal."""
    heads = tuple(sign(Checkpoint(f"{ORIGIN}/journal", size, whole[size - 1].hash), key) for size in sizes)
    return replace(values, heads=heads, journal=tuple(line for line in whole if line.round_id == 7))


def noted(values: OpenedRound, after: str | None = None, late: int = 0) -> OpenedRound:
    """Return the values with the notes that an honest server has signed of them, the first when so many ballots were
    in; it may be given.
    """
    last = open_note(values.checkpoints[-1], values.origin, KEY.verify_key)
    words = {project.id: {"title": {"bg": project.name}, "text": {}} for project in values.instance.projects}
    fixed = {
        "round": values.name, "budget": values.instance.budget, "unit": values.instance.unit, "imported": False,
        "ballot": {"type": values.ballot_type, "min": values.min_choices, "max": values.max_choices},
        "rule": values.allocation.rule, "settings": dict(values.allocation.settings), "ballots": late,
        "timezone": "Europe/Sofia",
        "dates": {"voting_from": "2026-05-01T06:00:00+00:00", "voting_until": "2026-05-15T18:00:00+00:00"},
        "order": list(values.instance.ids),
        "projects": {
            project.id: {
                "cost": project.cost, "withdrawn": False,
                **{name: notes.digest(text) for name, text in words[project.id].items()}
            }
            for project in values.instance.projects
        },
    }  # fmt: skip
    classes = Counter(values.ballots)
    steps = (
        ("begun", fixed),
        ("closed", {"size": last.size, "root": last.root.hex(), "source": values.randomness_source}),
        ("drawn", {"randomness": values.randomness, "order": list(values.instance.lot)}),
        ("opened", notes.opened(
            classes, (leaf.commitment for leaf in values.board if leaf.live),
            ((bytes.fromhex(each.commitment) if each.commitment else None, each.problem) for each in values.mismatches),
        )),
        ("turnout", {"sha256": notes.digest(values.turnout)}),
        ("counted", {
            "rule": values.allocation.rule, "ballots": len(values.ballots), "fingerprint": values.fingerprint,
            "checksum": checksum(in_file(values.instance, profile_of(values.kind, classes))[1]),
            "settings": dict(values.allocation.settings),
            **({"form": values.allocation.form} if values.allocation.form > 1 else {}),
        }),
    )  # fmt: skip
    chain = [] if after is None else [*notes.read((after,), values.origin, KEY.verify_key)]
    for step, facts in steps[len(chain) :]:
        chain.append(notes.following(chain, values.origin, step, facts))
        for code, reason in values.withdrawn.items() if step == "begun" else ():
            gone = notes.Change(("projects", code, "withdrawn"), old=False, new=True)
            amended = notes.amendment([gone], reason, "2026-05-10T10:00:00+00:00")
            chain.append(notes.following(chain, values.origin, notes.AMENDED, amended))
    signed = tuple(notes.sign(note, KEY) for note in chain)
    return replace(values, notes=signed, words={"language": "bg", "projects": words})


def counted(values: OpenedRound, rule: str = "", settings: Mapping[str, Any] | None = None) -> OpenedRound:
    """Return the values with the outcome that their ballots give."""
    classes: dict[str, int] = {}
    for ballot in values.ballots:
        classes[ballot] = classes.get(ballot, 0) + 1
    ordered = sorted(classes)
    profile = Profile.of(values.kind, map(forms.from_text, ordered))
    profile = profile.weighted(np.array([classes[ballot] for ballot in ordered], np.int64))
    allocation = allocate(rule or values.allocation.rule, values.instance, profile, **(settings or {}))
    own = fingerprint(values.instance, profile, allocation.rule, dict(allocation.settings))
    return noted(replace(values, allocation=allocation, fingerprint=own))


def withdrawing(values: OpenedRound, *codes: str, reason: str = "Not legal") -> OpenedRound:
    """Return the values of the same vote with these projects withdrawn while it went on, counted anew."""
    projects = tuple(replace(each, withdrawn=each.id in codes) for each in values.instance.projects)
    gone = replace(values, instance=replace(values.instance, projects=projects), withdrawn=dict.fromkeys(codes, reason))
    return counted(gone)


def lot(values: OpenedRound) -> tuple[str, ...]:
    """Return the order of ties that follows from the last checkpoint."""
    last = open_note(values.checkpoints[-1], values.origin, KEY.verify_key)
    return lots.order(lots.seed(last.root, values.randomness), COSTS)


def public(values: OpenedRound) -> OpenedRound:
    """Return what everyone may see of it."""
    return replace(values, openings=None, emptied=(), journal=())


# What only somebody can tell who has kept or been told something elsewhere.
GIVEN = ("key", "kept", "noted", "verdict")


def given(values: OpenedRound, **other: str | None) -> Given:
    """Return what an observer has who has kept what was published from the first day on."""
    kept = {"key": verifier(ORIGIN, KEY.verify_key), "checkpoint": values.checkpoints[0], "noted": values.notes[0]}
    return Given(**{**kept, **other})


def seen(checks: Iterable[Check], outcome: Outcome = Outcome.holds) -> list[str]:
    """Return the names of the checks that end so."""
    return [check.name for check in checks if check.outcome is outcome]


def files(values: OpenedRound, key: SigningKey = KEY) -> dict[str, bytes]:
    """Return the files of its bundle."""
    return bundle.files(values, README, key)


def to_folder(found: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (folder / name).write_bytes(content)
