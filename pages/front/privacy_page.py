"""What we keep and why: made from the declaration beside the tables, so that it cannot say less than is true."""

from pages.front import privacy
from pages.parts import templates, visit
from pages.parts.i18n import _

town = visit.town()
text = _("Short: little, for a reason, and not longer than needed. You can take it all with you or delete it yourself.")
templates.draw("parts/page_head.html", over="", title=_("What we keep and why"), text=text, link=None)
templates.draw(
    "front/privacy.html",
    lines=privacy.lines(),
    cookies=privacy.cookies(),
    email=town.contact_email,
    town=templates.told(town.names),
)
