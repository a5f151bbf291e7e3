"""The new recovery code after a change in the profile: it stays on the page until its owner has put it away."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.permissions import Actor
from pages.parts import components, templates
from pages.parts.i18n import _
from pages.people import signing

_KEY = "fresh-code"


@dataclass(frozen=True, slots=True)
class Made:
    """A code that was just made. `actor`: whose sign-ins have all ended with the password that was changed."""

    code: str
    actor: Actor | None = None


def keep(made: Made) -> None:
    """Keep the code for the next runs, and draw again."""
    st.session_state[_KEY] = made
    st.rerun()


def shown() -> bool:
    """Draw the code that was made in place of the page and return True; False if there is none."""
    made: Made | None = st.session_state.get(_KEY)
    if made is None:
        return False
    title = _("Your new password works") if made.actor else _("A new recovery code")
    with st.container(key="narrow"):
        text = _("Here is a new recovery code. The old one no longer works.")
        templates.draw("parts/page_head.html", over="", title=title, text=text, link=None)
        away = show_recovery(made.code)
        if made.actor:
            # The change ended this sign-in too, and whoever made it is here: a new one, for this browser.
            signing.stay(made.actor, then="/account" if away else "")
    if away and not made.actor:
        del st.session_state[_KEY]
        st.rerun()
    return True


def show_recovery(code: str) -> bool:
    """Draw the recovery code, which is shown this once; return whether it has been put away."""
    templates.draw("people/recovery.html", code=code)
    components.copy("copy-recovery", code, _("Copy the code"))
    components.focus("h1", key="recovery")
    kept = st.checkbox(_("I have written it down or saved it."), key="recovery-kept")
    return st.button(_("Go on"), key="recovery-go", type="primary", disabled=not kept)
