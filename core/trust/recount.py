"""Recounting: what anyone can check of a bundle, check by check, without a database and without trust.

A check reads the evidence and returns facts for whoever words them, or fails with a reason. Damage is a failed check.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from core.errors import GlasError
from core.trust import checks_ballots, checks_board, checks_files, checks_openings
from core.trust.bundle_files import BundleFiles, BundleWrong
from core.trust.checks import Check, Facts, Failed
from core.trust.evidence import Evidence

__all__ = ["AUDITOR", "PUBLIC", "Check", "recount"]

Judge = Callable[[Evidence], Facts]
PUBLIC: Mapping[str, Judge] = {**checks_files.CHECKS, **checks_board.CHECKS, **checks_ballots.CHECKS}
AUDITOR: Mapping[str, Judge] = checks_openings.CHECKS


def recount(
    source: Path | bytes, *, key: str | None = None, without: frozenset[str] = frozenset()
) -> tuple[Check, ...]:
    """Return all checks of a bundle: a folder, an archive or its bytes. The openings are checked where they are.

    `key`: the log's public key line as it was published elsewhere. `without`: checks to leave out, for tests only.
    """
    try:
        evidence = Evidence(BundleFiles(source))
    except BundleWrong as wrong:
        return (_failed("files", _damage(wrong)),)
    judges = {**PUBLIC, **(AUDITOR if evidence.for_auditor else {})}
    if key:
        judges["key"] = partial(checks_files.key, expected=key)
    return tuple(_run(name, judge, evidence) for name, judge in judges.items() if name not in without)


def _run(name: str, judge: Callable[[Evidence], Facts], evidence: Evidence) -> Check:
    """Return what a check found; whatever a damaged bundle makes of it, it is a failed check."""
    try:
        return Check(name, True, dict(judge(evidence)))
    except Failed as failed:
        return _failed(name, failed.facts)
    except BundleWrong as wrong:
        return _failed(name, _damage(wrong))
    except GlasError as refusal:
        return _failed(name, {"reason": "refused", "refusal": type(refusal).__name__})
    except Exception as trouble:  # noqa: BLE001 – the bundle is a stranger's: nothing in it may stop the other checks
        return _failed(name, {"reason": "unreadable", "trouble": type(trouble).__name__})


def _failed(name: str, facts: Facts) -> Check:
    return Check(name, False, facts)


def _damage(wrong: BundleWrong) -> Facts:
    return {"reason": "damaged", "problem": wrong.problem, "file": wrong.file, "line": wrong.line}
