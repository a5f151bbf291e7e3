"""`glas compare`: one election, of a file or a round, by several rules, side by side."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.counting import measures
from pages.commands.count import is_file, money, of_file, of_round, say_notes
from pages.commands.talk import say, table
from pages.parts.i18n import _
from pages.rounds import rule_words


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("compare", help=_("count one election by several rules, side by side"))
    command.add_argument("election", metavar=_("FILE.pb|ROUND"), help=_("an election file or a round"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print a table of the rules."""
    name = chosen.election
    election = of_file(Path(name)) if is_file(name) else of_round(name)
    instance, profile = election.instance, election.profile
    compared = measures.compare(instance, profile, measures.candidates(profile))
    head = (_("RULE"), _("PROJECTS"), _("COST"), _("VOTERS SERVED"), _("PROJECTS PER VOTER"), _("ONLY BY THIS RULE"))
    rows = []
    for one in compared:
        others = {p.id for other in compared if other is not one for p in other.allocation.funded}
        alone = [project.id for project in one.allocation.funded if project.id not in others]
        rows.append(
            (
                label(one.allocation.rule, dict(one.allocation.settings)),
                str(len(one.allocation.funded)),
                f"{money(one.allocation.cost, instance.unit):,}",
                f"{float(one.measures.served):.1%}",
                f"{float(one.measures.projects):.2f}",
                ", ".join(alone),
            )
        )
    say(table([head, *rows]))
    say_notes(election.notes)
    return 0


def label(rule: str, settings: dict[str, Any]) -> str:
    """Return the rule with what tells it from others in the table."""
    name = rule_words.name(rule, settings)
    if rule != "equal-shares":
        return name
    facts = [settings["utility"], settings["completion"]]
    return f"{name} ({', '.join(facts)})"
