"""What a recount found, in plain words: a sentence for each check that passed, another for each that failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.audit.files import Check, Outcome
from core.trust.lots import read_source
from pages.closing import words
from pages.parts import names, text
from pages.parts.i18n import _, n_
from pages.trust import journal_words, verdict_words, withdrawn_words

Facts = Mapping[str, Any]
# With these nothing is known of what was to be checked, neither good nor bad.
UNREAD = ("damaged", "refused", "unreadable")


def sentence(check: Check) -> str:
    """Return what a check found."""
    if check.facts.get("attested"):
        return _("{what}: so says the auditor whose key you gave.", what=_capital(SUBJECTS[check.name]()))
    if check.passed:
        return PASSED[check.name](check.facts)
    if not check.failed:
        return f"{_capital(SUBJECTS[check.name]())}. {UNSEEN[str(check.facts['reason'])](check.facts)}"
    if check.facts.get("reason") in UNREAD:
        return _("Not checked: {what}. {why}", what=SUBJECTS[check.name](), why=why(check.facts))
    return f"{CLAIMS[check.name]()} {why(check.facts)}"


def outcome(check: Check) -> str:
    """Return what a check ends in."""
    return {
        Outcome.holds: _("holds"),
        Outcome.fails: _("does not hold"),
        Outcome.unseen: _("cannot be checked from this bundle"),
    }[check.outcome]


def verdict(checks: Sequence[Check]) -> str:
    """Return what all checks say together, and no more than was checked."""
    failed, held = sum(each.failed for each in checks), sum(each.passed for each in checks)
    if failed:
        return n_(
            "{count} check does not hold. Do not trust this bundle.",
            "{count} checks do not hold. Do not trust this bundle.",
            failed,
        )
    if held == len(checks):
        return _("Every check holds.")
    return n_(
        "What this bundle shows holds: {held} of {all} checks. {count} cannot be checked from this bundle, see above.",
        "What this bundle shows holds: {held} of {all} checks. {count} cannot be checked from this bundle, see above.",
        len(checks) - held,
        held=held,
        all=len(checks),
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _what(facts: Facts) -> str:
    return names.signed(map(str, facts.get("what") or ()))


def _amended(facts: Facts) -> str:
    """Return what of the things voted on was amended, and that some words were not compared."""
    lines = [
        _("Amended since: {what} – {reason}.", what=names.signed(what), reason=reason or "–")
        for what, reason in facts.get("amendments", ())
    ]
    if facts.get("hidden"):
        lines.append(
            n_(
                "The words of {count} project are hidden and were not compared.",
                "The words of {count} projects are hidden and were not compared.",
                facts["hidden"],
            )
        )
    return " ".join(["", *lines])


def why(facts: Facts) -> str:
    """Return why a check failed."""
    reason = str(facts.get("reason"))
    if reason == "damaged":
        return _damage(facts)
    if reason in ("refused", "unreadable"):
        return _("It could not be carried out: what the bundle says makes no sense.")
    told = REASONS.get(reason)
    return told(facts) if told else _("It does not hold ({reason}).", reason=reason)


def _damage(facts: Facts) -> str:
    if facts.get("problem") == "missing":
        return _("The file {file} is missing.", file=facts["file"])
    if facts.get("problem") == "hidden":
        return _("In the archive lies something beside its files, which other programs would unpack. Do not use it.")
    if facts.get("problem") == "other_form":
        return _("The archive is not as Glas writes it, at {file}: unpack it and check the folder.", file=facts["file"])
    if facts.get("problem") == "no_archive":
        return _("This is no bundle: neither a folder nor a .zip that can be read.")
    if facts.get("line"):
        return _("The file {file} cannot be read at line {line}.", file=facts["file"], line=facts["line"])
    if facts.get("file"):
        return _("The file {file} cannot be read.", file=facts["file"])
    return _("The bundle cannot be read.")


def _names(facts: Facts, name: str = "files") -> str:
    return ", ".join(map(str, facts.get(name) or ()))


PASSED: Mapping[str, Callable[[Facts], str]] = {
    "files": lambda f: n_("{count} file is there, and no other.", "{count} files are there, and no other.", f["files"]),
    "manifest": lambda _f: _("Every file is as the manifest says."),
    "signature": lambda f: _("The manifest is signed. Compare this key with the protocol: {key}", key=f["key"]),
    "key": lambda _f: _("The key is the one that you gave."),
    "kept": lambda f: n_(
        "The board begins with the {count} line of the checkpoint that you kept.",
        "The board begins with the {count} lines of the checkpoint that you kept.",
        f["size"],
    ),
    "voted_on": lambda f: (
        n_(
            "Rule, limits, budget, titles and costs of {count} project are those that were signed when voting opened.",
            "Rule, limits, budget, titles and costs of {count} projects are those that were signed when voting opened.",
            f["projects"],
        )
        + _amended(f)
    ),
    "noted": lambda _f: _("The note that you kept is one of those in the bundle."),
    "closing": lambda _f: _("Board, draw, ballots, turnout and result are what each step of the closing signed."),
    "verdict": verdict_words.told,
    "checkpoints": lambda f: n_("{count} checkpoint, signed.", "{count} checkpoints, all signed.", f["checkpoints"]),
    "consistency": lambda f: n_(
        "The board only grew: {count} line, none changed since it was signed.",
        "The board only grew: {count} lines, none changed since it was signed.",
        f["leaves"],
    ),
    # In the letters in which closing page and protocol print it.
    "final": lambda f: _(
        "The last checkpoint covers the whole board. Compare its root: {root}",
        root=text.groups(bytes.fromhex(f["root"])),
    ),
    "batches": lambda _f: _("Within each batch the lines are sorted: the board does not tell who came first."),
    "numbers": lambda f: n_(
        "{count} ballot, as many as the board holds.", "{count} ballots, as many as the board holds.", f["ballots"]
    ),
    "mismatches": lambda _f: _("Every ballot was what the board promised."),
    "anonymous": lambda _f: _("The election file tells nothing about voters."),
    "projects": lambda f: n_(
        "{count} project; costs and budget agree in all files.",
        "{count} projects; costs and budget agree in all files.",
        f["projects"],
    ),
    "limits": lambda _f: _("Every ballot is one that the rules allow."),
    "draw": lambda f: _(
        "The order of ties follows from the final root and “{randomness}”, which came from {source}.",
        randomness=f["randomness"],
        source=words.source(read_source(f["source"])),
    ),
    "count": lambda f: _(
        "Counted again, the result is the same. Funded: {funded}. Ballot checksum: {checksum}",
        funded=_names(f, "funded") or "–",
        checksum=f["checksum"],
    ),
    "openings": lambda f: n_(
        "{count} ballot opened, and it has a line of its own on the board.",
        "{count} ballots opened, each has a line of its own on the board.",
        f["openings"],
    ),
    "slots": lambda _f: _("No one has more than one ballot."),
    "revisions": lambda _f: _("Of each voter the last ballot counts."),
    "receipts": lambda _f: _("No two receipts have the same number."),
    "votes": lambda _f: _("The ballots in the election file are those that were opened."),
    **journal_words.PASSED,
    **withdrawn_words.PASSED,
}
SUBJECTS: Mapping[str, Callable[[], str]] = {
    "files": lambda: _("the list of files"),
    "manifest": lambda: _("the files by the manifest"),
    "signature": lambda: _("the signature of the manifest"),
    "key": lambda: _("the key that you gave"),
    "kept": lambda: _("that the board begins with what somebody has kept"),
    "voted_on": lambda: _("that this is what was voted on"),
    "noted": lambda: _("the note that somebody has kept"),
    "closing": lambda: _("that all is as each step of the closing signed it"),
    "verdict": lambda: _("the verdict of an auditor"),
    "checkpoints": lambda: _("the checkpoints"),
    "consistency": lambda: _("that the board only grew"),
    "final": lambda: _("the last checkpoint"),
    "batches": lambda: _("the order within each batch"),
    "numbers": lambda: _("the numbers of ballots"),
    "mismatches": lambda: _("that ballots were what the board promised"),
    "anonymous": lambda: _("that the election file tells nothing about voters"),
    "projects": lambda: _("projects, costs and budget"),
    "limits": lambda: _("that every ballot is one that the rules allow"),
    "draw": lambda: _("the order of ties"),
    "count": lambda: _("the count"),
    "openings": lambda: _("the opened ballots"),
    "slots": lambda: _("that no one has more than one ballot"),
    "revisions": lambda: _("that everyone’s last ballot counts"),
    "receipts": lambda: _("the numbers of receipts"),
    "votes": lambda: _("that the opened ballots are those in the election file"),
    **journal_words.SUBJECTS,
    **withdrawn_words.SUBJECTS,
}
CLAIMS: Mapping[str, Callable[[], str]] = {
    "files": lambda: _("The bundle is not complete."),
    "manifest": lambda: _("A file is not as the manifest says."),
    "signature": lambda: _("The manifest is not signed by the board's key."),
    "key": lambda: _("The key is not the one that you gave."),
    "kept": lambda: _("The board is not the one of the checkpoint that you kept."),
    "voted_on": lambda: _("This is not what was voted on."),
    "noted": lambda: _("The note that you kept is not among those in the bundle."),
    "closing": lambda: _("Something is not as it was signed when the vote was closed, opened or counted."),
    "verdict": lambda: _("The auditor’s verdict does not belong to this bundle."),
    "checkpoints": lambda: _("The checkpoints do not hold."),
    "consistency": lambda: _("The board is not the one that was signed."),
    "final": lambda: _("The last checkpoint does not cover the board."),
    "batches": lambda: _("The board tells in which order people voted."),
    "numbers": lambda: _("The numbers do not agree."),
    "mismatches": lambda: _("Some ballots were not what the board promised."),
    "anonymous": lambda: _("The election file holds more than ballots."),
    "projects": lambda: _("Projects, costs or budget differ between the files."),
    "limits": lambda: _("A ballot is not one that the rules allow."),
    "draw": lambda: _("The order of ties is not the one that was drawn."),
    "count": lambda: _("Counted again, the result is another one."),
    "openings": lambda: _("Opened ballots and board do not belong together."),
    "slots": lambda: _("Someone has more than one ballot."),
    "revisions": lambda: _("Not everyone's last ballot was opened."),
    "receipts": lambda: _("Some receipts have the same number."),
    "votes": lambda: _("The ballots in the election file are not those that were opened."),
    **journal_words.CLAIMS,
    **withdrawn_words.CLAIMS,
}
UNSEEN: Mapping[str, Callable[[Facts], str]] = {
    "no_key": lambda _f: _(
        "Whoever made the bundle could have made its key, too: give the board’s key as it was published, with --key."
    ),
    "no_checkpoint": lambda _f: _(
        "A board that was cut back looks whole: give a checkpoint that you kept while people voted, with --checkpoint."
    ),
    "no_note": lambda _f: _("Give a note of what is voted on that you kept, with --voted-on."),
    "no_notes": lambda _f: _(
        "This round was closed before such notes were signed: compare with what was printed then."
    ),
    "late": lambda f: n_(
        "It was signed only when {count} ballot was in: compare with what was printed before the vote.",
        "It was signed only when {count} ballots were in: compare with what was printed before the vote.",
        f["count"],
    ),
    "auditor": lambda _f: _("Only the opened ballots show it: ask for the auditor’s verdict."),
    **verdict_words.UNSEEN,
    **journal_words.UNSEEN,
}
REASONS: Mapping[str, Callable[[Facts], str]] = {
    "odd": lambda f: (
        _("Line {line} of the election file is not as Glas writes it.", line=f["line"])
        if f.get("line")
        else _("The election file is not as Glas writes it.")
    ),
    "kind": lambda _f: _("The files name different kinds of ballots."),
    "funded": lambda _f: _("The election file names other winners than the result."),
    "other_steps": lambda _f: _("The winners are the same, the steps that led to them are not."),
    "other_fingerprint": lambda _f: _("The outcome is the same, the checksum of ballots and rule is not."),
    "foreign": lambda f: _("These do not belong here: {files}.", files=_names(f)),
    "missing": lambda f: _("Missing: {files}.", files=_names(f)),
    "listed": lambda f: _("The manifest does not list what is here: {files}.", files=_names(f)),
    "altered": lambda f: _("Altered: {files}.", files=_names(f)),
    "origin": lambda f: _("The key belongs to {found}, the rules to {told}.", found=f["found"], told=f["told"]),
    "unsigned": lambda _f: _("Someone has changed the files after they were signed."),
    "not_a_key": lambda _f: _("What you gave is no public key line."),
    "not_a_checkpoint": lambda _f: _("What you gave is no checkpoint that this board’s key has signed."),
    "cut_back": lambda f: _(
        "It had {size} lines when you kept it, and has {leaves}: lines were cut off.",
        size=f["size"],
        leaves=f["leaves"],
    ),
    "not_as_voted_on": lambda f: _("Other than signed: {what}.", what=_what(f)),
    "not_as_noted": lambda f: _("Other than signed: {what}.", what=_what(f)),
    "not_noted": lambda f: _("A step was never signed: {what}.", what=_what(f)),
    "no_notes": lambda _f: _(
        "This round was closed before such notes were signed: compare with what was printed then."
    ),
    "other_note": lambda _f: _("The server has signed something else than it did then."),
    **verdict_words.REASONS,
    "not_castable": lambda f: _("Nobody can cast a ballot of the type “{type}” here.", type=f["type"]),
    "other_rule": lambda f: _(
        "By the rule that was voted on it would be counted otherwise: {found}.", found=f["found"]
    ),
    "other_key": lambda _f: _("This bundle was signed by someone else."),
    "none": lambda _f: _("There is none."),
    "order": lambda _f: _("They do not grow from one to the next."),
    "shorter": lambda f: _("{leaves} lines are left of {size} that were signed.", leaves=f["leaves"], size=f["size"]),
    "changed": lambda f: _("A line among the first {size} was changed after it was signed.", size=f["size"]),
    "uncovered": lambda f: _("{leaves} lines stand on it.", leaves=f["leaves"]),
    "unsorted": lambda f: _("Lines {start} to {end} are not sorted.", start=f["start"] + 1, end=f["end"]),
    "other_order": lambda f: _("It does not follow from the final root and “{text}”.", text=f["randomness"]),
    "no_source": lambda f: _("“{text}” is neither a die nor a beacon with its name.", text=f["source"]),
    "not_dice": lambda f: _(
        "Ten throws are written as ten figures from 1 to 6, nothing else. “{text}” stands here.",
        text=f["randomness"],
    ),
    "not_beacon": lambda f: _(
        "A beacon’s value is written as 32 digits, 0–9 and a–f, nothing else. “{text}” stands here.",
        text=f["randomness"],
    ),
    "not_equal": lambda f: _(
        "{ballots} ballots in the file, {live} that count on the board.", ballots=f["ballots"], live=f["live"]
    ),
    "box": lambda f: _("The board says {box} ballots, {live} count.", box=f["box"], live=f["live"]),
    "told_otherwise": lambda f: _("The published numbers are others: {numbers}.", numbers=_names(f, "numbers")),
    "mismatches": lambda f: n_("{count} ballot.", "{count} ballots.", f["count"]),
    "columns": lambda f: _("Columns: {columns}.", columns=_names(f, "columns")),
    "not_allowed": lambda f: _("For example: {choices}.", choices=_names(f, "choices")),
    "other_winners": lambda f: _("Funded would be: {found}.", found=_names(f, "found") or "–"),
    "not_on_board": lambda f: n_(
        "{count} opened ballot is not on the board.", "{count} opened ballots are not on the board.", f["count"]
    ),
    "not_opened": lambda f: n_(
        "{count} line of the board was not opened.", "{count} lines of the board were not opened.", f["count"]
    ),
    "not_shown": lambda f: n_(
        "{count} slot is said to be empty, and nothing shows it.",
        "{count} slots are said to be empty, and nothing shows it.",
        f["count"],
    ),
    "twice": lambda f: n_("{count} time.", "{count} times.", f.get("count", len(f.get("numbers", ())))),
    "not_last": lambda f: _(
        "{revisions} ballots were cast in all, {leaves} stand on the board.",
        revisions=f["revisions"],
        leaves=f["leaves"],
    ),
    "differ": lambda f: _("{count} ballots differ.", count=f["count"]) if "count" in f else _("They differ."),
    **journal_words.REASONS,
    **withdrawn_words.REASONS,
}
