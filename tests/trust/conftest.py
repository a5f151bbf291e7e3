"""Every test of trust begins as a process that has just started."""

import pytest

from core import tally
from core.trust import logs
from pages.endpoints import lanes


@pytest.fixture(autouse=True)
def just_started():
    tally.forget()
    logs.forget()
    lanes.forget()
