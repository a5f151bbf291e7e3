"""Sentences for a field that does not hold what it must."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pages.parts import dates, money, names
from pages.parts.i18n import _, n_, number
from pages.parts.refusals import trust

MONEY = frozenset({"cost", "budget", "min_cost", "max_cost"})


def invalid(facts: Mapping[str, Any]) -> str:
    """Return the sentence for the facts of an Invalid; it stands beside the field."""
    field, problem = facts["field"], facts["problem"]
    if field in ("randomness", "source") and (said := trust.draw(facts)):
        return said
    special = _letters(facts) or _later(facts) or _other_currency(facts) or _special(facts) or _of_town(facts)
    if special:
        return special
    least = _first(facts, "least", "min", "minimum", "limit")
    most = _first(facts, "most", "max", "maximum", "limit")
    if problem == "too_short" and isinstance(least, int):
        return n_(
            "Add a bit more – at least {count} character.", "Add a bit more – at least {count} characters.", least
        )
    if problem == "too_long" and isinstance(most, int):
        return n_("Shorten it: at most {count} character.", "Shorten it: at most {count} characters.", most)
    if problem == "too_young" and isinstance(least, int):
        return n_(
            "An account is possible from {count} year on.", "An account is possible from {count} years on.", least
        )
    if problem in ("range", "order"):
        return _range(facts) if problem == "range" else _order(facts)
    return {
        "required": _("Please fill in this field."),
        "too_short": _("Add a bit more."),
        "too_long": _("Shorten it."),
        "number": _("Type only a number, for example 1500."),
        "taken": _("This is already taken. Choose another."),
        "format": _format(field),
        "choice": _("Choose one of the possibilities."),
        "weak": _("This password is easy to guess. Make it longer, for example of four words."),
        "past": _("This moment has passed."),
        "only_later": _("After publication a date can only be moved to a later one."),
        "decided": _("This has been decided already."),
        "on_ballot": _("This idea is on the ballot already."),
        "not_accepted": _("Only an idea that passed the review can go on the ballot."),
        "done": _("This has been done already."),
        "unknown": _("We do not know this. Choose one of the possibilities."),
    }.get(problem, _("Check this field."))


def _format(field: str) -> str:
    """Return that what was typed is not understood, with an example where the field has one."""
    example = {"code": "123456", "currency": "EUR", "nickname": _("Maria")}.get(field)
    return (
        _("We do not recognise this. Example: {example}.", example=example)
        if example
        else _("We do not recognise this. Check how it is written.")
    )


def _other_currency(facts: Mapping[str, Any]) -> str:
    """Return of an amount in another currency in which one amounts are, and what it is in that."""
    if facts["problem"] != "currency" or "sign" not in facts:
        return ""
    wanted, typed = facts["currency"], money.exact(facts["amount"], facts["sign"])
    name = {"EUR": _("euro"), "BGN": _("leva")}.get(wanted, wanted)
    if facts["into"] is None:
        return _(
            "Amounts are in {currency}, and {typed} is not. Work it out and type it again.", currency=name, typed=typed
        )
    into = money.exact(facts["into"], wanted)
    return _("Amounts are in {currency}: {typed} is {amount}", currency=name, typed=typed, amount=into)


def _special(facts: Mapping[str, Any]) -> str:
    # A reason that nobody else reads is a field like any other.
    if not facts.get("public", True):
        return ""
    return {
        ("email", "format"): _("That doesn't look like an e-mail. Example: name@example.com"),
        ("contact_email", "format"): _("That doesn't look like an e-mail. Example: name@example.com"),
        ("birth_year", "number"): _("Type only the year, for example 2010."),
        ("nickname", "taken"): _("Somebody already goes by this name. Choose another."),
        ("email", "taken"): _("There is already an account with this e-mail."),
        ("password", "wrong"): _("The current password does not match."),
        ("old", "wrong"): _("The current password does not match."),
        ("recovery_code", "wrong"): _("The name or the recovery code does not match."),
        ("code", "wrong"): _("The code does not match. Type the one your app shows now, or an unused spare code."),
        ("names", "taken"): _("Three different people are needed."),
        ("reason", "required"): _("Write the reason; people will read it."),
        ("reason", "repeats"): _("The reason says the hidden words again. Write it without them: everyone reads it."),
        ("title", "hidden"): _("This is hidden. Show it again first, then change it."),
        ("text", "hidden"): _("This is hidden. Show it again first, then change it."),
        ("place", "hidden"): _("This is hidden. Show it again first, then change it."),
        ("part", "done"): _("This is hidden already."),
        ("part", "empty"): _("There is nothing there to hide."),
        ("idea", "hidden"): _("This idea is hidden. Show it again first, or leave it off the ballot."),
        ("nickname", "own"): _("This is your own account. You can delete it in your profile."),
        ("nickname", "staff"): _("This account has a role. Have the role taken away first."),
        ("nickname", "asked"): _("Somebody has asked for this already. The request waits on this page."),
        ("code", "early"): _("Nobody has voted yet: change the list itself, with another organiser."),
        ("code", "withdrawn"): _("This project is withdrawn already."),
        ("code", "few"): _(
            "Too few projects would stay to fill a ballot. If the vote cannot go on, declare the round void."
        ),
        ("consent", "changed"): _("The request has changed or its time is over. Look at it again."),
        ("change", "required"): _("Nothing would change."),
        ("change", "asked"): _(
            "Nothing would change. If you do not want what you asked for any more, take the request back."
        ),
    }.get((facts["field"], facts["problem"]), "")


def _of_town(facts: Mapping[str, Any]) -> str:
    """Return the sentence for what a town is asked when it is set up."""
    return {
        ("options", "missing"): _(
            "Not given: {options}. Give them, or run this where it can ask.", options=facts.get("options")
        ),
        ("contact_email", "format"): _("That doesn't look like an e-mail. Example: name@example.com"),
        ("timezone", "unknown_zone"): _("There is no such time zone. Example: Europe/Sofia"),
        ("projects", "none"): _("There is no project on the ballot list, so nobody could vote."),
        ("projects", "few"): n_(
            "A ballot must hold at least {count} project; there are fewer.",
            "A ballot must hold at least {count} projects; there are fewer.",
            facts.get("least") or 1,
        ),
        ("projects", "dear"): _(
            "Even the cheapest ballot costs {amount}, which is more than the budget.",
            amount=money.text(facts.get("cost") or 0, facts.get("currency") or money.currency()),
        ),
        ("min_cost", "over_budget"): _("The cheapest idea may cost more than the whole budget."),
        ("rule_settings", "choice"): _("This rule has no such settings, or not for such ballots."),
        ("answer", "yes_or_no"): _("Answer {yes} or {no}.", yes=facts.get("yes"), no=facts.get("no")),
        ("names", "double"): _("There is one of this name already, or one that looks the same. Choose another name."),
        ("names", "too_many"): _("These are too many for a list to choose from. Keep the most important ones."),
    }.get((facts["field"], facts["problem"]), "")


def _letters(facts: Mapping[str, Any]) -> str:
    """Return the sentence for a name that could be taken for another one."""
    why = facts.get("why", "")
    if why == "mixed":
        return _(
            "The word “{word}” mixes letters of two alphabets. Type it again, all of it with the same keyboard.",
            word=facts["word"],
        )
    return {
        "unseen": _("There is a sign in it that nobody can see. Delete all of it and type it again by hand."),
        "alphabet": _("Use letters of an alphabet that people write today."),
        "piled": _("There are too many marks on one letter. Type it again without them."),
    }.get(why, "")


def _later(facts: Mapping[str, Any]) -> str:
    """Return of a published date which one it is, and that it may only move to a later one."""
    if facts["problem"] != "only_later" or not isinstance(facts.get("than"), datetime):
        return ""
    told = dates.until if facts["field"] in ("ideas_until", "voting_until") else dates.moment
    return _(
        "“{name}”: after publication a date can only be moved to a later one, and later than {date}.",
        name=names.field(facts["field"]),
        date=told(facts["than"], year=True),
    )


def _order(facts: Mapping[str, Any]) -> str:
    """Return what two fields have to do with each other: the later date, or the larger number, comes second."""
    if facts["field"].startswith(("max_", "age_")):
        return _("It must not be less than “{name}”.", name=names.field(facts["after"]))
    return _("The dates are not in order: each part must end after it begins and before the next one ends.")


def _range(facts: Mapping[str, Any]) -> str:
    least = _first(facts, "least", "min", "minimum", "age_min")
    most = _first(facts, "most", "max", "maximum", "age_max")
    shown = [_shown(value, facts) for value in (least, most)]
    if least is not None and most is not None:
        return _("It must be between {least} and {most}.", least=shown[0], most=shown[1])
    if least is not None:
        return _("It must be at least {least}.", least=shown[0])
    if most is not None:
        return _("It may be at most {most}.", most=shown[1])
    return _("This is outside the possible range.")


def _shown(value: Any, facts: Mapping[str, Any]) -> str:
    if isinstance(value, datetime):
        return dates.moment(value)
    if isinstance(value, date):
        return dates.day(value, year=True)
    if isinstance(value, int) and ("currency" in facts or facts["field"] in MONEY):
        return money.text(value, facts.get("currency") or money.currency())
    # A year is not grouped: 2011, not 2 011.
    return str(value) if facts["field"].endswith("year") else number(value) if isinstance(value, int) else str(value)


def _first(facts: Mapping[str, Any], *names: str) -> Any:
    return next((facts[name] for name in names if facts.get(name) is not None), None)
