"""A pytest plugin: the last line says what was skipped and how to get it; GLAS_NO_SKIPS=1 makes a skip a failure."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator

import pytest


def strict() -> bool:
    return os.environ.get("GLAS_NO_SKIPS", "") not in ("", "0")


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return why a test was skipped, without the words that pytest puts before it."""
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return told.removeprefix("Skipped: ").strip()


class Skips:
    """Counts the reasons while the tests run; with xdist the reports of the workers arrive here too."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.reasons[reason(report)] += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.reasons[reason(report)] += 1

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        # Before the closing line is written, so that its colour and the exit code agree with what follows.
        if self.reasons and strict() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return (yield)

    def last_line(self) -> str:
        parts = "; ".join(f"{count} × {why}" for why, count in self.reasons.most_common())
        verdict = "Skipped, but nothing may skip here (GLAS_NO_SKIPS=1)" if strict() else "Skipped"
        return f"{verdict}: {parts}"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return  # an xdist worker: the controller counts
    plugin = Skips()
    config.pluginmanager.register(plugin, "glas-skips")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    plugin = config.pluginmanager.get_plugin("glas-skips")
    if isinstance(plugin, Skips) and plugin.reasons:
        print(plugin.last_line())
