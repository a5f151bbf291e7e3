"""`glas count`: the allocation of election files, or of a round in the database, by any rule."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from core.counting import pabulib
from core.counting.allocation import Allocation, allocation_to_json, fingerprint
from core.counting.election import Instance, Profile
from core.counting.pabulib.declared import UNKNOWN
from core.counting.pabulib.notes import Note
from core.counting.pabulib.writing import checksum, in_file
from core.counting.rules import allocate, rule_name
from core.counting.rules.equal_shares import PRESETS
from core.errors import GlasError, TallyHidden
from pages.commands.talk import say
from pages.parts import refusals
from pages.parts.i18n import _, n_
from pages.results import telling
from pages.rounds import file_notes, rule_words


@dataclass(frozen=True, slots=True)
class Election:
    """What is counted, with the rule and settings of its own (None where it names none that we know: `word`)."""

    instance: Instance
    profile: Profile
    rule: str | None
    settings: Mapping[str, Any]
    notes: tuple[Note, ...] = ()
    word: str = ""


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "count",
        help=_("count election files (.pb), or a round, and print what is funded"),
        description=_(
            "Counts each file by the rule that it declares, or by another one. A round is counted by its own rule; "
            "nothing is stored. A file that cannot be read does not stop the others."
        ),
    )
    command.add_argument("elections", metavar=_("FILE.pb|ROUND"), nargs="+", help=_("election files or rounds"))
    command.add_argument("--rule", metavar=_("RULE"), help=_("greedy, greedy-threshold, equal-shares, phragmen …"))
    command.add_argument("--preset", choices=sorted(PRESETS), help=_("settings of equal shares by name"))
    command.add_argument(
        "--set", metavar=_("NAME=VALUE"), action="append", default=[], help=_("a setting of the rule; may be repeated")
    )
    command.add_argument("--json", action="store_true", help=_("print one JSON object a line"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Count each election and print it. Return 1 if any of them could not be counted."""
    failed = 0
    for name in chosen.elections:
        began = time.perf_counter()
        try:
            election = of_file(Path(name)) if is_file(name) else of_round(name)
            allocation = count(election, chosen)
            sums = checksums(election, allocation) if chosen.json else {}
        except Exception as trouble:  # noqa: BLE001 – one bad file never stops the others
            failed += 1
            refuse(name, reason(trouble), chosen.json)
            continue
        seconds = time.perf_counter() - began
        if chosen.json:
            say(as_json(name, allocation, election, seconds, sums), flush=True)
        else:
            say(as_text(name, allocation, election.instance))
            say_notes(election.notes)
    return 1 if failed else 0


def is_file(name: str) -> bool:
    """Return whether this names a file, not a round."""
    return name.endswith(".pb") or "/" in name or Path(name).is_file()


def of_file(path: Path) -> Election:
    """Return the election in this file, with the rule that it declares."""
    file = pabulib.read(path)
    return Election(file.instance, file.profile, *file.declared, file.notes, file.meta.get("rule", ""))


def of_round(slug: str) -> Election:
    """Return the election of this round, with its rule. Raises TallyHidden while it shows no tally."""
    from core import clock, rounds, store, tally
    from core.imports import elections
    from core.permissions import OPERATOR
    from core.phases import Phase
    from core.tally import loading

    store.upgrade()
    with store.reading() as session:
        found = rounds.round_by_slug(session, slug, OPERATOR)
        if not tally.visible(found, clock.now()):
            raise TallyHidden(round=slug)
        instance, profile = loading.load_election(session, found)
    if not profile.ballots and found.phase(clock.now()) in (Phase.voting, Phase.counting):
        raise TallyHidden(round=slug, sealed=True)
    notes, meta = elections.notes(found), (found.source or {}).get("meta", {})
    return Election(instance, profile, found.rule or None, found.rule_settings, notes, meta.get("rule", ""))


def count(election: Election, chosen: argparse.Namespace) -> Allocation:
    """Return the allocation by the chosen rule, else by the election's own."""
    settings = election.settings
    if chosen.rule or chosen.preset:
        rule = rule_name(chosen.rule or "equal-shares")
        settings = dict(settings) if rule == election.rule and not chosen.preset else {}
    elif election.rule:
        rule = rule_name(election.rule)
    else:
        raise NoRule(election.word)
    given = dict(setting(text) for text in chosen.set)
    return allocate(
        rule, election.instance, election.profile, **{**settings, **PRESETS.get(chosen.preset, {}), **given}
    )


class NoRule(Exception):
    """The election declares no rule that we know – perhaps a word that we do not –, and none was asked for."""


def setting(text: str) -> tuple[str, Any]:
    """Return the name and the value of NAME=VALUE: a number, yes or no, a list with commas, a word, or budgets."""
    name, _equals, value = text.partition("=")
    if name.strip() == "budgets":
        return "budgets", amounts(value)
    word = value.strip().lower()
    if word in ("true", "yes", "false", "no"):
        return name.strip(), word in ("true", "yes")
    if "," in value:
        return name.strip(), tuple(part.strip() for part in value.split(","))
    try:
        number = Fraction(value)
    except (ValueError, ZeroDivisionError):
        return name.strip(), value.strip()
    return name.strip(), int(number) if number.denominator == 1 else number


def amounts(text: str) -> Mapping[str, int] | str:
    """Return the money of each part, written as NAME:AMOUNT,NAME:AMOUNT; what is written otherwise stays as it is."""
    pairs = [part.rpartition(":") for part in text.split(",")]
    if not all(name and amount.strip().isdecimal() for name, _colon, amount in pairs):
        return text
    return {name.strip(): int(amount) for name, _colon, amount in pairs}


def reason(trouble: Exception) -> str:
    """Return why an election could not be counted."""
    if isinstance(trouble, NoRule):
        if (word := str(trouble)) and word != UNKNOWN:
            return _(
                "Glas does not know the rule “{word}” that this election names. Choose one with --rule.", word=word
            )
        return _("This election does not say by which rule to count. Choose one with --rule.")
    if isinstance(trouble, GlasError):
        return refusals.sentence(trouble)
    if isinstance(trouble, OSError):
        return f"{trouble.filename}: {trouble.strerror}"
    return f"{type(trouble).__name__}: {trouble}"


def refuse(name: str, why: str, as_line: bool) -> None:
    """Print that this election could not be counted."""
    if as_line:
        say(json.dumps({"file": name, "error": why}, ensure_ascii=False), flush=True)
    else:
        say(f"{name}: {why}", file=sys.stderr)


def money(amount: int | Fraction, unit: int) -> int | float:
    """Return the amount in units of the currency, whole where it is whole."""
    value = Fraction(amount) / unit
    return int(value) if value.denominator == 1 else float(value)


def checksums(election: Election, allocation: Allocation) -> dict[str, str]:
    """Return the SHA-256 of the ballots, and of all that went into the count, as a round's result names them."""
    instance, profile = election.instance, election.profile
    whole = fingerprint(instance, profile, allocation.rule, dict(allocation.settings))
    return {"checksum": checksum(in_file(instance, profile)[1]), "fingerprint": whole}


def as_json(name: str, allocation: Allocation, election: Election, seconds: float, sums: Mapping[str, str]) -> str:
    """Return one line of JSON. Amounts in steps and reasons are in minor units, `cost` in the file's own."""
    facts, unit = json.loads(allocation_to_json(allocation)), election.instance.unit
    line = {
        "file": name,
        "rule": allocation.rule,
        "settings": dict(allocation.settings),
        "funded": [project.id for project in allocation.funded],
        "cost": money(allocation.cost, unit),
        "notes": [note.as_json() for note in election.notes],
        "steps": facts.get("steps", []),
        "unfunded": facts.get("unfunded", []),
        "ties": facts.get("ties", []),
        "unit": unit,
        **sums,
        "seconds": round(seconds, 4),
    }
    return json.dumps(line, ensure_ascii=False)


def say_notes(notes: Sequence[Note], name: str = "") -> None:
    """Print what is odd in a file, a line a kind, after the name of the file if there is one."""
    for line in file_notes.lines(notes):
        say("  " + (f"{name}: " if name else "") + _("Note: {sentence}", sentence=line), flush=True)


def as_text(name: str, allocation: Allocation, instance: Instance) -> str:
    """Return what is funded, a line a project, and what decided between equal ones."""
    head = n_(
        "{name}: {count} project funded by {rule}, {cost} of {budget}",
        "{name}: {count} projects funded by {rule}, {cost} of {budget}",
        len(allocation.funded),
        name=name,
        rule=rule_words.name(allocation.rule, dict(allocation.settings)),
        cost=f"{money(allocation.cost, instance.unit):,}",
        budget=f"{money(instance.budget, instance.unit):,}",
    )
    lines = [f"  {p.id}  {money(p.cost, instance.unit):>12,}  {p.name}".rstrip() for p in allocation.funded]
    lines += [f"  {telling.tie_words(tie, ', '.join)}" for tie in allocation.ties]
    return "\n".join([head, *lines])
