"""Reading a file takes as long as it is large, whatever stands in it; what no file needs is refused or passed over."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.counting import pabulib
from core.errors import FileWrong
from tests.helpers.odd_files import PLAIN

SECONDS = 20  # of a processor, the start included; what grows with the square of its length takes minutes
READ = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from core.counting import pabulib
from core.errors import FileWrong
plain, old, new, sign = sys.argv[1:5]
assert old in plain
for size in (20_000, 120_000):
    data = plain.replace(old, new.replace("@", sign * (size // len(sign)))).encode()
    pabulib.VOTES_LINE.search(data)
    try:
        file = pabulib.read(data)
        file.declared, file.period
    except FileWrong as wrong:
        print(wrong.reason)
    else:
        print("read")
"""
LONG = {
    "votes and spaces": ("PROJECTS\n", "votes@x\nPROJECTS\n", " "),
    "votes and semicolons": ("PROJECTS\n", "votes@x\nPROJECTS\n", ";"),
    "spaces before nothing": ("PROJECTS\n", "@x\nPROJECTS\n", " "),
    "a header of tabs": ("META\nkey;value", "key@x", "\t"),
    "an id of zeros": ("1;p1,p2", "1;@x", "0"),
    "a number of zeros": ("p1;600", "p1;@5", "0"),
    "decimals without end": ("p1;600;3", "p1;600;3.@", "0"),
    "thousands": ("p1;600", "p1;1@", ".000"),
    "numbered comments": ("PROJECTS\n", "comment;#@\nPROJECTS\n", "1"),
    "many columns": ("project_id;cost", "project_id;cost;@", "c;"),
    "the same column": ("voter_id;vote", "voter_id;vote@", ";d"),
}


@pytest.mark.parametrize("name", LONG)
def test_reading_takes_no_longer_than_a_file_is_long(name: str):
    old, new, sign = LONG[name]
    done = subprocess.run(
        [sys.executable, "-c", READ, PLAIN, old, new, sign], capture_output=True, text=True, check=False
    )

    assert (done.returncode, len(done.stdout.split())) == (0, 2), done.stderr[-500:]


MEMORY = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from core.counting import pabulib
plain, old, new = sys.argv[1:4]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    pabulib.read(plain.replace(old, eval(new)))
except ValueError:
    pass
except Exception as wrong:
    print(type(wrong).__name__, getattr(wrong, "reason", ""), file=sys.stderr)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("4;p2,p3\n", "'z' * 64_000 + ';p1\\n' + ';\\n' * 32_000"),
        ("4;p2,p3\n", "'9;' + 'z' * 64_000 + '\\n' + ';\\n' * 32_000"),
        (
            "project_id;cost;votes;name;selected\n",
            "'project_id;cost;votes;name;selected' + ''.join(f';c{n}' for n in range(9_000)) + '\\n'"
            " + ''.join(f'q{n};5\\n' for n in range(8_000))",
        ),
    ],
)
def test_what_few_bytes_ask_for_is_little_memory(old: str, new: str):
    assert old in PLAIN
    done = subprocess.run([sys.executable, "-c", MEMORY, PLAIN, old, new], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-500:]
    assert int(done.stdout) < 100  # MB; files of 130 kB


@pytest.mark.parametrize(
    ("old", "new", "reason", "line", "column"),
    [
        ("project_id;cost;", "project_id;cost;" + "".join(f"c{n};" for n in range(197)), "too_many_columns", 14, None),
        ("voter_id;vote", "voter_id;vote" + ";" * 199, "too_many_columns", 19, None),
        ("p3;300", "p" * 501 + ";300", "cell_too_long", 17, "project_id"),
        ("2;p1,p3", "2" * 501 + ";p1,p3", "cell_too_long", 21, "voter_id"),
        ("2;p1,p3", "2" * 501 + ';"p1,p3"', "cell_too_long", 21, "voter_id"),
        ("2;p1,p3", "2;" + "p1," * 50_000, "cell_too_long", 21, None),
        ("p2;400;2", "p2;400;" + "0" * 101 + "2", "range", 16, "votes"),
    ],
)
def test_what_no_file_needs_is_refused_by_its_place(old: str, new: str, reason: str, line: int, column: str | None):
    with pytest.raises(FileWrong) as caught:
        pabulib.read(PLAIN.replace(old, new))

    assert (caught.value.reason, caught.value.line, caught.value.column) == (reason, line, column)


def test_as_much_as_a_bound_allows_is_read():
    columns = "project_id;cost;" + "".join(f"c{n};" for n in range(195))
    file = pabulib.read(PLAIN.replace("project_id;cost;", columns).replace("2;p1,p3", "2" * 500 + ";p1,p3"))

    assert file.profile.ballots == 4


@pytest.mark.parametrize("written", ["0000", "0001", "1899", "2200", "9999", "31.12.9999", "0001-01-01"])
def test_a_year_of_no_vote_is_no_day_and_told(written: str):
    file = pabulib.read(PLAIN.replace("PROJECTS\n", f"date_begin;{written}\ndate_end;2026\nPROJECTS\n"))

    assert [str(each) for each in file.period] == ["None", "2026-12-31"]
    assert [(note.kind, note.line, note.value) for note in file.notes] == [("meta_unread", 13, written)]
