"""What Glas is and what it keeps, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from core.municipalities import Municipality
from pages.parts import templates
from pages.parts.i18n import _


@dataclass(frozen=True, slots=True)
class About:
    """One part of the page; `id` is the address of it inside the page."""

    id: str
    title: str
    lines: list[str]


def show(town: Municipality) -> None:
    """Draw the page."""
    templates.draw("parts/page_head.html", over="", title=_("About Glas"), text="", link=None)
    templates.draw(
        "front/about.html",
        parts=parts(town),
        town=templates.told(town.names),
        imprint=templates.told(town.imprint),
        email=town.contact_email,
    )


def parts(town: Municipality) -> list[About]:
    """Return the parts of the page."""
    name, email = templates.told(town.names), town.contact_email
    return [
        About("what", _("What Glas is"), _what(name)),
        About("trust", _("Why you can trust the result"), _trust()),
        About("privacy", _("What we keep and why"), _privacy(email)),
        About("parents", _("For parents"), _parents(email)),
    ]


def _what(name: str) -> list[str]:
    return [
        _(
            "Glas is where young people decide how the youth budget is spent. This one belongs to: {town}.",
            town=name,
        ),
        _("In Bulgarian 'glas' means both voice and vote: what you say, and what you decide with."),
        _("Everything goes one way: idea, review, vote, result, and then you see it happen."),
    ]


def _trust() -> list[str]:
    return [
        _("The rule is announced before the vote and fixed from the first ballot on."),
        _("Every result shows how it was counted, step by step, and why each project was chosen or not."),
        _("The numbers of a result can be downloaded and checked by anyone."),
    ]


def _privacy(email: str) -> list[str]:
    return [
        _(
            "Your name on Glas, your year of birth, your area and, if you give it, your e-mail: "
            "so that you can log in and we know in which rounds you can vote."
        ),
        _("Your ideas, because they are public. Next to them stands the name you chose, never your age."),
        _("Your vote is kept apart from your name. No page of Glas says who voted for what."),
        _("We never ask for a national ID number, address or photo of a document."),
        _(
            "Questions about your data: {email}. You can also complain to the Commission for Personal Data Protection.",
            email=email,
        ),
    ]


def _parents(email: str) -> list[str]:
    return [
        _(
            "From 14 years of age on, young people can have an account here. "
            "Taking part is free and can stop at any time."
        ),
        _("If you do not agree, write to {email} and the account will be deleted.", email=email),
        _("It takes two organisers: one notes your request, another one agrees. The record of it names nobody."),
    ]
