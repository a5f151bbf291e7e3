"""The home page of a round as residents will see it, drawn small beside the form."""

from __future__ import annotations

from dataclasses import fields, replace

import streamlit as st

from core.rounds import Round, RoundDraft
from pages.parts import hero, i18n, templates
from pages.parts.i18n import _
from pages.rounds import stages


def preview(round_: Round, draft: RoundDraft | None) -> None:
    """Draw the phone with what stands in the form, in the language and the colours chosen below it."""
    shown = (
        round_ if draft is None else replace(round_, **{one.name: getattr(draft, one.name) for one in fields(draft)})
    )
    begins = shown.dates.ideas_from or shown.dates.voting_from
    shown = replace(shown, published_at=begins, result_published_at=None, voided_at=None)
    language = st.session_state.get("preview-language") or i18n.language()
    place = st.container()
    with st.container(horizontal=True, key="preview-tools"):
        st.segmented_control(
            _("Language of the preview"),
            i18n.languages(),
            format_func=i18n.own_sign,
            key="preview-language",
            default=i18n.language(),
            label_visibility="collapsed",
        )
        dark = st.toggle(_("Dark"), key="preview-dark")
    with place, i18n.speaking(language):
        said = hero.hero(shown, hero.Facts(0), at=begins)
        templates.draw(
            "staff_phone.html",
            dark=dark,
            title=templates.told(shown.titles),
            headline=said["headline"],
            call=said["call"],
            lead=said["lead"],
            button=said["first"].label,  # type: ignore[attr-defined]
            stages=stages.stages(shown, at=begins),
        )
