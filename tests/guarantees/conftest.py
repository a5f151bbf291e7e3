"""Every test of trust begins as a process that has just started."""

import pytest

from core import tally, trust
from pages.server import lanes


@pytest.fixture(autouse=True)
def just_started():
    tally.forget()
    trust.forget()
    lanes.forget()
