"""Fields of forms of staff, which start from what is kept and may be locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.errors import GlasError, Invalid
from core.texts import Texts
from pages.parts import components, drafts, i18n, money, refusals, templates, visit
from pages.parts.forms.lines import labelled, said
from pages.parts.i18n import _


@dataclass(frozen=True, slots=True)
class Choice:
    """One card: what it is called, what people do, what that brings."""

    value: str
    name: str
    text: str
    effect: str = ""

    @property
    def caption(self) -> str:
        """Return both sentences, the second one strong, as the card shows them."""
        return f"{self.text} **{self.effect}**" if self.effect else self.text


@dataclass(slots=True)
class Fields:
    """The fields of one form. `prefix` keeps the keys of two forms apart, `locked` names what may only be read."""

    prefix: str
    locked: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
    why_locked: str = ""
    wrong: dict[str, str] = field(default_factory=dict)  # field → what is wrong with what was typed
    pressed: bool = False  # whether a button was pressed in the last run and the form refused
    keeps: bool = False  # whether its long texts and blank choices outlive the sign-in of the one who makes them

    def __post_init__(self) -> None:
        """Take over what was refused in the last run; it is told once."""
        told = st.session_state.pop(self.key("errors"), {})
        self.pressed, self.errors = bool(told), {**told, **self.errors}

    def key(self, name: str) -> str:
        """Return the key of a field in the session state."""
        return f"{self.prefix}-{name}"

    def text(self, name: str, label: str, value: str, *, hint: str = "", long: bool = False, most: int = 200) -> str:
        """Draw a line of text, or with `long` a box; return what stands in it.

        What is typed and longer than `most` stays, and is told: Streamlit's own limit would let a pasted text vanish.
        """
        fresh = self.key(name) not in st.session_state
        key, off = self._start(name, value)
        if long:
            if fresh:
                self._find(key)
            typed = st.text_area(labelled(label, hint), key=key, disabled=off, height=110)
            self._keep(key, typed or "")
        else:
            typed = st.text_input(labelled(label, hint), key=key, disabled=off)
        said = (typed or "").strip()
        if len(said) > most and said != value and not off:
            self.wrong[name] = refusals.sentence(Invalid(name, "too_long", limit=most))
        self._say(name, label)
        return said

    def said(self, name: str, label: str, value: Texts, language: str, **more: Any) -> str:
        """Draw the field of one language of a text; return what stands in it."""
        return self.text(name_in(name, language), in_words(label, language), value.exactly(language), **more)

    def amount(
        self, name: str, label: str, value: int | None, currency: str, *, hint: str = "", needed: bool = False
    ) -> int | None:
        """Draw an amount of money; return its minor units, None if it is empty or no amount.

        `needed`: it must be there, and more than nothing.
        """
        key, off = self._start(name, money.plain(value, currency) if value is not None else "")
        typed = st.text_input(labelled(f"{label} ({currency})", hint), key=key, max_chars=20, disabled=off) or ""
        read = None
        if typed.strip():
            try:
                read = money.parse(typed, currency, field=name)
            except Invalid as problem:
                self.wrong[name] = refusals.sentence(problem)
        if needed and not read and name not in self.wrong:
            problem = Invalid(name, "required") if read is None else Invalid(name, "range", least=1, currency=currency)
            self.wrong[name] = refusals.sentence(problem)
        self._say(name, label)
        if read is not None and (told := money.read_as(typed, read, currency)):
            st.caption(told)
        return read

    def number(self, name: str, label: str, value: int | None, *, hint: str = "", needed: bool = False) -> int | None:
        """Draw a whole number; return it, None if it is empty or no number. `needed`: it must be there."""
        key, off = self._start(name, "" if value is None else str(value))
        typed = st.text_input(labelled(label, hint), key=key, max_chars=9, disabled=off) or ""
        bare = "".join(typed.split())
        if bare and not bare.isdecimal():
            self.wrong[name] = refusals.sentence(Invalid(name, "number"))
        elif needed and not bare:
            self.wrong[name] = refusals.sentence(Invalid(name, "required"))
        self._say(name, label)
        return int(bare) if bare.isdecimal() else None

    def choice(self, name: str, label: str, options: Sequence[Choice], value: str, *, blank: bool = False) -> str:
        """Draw a choice as cards; return the value chosen. `blank`: at first nothing is, and "" comes back."""
        known = [option.value for option in options]
        first, fresh = None if blank else known[0], self.key(name) not in st.session_state
        key, off = self._start(name, value if value in known else first)
        if blank and fresh:
            self._find(key)
        if st.session_state[key] not in known:
            st.session_state[key] = first
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
        if blank:
            self._keep(key, st.session_state[key] or "")
        self._say(name, label, names)
        return str(st.session_state[key] or "")

    def one_of(
        self, name: str, label: str, options: Mapping[str, str], value: str, *, hint: str = "", blank: bool = False
    ) -> str:
        """Draw a list to choose from; return the value chosen. `blank`: at first nothing is, and "" comes back."""
        other = None if blank else next(iter(options))
        key, off = self._start(name, value if value in options else other)
        if st.session_state[key] not in options:
            st.session_state[key] = other
        st.selectbox(
            labelled(label, hint),
            list(options),
            index=None if blank else 0,
            key=key,
            format_func=lambda one: options[one],
            disabled=off,
            filter_mode=None,
            placeholder="–",
        )
        self._say(name, label, options)
        return str(st.session_state[key] or "")

    def refuse(self, *refusals: GlasError) -> bool:
        """Keep what core refused for its fields; return False if one belongs to no field of this form."""
        return self.tell({self._about(one): said(one) for one in refusals})

    def tell(self, told: Mapping[str, str]) -> bool:
        """Keep what is wrong with fields, field → sentence, for the next run; False if one is no field of this form."""
        if any(self.key(name) not in st.session_state for name in told):
            return False
        st.session_state[self.key("errors")] = told
        components.note_refusal()
        return True

    def clear(self) -> None:
        """Let all fields start anew in the next run."""
        for key in [key for key in st.session_state if str(key).startswith(f"{self.prefix}-")]:
            del st.session_state[key]
        drafts.forget(visit.visitor().person_id or 0, f"{self.prefix}-")

    def _find(self, key: str) -> None:
        """Put back what was written here before a sign-in ended."""
        if self.keeps and not st.session_state[key]:
            st.session_state[key] = drafts.kept(visit.visitor().person_id or 0, key)

    def _keep(self, key: str, typed: str) -> None:
        if self.keeps:
            st.session_state.setdefault(visit.DRAFTS, set()).add(key)
            drafts.keep(visit.visitor().person_id or 0, key, typed)

    def _about(self, refusal: GlasError) -> str:
        """Return the field that a refusal is about."""
        name, language = getattr(refusal, "field", ""), getattr(refusal, "language", "")
        return name_in(name, language) if language else name

    def _start(self, name: str, value: str | None) -> tuple[str, bool]:
        """Return key and lock of a field. The value at the start is written once: after it the field keeps its own."""
        key, off = self.key(name), name.partition("@")[0] in self.locked
        if off or key not in st.session_state:
            st.session_state[key] = value if off else drafts.begin(self.prefix, name, value)
        if not off:
            drafts.note_start(self.prefix, name, value)
        return key, off

    @property
    def theirs(self) -> dict[str, str]:
        """Return what somebody else has written meanwhile in fields in which something else is typed here."""
        return drafts.theirs(self.prefix)

    def _say(self, name: str, label: str, called: Mapping[str, str] | None = None) -> None:
        problem = self.wrong.get(name) or self.errors.get(name)
        if problem:
            components.fault(problem, key=self.key(name), label=label, typing=not self.pressed)
        if name in self.theirs:
            self._tell_theirs(name, self.theirs[name], called or {})

    def _tell_theirs(self, name: str, value: str, called: Mapping[str, str]) -> None:
        """Say what somebody else has written here meanwhile, and offer to take it."""

        def take() -> None:
            st.session_state[self.key(name)] = value
            self.theirs.pop(name, None)

        told = called.get(value, value) or _("nothing")
        text = _("Another organiser has written here meanwhile: {value}. What you typed is not lost.", value=told)
        templates.draw("parts/note.html", look="wa", icon_name="group", text=text, link=None, live=True)
        st.button(_("Take what the other one wrote"), key=self.key(f"{name}-theirs"), on_click=take)


def name_in(name: str, language: str) -> str:
    """Return the name of the field of one language; that of the town's own is the one by which core calls the text."""
    return name if language == visit.town().language else f"{name}@{language}"


def in_words(label: str, language: str) -> str:
    """Return what the field of one language of a text is called: „Заглавие на български“."""
    return _("{what} in {language}", what=label, language=i18n.name_of(language))


def fields_of_languages() -> Iterator[str]:
    """Yield the languages of the town; what is drawn meanwhile stands side by side, a column a language."""
    languages = visit.town().languages
    for column, language in zip(st.columns(len(languages)), languages, strict=True):
        with column:
            yield language


def name_of(choices: tuple[Choice, ...], value: str) -> str:
    """Return what a value is called, the value itself where it is none of ours."""
    return next((choice.name for choice in choices if choice.value == value), value)
