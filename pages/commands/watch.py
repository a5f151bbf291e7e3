"""`glas watch`: keep the last checkpoint of a board and demand that every later one begins with it.

Every look also reads all lines again and computes the signed root from them: a checkpoint that is right says nothing of
lines that were changed beneath it. Fifty thousand lines are fifty answers of a hundred kilobytes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from core.audit.watching import Log, Verdict, holds, judge
from core.trust.checkpoints import Checkpoint, CheckpointWrong, read_verifier
from pages.commands.talk import say
from pages.parts.i18n import _, n_

FINE, ALARM, SILENT = 0, 1, 2
LARGEST = 1_000_000  # bytes of an answer
SECONDS = 20
STEP = 1_000  # lines an answer, as many as a board gives


@dataclass(frozen=True, slots=True)
class State:
    """What an observer keeps: the key pinned at the first look, and the last checkpoint, "" before there is one."""

    url: str
    key: str
    note: str


class NoAnswer(Exception):
    """The board did not answer, or not in a way that can be read."""


class Nothing(NoAnswer):
    """The board answers that it has no such thing."""


class Stay(HTTPRedirectHandler):
    """Follows no redirection: the board is watched where it was said to be."""

    def redirect_request(self, *_given: Any) -> None:
        return None


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "watch",
        help=_("watch the board of a round from outside"),
        description=_(
            "Keeps the last signed checkpoint of a board in a file and demands that every later one begins with it, "
            "and that the lines shown are the ones signed. "
            "Ends with code 1 and an alarm if the board was changed, with 2 if it does not answer. Run it "
            "somewhere else "
            "than on the server, and compare the key with the one on the rules page."
        ),
    )
    command.add_argument("url", metavar=_("ADDRESS"), help=_("of the board: https://…/log/ROUND"))
    command.add_argument("--once", action="store_true", help=_("look once and end"))
    command.add_argument("--state", metavar=_("FILE"), type=Path, help=_("where the last checkpoint is kept"))
    command.add_argument("--every", metavar=_("SECONDS"), type=int, default=300, help=_("between two looks (300)"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Look once, or again and again until something is wrong."""
    url = chosen.url.rstrip("/")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        say(_("The address begins with https://"), file=sys.stderr)
        return SILENT
    file = chosen.state or Path(f"{urlsplit(url).path.rsplit('/', 1)[-1] or 'board'}.watch.json")
    while True:
        code = look(url, file)
        if chosen.once or code == ALARM:
            return code
        time.sleep(max(1, chosen.every))


def look(url: str, file: Path) -> int:
    """Look at the board once, print what was found and return the exit code; an alarm keeps the evidence."""
    kept = read_state(file)
    if kept is not None and kept.url != url:
        say(_("{file} belongs to another board: {url}", file=file, url=kept.url), file=sys.stderr)
        return SILENT
    try:
        key = kept.key if kept else fetch(f"{url}/key").strip()
        seen = observe(url, Log(*read_verifier(key)), kept)
    except (NoAnswer, CheckpointWrong) as silence:
        say(_("The board does not answer as it should: {reason}", reason=silence), file=sys.stderr)
        return SILENT
    if seen.verdict is not None and seen.verdict.alarm:
        evidence = file.with_name(file.name + ".evidence")
        keep(evidence, State(url, key, (kept.note if kept else "") + "\n" + seen.note))
        evidence.with_name(evidence.name + ".lines").write_text("\n".join(seen.lines), "utf-8")
        say(alarm(seen.verdict), file=sys.stderr)
        say(_("What was seen is kept in {file}. Show it to the auditor.", file=evidence), file=sys.stderr)
        return ALARM
    keep(file, State(url, key, seen.note))
    say(fine(seen, key), flush=True)
    return FINE


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look has found; no verdict while nothing is signed. `lines`: those of the board, as it shows them."""

    verdict: Verdict | None
    note: str = ""
    size: int = 0
    lines: tuple[str, ...] = ()


def observe(url: str, log: Log, kept: State | None) -> Seen:
    """Return what a board shows now, and what that means to whoever has kept something. Raises NoAnswer."""
    before = log.read(kept.note) if kept and kept.note else None
    try:
        note = fetch(f"{url}/checkpoint")
    except Nothing:
        # The key still answers for a board on which nothing is signed; no other silence is taken for one.
        fetch(f"{url}/key")
        return Seen(Verdict.shrunk if before else None)
    found = log.read(note)
    proof: list[bytes] = []
    if before and found and found.size > before.size:
        proof = steps(asked(f"{url}/consistency?from={before.size}&to={found.size}"))
    verdict, lines = judge(before, found, proof), ()
    if found and not verdict.alarm:
        lines = shown(url, found)
        if not holds(found, lines):
            verdict = Verdict.altered
    return Seen(verdict, note, found.size if found else 0, lines)


def shown(url: str, found: Checkpoint) -> tuple[str, ...]:
    """Return the lines that a board shows of those it has signed. Raises NoAnswer."""
    lines: list[str] = []
    for start in range(0, found.size, STEP):
        lines += asked(f"{url}/leaves?start={start}&end={min(start + STEP, found.size)}").splitlines()
    return tuple(lines)


def asked(url: str) -> str:
    """Return what stands at an address, "" where the board refuses what it has signed: the comparison says the rest."""
    try:
        return fetch(url)
    except Nothing:
        return ""


def steps(answer: str) -> list[bytes]:
    """Return the hashes of a proof. What is no proof proves nothing."""
    try:
        return [bytes.fromhex(step) for step in json.loads(answer)["proof"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def fetch(url: str) -> str:
    """Return what stands at an address. Raises NoAnswer."""
    request = Request(url, headers={"User-Agent": "glas-watch"})
    try:
        with build_opener(Stay).open(request, timeout=SECONDS) as answer:
            found: bytes = answer.read(LARGEST + 1)
        if len(found) > LARGEST:
            raise NoAnswer(_("the answer is too long"))
        return found.decode()
    except HTTPError as error:
        # Too many requests (429) is no answer, too, but says nothing of the board.
        raise (Nothing if error.code in (400, 404) else NoAnswer)(f"{url}: {error.code}") from error
    except (URLError, OSError, ValueError) as error:
        raise NoAnswer(f"{url}: {getattr(error, 'reason', error)}") from error


def read_state(file: Path) -> State | None:
    """Return what was kept, None if nothing was. Raises OSError for a file that cannot be read as one."""
    if not file.exists():
        return None
    try:
        with file.open("rb") as opened:
            told = json.loads(opened.read(LARGEST))
        found = State(told["url"], told["key"], told["note"])
        if not all(isinstance(each, str) for each in (found.url, found.key, found.note)):
            raise ValueError("another form")
        return found
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise OSError(0, _("this is not a file of `glas watch`"), str(file)) from error


def keep(file: Path, state: State) -> None:
    """Write a state, whole or not at all."""
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(json.dumps(asdict(state), ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(draft, file)


def fine(seen: Seen, key: str) -> str:
    """Return what an honest board is told as."""
    if seen.verdict is None:
        return _("Nothing is signed yet. The key is kept; compare it with the one on the rules page: {key}", key=key)
    if seen.verdict is Verdict.first:
        return _("First look. Compare the key with the one on the rules page: {key}", key=key)
    return n_(
        "The board has {count} line, as signed, and begins with everything seen before.",
        "The board has {count} lines, as signed, and begins with everything seen before.",
        seen.size,
    )


def alarm(verdict: Verdict) -> str:
    """Return what is wrong with a board."""
    return {
        Verdict.unsigned: _("ALARM: the checkpoint is not signed by the key that was seen first."),
        Verdict.shrunk: _("ALARM: the board has lost lines that were signed."),
        Verdict.forked: _(
            "ALARM: lines that were signed have been changed. The board shows different people different things."
        ),
        Verdict.altered: _("ALARM: the lines that the board shows are not the ones that were signed."),
    }[verdict]
