"""Code slips: what 5,000 of them cost the process that makes them, against the ten seconds it may take."""

from __future__ import annotations

import json
import resource
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from tests.bench.table import Row
from tests.helpers.paths import ROOT

COUNT, MOST = 5_000, 10  # slips, seconds of a processor


def measured() -> Iterator[Row]:
    """Yield what slips, hand-out sheet and table of a large batch cost together."""
    order = {
        "batch": 1, "key": secrets.token_bytes(32).hex(), "language": "bg",
        "codes": [f"{place:05d}-FGHJK-MNPQR2" for place in range(COUNT)],
        "round": "Младежки бюджет", "place": "Гимназия", "address": "glas.example.bg", "until": "до 5 май",
        "link": "https://glas.example.bg/vote?round=mladezhki-biudzhet-2027#", "made": "2026-05-01T12:00:00+00:00",
    }  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pages.codes.press"],
            input=json.dumps({**order, "folder": folder}).encode(),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    yield Row(f"{COUNT:,} code slips, beside the server", spent, "CPU s", limit=MOST)
