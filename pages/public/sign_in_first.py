"""Log in first: what a guest sees at the address of a page for residents, with the way to it."""

from pages.parts import draw, links, menu
from pages.parts.i18n import _
from pages.parts.links import Link

path = links.this_page()
text = {
    "/vote": _("To vote, log in or join. Then you come straight back to the ballot."),
    "/propose": _("To propose an idea, log in or join. Then you come straight back here."),
    "/account": _("Your ideas and settings are here once you are logged in."),
}.get(path.partition("?")[0], _("This page opens once you are logged in."))
page = menu.entry_at(path.partition("?")[0])
ways = [Link(links.to("/sign-in", next=path), _("Log in")), Link(links.to("/join", next=path), _("Join"))]
title = page.title() if page else _("Log in")
draw.draw("empty.html", icon_name="lock_open", title=title, text=text, links=ways)
if path.startswith("/vote"):
    projects = Link(links.here("/projects"), _("See the projects first"))
    draw.draw(
        "note.html",
        look="in",
        icon_name="visibility",
        live=False,
        text=_("You can look without an account."),
        link=projects,
    )
