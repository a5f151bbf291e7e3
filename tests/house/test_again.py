"""Only a browser test is tried again when it fails, once, and the closing lines say so."""

import subprocess
import sys
from pathlib import Path

from tests.helpers.paths import ROOT

TESTS = """
import pathlib, pytest

def first(name):
    seen = pathlib.Path(name)
    return not seen.exists() and seen.write_text("seen") == 4

@pytest.mark.browser
def test_late(): assert not first("late"), "too late"

@pytest.mark.browser
def test_broken(): assert False, "in vain"

def test_no_browser(): assert not first("other")
"""
SETTINGS = "[pytest]\npythonpath = {root}\nmarkers = browser\n"


def test_a_browser_test_is_tried_twice_and_no_other(tmp_path: Path):
    (tmp_path / "test_them.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(SETTINGS.format(root=ROOT))
    for workers in ("0", "2"):
        for seen in ("late", "other"):
            (tmp_path / seen).unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-p", "tests.helpers.again", "-p", "no:cacheprovider", "-n", workers]
        done = subprocess.run(
            command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
        )

        said = done.stdout
        assert "tried a second time: 2" in said
        assert "test_them.py::test_late (call: AssertionError: too late" in said
        assert "test_them.py::test_broken (call: AssertionError: in vain" in said
        assert "2 failed, 1 passed" in said
        assert "FAILED test_them.py::test_no_browser" in said and "FAILED test_them.py::test_late" not in said
