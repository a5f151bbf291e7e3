"""Bundles of an earlier Glas still pass: its heads and settings were written otherwise."""

import json
import zipfile
from pathlib import Path

import pytest

from core.audit.files import Outcome
from core.audit.recount import AUDITOR, PUBLIC, recount
from core.counting import pabulib
from tests.helpers import bundles

OLD = Path(__file__).parent / "old"


@pytest.mark.parametrize(
    ("name", "declared", "by"),
    [
        ("equal-shares", ("equal-shares", {}), None),
        ("greedy-borda", ("greedy-borda", {}), "borda"),
    ],
)
def test_a_bundle_written_earlier_passes_every_check(name, declared, by):
    path = OLD / f"{name}.zip"
    with zipfile.ZipFile(path) as files:
        told, result = (json.loads(files.read(each)) for each in ("rules.json", "results.json"))
        election = pabulib.read(files.read("election.pb"))

    # What was not signed then is not said to hold.
    unseen = ("voted_on", "closing", "journal_heads", "journal_lines", *bundles.GIVEN)
    assert bundles.seen(recount(path)) == [name for name in (*PUBLIC, *AUDITOR) if name not in unseen]
    assert set(bundles.seen(recount(path), Outcome.unseen)) == {*unseen}
    assert election.declared == declared and "comment" not in election.meta
    # What a rule fixes itself was not among the settings then, but went into the fingerprint.
    assert "by" not in told["settings"] and dict(result["allocation"]["settings"]).get("by") == by
