"""Talking in a terminal: questions, lists, a progress bar."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from getpass import getpass
from pathlib import Path
from typing import TextIO

from core.letters import clean

WIDTH = 32


# What a terminal obeys instead of showing it, and what turns the order of letters round. A line end and a tab may go.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    """Return a text in which control characters are shown, as JSON writes them: what comes from a file or another
    server could otherwise clear the screen and write there what it likes.
    """
    return OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say(text: str = "", *, file: TextIO | None = None, flush: bool = False) -> None:
    """Print a text; nothing in it is obeyed by the terminal. Every command speaks through this alone."""
    print(shown(text), file=file or sys.stdout, flush=flush)


def ask(question: str, default: str = "") -> str:
    """Return what the operator types, or the default for an empty answer; ask again while there is neither."""
    prompt = f"{question} [{default}]: " if default else f"{question}: "
    while True:
        answer = clean(input(shown(prompt))).strip() or default
        if answer:
            return answer


def ask_line(question: str) -> str:
    """Return what the operator types, "" for an empty line."""
    return clean(input(shown(f"{question}: "))).strip()


def ask_secret(question: str) -> str:
    """Return what the operator types without showing it; from a pipe it is one line."""
    return clean(getpass(shown(f"{question}: "))) if can_ask() else ask(question)


def glas() -> str:
    """Return what to type for this very `glas`: its name where the terminal finds it, else its path."""
    here = Path(sys.executable).parent / "glas"
    if shutil.which("glas") == str(here) or not here.exists():
        return "glas"
    return os.path.relpath(here) if here.is_relative_to(Path.cwd()) else str(here)


def elsewhere() -> str:
    """Return what to type for this `glas` in another terminal: with the places that were chosen for it in this one."""
    folders = {name: os.environ.get(name, "") for name in ("GLAS_DATA_DIR", "GLAS_KEY_DIR")}
    chosen = {name: shlex.quote(os.path.abspath(folder)) for name, folder in folders.items() if folder}
    if address := os.environ.get("GLAS_DATABASE_URL", ""):
        # One with a password in it is for no screen.
        chosen["GLAS_DATABASE_URL"] = "…" if "@" in address else shlex.quote(address)
    return " ".join((*(f"{name}={value}" for name, value in chosen.items()), glas()))


def can_ask() -> bool:
    """Return whether somebody sits at the terminal."""
    return sys.stdin.isatty()


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as text with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def bar(label: str) -> Callable[[float], None]:
    """Return a function of the share done that draws a progress bar on the error stream, ten times a second at most."""
    drawn, finished = 0.0, False

    label = shown(label)

    def show(share: float) -> None:
        nonlocal drawn, finished
        now, last = time.monotonic(), share >= 1
        if finished or not sys.stderr.isatty() or (not last and now - drawn < 0.1):
            return
        drawn, finished = now, last
        filled = "█" * int(WIDTH * min(1.0, share))
        sys.stderr.write(f"\r{label} {filled:░<{WIDTH}} {share:4.0%} " + ("\n" if last else ""))
        sys.stderr.flush()

    return show
