"""Protocol: what was closed, drawn, opened and counted, to print and sign; everyone's once the result is published."""

import streamlit as st

from core.errors import GlasError
from pages.council import protocol
from pages.parts import components, i18n, notices, templates, visit
from pages.parts.i18n import _
from pages.results import result
from pages.rounds import chosen

round_ = chosen.a_round()
try:
    with visit.reading() as session:
        found = protocol.source(session, visit.visitor(), round_, at=visit.at())
except GlasError:
    notices.stop(_("No protocol yet"), _("It is written at the count and published with the result."))

file = f"/open/{round_.slug}/protocol.pdf"
templates.draw(
    "council/protocol_head.html",
    told=protocol.protocol(found),
    files=[(f"{file}?lang={one}", one, f"PDF, {i18n.name_of(one, one)}") for one in i18n.languages()],
)
with st.container(key="noprint-protocol"):
    components.print_page("print-protocol")
    result.offer(round_, visit.visitor(), found.state, at=visit.at())
templates.draw("council/protocol.html", told=protocol.protocol(found))
