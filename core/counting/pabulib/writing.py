"""Elections written as Pabulib's .pb files.

Ballots carry no names, no order of casting and nothing about voters: they are sorted and numbered, unless an order is
given (for a file that is written again). Source of the format: https://pabulib.org/format
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from core.counting import withdrawn
from core.counting.allocation import Allocation
from core.counting.election import POINTED, Instance, Number, Profile, Project
from core.counting.pabulib.declared import by_places, declare
from core.counting.pabulib.head import AREA_COLUMNS, WITHDRAWN
from core.counting.support import totals

META_ORDER = (
    *("description", "country", "unit", "district", "subunit", "instance", "num_projects", "num_votes", "budget"),
    *("vote_type", "rule", "date_begin", "date_end", "min_length", "max_length", "min_sum_cost", "max_sum_cost"),
    *("min_points", "max_points", "min_sum_points", "max_sum_points", "default_score"),
)
OBLIGATORY = ("description", "country", "unit", "instance", "rule", "date_begin", "date_end")
SET_HERE = ("votes", "selected", "conflicts", "conflict")

Cell = Callable[[Project], str]


def write_election(
    instance: Instance,
    profile: Profile,
    meta: Mapping[str, str],
    *,
    selected: Mapping[str, int] | None = None,
    order: Iterable[int] | None = None,
) -> str:
    """Return the file's text. `meta`: what the file says of itself; numbers, budget and kind of ballots are set here.

    `selected`: 1 for funded projects, 0 for others. `order`: the class of each ballot, in the order to write them.
    """
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\n")
    rows.writerow(("META",))
    rows.writerow(("key", "value"))
    rows.writerows(_meta(instance, profile, meta))
    rows.writerow(("PROJECTS",))
    columns = _columns(instance, profile, selected, scored=not by_places(meta))
    rows.writerow(columns)
    rows.writerows([cell(project) for cell in columns.values()] for project in instance.projects)
    rows.writerow(("VOTES",))
    rows.writerow(("voter_id", "vote", *(("points",) if profile.kind in POINTED else ())))
    forms = [_ballot(profile, number) for number in range(profile.classes)]
    numbers = order if order is not None else _sorted(profile, forms)
    rows.writerows((voter, *forms[number]) for voter, number in enumerate(numbers, 1))
    return out.getvalue()


def write_counted(
    instance: Instance,
    profile: Profile,
    head: Mapping[str, str],
    allocation: Allocation,
    *,
    order: Iterable[int] | None = None,
) -> str:
    """Return the text of an election with its result: what is funded, and how to count to it again.

    What was withdrawn while people voted is left out, its name on ballots too: some may be shorter than they had to be.
    `order`: as if it were there.
    """
    left, profile = in_file(instance, profile)
    if left is not instance:
        instance, head = left, {name: value for name, value in head.items() if name != "min_length"}
    funded = {project.id for project in allocation.funded}
    return write_election(
        instance,
        profile,
        declare(allocation.rule, dict(allocation.settings), head, instance.lot),
        selected={project.id: int(project.id in funded) for project in instance.projects},
        order=order,
    )


def in_file(instance: Instance, profile: Profile) -> tuple[Instance, Profile]:
    """Return the election as its file tells it: without what was withdrawn while people voted.

    What came from a file as withdrawn has the sign for it in place of its cost, and stays.
    """
    gone = (each.id for each in instance.projects if each.withdrawn and each.cost // instance.unit != int(WITHDRAWN))
    return withdrawn.leaving_out(instance, profile, frozenset(gone))


def checksum(profile: Profile) -> str:
    """Return the SHA-256 of the ballots alone, in hexadecimal digits: the lines of VOTES without their numbers, sorted.

    Of a file that Glas has written, with common tools:
    sed '1,/^voter_id;/d' election.pb | cut -d';' -f2- | LC_ALL=C sort | sha256sum
    """
    found, weights = hashlib.sha256(), profile.weights.tolist()
    for line, number in sorted((_line(profile, number), number) for number in range(profile.classes)):
        for start in range(0, weights[number], 1_000):
            found.update(line * min(1_000, weights[number] - start))
    return found.hexdigest()


def _line(profile: Profile, number: int) -> bytes:
    """Return the line of a ballot of this class, without its number."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerow((0, *_ballot(profile, number)))
    return out.getvalue().partition(";")[2].encode()


def _meta(instance: Instance, profile: Profile, meta: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the lines of META, in the order of the format."""
    facts = dict.fromkeys(OBLIGATORY, "") | dict(meta)
    known = facts.get("vote_type", "").lower()
    facts["vote_type"] = known if known == "choose-1" and profile.kind == "approval" else profile.kind
    facts["num_projects"], facts["num_votes"] = str(len(instance.projects)), str(profile.ballots)
    facts["budget"] = money(instance.budget, instance.unit)
    facts["rule"] = facts["rule"] or "unknown"
    if profile.kind == "cumulative" and profile.points is not None and profile.classes:
        sums = np.add.reduceat(np.append(profile.points, 0), profile.starts[:-1]) * (np.diff(profile.starts) > 0)
        facts.setdefault("max_sum_points", str(int(sums.max())))
    first = [(key, facts.pop(key)) for key in META_ORDER if key in facts]
    return first + list(facts.items())


def _columns(
    instance: Instance, profile: Profile, selected: Mapping[str, int] | None, *, scored: bool
) -> dict[str, Cell]:
    """Return the columns of PROJECTS that this election needs, with what stands in them."""
    votes = dict(zip(instance.ids, totals(instance, profile, "votes"), strict=True))
    projects = instance.projects
    columns: dict[str, Cell] = {
        "project_id": lambda project: project.id,
        "cost": lambda project: WITHDRAWN if project.withdrawn else money(project.cost, instance.unit),
        "votes": lambda project: str(votes[project.id]),
    }
    if (profile.kind != "approval" and scored) or any(project.score is not None for project in projects):
        measure = "borda" if profile.kind == "ordinal" else "points" if profile.kind in POINTED else "votes"
        scores = dict(zip(instance.ids, totals(instance, profile, measure), strict=True))
        columns["score"] = lambda project: plain(scores[project.id] if project.score is None else project.score)
    optional: dict[str, Cell] = {
        "name": lambda project: project.name,
        "category": lambda project: ",".join(project.categories),
        "beneficiaries": lambda project: ",".join(project.targets),
        "selected": lambda project: str((selected or {}).get(project.id, 0)) if selected is not None else "",
        "neighborhood": lambda project: project.area,
        "conflicts": lambda project: ",".join(sorted(project.conflicts)),
    }
    further = dict.fromkeys(key for project in projects for key, _ in project.more if key not in SET_HERE)
    if any(column in further for column in AREA_COLUMNS):  # the area was read from one of these
        del optional["neighborhood"]
    columns |= {key: cell for key, cell in optional.items() if any(cell(project) for project in projects)}
    for key in further:
        columns[key] = _further(key)
    if any(project.latitude is not None for project in projects):
        columns["latitude"] = lambda project: "" if project.latitude is None else repr(project.latitude)
        columns["longitude"] = lambda project: "" if project.longitude is None else repr(project.longitude)
    return columns


def _further(key: str) -> Cell:
    """Return the cell of a further column."""
    return lambda project: dict(project.more).get(key, "")


def _ballot(profile: Profile, number: int) -> tuple[str, ...]:
    """Return the cells of a ballot of this class; points fall from left to right."""
    choices: Sequence[Any] = profile.choices(number)
    if profile.kind not in POINTED:
        return (",".join(choices),)
    falling = sorted(choices, key=lambda pair: -pair[1])
    return ",".join(pair[0] for pair in falling), ",".join(str(pair[1]) for pair in falling)


def _sorted(profile: Profile, forms: Sequence[tuple[str, ...]]) -> list[int]:
    """Return the class of each ballot, sorted by what stands on it."""
    numbers = sorted(range(profile.classes), key=forms.__getitem__)
    weights = profile.weights.tolist()
    return [number for number in numbers for _ in range(weights[number])]


def money(amount: int, unit: int) -> str:
    """Return the amount in units of the currency."""
    return plain(Fraction(amount, unit))


def plain(number: Number) -> str:
    """Return the number with as many decimals as it has."""
    exact = Fraction(number)
    if exact.denominator == 1:
        return str(exact.numerator)
    return format((Decimal(exact.numerator) / Decimal(exact.denominator)).normalize(), "f")
