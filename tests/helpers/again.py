"""A pytest plugin: a browser test that fails is tried once more, from a fresh server, and the closing lines say so.

A browser on a busy machine can be late. Whatever else fails has failed.
"""

from __future__ import annotations

import pytest
from _pytest.runner import runtestprotocol

TOLD = "failed at first"


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a browser test here, twice if need be; all others run as always."""
    if not item.get_closest_marker("browser"):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    if failed := next((report for report in reports if report.failed), None):
        # Nothing that the first try left behind, nor a server that did not start, meets the second one.
        item.session._setupstate.teardown_exact(None)
        item._initrequest()  # type: ignore[attr-defined]
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        reports[0].user_properties.append((TOLD, last_words(failed)))
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def last_words(report: pytest.TestReport) -> str:
    """Return the line that says why a test failed."""
    crash = getattr(report.longrepr, "reprcrash", None)
    words = (crash.message if crash else str(report.longrepr)).strip()
    return f"{report.when}: {words.splitlines()[0] if words else ''}"


class Again:
    """Collects who was tried again; with xdist the reports of the workers arrive here too."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.tried += [f"{report.nodeid} ({words})" for name, words in report.user_properties if name == TOLD]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.tried:
            terminalreporter.section(f"tried a second time: {len(self.tried)}")
            for line in self.tried:
                terminalreporter.line(line)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Again(), "glas-again")
