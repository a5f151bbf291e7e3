"""Recounting: what anyone can check of a bundle, check by check, without a database and without trust.

A check reads the evidence and returns facts for whoever words them, or fails with a reason. Damage is a failed check.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from nacl.signing import SigningKey

from core.audit import _ballot_checks, _board_checks, _journal_checks, _note_checks, verdicts
from core.audit._evidence import Evidence
from core.audit.files import BundleFiles, BundleWrong, Check, Facts, Failed, Given, Outcome, Unseen
from core.errors import GlasError

Judge = Callable[[Evidence], Facts]
PUBLIC: Mapping[str, Judge] = {
    **_board_checks.FILE_CHECKS,
    **_board_checks.BOARD_CHECKS,
    **_note_checks.NOTE_CHECKS,
    **_ballot_checks.BALLOT_CHECKS,
    **_journal_checks.CHECKS,
}
# What is checked besides where something was withdrawn since people vote.
WITHDRAWN: Mapping[str, Judge] = _ballot_checks.WITHDRAWN_CHECKS
AUDITOR: Mapping[str, Judge] = _ballot_checks.OPENING_CHECKS
# What a public bundle shows to nobody; an auditor who has seen the openings may have signed it.
ONLY_OPENINGS = ("mismatches", *AUDITOR)
NOTHING = Given()


def recount(
    source: Path | bytes, given: Given = NOTHING, *, without: frozenset[str] = frozenset()
) -> tuple[Check, ...]:
    """Return all checks of a bundle: a folder, an archive or its bytes. What it does not show is told as unseen.

    `given`: what was kept or published elsewhere. `without`: checks to leave out, for tests only.
    """
    try:
        evidence = Evidence(BundleFiles(source), given)
    except BundleWrong as wrong:
        return (_failed("files", _damage(wrong)),)
    return checked(evidence, without=without)


def checked(evidence: Evidence, *, without: frozenset[str] = frozenset()) -> tuple[Check, ...]:
    """Return all checks of this evidence."""
    public = {**PUBLIC, **WITHDRAWN} if _withdrawn(evidence) else PUBLIC
    judges = {**public, **(AUDITOR if evidence.for_auditor else dict.fromkeys(AUDITOR, _only_openings))}
    found = [_run(name, judge, evidence) for name, judge in judges.items() if name not in without]
    attested = next((each.facts for each in found if each.name == "verdict" and each.passed), None)
    if attested is None:
        return tuple(found)
    # A round with notes has lines of the journal, without which she signs nothing; they are those of the heads.
    names = (*ONLY_OPENINGS, "journal_lines") if evidence.noted and attested["whole"] else ONLY_OPENINGS
    return tuple(_attested(each, names) for each in found)


def verdict(source: Path | bytes, given: Given, key: SigningKey) -> str | None:
    """Return what an auditor signs of a bundle whose every check holds; None where one does not, or is not seen.

    She has the openings, and has compared the board's key with the published one. Raises BundleWrong.
    """
    evidence = Evidence(BundleFiles(source), given)
    found = checked(evidence)
    unseen = {check.name for check in found if check.outcome is Outcome.unseen}
    # What was not signed at the time nobody can check, and what she keeps herself she need not.
    excused = {"kept", "noted", "verdict"}
    excused |= set() if evidence.noted else {"voted_on", "closing", *_journal_checks.CHECKS}
    if not evidence.for_auditor or any(check.failed for check in found) or unseen - excused:
        return None
    return verdicts.sign(verdicts.of(evidence), evidence.rules["origin"], key)


def _withdrawn(evidence: Evidence) -> bool:
    """Return whether the bundle says that something was withdrawn; that it cannot be read, other checks tell."""
    try:
        return bool(evidence.withdrawn)
    except BundleWrong:
        return False


def _only_openings(_evidence: Evidence) -> Facts:
    raise Unseen("auditor")


def _attested(check: Check, names: tuple[str, ...]) -> Check:
    """Return the check as the auditor has found it: her verdict is on this board and these ballots."""
    if check.name in names and check.outcome is Outcome.unseen:
        return Check(check.name, Outcome.holds, {"attested": True})
    return check


def _run(name: str, judge: Callable[[Evidence], Facts], evidence: Evidence) -> Check:
    """Return what a check found; whatever a damaged bundle makes of it, it is a failed check."""
    try:
        return Check(name, Outcome.holds, dict(judge(evidence)))
    except Unseen as unseen:
        return Check(name, Outcome.unseen, unseen.facts)
    except Failed as failed:
        return _failed(name, failed.facts)
    except BundleWrong as wrong:
        return _failed(name, _damage(wrong))
    except GlasError as refusal:
        return _failed(name, {"reason": "refused", "refusal": type(refusal).__name__})
    except Exception as trouble:  # noqa: BLE001 – the bundle is a stranger's: nothing in it may stop the other checks
        return _failed(name, {"reason": "unreadable", "trouble": type(trouble).__name__})


def _failed(name: str, facts: Facts) -> Check:
    return Check(name, Outcome.fails, facts)


def _damage(wrong: BundleWrong) -> Facts:
    return {"reason": "damaged", "problem": wrong.problem, "file": wrong.file, "line": wrong.line}
