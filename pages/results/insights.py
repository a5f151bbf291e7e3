"""Insights ready for their template; what is not there yet is computed in the background and shown by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import streamlit as st

from core.counting.election import Instance, Profile
from core.counting.measures import Labels, Share, labelled
from core.ideas.projects import Listed
from core.municipalities import Area, Category, Municipality
from core.results import Result, insights
from core.results.insights import Insight
from core.rounds import Round
from core.settings import settings
from core.store import reading
from core.tally import loading
from pages.parts import templates
from pages.parts.i18n import _
from pages.results import insight_words
from pages.results import result as result_view

WAIT = 0.4  # seconds a visitor may be kept: a small election is ready by then
AGAIN = 2.0  # seconds between two looks
MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A category or an area: what it got of the money, and of the support."""

    name: str
    spent: str
    support: str
    spent_bar: str
    support_bar: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the comparison."""

    name: str
    official: bool
    figures: str
    differences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """The insight of one result as far as it is there; `look` asks again."""

    insight: Insight | None
    look: Callable[[], bool]  # whether there is something new
    waiting: bool

    @property
    def served(self) -> Fraction | None:
        """Return the share of voters with at least one funded project, None while it is not known."""
        return self.insight.measures.served if self.insight else None


def seen(round_: Round, result: Result, listed: Sequence[Listed], town: Municipality) -> Seen:
    """Return what is known of this result. The first question begins the work, off the path of requests."""
    labels = _labels(listed, town)

    def load() -> tuple[Instance, Profile]:
        with reading() as session:
            instance, profile = loading.load_election(session, round_)
        return labelled(instance, labels), profile

    key = f"{round_.id}:{round_.slug}:{result.fingerprint}"
    job = insights.insight(key, result.allocation, load, wait=WAIT, folder=settings().data_dir / "insights")
    known = job.value
    waiting = not job.failed and (known is None or known.pending)
    return Seen(known, lambda: job.value is not known or job.failed, waiting)


def values(
    round_: Round, result: Result, listed: Sequence[Listed], town: Municipality, seen: Seen
) -> dict[str, object]:
    """Return the values of `insight.html`."""
    found, telling = seen.insight, result_view.telling_of(round_, result, listed)
    made: dict[str, object] = {"waiting": seen.waiting, "known": found is not None}
    if found is None:
        return made
    own = Rule(
        insight_words.label(result.allocation),
        True,
        insight_words.figures(telling, result.allocation, found.measures),
        (),
    )
    topics = _parts(found.measures.categories, _names(town.categories))
    rules = [
        Rule(
            insight_words.label(one.allocation),
            False,
            insight_words.figures(telling, one.allocation, one.measures),
            insight_words.differences(telling, one.allocation),
        )
        for one in found.compared
    ]
    return made | {
        "served": insight_words.served(telling, found.measures),
        "robust": insight_words.robust(found, result.ballots),
        "robust_waiting": found.pending and found.robustness is None,
        "rules": [own, *rules] if rules else [],
        "tables": [
            {
                "id": "by-category",
                "title": _("By topic"),
                "rows": topics,
            },
            {"id": "by-area", "title": _("By area"), "rows": _parts(found.measures.areas, _names(town.areas))},
        ],
    }


def draw_below(round_: Round, result: Result, listed: Sequence[Listed], town: Municipality, known: Seen) -> None:
    """Draw the insight below the result, and again as soon as more of it is there; nothing where nobody voted."""
    if not result.ballots:
        return
    templates.draw("results/insight.html", **values(round_, result, listed, town, known))
    if known.waiting:
        follow(known)


def follow(known: Seen) -> None:
    """Look again every few seconds, and draw the page once more when there is something new."""

    @st.fragment(run_every=AGAIN)
    def look() -> None:
        if known.look():
            st.rerun()

    look()


def facts(round_: Round, result: Result, listed: Sequence[Listed], known: Seen) -> list[dict[str, str]]:
    """Return what a council must know of it: who got something, how robust it is, what another rule had given."""
    if not result.ballots:
        return []
    if known.insight is None:
        return [{"name": _("Robustness"), "text": _("being computed")}] if known.waiting else []
    telling = result_view.telling_of(round_, result, listed)
    found = [
        {"name": _("Who got something"), "text": insight_words.served(telling, known.insight.measures)[0]},
        {"name": _("Robustness"), "text": " ".join(insight_words.robust(known.insight, result.ballots))},
    ]
    compared = insight_words.sentence(telling, known.insight.compared)
    return found + ([{"name": _("For comparison"), "text": compared}] if compared else [])


def _labels(listed: Sequence[Listed], town: Municipality) -> Labels:
    topics = {one.id: one.code for one in town.categories}
    areas = {one.id: one.code for one in town.areas}
    return {
        one.code: (
            (topics[one.category_id],) if one.category_id in topics else (),
            areas.get(one.area_id, one.place) if one.area_id else one.place,
        )
        for one in listed
    }


def _names(kinds: Sequence[Area] | Sequence[Category]) -> dict[str, str]:
    """Return what codes are called in the language of this run; one insight serves them all."""
    return {one.code: templates.told(one.names) for one in kinds}


def _parts(shares: Sequence[Share], names: dict[str, str]) -> list[Part]:
    """Return the parts with most support first, and all further ones as one; nothing where there is only one."""
    ordered = sorted(shares, key=lambda share: (-share.support, -share.spent, share.name))
    first, rest = ordered[:MOST_PARTS], ordered[MOST_PARTS:]
    if rest:
        first.append(
            Share(_("All others"), Fraction(sum(one.spent for one in rest)), Fraction(sum(one.support for one in rest)))
        )
    if len(first) < 2:
        return []
    return [
        Part(
            names.get(one.name, one.name),
            templates.percent(float(one.spent), 0),
            templates.percent(float(one.support), 0),
            f"{100 * float(one.spent):.1f}",
            f"{100 * float(one.support):.1f}",
        )
        for one in first
    ]
