"""Fields of staff forms: a label with its explanation, the value, and beneath it what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from core.errors import GlasError, Invalid
from pages.parts import faults, money, phrases
from pages.parts.choices import Choice
from pages.parts.i18n import _


@dataclass(slots=True)
class Fields:
    """The fields of one form. `prefix` keeps the keys of two forms apart, `locked` names what may only be read."""

    prefix: str
    locked: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)  # field → what is wrong with what was typed
    pressed: bool = False  # whether a button was pressed in the last run and the form refused

    def __post_init__(self) -> None:
        """Take over what was refused in the last run; it is told once."""
        told = st.session_state.pop(self.key("errors"), {})
        self.pressed, self.errors = bool(told), {**told, **self.errors}

    def key(self, name: str) -> str:
        """Return the key of a field in the session state."""
        return f"{self.prefix}-{name}"

    def text(self, name: str, label: str, value: str, *, hint: str = "", long: bool = False, most: int = 200) -> str:
        """Draw a line of text, or with `long` a box; return what stands in it."""
        key, off = self._start(name, value)
        if long:
            typed = st.text_area(_label(label, hint), key=key, max_chars=most, disabled=off, height=110)
        else:
            typed = st.text_input(_label(label, hint), key=key, max_chars=most, disabled=off)
        self._say(name, label)
        return (typed or "").strip()

    def amount(self, name: str, label: str, value: int | None, currency: str, *, hint: str = "") -> int | None:
        """Draw an amount of money; return its minor units, None if it is empty or no amount."""
        key, off = self._start(name, money.plain(value, currency) if value is not None else "")
        typed = st.text_input(_label(f"{label} ({currency})", hint), key=key, max_chars=20, disabled=off) or ""
        read = None
        if typed.strip():
            try:
                read = money.parse(typed, currency, field=name)
            except Invalid as problem:
                self.wrong[name] = phrases.sentence(problem)
        self._say(name, label)
        return read

    def number(self, name: str, label: str, value: int | None, *, hint: str = "") -> int | None:
        """Draw a whole number; return it, None if it is empty or no number."""
        key, off = self._start(name, "" if value is None else str(value))
        typed = st.text_input(_label(label, hint), key=key, max_chars=9, disabled=off) or ""
        bare = "".join(typed.split())
        if bare and not bare.isdecimal():
            self.wrong[name] = phrases.sentence(Invalid(name, "number"))
        self._say(name, label)
        return int(bare) if bare.isdecimal() else None

    def choice(self, name: str, label: str, options: Sequence[Choice], value: str) -> str:
        """Draw a choice as cards; return the value chosen."""
        known = [option.value for option in options]
        key, off = self._start(name, value if value in known else known[0])
        if st.session_state[key] not in known:
            st.session_state[key] = known[0]
        names = {option.value: option.name for option in options}
        with st.container(key=f"choice-{key}"):
            st.radio(
                label,
                known,
                key=key,
                format_func=lambda one: names[one],
                captions=[option.caption for option in options],
                disabled=off,
                label_visibility="collapsed",
                width="stretch",
            )
        self._say(name, label)
        return str(st.session_state[key])

    def one_of(self, name: str, label: str, options: Mapping[str, str], value: str, *, hint: str = "") -> str:
        """Draw a list to choose from; return the value chosen."""
        key, off = self._start(name, value if value in options else next(iter(options)))
        if st.session_state[key] not in options:
            st.session_state[key] = next(iter(options))
        st.selectbox(
            _label(label, hint),
            list(options),
            key=key,
            format_func=lambda one: options[one],
            disabled=off,
            filter_mode=None,
            placeholder="–",
        )
        return str(st.session_state[key])

    def refuse(self, refusal: GlasError) -> bool:
        """Keep what core refused for its field; return False if it belongs to no field of this form."""
        name = getattr(refusal, "field", None)
        if name is None or self.key(name) not in st.session_state:
            return False
        st.session_state[self.key("errors")] = {name: phrases.sentence(refusal)}
        faults.note()
        return True

    def clear(self) -> None:
        """Let all fields start anew in the next run."""
        for key in [key for key in st.session_state if str(key).startswith(f"{self.prefix}-")]:
            del st.session_state[key]

    def _start(self, name: str, value: str) -> tuple[str, bool]:
        """Return key and lock of a field. The value at the start is written once: after it the field keeps its own."""
        key, off = self.key(name), name in self.locked
        if off or key not in st.session_state:
            st.session_state[key] = value
        return key, off

    def _say(self, name: str, label: str) -> None:
        problem = self.wrong.get(name) or self.errors.get(name)
        if problem:
            faults.draw(problem, key=self.key(name), label=label, typing=not self.pressed)


def _label(label: str, hint: str) -> str:
    """Return label and explanation as one, so that both are read out with the field."""
    return f"{label} :small[{hint}]" if hint else label


def locked_note() -> str:
    """Return why fields are grey."""
    return _("Locked: the first ballot is in.")
