"""Sentences for refusals of sealed rounds and of closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import errors
from pages.parts import names
from pages.parts.i18n import _, n_

_TEN = 10
_FEW = 3


def register_closing(sentence: Any) -> None:
    """Teach `sentence` the refusals of this module."""
    sentence.register(errors.RehearsalMissing, _rehearsal_missing)
    sentence.register(errors.ShareRefused, _share_refused)
    sentence.register(errors.WrongStep, _wrong_step)
    sentence.register(errors.CountStale, _count_stale)


def draw(facts: Mapping[str, Any]) -> str:
    """Return what is wrong with a source or with what came up, and what to do; nothing for what others word."""
    found = facts.get("found")
    return {
        ("source", "required"): _("Name the beacon and its round, or choose the die."),
        ("source", "differs"): _(
            "The other organiser has chosen another way to draw, and both must choose the same. Agree on one; if it is "
            "another, decline the request and ask anew."
        ),
        ("randomness", "differs"): _differs(facts.get("places", ())),
        ("randomness", "dice"): _no_dice(found) if isinstance(found, int) else "",
        ("randomness", "beacon"): _(
            "A beacon’s value is made of the digits 0–9 and the letters a–f. Type at least the first 32 of them, and "
            "nothing else."
        ),
    }.get((str(facts["field"]), str(facts["problem"])), "")


def _differs(places: Sequence[int]) -> str:
    """Return where both differ; not where so much does that the answer would tell what the first person typed."""
    if not 0 < len(places) <= _FEW:
        return _(
            "This is not what the first person typed in. Compare both with what everyone has seen, figure by figure."
        )
    return n_(
        "Figure number {places} is not the one that the first person typed in. Compare both with what everyone has "
        "seen.",
        "Figures number {places} are not those that the first person typed in. Compare both with what everyone has "
        "seen.",
        len(places),
        places=", ".join(map(str, places)),
    )


def _no_dice(found: int) -> str:
    if found == _TEN:
        return _("A die shows 1 to 6 and nothing else. Compare what you typed with the sheet.")
    return n_(
        "Ten throws give ten figures, here is {count}. Compare with the sheet; if throws are missing, make them now.",
        "Ten throws give ten figures, here are {count}. Compare with the sheet; if throws are missing, make them now.",
        found,
    )


def _rehearsal_missing(error: errors.RehearsalMissing) -> str:
    seats = ", ".join(str(seat) for seat in error.seats)
    return _("The round is sealed: first the commission rehearses. Seats still missing: {seats}.", seats=seats)


def _share_refused(error: errors.ShareRefused) -> str:
    return {
        "differ": _("These are not shares of two different people for the same key. Check whose they are."),
        "key": _("These shares fit together, but they belong to another key: an earlier splitting or another round."),
    }.get(error.problem, _("A share is mistyped or not complete. Compare it letter by letter, group by group."))


def _wrong_step(error: errors.WrongStep) -> str:
    return _("First comes: {step}. Reload the page to see where the closing stands.", step=names.step(error.step))


def _count_stale(_error: errors.CountStale) -> str:
    return _("Ballots, projects or rule changed during the count, so nothing was kept. Look at them, then count again.")


def register_trust(sentence: Any) -> None:
    """Teach `sentence` the refusals of this module."""
    sentence.register(errors.LogBroken, _log_broken)
    sentence.register(errors.LogRolledBack, _log_rolled_back)
    sentence.register(errors.VotedOnAltered, _voted_on_altered)
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


def _voted_on_altered(error: errors.VotedOnAltered) -> str:
    return _(
        "The database says something else of “{round}” than was signed ({what}). Glas does not go on with it: keep the "
        "database as it is, and show it to the auditor.",
        round=error.slug,
        what=names.signed(error.what[:5]) or "–",
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
