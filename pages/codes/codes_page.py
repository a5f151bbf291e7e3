"""Participation codes: make them in batches, hand them out, see how many are used – never by whom."""

import streamlit as st

from core import codes
from core.errors import GlasError
from core.permissions import Action, may
from pages.codes import batches, waiting_slips
from pages.parts import notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _
from pages.rounds import chosen, voided
from pages.rounds.two_people import waiting_for

actor, at = visit.visitor(), visit.at()
notices.show()
notices.head(
    _("Participation codes"),
    _(
        "Each code lets one person vote once, as soon as another organiser has released it. "
        "Nobody can look up who used which."
    ),
)
round_ = chosen.pick("/codes")
voided.note(round_)
with visit.reading() as session:
    everything = codes.batches(session, actor, round_.id)
    requests = waiting_for(session, round_)

batches.draw_all(round_, everything)
batches.waiting(round_, everything, requests)
if not round_.code_required:
    text = _("This round needs no codes: anyone can join, the result only advises.")
    templates.draw("parts/note.html", look="in", icon_name="info", text=text, link=None, live=False)
if round_.imported or not may(actor, Action.make_codes, round_.phase(at)):
    templates.draw("parts/staff_text.html", text=_("New codes can be made until voting closes."))
    visit.leave()

fields = Fields(f"codes-{round_.id}")
with st.container(key="card-codes"):
    templates.draw("parts/part_head.html", title=_("Make a batch"), text="")
    left, right = st.columns([2, 1])
    with left:
        place = fields.text(
            "label", _("School or place"), "", hint=_("where the codes are handed out; everyone can read it"), most=80
        )
    with right:
        number = fields.number("count", _("How many"), None, hint=_("a few more than people"))
    make = st.button(_("Make the codes"), type="primary", icon=":material/key:")
batches.stopping(round_, everything, requests)

if make:
    try:
        with visit.transaction() as session:
            new = codes.make_batch(session, actor, round_.id, place, number or 0, at=at)
            batch_id = codes.batch_of(session, actor, round_.id, new[0])
    except GlasError as refusal:
        if not fields.refuse(refusal):
            notices.refused(refusal)
    else:
        waiting_slips.make(round_, batch_id, place, new)
        fields.clear()
    st.rerun()
