"""Forgeries of bundles: by someone with an editor, and by a dishonest server that signs what it has altered."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from nacl.signing import SigningKey

from core.audit import bundle
from core.audit.bundle import Leaf, Mismatch, OpenedRound
from core.trust.checkpoints import Checkpoint, sign
from core.trust.commitments import Opening, leaf_bytes
from core.trust.merkle import Tree
from tests.helpers import bundles

Files = dict[str, bytes]
OTHER_KEY = SigningKey(bytes(range(1, 33)))
MOST = '["p01","p02","p03"]'


# With an editor: any file, any kind of alteration


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def shorter(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + 1 :]


def longer(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(1) + data[at:]


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def line_gone(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def line_twice(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))
    return b"".join(lines)


def lines_swapped(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def digit_changed(data: bytes, chance: random.Random) -> bytes:
    places = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if not places:
        return flipped(data, chance)
    at = chance.choice(places)
    return data[:at] + bytes([48 + (data[at] - 47) % 10]) + data[at + 1 :]


EDITS = (flipped, shorter, longer, cut, line_gone, line_twice, lines_swapped, digit_changed)


def edited(files: Files, chance: random.Random) -> tuple[str, Files]:
    """Return what was done, and the files after it: one altered, gone, or taken from another round."""
    name = chance.choice(sorted(files))
    kind = chance.choice((*EDITS, "gone", "foreign"))
    if kind == "gone":
        return f"{name} gone", {each: data for each, data in files.items() if each != name}
    if kind == "foreign":
        return "a foreign file", {**files, chance.choice(("more.txt", "../key.txt", "/etc/x", "a/b")): b"x"}
    altered = kind(files[name], chance)  # type: ignore[operator]
    if altered == files[name]:  # a file of one line is hard to shuffle
        return edited(files, chance)
    return f"{name} {kind.__name__}", {**files, name: altered}  # type: ignore[union-attr]


def covered_up(files: Files) -> Files:
    """Return the files with a manifest that fits them; its signature cannot be made to fit without the key."""
    rest = {name: data for name, data in files.items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)}
    made = bundle.sealed(rest, bundles.ORIGIN, OTHER_KEY)
    return {**made, bundle.SIGNATURE: files.get(bundle.SIGNATURE, b"")}


# By the server itself, which signs whatever it likes. Each is caught by the check it is filed under, and by no other.


def values_changed(change: Callable[[OpenedRound], OpenedRound]) -> Callable[[OpenedRound], Files]:
    # Whoever has the key signs notes that suit it, too.
    return lambda values: bundles.files(bundles.noted(change(values)))


def file_changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[OpenedRound], Files]:
    """Return a forgery that alters a file and signs the manifest anew."""

    def forge(values: OpenedRound) -> Files:
        files = bundles.files(values)
        rest = {each: data for each, data in files.items() if each not in (bundle.MANIFEST, bundle.SIGNATURE)}
        assert change(rest[name]) != rest[name]
        return bundle.sealed({**rest, name: change(rest[name])}, bundles.ORIGIN, bundles.KEY)

    return forge


def unsigned(values: OpenedRound) -> Files:
    files = bundles.files(values)
    return covered_up({**files, "README.en.md": b"Do not look.\n"})


def silent(values: OpenedRound) -> Files:
    return {**bundles.files(values), "README.en.md": b"Do not look.\n"}


def foreign(values: OpenedRound) -> Files:
    return {**bundles.files(values), "votes-by-name.csv": b"x"}


def other_signature(values: OpenedRound) -> Files:
    first, *rest = values.checkpoints
    state = Checkpoint(values.origin, int(first.split("\n")[1]), b"\0" * 32)
    return bundles.files(replace(values, checkpoints=(sign(state, OTHER_KEY), *rest)))


def order_of_notes(values: OpenedRound) -> OpenedRound:
    return replace(
        values, checkpoints=(values.checkpoints[0], *values.checkpoints), heads=(values.heads[0], *values.heads)
    )


def commitment_changed(values: OpenedRound) -> OpenedRound:
    """Change the commitment of a ballot that was replaced: no opening and no number speaks of it."""
    at = next(
        at for at, leaf in enumerate(values.board) if not leaf.live and leaf.kind == "ballot" and not last(values, at)
    )
    board = list(values.board)
    # One more in its last bit keeps the order of the batch.
    bumped = (int.from_bytes(board[at].commitment) + 1).to_bytes(32)
    board[at] = replace(board[at], commitment=bumped)
    return replace(values, board=tuple(board))


def last(values: OpenedRound, at: int) -> bool:
    return at == len(values.board) - 1


def uncovered(values: OpenedRound) -> OpenedRound:
    """Leave the last checkpoint away; the draw follows what is then the last."""
    return drawn_again(replace(values, checkpoints=values.checkpoints[:-1], heads=values.heads[:-1]))


def unsorted(values: OpenedRound) -> OpenedRound:
    """Log two ballots in the order in which they came, and sign that."""
    board = list(values.board)
    board[1], board[2] = board[2], board[1]
    return drawn_again(signed_again(replace(values, board=tuple(board))))


def ballot_added(values: OpenedRound) -> OpenedRound:
    return counted(replace(values, ballots=(*values.ballots, MOST), openings=None, emptied=()))


def box_stuffed(values: OpenedRound) -> OpenedRound:
    """Count a ballot that was replaced beside the one that replaced it."""
    at = next(at for at, leaf in enumerate(values.board) if not leaf.live and leaf.kind == "ballot")
    board = list(values.board)
    board[at] = replace(board[at], live=True)
    public = replace(values, board=tuple(board), ballots=(*values.ballots, MOST), openings=None, emptied=())
    return counted(public)


def told_mismatch(values: OpenedRound) -> OpenedRound:
    """Count one ballot less and say that it could not be opened, as an honest server must."""
    dropped = ballots_of(values)[0]
    board = tuple(
        replace(leaf, live=False) if leaf.commitment == dropped.commitment() else leaf for leaf in values.board
    )
    return counted(replace(
        values, board=board, openings=tuple(each for each in values.openings or () if each != dropped),
        emptied=((dropped.slot, dropped.revision),),
        ballots=tuple(each.choices for each in ballots_of(values)[1:]),
        mismatches=(Mismatch(dropped.commitment().hex(), "sealed"),),
    ))  # type: ignore[index] # fmt: skip


def too_many_choices(values: OpenedRound) -> OpenedRound:
    """Let the limit be lower than what some have chosen."""
    return replace(values, max_choices=2)


def other_lot(values: OpenedRound) -> OpenedRound:
    lot = values.instance.lot
    return counted(replace(values, instance=replace(values.instance, lot=(lot[1], lot[0], *lot[2:]))))


def other_outcome(values: OpenedRound) -> OpenedRound:
    steps = values.allocation.steps
    altered = replace(steps[0], support=steps[0].support + 1)
    return replace(values, allocation=replace(values.allocation, steps=(altered, *steps[1:])))


def opening_altered(values: OpenedRound) -> OpenedRound:
    """Open a ballot with another nonce: its commitment is no longer on the board."""
    first = ballots_of(values)[0]
    return replace(values, openings=swapped(values, {first: replace(first, nonce=bytes(64))}))


def slot_twice(values: OpenedRound) -> OpenedRound:
    """Let one slot hold two ballots, both of them logged."""
    one, other, *_rest = ballots_of(values)
    # Its revision makes up for the slot that is gone.
    twin = replace(other, slot=one.slot, revision=one.revision + other.revision)
    # Of one slot the line that is read last says the revision.
    openings = (one, twin, *(each for each in values.openings or () if each not in (one, other)))
    return relogged(replace(values, openings=openings), {other.commitment(): twin.commitment()})


def older_revision(values: OpenedRound) -> OpenedRound:
    """Open a ballot under a lower revision than its slot has reached."""
    first = next(each for each in values.openings or () if each.revision > 1)
    older = replace(first, revision=first.revision - 1)
    rest = tuple(each for each in values.openings or () if each != first)
    return relogged(replace(values, openings=(older, *rest)), {first.commitment(): older.commitment()})


def one_number(values: OpenedRound) -> OpenedRound:
    """Hand two voters the same receipt number."""
    one, other, *_rest = ballots_of(values)
    twin = replace(other, number=one.number)
    return relogged(replace(values, openings=swapped(values, {other: twin})), {other.commitment(): twin.commitment()})


def revotes_undone(values: OpenedRound, invented: bool = True) -> OpenedRound:
    """Open of many voters the first ballot again, and invent an empty slot that makes up for their revisions.

    A server that has kept the old openings could do so; it cannot open a withdrawal that never was.
    """
    changed = [each for each in ballots_of(values) if each.revision > 1]
    kept = tuple(each for each in values.openings or () if each not in changed)
    older = tuple(replace(each, revision=1, nonce=bytes(64), choices=MOST) for each in changed)
    lost = sum(each.revision - 1 for each in changed)
    firsts = [leaf.commitment for leaf in values.board if not leaf.live and leaf.kind == "ballot"]
    # What was once a true first ballot stands on the board; here another one is put in its place.
    moved = dict(zip(firsts, (each.commitment() for each in older), strict=False))
    live = {each.commitment() for each in (*ballots_of(replace(values, openings=kept)), *older)}
    board = tuple(
        replace(leaf, commitment=(now := moved.get(leaf.commitment, leaf.commitment)), live=now in live)
        for leaf in values.board
    )
    cast = tuple(each for each in (*kept, *older) if each.choices)
    altered = replace(
        values, openings=(*kept, *older), board=board, ballots=tuple(each.choices for each in cast),
        emptied=(("f" * 32, lost),) if invented else (),
    )  # fmt: skip
    return relogged(altered, {})


def ballots_of(values: OpenedRound) -> tuple[Opening, ...]:
    return tuple(each for each in values.openings or () if each.choices)


def swapped(values: OpenedRound, changed: dict[Opening, Opening]) -> tuple[Opening, ...]:
    return tuple(changed.get(each, each) for each in values.openings or ())


def votes_swapped(values: OpenedRound) -> OpenedRound:
    """Count other ballots than those that were opened; as many of them."""
    altered = next(ballot for ballot in values.ballots if ballot != MOST)
    ballots = list(values.ballots)
    ballots[ballots.index(altered)] = MOST
    return counted(replace(values, ballots=tuple(ballots)))


def relogged(values: OpenedRound, changed: dict[bytes, bytes]) -> OpenedRound:
    """Put other commitments on the board, sort and sign it again as if it had always been so."""
    board = tuple(replace(leaf, commitment=changed.get(leaf.commitment, leaf.commitment)) for leaf in values.board)
    sizes = [0, *(int(note.split("\n")[1]) for note in values.checkpoints)]
    parts: Iterator[list[Leaf]] = (
        sorted(board[start:end], key=lambda leaf: leaf.commitment) for start, end in pairwise(sizes)
    )
    return drawn_again(signed_again(replace(values, board=tuple(leaf for part in parts for leaf in part))))


def signed_again(values: OpenedRound) -> OpenedRound:
    """Sign the board at the sizes at which it was signed before."""
    tree, notes = Tree(), []
    sizes = {int(note.split("\n")[1]) for note in values.checkpoints}
    for leaf in values.board:
        tree.append(leaf_bytes(leaf.kind, leaf.commitment))
        if tree.size in sizes:
            notes.append(sign(Checkpoint(values.origin, tree.size, tree.root()), bundles.KEY))
    return replace(values, checkpoints=tuple(notes))


def drawn_again(values: OpenedRound) -> OpenedRound:
    """Draw the order of ties from the last checkpoint and count again."""
    return counted(replace(values, instance=replace(values.instance, lot=bundles.lot(values))))


def counted(values: OpenedRound) -> OpenedRound:
    return bundles.counted(values)


def with_age(data: bytes) -> bytes:
    head, mark, votes = data.partition(b"voter_id;vote\n")
    lines = [line + b";17\n" for line in votes.splitlines()]
    return head + mark.replace(b"\n", b";age\n") + b"".join(lines)


def of_rules(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    """Return what writes rules that were changed, in their one form."""

    def changed(data: bytes) -> bytes:
        rules = json.loads(data)
        change(rules)
        return bundle.as_json(rules)

    return changed


def cheaper(values: OpenedRound) -> Files:
    """Let rules and notes tell of another budget than the ballots' file."""
    dearer = bundles.noted(replace(values, instance=replace(values.instance, budget=values.instance.budget + 1)))
    told = replace(values, notes=dearer.notes)
    return file_changed(bundle.RULES, of_rules(lambda rules: rules.update(budget=rules["budget"] + 1)))(told)


def other_cost(values: OpenedRound) -> OpenedRound:
    """Let a project cost more than what was voted on, in every file and with the outcome that follows."""
    first, *rest = values.instance.projects
    instance = replace(values.instance, projects=(replace(first, cost=first.cost + 100), *rest))
    dearer = bundles.counted(replace(values, instance=instance))
    return replace(dearer, notes=(values.notes[0], *bundles.noted(dearer, after=values.notes[0]).notes[1:]))


def other_ballots(values: OpenedRound) -> OpenedRound:
    """Count other ballots than those that were opened, after that was signed, and hide it from whoever has no openings.

    As somebody would who writes to the database between the opening and the count.
    """
    invented = votes_swapped(bundles.public(values))
    return replace(invented, notes=values.notes)


def cut_back(values: OpenedRound) -> OpenedRound:
    """Cut the log back to its first checkpoint, and count what is left."""
    size = int(values.checkpoints[0].split("\n")[1])
    board = tuple(replace(leaf, live=leaf.kind == "ballot") for leaf in values.board[:size])
    left = sum(leaf.live for leaf in board)
    return drawn_again(replace(
        values, board=board, checkpoints=values.checkpoints[:1], heads=values.heads[:1],
        ballots=values.ballots[:left], openings=None, emptied=(),
    ))  # fmt: skip


def other_head(values: OpenedRound) -> OpenedRound:
    """Sign a head of the journal that is behind the one before."""
    return bundles.with_journal(values, bundles.lines(), 7, 7, 7, 4)


def heads_gone(values: OpenedRound) -> OpenedRound:
    """Leave the heads of the journal out, as somebody who has removed them from the database."""
    return replace(values, heads=(), journal=())


def other_line(values: OpenedRound) -> OpenedRound:
    """Say in a line of the journal that somebody else did it."""
    first, *further = values.journal
    return replace(values, journal=(replace(first, pseudonym="p-2"), *further))


FORGERIES: dict[str, Callable[[OpenedRound], Files]] = {
    "files": foreign,
    "manifest": silent,
    "signature": unsigned,
    "checkpoints": values_changed(order_of_notes),
    "consistency": values_changed(commitment_changed),
    "final": values_changed(uncovered),
    "batches": values_changed(unsorted),
    "numbers": values_changed(box_stuffed),
    "mismatches": values_changed(told_mismatch),
    "anonymous": file_changed(bundle.ELECTION, with_age),
    "projects": cheaper,
    "voted_on": lambda values: bundles.files(other_cost(values)),
    "closing": lambda values: bundles.files(other_ballots(values)),
    "limits": values_changed(too_many_choices),
    "draw": values_changed(other_lot),
    "count": values_changed(other_outcome),
    "openings": values_changed(opening_altered),
    "slots": values_changed(slot_twice),
    "revisions": values_changed(older_revision),
    "receipts": values_changed(one_number),
    "votes": values_changed(votes_swapped),
    "journal_heads": values_changed(other_head),
    "journal_lines": values_changed(other_line),
}


# Of what was withdrawn since people vote: the check that catches it, and how the server alters it, where p01 is.
REASON = "Not legal"


def withdrawn_otherwise(values: OpenedRound, *codes: str, **signed: str) -> Files:
    """Pass over these projects, and sign the withdrawal of others, or by other reasons."""
    told = bundles.withdrawing(values, *codes, reason=REASON)
    return bundles.files(replace(told, notes=bundles.noted(replace(told, withdrawn=signed)).notes))


def other_votes(rules: dict[str, Any]) -> None:
    rules["withdrawn"][0]["votes"] -= 1


WITHDRAWN: dict[str, tuple[str, Callable[[OpenedRound], Files]]] = {
    "reason": ("voted_on", lambda values: withdrawn_otherwise(values, "p01", p01="Too dear")),
    "removed": ("voted_on", lambda values: withdrawn_otherwise(values, "p01", p01=REASON, p02=REASON)),
    "removed alone": ("voted_on", lambda values: withdrawn_otherwise(values, p01=REASON)),
    "added": ("voted_on", lambda values: withdrawn_otherwise(values, "p01", "p02", p01=REASON)),
    "votes": ("withdrawn", file_changed(bundle.RULES, of_rules(other_votes))),
}
