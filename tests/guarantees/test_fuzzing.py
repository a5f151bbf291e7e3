"""Whatever a file holds, reading it ends with values or with a refusal, in bounded memory."""

from __future__ import annotations

import io
import os
import random
import resource
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.audit import bundle
from core.audit.files import LIMITS
from core.audit.recount import recount
from core.counting import pabulib
from core.errors import FileWrong
from tests.helpers import bundles, forgeries, sizes

MEMORY = 200_000_000  # bytes over what was there before
SLOWEST = 5.0  # seconds of the processor for one small file

FILE = b"""META
key;value
description;Test
country;Bulgaria
unit;Selo
budget;1000.50
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;name;score;latitude;selected;votes;conflicts
1;100;One;2.5;42.1;1;2;2
2;"200";"Two; three";;;0;1;
3;300.25;;;;0;0;
VOTES
voter_id;age;vote
1;20;1,2
2;30;1
3;;
"""
POINTS = (
    FILE.replace(b"approval", b"cumulative")
    .replace(b"age;vote", b"vote;points")
    .replace(b"1;20;1,2\n2;30;1\n3;;\n", b"1;1,2;3,4\n2;1;5\n")
)
NASTY = (
    b"1e999999999", b"-1", b"9" * 5000, b"\x00", b'"', b";" * 300, b"\xff\xfe", b"NaN", b"inf", b"\n" * 50,
    b"1e-999999", b"META\n", b"VOTES\n", "٣".encode(), b"0.1e400000000", b"," * 1000, b"1/3", b"999999999",
)  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return the file after one to four alterations."""
    for _ in range(chance.randint(1, 4)):
        kind = chance.randrange(len(forgeries.EDITS) + 3)
        if not data or kind >= len(forgeries.EDITS):
            at = chance.randrange(len(data) + 1)
            data = data[:at] + chance.choice(NASTY) + data[at + chance.randint(0, 4) :]
        else:
            data = forgeries.EDITS[kind](data, chance)
    return data


def for_a_while(seconds: float, once: Callable[[random.Random], None]) -> int:
    """Do this again and again; return how often."""
    chance, until, times = random.Random(sizes.SEED), time.monotonic() + seconds, 0
    while time.monotonic() < until:
        began = time.process_time()
        once(chance)
        assert time.process_time() - began < SLOWEST
        times += 1
    return times


def read(data: bytes) -> None:
    """Read an election; a refusal is fine, anything else is not."""
    try:
        found = pabulib.read(data)
    except FileWrong:
        return
    assert found.profile.ballots == len(found.ballot_classes)


@pytest.fixture
def bounded():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MEMORY


def test_mutated_election_files_are_read_or_refused(bounded):
    print(
        "FIGURES fuzzed election files",
        for_a_while(sizes.FUZZ, lambda chance: read(mutated(chance.choice((FILE, POINTS)), chance))),
    )


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_values_in_every_field_are_read_or_refused(bounded, nasty):
    for source in (FILE, POINTS):
        lines = source.split(b"\n")
        for number, line in enumerate(lines):
            cells = line.split(b";")
            for place in range(len(cells)):
                changed = b";".join([*cells[:place], nasty, *cells[place + 1 :]])
                read(b"\n".join([*lines[:number], changed, *lines[number + 1 :]]))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400), st.integers(0, len(FILE)))
def test_any_bytes_anywhere_are_read_or_refused(data, at):
    read(FILE[:at] + data + FILE[at:])


def test_mutated_bundles_are_checked_to_the_end(bounded):
    values = bundles.opened(20, rule="greedy")
    files = bundles.files(values)

    def once(chance: random.Random) -> None:
        altered = dict(files)
        for name in chance.sample(sorted(files), chance.randint(1, 3)):
            altered[name] = mutated(altered[name], chance)
        rest = {name: data for name, data in altered.items() if name not in (bundle.MANIFEST, bundle.SIGNATURE)}
        # Signed by the server itself, so that the checks behind the signature meet the damage as well.
        assert recount(bundle.to_zip(bundle.sealed(rest, bundles.ORIGIN, bundles.KEY)))

    print("FIGURES fuzzed bundles", for_a_while(sizes.FUZZ, once))


def test_mutated_archives_are_refused_or_checked(bounded):
    archive = bundle.to_zip(bundles.files(bundles.opened(20, rule="greedy")))
    print(
        "FIGURES fuzzed archives",
        for_a_while(sizes.FUZZ / 2, lambda chance: recount(mutated(archive, chance)) and None),
    )


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300))
def test_any_bytes_are_no_bundle(data):
    assert any(check.failed for check in recount(data))
    assert any(check.failed for check in recount(data + b"PK\5\6" + bytes(18)))


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def bomb(name: str, size: int) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(bundle.entry(name), "w") as out:
        for _ in range(size // 1_000_000):
            out.write(bytes(1_000_000))
    return kept.getvalue()


@pytest.mark.parametrize("name", [bundle.KEY, bundle.MANIFEST, bundle.RULES])
def test_a_bomb_is_read_no_further_than_its_limit(name):
    archive = bomb(name, 300_000_000)
    assert len(archive) < 1_000_000
    assert peak(lambda: recount(archive)) < 4 * LIMITS[name] + 20_000_000


def test_a_list_of_a_million_names_is_not_even_read():
    archive = bundle.to_zip({f"{number:06}": b"" for number in range(3_000)})
    assert [check.name for check in recount(archive)] == ["files"]


@pytest.mark.parametrize("name", ["../key.txt", "/etc/passwd", "a/../key.txt", "key.txt/", "C:\\key.txt", "key.txt\0x"])
def test_a_path_out_of_the_bundle_is_a_foreign_name(name):
    files = {**bundles.files(bundles.opened(20, rule="greedy")), name: b"x"}
    assert "files" in {check.name for check in recount(bundle.to_zip(files)) if check.failed}


def test_links_pipes_and_folders_are_not_followed(tmp_path):
    files = bundles.files(bundles.opened(20, rule="greedy"))
    bundles.to_folder(files, tmp_path / "b")
    for name, make in (
        (bundle.KEY, lambda path: path.symlink_to("/etc/hostname")),
        (bundle.RULES, lambda path: os.mkfifo(path)),
        (bundle.BOARD, lambda path: path.mkdir()),
    ):
        (tmp_path / "b" / name).unlink()
        make(tmp_path / "b" / name)
    failed = {check.name for check in recount(tmp_path / "b") if check.failed}
    assert {"manifest", "signature", "checkpoints", "numbers", "count"} <= failed


def test_reading_without_a_limit_would_be_noticed():
    # The control: a file read whole takes what the limit forbids.
    archive = bomb(bundle.KEY, 100_000_000)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert peak(lambda: opened.read(bundle.KEY)) > 4 * LIMITS[bundle.KEY] + 20_000_000
