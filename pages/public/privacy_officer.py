"""For the data-protection officer: every table and column, the legal basis, who sees what, what goes when. To print."""

from pages.parts import components, privacy_words, templates, visit
from pages.parts.i18n import _

town = visit.town()
text = _("Made from the declaration that stands beside the tables; a column without an entry fails the tests.")
templates.draw("page_head.html", over="", title=_("For the data-protection officer"), text=text, link=None)
components.print_page("print-officer")
imprint = templates.told(town.imprint)
templates.draw(
    "privacy_officer.html",
    tables=privacy_words.columns(),
    cookies=privacy_words.cookies(),
    town=templates.told(town.names),
    imprint=imprint,
    email=town.contact_email,
)
