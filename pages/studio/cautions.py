"""What an organiser should think over before she publishes, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from core.errors import Invalid
from core.phases import Dates
from core.rounds import Round, RoundDraft, drafts, fit
from core.rounds.drafts import Warning
from pages.parts import dates, i18n, refusals, visit
from pages.parts.i18n import _, n_
from pages.parts.links import Link, to
from pages.studio import new_round

_DATES = frozenset({"ideas_until", "voting_from", "voting_until", "results_on"})


def of_dates(draft: RoundDraft, locked: Collection[str]) -> list[dict[str, object]]:
    """Return the warnings about the dates of a draft; all of them allow to go on. What is `locked` is past warning."""
    shown = [one for one in _warnings(draft, locked) if one.field in _DATES]
    gap = None if "voting_from" in locked else _gap(draft.dates, draft.timezone)
    return _notes([gap, *map(_words, shown)])


def of_the_rest(draft: RoundDraft, locked: Collection[str]) -> list[dict[str, object]]:
    """Return all other warnings of a draft."""
    proposed = None if "titles" in locked else _proposed_title(draft)
    return _notes([proposed, *(_words(one) for one in _warnings(draft, locked) if one.field not in _DATES)])


def _warnings(draft: RoundDraft, locked: Collection[str]) -> list[Warning]:
    names = {"code_required": "entry"}
    found = drafts.warnings(draft, visit.town().languages)
    return [one for one in found if names.get(one.field, one.field) not in locked]


def _proposed_title(draft: RoundDraft) -> tuple[str, str] | None:
    """Return the note on a title that was changed in one language and is still the proposed one in another."""
    year = dates.local(draft.dates.voting_from, draft.timezone).year
    ours = [new_round.titles(each) for each in (year - 1, year, year + 1)]
    languages = visit.town().languages
    left = [each for each in languages if any(draft.titles.exactly(each) == one.exactly(each) for one in ours)]
    if not left or len(left) == len(languages):
        return None
    return (
        _("The title was changed in one language only."),
        _("In these it is still the proposed one: {languages}.", languages=", ".join(map(i18n.name_of, left))),
    )


def of_list(round_: Round, costs: Sequence[int], *, at: datetime) -> list[dict[str, object]]:
    """Return in red why nobody could vote on the list of a round as it is; nothing before it should stand."""
    if round_.voided_at or round_.imported or round_.counted_at or not fit.due(round_.dates, at):
        return []
    said = [refusals.sentence(Invalid(one.field, one.problem, currency=round_.currency, **one.facts))
            for one in fit.of_list(round_.as_draft(), costs)]  # fmt: skip
    link = Link(to("/ballot-list", round=round_.slug), _("Ballot list"))
    return [{"look": "er", "icon": "error", "strong": "", "text": text, "link": link} for text in said]


def _notes(found: list[tuple[str, str] | None]) -> list[dict[str, object]]:
    return [
        {"look": "wa", "icon": "warning", "strong": strong, "text": text, "link": None}
        for strong, text in (one for one in found if one is not None)
    ]


def _gap(plan: Dates, zone: str) -> tuple[str, str] | None:
    """Return the note on a long wait between the last idea and the first vote."""
    if plan.ideas_until is None or plan.voting_from - plan.ideas_until < timedelta(days=60):
        return None
    days = (plan.voting_from - plan.ideas_until).days
    strong = n_("{count} day without anything to do", "{count} days without anything to do", days)
    since, until = dates.day(plan.ideas_until, zone=zone), dates.day(plan.voting_from, zone=zone)
    return strong, _(
        "between {since} and {until}. Long silence drives people away; tell them why.", since=since, until=until
    )


def _words(one: Warning) -> tuple[str, str] | None:
    days = int(one.facts.get("days", 0))
    return {
        ("titles", "untranslated"): (
            _("The title does not stand in every language."),
            _("Whoever reads the others sees it untranslated."),
        ),
        ("intro", "missing"): (
            _("Nothing says what this round is about."),
            _("One or two sentences help people who hear of it for the first time."),
        ),
        ("min_cost", "over_budget"): (
            _("The cheapest idea may cost more than the whole budget."),
            _("Nothing could ever be chosen, so the round cannot be published. Lower the limit, or raise the budget."),
        ),
        ("max_cost", "over_budget"): (
            _("One idea may cost more than the whole budget."),
            _("It could never be chosen. Lower the limit."),
        ),
        ("ideas_until", "short"): (
            _("Little time for ideas."),
            _("Under {days} days is tight: schools and villages hear of it late.", days=days),
        ),
        ("voting_from", "short"): (
            _("Little time for the review."),
            _("Experts need at least {days} days to look at every idea.", days=days),
        ),
        ("voting_until", "short"): (
            _("A short vote."),
            _("Under {days} days many miss it; one weekend should be in it.", days=days),
        ),
        ("voting_until", "night"): (
            _("Voting closes at night."),
            _("Nobody would be there to help. An evening or midnight is better."),
        ),
        ("results_on", "late"): (
            _("Results come late."),
            _("After {days} days of silence people lose trust.", days=days),
        ),
        ("age_min", "no_account"): (
            _("Some voters could not have an account."),
            n_(
                "An account is possible from {count} year on.",
                "An account is possible from {count} years on.",
                int(one.facts.get("limit", 0)),
            ),
        ),
        ("code_required", "advisory"): (
            _("Without codes the vote only advises."),
            _("Nobody can rule out a second account; the round is labelled so."),
        ),
        ("tally_step", "small"): (
            _("The live tally moves in small steps."),
            n_(
                "With fewer than {count} ballot a step somebody could see what a single person chose.",
                "With fewer than {count} ballots a step somebody could see what a single person chose.",
                int(one.facts.get("limit", 0)),
            ),
        ),
        ("eligible_estimate", "missing"): (
            _("The number of young people is missing."),
            _("Without it turnout has no base. An estimate with its source is enough."),
        ),
    }.get((one.field, one.problem))
