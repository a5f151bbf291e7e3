"""What a process remembers beside the database stands in one list: what, how large, and what two processes would do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.test_rooms import files, name, tree

# Store → what it holds; how large it gets; what happens where two processes serve one town (none may today).
STORES = {
    "core/imports/elections.py:_waiting": (
        "ballots of a replay that are still to come",
        "one election a replay, gone when it ends",
        "each replays its own",
    ),
    "core/people/sessions.py:_noted": (
        "when a sign-in was last used, until it is written",
        "50,000, then begun anew",
        "each writes its own, the later wins",
    ),
    "core/results/insights.py:_kept": ("other rules and robustness of a result", "64 results", "each computes its own"),
    "core/tally/_live.py:_kept": (
        "the running tally of a round",
        "one a round, two while it closes",
        "each publishes steps of its own: two looks would isolate fewer than K",
    ),
    "core/trust/_logs.py:_logs": (
        "the tree of a round's board",
        "32 bytes a leaf, twice",
        "a tree that is behind is read anew from the database",
    ),
    "core/trust/keys.py:_cache": ("keys that were read", "32 bytes a file of the key folder", "the same files"),
    "core/trust/readiness.py:_kept": (
        "rounds whose keys were found to fit",
        "one entry a round",
        "each looks for itself",
    ),
    "core/trust/serving.py:_seats": ("what the process holds that serves", "one", "a second one gets none"),
    "core/trust/slots.py:_right": ("links that were found to fit", "one a round", "each looks for itself"),
    "core/voting/_pace.py:_seen": (
        "how often a slot was filled anew of late",
        "50,000 slots, the oldest forgotten",
        "each lets a voter replace as often",
    ),
    "pages/parts/drafts.py:_kept": (
        "reasons that staff write and have not sent",
        "1,000 texts of 5,000 signs, for a day",
        "what is written here is not found there",
    ),
    "pages/parts/i18n.py:_fallbacks": ("who is asked for a language", "a function a surface", "the same code"),
    "pages/parts/i18n.py:_town": (
        "the languages of the town",
        "a few codes",
        "each learns a change within its next look",
    ),
    "pages/parts/visit.py:_last": (
        "who a browser was at its last rerun",
        "5,000, then begun anew",
        "each asks the database once more",
    ),
    "pages/parts/visit.py:_towns": (
        "the town, for some seconds",
        "one a database",
        "a change shows some seconds later",
    ),
    "pages/codes/press.py:_running": (
        "how far the slips are that are being made",
        "a number a batch, gone when it is done",
        "a page on the other shows no bar; the files are the same",
    ),
    "pages/people/session_route.py:_tickets": (
        "sign-ins between the page and the cookie",
        "10,000, for half a minute",
        "one handed out here is unknown there",
    ),
    "pages/plain/kept.py:_kept": ("plain pages that were made", "16 MiB, for a minute", "each makes its own"),
    "pages/server/frames.py:_gathering": (
        "websockets with a message that has not ended",
        "one number each; what they gather is 16 MiB in all",
        "each bounds its own",
    ),
    "pages/server/frames.py:_silent": (
        "connections that have not asked for anything",
        "256, for some seconds",
        "each bounds its own",
    ),
    "pages/server/lanes.py:_kept": ("files that were made", "64 MiB, two files at least", "each makes its own"),
    "pages/server/private_route.py:_kept": (
        "files for one person",
        "200 files, 64 MiB, a quarter of an hour",
        "one made here is unknown there",
    ),
    "pages/server/upload_route.py:_kept": (
        "files that were sent",
        "on disk, for a quarter of an hour",
        "one sent here is unknown there",
    ),
    "pages/server/upload_route.py:_sent": (
        "bytes sent by a sign-in",
        "a number a sign-in, for an hour",
        "each allows its own quota",
    ),
    "pages/tally/figures.py:_places": (
        "live figures as JSON",
        "500 rounds × languages",
        "each makes its own, once a second",
    ),
    "db/engine.py:_in_use": ("the database that is in use", "one address", "each has its own"),
}
EMPTY = {"OrderedDict", "defaultdict", "deque", "dict", "list", "set"}


def stores(file: Path) -> Iterator[str]:
    """Yield the names that a module gives to something that grows: a container that begins empty or is refilled."""
    for node in tree(file).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        value = node.value
        begins_empty = isinstance(value, ast.Dict) and not value.keys
        begins_empty |= isinstance(value, ast.List) and all(isinstance(each, ast.Starred) for each in value.elts)
        begins_empty |= isinstance(value, ast.Call) and ast.unparse(value.func) in EMPTY and not value.args
        if begins_empty:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (f"{name(file)}:{ast.unparse(target)}" for target in targets)


def test_what_a_process_remembers_is_declared():
    found = {one for file in files("core", "pages", "db") for one in stores(file)}

    assert found == set(STORES)
    assert all(len(told) == 3 and all(told) for told in STORES.values())


def test_control_a_new_store_is_noticed(tmp_path: Path, monkeypatch):
    file = tmp_path / "new.py"
    file.write_text("seen: dict[int, str] = {}\nNAMES = {'a': 1}\nkept = set()\n", "utf-8")
    monkeypatch.setattr("tests.house.test_stores.name", lambda _file: "new.py")

    assert list(stores(file)) == ["new.py:seen", "new.py:kept"]
