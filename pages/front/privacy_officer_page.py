"""For the data-protection officer: every table and column, the legal basis, who sees what, what goes when. To print."""

from pages.front import privacy
from pages.parts import components, templates, visit
from pages.parts.i18n import _

town = visit.town()
text = _("Made from the declaration that stands beside the tables; a column without an entry fails the tests.")
templates.draw("parts/page_head.html", over="", title=_("For the data-protection officer"), text=text, link=None)
components.print_page("print-officer")
imprint = templates.told(town.imprint)
templates.draw(
    "front/privacy_officer.html",
    tables=privacy.columns(),
    cookies=privacy.cookies(),
    town=templates.told(town.names),
    imprint=imprint,
    email=town.contact_email,
)
