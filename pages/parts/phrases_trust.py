"""Sentences for refusals about boards, backups and sealed links."""

from __future__ import annotations

from typing import Any

from core import errors
from pages.parts.i18n import _


def register(sentence: Any) -> None:
    """Teach `sentence` the refusals of this module."""
    sentence.register(errors.LogBroken, _log_broken)
    sentence.register(errors.LogRolledBack, _log_rolled_back)
    sentence.register(errors.KeyMissing, _key_missing)
    sentence.register(errors.BackupWrong, _backup_wrong)
    sentence.register(errors.DatabaseInUse, _database_in_use)
    sentence.register(errors.LinkRefused, _link_refused)


def _log_broken(error: errors.LogBroken) -> str:
    return _(
        "The board of “{round}” in the database is not the one that was signed. Glas does not go on with it: keep the "
        "database as it is, and show it to the auditor.",
        round=error.slug,
    )


def _log_rolled_back(error: errors.LogRolledBack) -> str:
    return _(
        "The database is older than what was signed: the board of “{round}” had {expected} lines and "
        "has {found}. Ballots "
        "that were acknowledged would be missing, so Glas does not start with it. Restore a newer backup.",
        round=error.slug,
        expected=error.expected if error.expected >= 0 else "?",
        found=error.found,
    )


def _key_missing(_error: errors.KeyMissing) -> str:
    return _(
        "A key of this round is missing on the server, so the round rests until it is put back. No ballot is lost. "
        "Tell the municipality: its address is at the foot of every page."
    )


def _backup_wrong(error: errors.BackupWrong) -> str:
    sentence = {
        "unreadable": _("This file is no backup, or it is damaged."),
        "cut_off": _("This backup is cut off."),
        "altered": _("This backup was altered, or damaged, after it was made."),
        "rows": _("This backup does not hold all rows that it names."),
        "signature": _("This backup was not made by this server: its signature does not fit the key that is here."),
    }.get(error.problem, _("This file is not a backup of Glas."))
    return f"{sentence} ({error.part})" if error.part else sentence


def _database_in_use(_error: errors.DatabaseInUse) -> str:
    return _("A backup is restored into an empty database only, and this one is not empty. Nothing was changed.")


def _link_refused(error: errors.LinkRefused) -> str:
    return {
        "passphrase": _("This passphrase does not open the link."),
        "short": _("A passphrase has 15 letters or more."),
        "same": _("The two passphrases must not be the same."),
        "round": _("There is another link of this round already."),
    }.get(error.problem, _("This file is no sealed link, or it is damaged."))
