"""Areas and topics: what new ideas can stand in – named, added, retired and offered again, all on one page."""

import streamlit as st

from core import municipalities, places
from core.errors import GlasError
from pages.parts import notices, visit
from pages.parts.i18n import _
from pages.studio import place_forms

with visit.reading() as session:
    town = municipalities.municipality(session, visit.town().id)
notices.show()
notices.head(
    _("Areas and topics"),
    _(
        "What new ideas can stand in. Old ideas and projects keep what is retired. Where there are no areas or no "
        "topics, an idea is not asked for one. Every change is in the journal."
    ),
)
pressed = None
for kind in place_forms.KINDS:
    # Whatever is pressed, both are drawn: what was typed in the other one stays.
    pressed = place_forms.ask(kind, town) or pressed
if pressed is None:
    visit.leave()

with visit.reading() as session:
    held = places.held(session, visit.visitor(), pressed.kind, at=visit.at())
if pressed.wanted and not place_forms.refuse(pressed, town, held):
    try:
        with visit.transaction() as session:
            places.arrange(session, visit.visitor(), pressed.kind, pressed.wanted, at=visit.at())
    except GlasError as refusal:
        notices.refused(refusal)
    else:
        visit.forget_town()
        place_forms.renew(pressed.kind)
        notices.keep(_("Saved. New ideas are offered what is on this page."))
elif not pressed.wanted:
    notices.keep(_("Nothing was changed."), "in")
st.rerun()
