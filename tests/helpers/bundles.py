"""Opened rounds for tests, made without a database: voters who vote, vote again and withdraw, in batches."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from nacl.signing import SigningKey

from core.audit import bundle
from core.audit.bundle import Leaf, OpenedRound
from core.ballots import forms
from core.counting.allocation import fingerprint
from core.counting.election import Instance, Profile, Project
from core.counting.rules import allocate
from core.trust import lots
from core.trust.checkpoints import Checkpoint, open_note, sign
from core.trust.commitments import NONCE, Opening, leaf_bytes
from core.trust.merkle import Tree

KEY = SigningKey(bytes(range(32)))
ORIGIN = "glas.example/log/2026"
DICE = "6241362415"
README = dict.fromkeys(bundle.README, b"# Glas\n")
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
    return counted(made, rule)


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
    return replace(values, allocation=allocation, fingerprint=own)


def lot(values: OpenedRound) -> tuple[str, ...]:
    """Return the order of ties that follows from the last checkpoint."""
    last = open_note(values.checkpoints[-1], values.origin, KEY.verify_key)
    return lots.order(lots.seed(last.root, values.randomness), COSTS)


def public(values: OpenedRound) -> OpenedRound:
    """Return what everyone may see of it."""
    return replace(values, openings=None, emptied=())


def files(values: OpenedRound, key: SigningKey = KEY) -> dict[str, bytes]:
    """Return the files of its bundle."""
    return bundle.files(values, README, key)


def to_folder(found: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (folder / name).write_bytes(content)
