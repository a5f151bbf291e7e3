"""About Glas: what it is, what is kept of a person and why, and who is behind it."""

from pages.parts import about_words, draw, visit
from pages.parts.i18n import _

town = visit.town()

draw.draw("page_head.html", over="", title=_("About Glas"), text="", link=None)
draw.draw(
    "about.html",
    parts=about_words.parts(town),
    town=draw.told(town.names),
    imprint=draw.told(town.imprint),
    email=town.contact_email,
)
