"""Fields of forms for everyone, a field a call: their values are kept under `form-name`, what is wrong beside them."""

from __future__ import annotations

from typing import Any, Literal, NoReturn

import streamlit as st

from core.errors import (
    CodeNotReleased,
    CodeSpent,
    CodeStopped,
    CodeUnknown,
    GlasError,
    Invalid,
    OtherCode,
    SignInFailed,
)
from core.texts import DEFAULT
from pages.parts import components, i18n, refusals
from pages.parts.i18n import _


def labelled(label: str, hint: str) -> str:
    """Return label and explanation as one, so that both are read out with the field."""
    return f"{label} :small[{hint}]" if hint else label


def problems(form: str) -> dict[str, str]:
    """Return what is wrong with the fields of a form, by field."""
    kept: dict[str, str] = st.session_state.setdefault(f"{form}-problems", {})
    return kept


def refuse(form: str, *refusals: GlasError, guess: str = "") -> NoReturn:
    """Keep what was refused, so that the next drawing says it beside the fields, and draw again.

    `guess`: what was asked for where a wrong guess is refused – old, password, recovery_code or code –; else it is the
    name and the password.
    """
    plain = [Invalid(guess, "wrong") if guess and isinstance(one, SignInFailed) else one for one in refusals]
    st.session_state[f"{form}-problems"] = {_field(one): said(one) for one in plain}
    components.note_refusal()
    st.rerun()


def _field(refusal: GlasError) -> str:
    """Return the field a refusal is about; without one it stands below the button."""
    if isinstance(refusal, CodeUnknown | CodeSpent | CodeNotReleased | CodeStopped | OtherCode):
        return "code"
    return {"area": "area_id", "recovery_code": ""}.get(name := str(getattr(refusal, "field", "")), name)


def said(refusal: GlasError) -> str:
    if isinstance(refusal, Invalid) and refusal.problem == "too_young":
        return _(
            "An account is possible from the year you turn {age}. "
            "Until then you can read everything here – and tell your idea to someone older.",
            age=refusal.facts.get("limit"),
        )
    return refusals.sentence(refusal)


def line(
    form: str,
    name: str,
    label: str,
    *,
    hint: str = "",
    kind: Literal["default", "password"] = "default",
    example: str = "",
    autocomplete: str = "off",
    most: int | None = 80,
) -> str:
    """Draw one line of text and return what was typed; `most`: signs, None where the page says that it is too long.

    An e-mail is text like any other: a field of its kind lets only what it holds for an e-mail reach the server, and
    says so in English.
    """
    typed = st.text_input(
        labelled(label, hint),
        key=f"{form}-{name}",
        type=kind,
        placeholder=example or None,
        autocomplete=autocomplete,
        max_chars=most,
    )
    say(form, name, label)
    return (typed or "").strip()


def password(form: str, label: str, *, hint: str = "", new: bool) -> str:
    """Draw a password field with a box that shows what is typed, and return it."""
    shown = bool(st.session_state.get(f"{form}-show"))
    typed = st.text_input(
        labelled(label, hint),
        key=f"{form}-password",
        type="default" if shown else "password",
        autocomplete="new-password" if new else "current-password",
        max_chars=200,
    )
    say(form, "password", label)
    st.checkbox(_("Show the password"), key=f"{form}-show")
    return typed or ""


def say(form: str, name: str, label: str = "", *, key: str = "") -> None:
    """Draw what is wrong with a field, beside it; without a name what is wrong with the form as a whole.

    `key`: that of the field, where it is not made of form and name.
    """
    wrong = problems(form).get(name)
    if wrong:
        components.fault(wrong, key=key or (f"{form}-{name}" if name else ""), label=label)


def told_apart(options: dict[Any, str]) -> dict[Any, str]:
    """Return options whose names differ: Streamlit tells options apart by what is shown of them."""
    names = list(options.values())
    return {key: f"{name} ({key})" if names.count(name) > 1 else name for key, name in options.items()}


def spoken(key: str) -> str:
    """Return the key of a list of choices: one a language, or what is chosen would be shown in the old one.

    What was chosen moves along.
    """
    own = {speaks: key if speaks == DEFAULT else f"{key}-{speaks}" for speaks in i18n.known()}
    now = own.pop(i18n.language())
    for other in own.values():
        if other in st.session_state:
            st.session_state[now] = st.session_state.pop(other)
    return now


def needed(**typed: str) -> list[GlasError]:
    """Return a refusal for each field that was left empty."""
    return [Invalid(name, "required") for name, text in typed.items() if not text]
