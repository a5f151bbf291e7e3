"""Help desk: a new code in place of a lost one, and a slip for somebody who has forgotten the password."""

import streamlit as st

from core import codes
from core.codes import desk
from core.errors import GlasError
from pages.codes import waiting_slips
from pages.parts import components, dates, notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _
from pages.parts.links import link_address
from pages.parts.qr import picture
from pages.rounds import chosen, voided

actor, at = visit.visitor(), visit.at()
notices.show("desk")
notices.head(_("Help desk"), _("For people who stand before you. What you do here is in the journal."))
round_ = chosen.pick("/desk")
voided.note(round_)

shown = st.session_state.get("desk-slip")
if shown:
    until = dates.moment(shown.until)
    address = link_address(shown.token)
    templates.draw("codes/desk_slip.html", name=shown.nickname, address=address, picture=picture(address), until=until)
    if st.button(_("Handed over. Hide it"), key="desk-slip-done"):
        del st.session_state["desk-slip"]
        st.rerun()
new = st.session_state.get("desk-code")
if new:
    templates.draw("codes/code_sheet.html", **new)
    with st.container(horizontal=True, key="noprint-codes"):
        components.print_page("print-codes")
        if st.button(_("Handed over. Hide it"), key="codes-done"):
            del st.session_state["desk-code"]
            st.rerun()

left, right = st.columns(2, gap="large")
with left:
    fields = Fields("desk-slip-form")
    templates.draw("parts/part_head.html", title=_("Forgotten password"), text=_("The slip logs this person in once."))
    name = fields.text("nickname", _("Name on Glas"), "", most=80)
    if st.button(_("Make the slip"), key="desk-slip-go"):
        try:
            with visit.transaction() as session:
                st.session_state["desk-slip"] = desk.reset_slip(session, actor, name, at=at)
        except GlasError as refusal:
            notices.refused(refusal, place="desk")
        st.rerun()
with right:
    fields = Fields("desk-code-form")
    text = _("The old code stops working once another organiser agrees; a ballot that was cast with it is taken out.")
    templates.draw("parts/part_head.html", title=_("Lost or stolen code"), text=text)
    slip = fields.text(
        "code",
        _("Number of the code slip"),
        "",
        hint=_("from the school’s hand-out sheet, for example 12-345"),
        most=40,
    )
    if st.button(_("Make a new code"), key="desk-code-go"):
        try:
            with visit.transaction() as session:
                code = desk.reissue(session, actor, round_.id, slip, at=at)
                batch_id = codes.batch_of(session, actor, round_.id, code)
        except GlasError as refusal:
            notices.refused(refusal, place="desk")
        else:
            st.session_state["desk-code"] = waiting_slips.make(round_, batch_id, _("New code"), (code,))
        st.rerun()
