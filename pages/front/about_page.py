"""About Glas: what it is, what is kept of a person and why, and who is behind it."""

from pages.front import about
from pages.parts import templates, visit
from pages.parts.i18n import _

town = visit.town()

templates.draw("parts/page_head.html", over="", title=_("About Glas"), text="", link=None)
templates.draw(
    "front/about.html",
    parts=about.parts(town),
    town=templates.told(town.names),
    imprint=templates.told(town.imprint),
    email=town.contact_email,
)
