"""Recounting: what anyone can check of a bundle, check by check, without a database and without trust.

A check reads the evidence and returns facts for whoever words them, or fails with a reason. Damage is a failed check.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from core.audit import _ballot_checks, _board_checks, _journal_checks
from core.audit._evidence import Evidence
from core.audit.files import BundleFiles, BundleWrong, Check, Facts, Failed
from core.errors import GlasError

Judge = Callable[[Evidence], Facts]
PUBLIC: Mapping[str, Judge] = {
    **_board_checks.FILE_CHECKS,
    **_board_checks.BOARD_CHECKS,
    **_ballot_checks.BALLOT_CHECKS,
}
AUDITOR: Mapping[str, Judge] = _ballot_checks.OPENING_CHECKS


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
    judges = {**PUBLIC, **(AUDITOR if evidence.for_auditor else {}), **_journal_checks.of(evidence)}
    if key:
        judges["key"] = partial(_board_checks.key, expected=key)
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
