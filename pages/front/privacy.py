"""What is kept, why and until when, in plain words: made from the declaration that stands beside the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.municipalities import Municipality
from core.privacy import declaration
from core.privacy.declaration import Kept, Until, Whose, Why
from pages.parts import templates
from pages.parts.i18n import _


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is kept."""

    what: str
    why: str
    until: str


def show(town: Municipality) -> None:
    """Draw the page for everyone."""
    text = _(
        "Short: little, for a reason, and not longer than needed. You can take it all with you or delete it yourself."
    )
    templates.draw("parts/page_head.html", over="", title=_("What we keep and why"), text=text, link=None)
    templates.draw(
        "front/privacy.html",
        lines=lines(),
        cookies=cookies(),
        email=town.contact_email,
        town=templates.told(town.names),
    )


def lines() -> list[Line]:
    """Return what is kept about people, one line a purpose and an end, in the order of the declaration."""
    seen: dict[tuple[Why, Until], None] = {}
    for one in declaration.about_people():
        seen.setdefault((one.why, one.until))
    return [Line(what(why), reason(why), until(end)) for why, end in seen]


def cookies() -> list[Line]:
    """Return the cookies of Glas."""
    year = _("for a year")
    return [
        Line(_("Your sign-in"), _("so that the pages know who you are"), until(Until.sign_in)),
        Line(
            _("That you have logged in in this browser before: a random number and a mark, without your name"),
            _("so that you get in even while somebody else tries your password; it is read at login only"),
            year,
        ),
        Line(_("The language you chose"), _("so that the pages speak it"), year),
    ]


def columns() -> list[tuple[str, list[dict[str, str]]]]:
    """Return every column by table, for those who check it."""
    tables: dict[str, list[Kept]] = {}
    for one in declaration.declared():
        tables.setdefault(one.table, []).append(one)
    return [(name, _rows(kept)) for name, kept in tables.items()]


def _rows(kept: Sequence[Kept]) -> list[dict[str, str]]:
    groups: dict[tuple[Whose, Why, Until], list[str]] = {}
    for one in kept:
        groups.setdefault((one.whose, one.why, one.until), []).append(one.column)
    return [
        {"columns": ", ".join(names), "whose": whose(of), "why": reason(why), "until": until(end)}
        for (of, why, end), names in groups.items()
    ]


def what(why: Why) -> str:
    """Return in plain words what is kept for a purpose."""
    return {
        Why.name: _("The name you chose on Glas"),
        Why.mail: _("Your e-mail, if you gave it"),
        Why.age: _("Your year of birth"),
        Why.place: _("Your area"),
        Why.proof: _("A fingerprint of your password and of your recovery code"),
        Why.second: _("The second step, if you have a role: the secret of your app and fingerprints of its codes"),
        Why.sign_in: _("Your sign-ins: when each began, when it was last used, and a fingerprint of it"),
        Why.link: _("One-time links that were made for you, as fingerprints"),
        Why.device: _("Phone, tablet or computer"),
        Why.language: _("The language of your account"),
        Why.unused: _("The month of your last login"),
        Why.role: _("Your roles, if you work on a round"),
        Why.account: _("The number of your account and the day you joined"),
        Why.idea: _("Your ideas"),
        Why.judging: _("Verdicts on ideas with their reasons"),
        Why.right: _("That you may vote in a round"),
        Why.code: _("Participation codes, as fingerprints, and which of them are used"),
        Why.holder: _("Which code is yours; only a key outside the database can read it"),
        Why.replaced: _("Which code was replaced by a new one, as a fingerprint"),
        Why.secret_vote: _("Your ballot, sealed and under a random number"),
        Why.checking: _("What anyone needs to check the count"),
        Why.duty: _("Who did what in office, under a pseudonym; the protocol of a result names who closed and counted"),
        Why.pseudonym: _("Which pseudonym is yours"),
        Why.reviewer: _("Which verdicts on ideas are yours, if you review them"),
        Why.asked: _("Who invited somebody or waits for a second person, under a pseudonym"),
        Why.guessing: _("How many wrong tries there were, without names and addresses"),
        Why.hidden: _("That words of yours, or your name, are hidden, and the public reason"),
        Why.erasure: _("That you or a parent asked two organisers to delete your account, and why"),
        Why.running: _("What rounds, the town and the server need"),
    }[why]


def reason(why: Why) -> str:
    """Return in plain words why it is kept."""
    return {
        Why.name: _("so that you can log in and others know whose idea it is"),
        Why.mail: _("so that you can log in with it too"),
        Why.age: _("to know in which rounds you can vote"),
        Why.place: _("to show ideas by place, and turnout by area in groups of at least ten"),
        Why.proof: _("so that only you can log in; nobody can read your password"),
        Why.second: _("so that a password alone opens no role"),
        Why.sign_in: _("so that you stay logged in and can end it from anywhere"),
        Why.link: _("so that who has lost the password gets in again"),
        Why.device: _("so that you recognise your own sign-ins"),
        Why.language: _("so that the pages speak it wherever you log in"),
        Why.unused: _("so that an account nobody uses goes by itself"),
        Why.role: _("to know what you may do"),
        Why.account: _("so that the account hangs together"),
        Why.idea: _("because you submit them to the town"),
        Why.judging: _("so that everyone sees why an idea is feasible or not"),
        Why.right: _("so that every person votes once"),
        Why.code: _("so that every code is used once"),
        Why.holder: _("so that a lost code can be replaced by a new one"),
        Why.replaced: _("so that nobody votes with both"),
        Why.secret_vote: _("so that it counts once and nobody knows whose it is"),
        Why.checking: _("so that nobody has to take our word for the result"),
        Why.duty: _("so that people in office answer for what they do"),
        Why.pseudonym: _("so that the record needs no names"),
        Why.reviewer: _("so that nobody judges an idea of their own"),
        Why.asked: _("so that nobody confirms a request of their own"),
        Why.guessing: _("so that nobody can try passwords and codes without end"),
        Why.hidden: _("so that everyone reads why words are not shown"),
        Why.erasure: _("so that no single organiser can delete an account"),
        Why.running: _("so that Glas works; it says nothing about people"),
    }[why]


def until(end: Until) -> str:
    """Return in plain words when it goes."""
    return {
        Until.erased: _("until you delete your account, or until nobody has logged in to it for two years and a month"),
        Until.withdrawn: _(
            "until 30 days after you withdraw the idea, or until you delete your account; what is on a ballot stays "
            "without your name"
        ),
        Until.sign_in: _("until a day after the sign-in ends"),
        Until.used: _("until it is used, or for a few days"),
        Until.hours: _("for an hour; wrong tries of a second step for 30 days"),
        Until.close: _("until voting closes, at the latest for a year after its end"),
        Until.objection: _(
            "until the time for objections after the round is over, at most 90 days longer while one has no answer; "
            "where nobody closes the round, for a year after the vote"
        ),
        Until.shown: _("until they are shown again, you change them, or they are deleted"),
        Until.stays: _("for good: it belongs to the record of the town"),
    }[end]


def whose(of: Whose) -> str:
    """Return in plain words what a column says about somebody."""
    return {
        Whose.personal: _("about a person"),
        Whose.pseudonym: _("a pseudonym"),
        Whose.keyed: _("leads to a person only with a key outside the database"),
        Whose.public: _("public"),
        Whose.nobody: _("about nobody"),
    }[of]
