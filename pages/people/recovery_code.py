"""The new recovery code after a change in the profile: it stays on the page until its owner has put it away."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.permissions import Actor
from pages import menu
from pages.parts import components, templates
from pages.parts.i18n import _
from pages.people import signing

_KEY = "fresh-code"


@dataclass(frozen=True, slots=True)
class Made:
    """A code that was just made. `actor`: whose sign-ins have all ended with the password that was changed.

    `first`: there was no password before, so no old code either; `second_step`: it was shown in the sign-in that ended.
    """

    code: str
    actor: Actor | None = None
    first: bool = False
    second_step: bool = False


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
        if made.first:
            text = _("If you forget it, this code is the way to a new one. Keep it apart from your phone.")
        templates.draw("parts/page_head.html", over="", title=title, text=text, link=None)
        away = show_recovery(made.code)
        if made.actor:
            # The change ended this sign-in too, and whoever made it is here: a new one, for this browser.
            home = menu.staff_home(made.actor.roles, "/account") if made.first else "/account"
            then = signing.onward(made.actor, home, shown=made.second_step) if away else ""
            signing.stay(made.actor, then=then, second_step=made.second_step)
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
