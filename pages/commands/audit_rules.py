"""`glas audit-rules`: official results recounted."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.counting import pabulib
from core.counting.pabulib.declared import UNKNOWN
from core.counting.pabulib.notes import Note
from core.counting.pabulib.verdict import Verdict, verdict
from core.counting.rules import allocate
from pages.commands import count
from pages.commands.talk import say, table
from pages.parts.i18n import _, n_, number


@dataclass(frozen=True, slots=True)
class Finding:
    """One file: what its rule funds here and what the file marks as funded.

    `match` is None where that cannot be judged, or – `failed` – where the file could not be counted; `why` says why.
    """

    file: str
    rule: str | None
    funded: list[str]
    selected: list[str]
    match: bool | None
    why: str
    notes: tuple[Note, ...] = ()  # what is odd in the file, one of each kind
    failed: bool = False


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "audit-rules",
        help=_("recount every .pb file of a folder by its own rule and compare with the official result"),
        description=_(
            "Counts each file by the rule that it declares and compares with what it marks as funded: same, different, "
            "or cannot be judged, with the reason. Differences are findings, not failures: the command ends with code "
            "0 when it has gone through the folder, and with another when there is no such folder or no .pb file in it."
        ),
    )
    command.add_argument("folder", metavar=_("FOLDER"), type=Path, help=_("a folder with election files"))
    command.add_argument("--json", action="store_true", help=_("print one JSON object a line"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print what became of each file. Return 0, for differences are findings, not failures; 1 if there is no file."""
    findings = []
    os.scandir(chosen.folder).close()  # what is no folder holds no elections: the terminal says so
    for path in sorted(chosen.folder.rglob("*.pb")):
        findings.append(finding(path))
        if chosen.json:
            say(as_json(findings[-1]), flush=True)
    if not findings:
        say(_("There is no .pb file in {folder}.", folder=chosen.folder), file=sys.stderr)
        return 1
    if not chosen.json:
        say(table([(_("FILE"), _("RULE"), _("RESULT"), _("WHY")), *map(shown, findings)]))
        for each in findings:
            # That columns about voters are not kept holds for most files and says nothing of the result.
            count.say_notes([note for note in each.notes if note.kind != "columns_not_kept"], each.file)
        say(summary(findings))
    return 0


def finding(path: Path) -> Finding:
    """Return what recounting this file showed; whatever is wrong with it is the reason."""
    rule: str | None = None
    notes: tuple[Note, ...] = ()
    try:
        file = pabulib.read(path)
        notes = file.notes
        rule, settings = file.declared
        if rule is None:
            return Finding(path.name, None, [], sorted(file.winners), None, no_rule(file), file.notes)
        allocation = allocate(rule, file.instance, file.profile, **settings)
    except Exception as trouble:  # noqa: BLE001 - any file is survived
        return Finding(path.name, rule, [], [], None, count.reason(trouble), notes, failed=True)
    funded = [project.id for project in allocation.funded]
    told = verdict(file, allocation)
    if told.match is None:
        return Finding(path.name, rule, funded, list(file.winners), None, unjudged(told), notes)
    extra, missing = set(funded) - set(file.winners), set(file.winners) - set(funded)
    parts = [_("only here: {projects}", projects=", ".join(sorted(extra)))] if extra else []
    parts += [_("only officially: {projects}", projects=", ".join(sorted(missing)))] if missing else []
    return Finding(path.name, rule, funded, list(file.winners), told.match, "; ".join(parts), notes)


def unjudged(told: Verdict) -> str:
    """Return why a result cannot be judged."""
    match told.why:
        case "fields":
            fields = ", ".join(told.facts["fields"])
            return _("the file asks for more than Glas counts: {fields}", fields=fields)
        case "part":
            said, found = number(told.facts["said"]), number(told.facts["found"])
            return _(
                "the ballots are not all: the file speaks of {said} votes, its ballots hold {found}",
                said=said,
                found=found,
            )
        case "unmarked":
            return _("nothing is marked as funded yet")
        case "score":
            return _("by the published points it comes out, by those on the ballots it does not")
    return _("the file does not say what was funded")


def no_rule(file: pabulib.PabulibFile) -> str:
    """Return that the file declares no rule, or which word that we do not know."""
    word = file.meta.get("rule", "").strip()
    if not word or word == UNKNOWN:
        return _("the file declares no rule")
    return _("Glas does not know the rule “{word}” of the file", word=word)


def shown(finding: Finding) -> tuple[str, str, str, str]:
    """Return the row of the table."""
    result = {True: _("same"), False: _("different"), None: _("cannot be judged")}[finding.match]
    if finding.failed:
        result = _("not counted")
    return finding.file, finding.rule or "–", result, finding.why


def as_json(finding: Finding) -> str:
    """Return one line of JSON."""
    facts = asdict(finding)
    del facts["failed"]
    return json.dumps(facts, ensure_ascii=False)


def summary(findings: Sequence[Finding]) -> str:
    """Return how many matched, and of how many nobody can say."""
    judged = [finding for finding in findings if finding.match is not None]
    same = sum(bool(finding.match) for finding in judged)
    failed = sum(finding.failed for finding in findings)
    open_ = len(findings) - len(judged) - failed
    more = [n_("{count} cannot be judged.", "{count} cannot be judged.", open_)] if open_ else []
    more += [n_("{count} was not counted.", "{count} were not counted.", failed)] if failed else []
    told = _(
        "{same} of {judged} official results come out; {files} files.",
        same=same,
        judged=len(judged),
        files=len(findings),
    )
    return " ".join([told, *more])
