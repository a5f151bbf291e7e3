"""The press: slips are made in a process of its own, with less urgency than voters have, and wait sealed.

Five thousand slips keep a processor busy for seconds, and in a thread of the server every vote would wait for them. The
process gets the codes through a pipe, hands nothing back but how far it is, and goes on when the server ends.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from core.codes import slip_number
from core.codes import slips as kept
from pages.assets import ASSETS
from pages.codes import slips
from pages.codes.slips import Slips
from pages.parts import i18n

# Files of a batch: the slips, the hand-out sheet, the table.
SLIPS, SHEET, TABLE = "slips.pdf", "sheet.pdf", "codes.csv"
PATIENCE = 120  # seconds of a processor

_running: dict[int, float] = {}  # batch → the share that is done
_turn = Lock()  # one process at a time: the computer has other things to do


def make(batch_id: int, token: str, paper: Slips, codes: tuple[str, ...]) -> None:
    """Have the files of a batch made, for who has this sign-in; returns at once."""
    order = {
        "batch": batch_id, "folder": str(kept.folder(batch_id)),
        "key": kept.seal(batch_id, token).hex(), "language": i18n.language(), "codes": codes,
        "round": paper.round, "place": paper.place, "address": paper.address, "until": paper.until, "link": paper.link,
        "made": paper.made.isoformat(),
    }  # fmt: skip
    _running[batch_id] = 0.0
    Thread(target=_made, args=(batch_id, json.dumps(order)), daemon=True).start()


def share(batch_id: int) -> float | None:
    """Return the share of a batch's files that is done, 0 to 1; None where nothing is being made."""
    return _running.get(batch_id)


def _made(batch_id: int, order: str) -> None:
    command = [sys.executable, "-m", "pages.codes.press"]
    try:
        with (
            _turn,
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ASSETS.parent,
                text=True,
                start_new_session=True,
            ) as child,
        ):
            assert child.stdin is not None and child.stdout is not None
            child.stdin.write(order)
            child.stdin.close()
            for line in child.stdout:
                _running[batch_id] = float(line)
    finally:
        _running.pop(batch_id, None)


def work(order: dict[str, Any]) -> None:
    """Make the files that an order names, seal them and say meanwhile how far it is."""
    i18n.use(order["language"])
    batch, key, codes = order["batch"], bytes.fromhex(order["key"]), order["codes"]
    numbers = [slip_number(batch, place) for place in range(1, len(codes) + 1)]
    made = datetime.fromisoformat(order["made"])
    paper = Slips(order["round"], order["place"], order["address"], order["until"], made, order["link"])
    folder = Path(order["folder"])
    kept.put(folder, key, TABLE, slips.table(paper.place, numbers, codes).encode())
    kept.put(folder, key, SHEET, slips.sheet(paper, numbers))
    kept.put(folder, key, SLIPS, slips.pdf(paper, numbers, codes, _say))


def _say(part: float) -> None:
    # Where the server has ended nobody listens, and the slips are made all the same.
    with suppress(OSError):
        sys.stdout.write(f"{part:.3f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    work(json.load(sys.stdin))
