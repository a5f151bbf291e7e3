"""`glas recount`: check a bundle and count it again – without the database, in plain words."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from core.audit.files import Check, Given
from core.audit.recount import recount, verdict
from core.trust.checkpoints import verifier
from pages.commands.talk import say
from pages.parts.i18n import _
from pages.trust import recount_words

PASSED, FAILED = 0, 1
MOST = 4_000_000  # bytes of a file that somebody has kept
SECRET = 32


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "recount",
        help=_("check a bundle and count it again, without a database"),
        description=_(
            "Checks the bundle of a closed round: signatures, board, what was voted on, ballots, draw, result; with "
            "openings also that each ballot belongs to the board. Each check holds, does not hold, or cannot be "
            "checked from this bundle. Needs nothing but the bundle. Ends with code 1 if a check does not hold, else 0."
        ),
    )
    command.add_argument("bundle", metavar=_("BUNDLE"), type=Path, help=_("a folder or a .zip"))
    command.add_argument("--key", metavar=_("KEY"), help=_("the board's public key, as the protocol prints it"))
    command.add_argument(
        "--checkpoint", metavar=_("FILE"), type=Path, help=_("a checkpoint that you kept, or what `glas watch` keeps")
    )
    command.add_argument(
        "--voted-on", metavar=_("FILE"), type=Path, help=_("a signed note of what is voted on that you kept")
    )
    command.add_argument(
        "--auditor", metavar=_("KEY"), help=_("the public key of the auditor whose verdict you believe")
    )
    command.add_argument(
        "--sign",
        metavar=_("FILE"),
        type=Path,
        help=_("for the auditor: write verdict.txt, signed by the secret key in this file, which is made if need be"),
    )
    command.add_argument("--json", action="store_true", help=_("print one JSON object"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print every check; return 1 if any of them does not hold."""
    chosen.bundle.stat()  # a file that is not there is no bundle that fails: the terminal says so
    given = Given(chosen.key, kept(chosen.checkpoint), note(chosen.voted_on), chosen.auditor)
    checks = recount(chosen.bundle, given)
    say(as_json(checks) if chosen.json else as_text(checks))
    if any(check.failed for check in checks):
        return FAILED
    return sign(chosen, given) if chosen.sign else PASSED


def kept(file: Path | None) -> str | None:
    """Return the checkpoint in a file: the note itself, or what `glas watch` has kept."""
    told = note(file)
    if told is None or not told.lstrip().startswith("{"):
        return told
    try:
        return str(json.loads(told)["note"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def note(file: Path | None) -> str | None:
    """Return what stands in a file, None where none is given."""
    if file is None:
        return None
    with file.open("rb") as opened:
        return opened.read(MOST).decode("utf-8", "replace").rstrip("\n") + "\n"


def sign(chosen: argparse.Namespace, given: Given) -> int:
    """Write the auditor's verdict, who has compared the key and seen the openings; return the exit code."""
    key = secret(chosen.sign)
    signed = verdict(chosen.bundle, given, key)
    if signed is None:
        words = _("No verdict is signed: it needs the auditor’s bundle, and the published key with --key.")
        say(words, file=sys.stderr)
        return FAILED
    Path("verdict.txt").write_text(signed, "utf-8")
    line = verifier(signed.partition("\n")[0], key.verify_key)
    words = _(
        "verdict.txt is signed. Lay it beside the files of the public bundle, and publish your key elsewhere: {key}"
    )
    say(words.format(key=line), file=sys.stderr)
    return PASSED


def secret(file: Path) -> SigningKey:
    """Return the secret key in a file that only its owner may read, made if there is none. Raises OSError."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        told = (note(file) or "").strip()
        if len(told) != 2 * SECRET or not all(each in "0123456789abcdef" for each in told):
            raise OSError(0, _("this is no secret key of an auditor"), str(file)) from None
        return SigningKey(bytes.fromhex(told))
    with os.fdopen(handle, "w") as opened:
        made = secrets.token_bytes(SECRET)
        opened.write(made.hex() + "\n")
    return SigningKey(made)


def as_json(checks: tuple[Check, ...]) -> str:
    """Return the checks with their facts and sentences. `passed`: none of them fails; `complete`: all of them hold."""
    told = [
        {
            "name": each.name, "outcome": each.outcome, "passed": each.passed,
            "sentence": recount_words.sentence(each), "facts": dict(each.facts),
        }
        for each in checks
    ]  # fmt: skip
    whole = {
        "passed": not any(check.failed for check in checks),
        "complete": all(check.passed for check in checks),
        "checksum": next((each.facts.get("checksum") for each in checks if each.name == "count"), None),
        "fingerprint": next((each.facts.get("fingerprint") for each in checks if each.name == "count"), None),
        "checks": told,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def as_text(checks: tuple[Check, ...]) -> str:
    """Return a line a check, and what they say together."""
    lines = [f"{mark(each)} {recount_words.outcome(each)}: {recount_words.sentence(each)}" for each in checks]
    return "\n".join([*lines, "", recount_words.verdict(checks)])


def mark(check: Check) -> str:
    """Return a sign for what a check ends in."""
    return "✓" if check.passed else "✗" if check.failed else "?"
