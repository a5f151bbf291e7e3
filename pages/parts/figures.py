"""Key figures of staff pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.parts.text import plain


def show_figures(figures: Sequence[Mapping[str, str]]) -> None:
    """Draw figures in a row: each has a `name` and a `text`."""
    with st.container(horizontal=True, gap="large", key="figures"):
        for one in figures:
            st.metric(plain(one["name"]), one["text"], width="content")
