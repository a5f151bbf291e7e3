"""An election as a .pb file: the bytes are the same for the same election.

Source of the format: https://pabulib.org/format. Nothing about voters is written but a running number.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

from core.ballots import from_text, points_from_text
from core.election import POINTED, Instance, Kind, Project
from core.pabulib_head import WITHDRAWN

VOTE_TYPES: Mapping[Kind, str] = {kind: kind for kind in ("approval", "ordinal", "cumulative", "scoring")}
# What Pabulib calls our rules; one that it does not know goes by our name.
RULES = {"greedy": "greedy", "greedy-threshold": "greedy-threshold", "greedy-no-skip": "greedy-no-skip"}
COLUMNS = ("project_id", "cost", "name", "area", "category", "target", "latitude", "longitude", "score", "conflicts")
ZERO = "\0"  # csv would write it; no field may hold it


def write(
    meta: Mapping[str, str], instance: Instance, kind: Kind, ballots: Sequence[str], selected: Iterable[str] = ()
) -> bytes:
    """Return the file of these written ballots, in this order. `meta` is what its head says besides the numbers."""
    out = StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\n")
    head = {
        **meta,
        "budget": money(instance.budget, instance.unit),
        "vote_type": VOTE_TYPES[kind],
        "num_projects": str(len(instance.projects)),
        "num_votes": str(len(ballots)),
    }
    rows.writerows((("META",), ("key", "value"), *sorted((key, one_line(value)) for key, value in head.items())))
    rows.writerows((("PROJECTS",), *_projects(instance, frozenset(selected))))
    rows.writerow(("VOTES",))
    rows.writerow(("voter_id", "vote", "points") if kind in POINTED else ("voter_id", "vote"))
    rows.writerows((number, *cells(kind, ballot)) for number, ballot in enumerate(ballots, start=1))
    return out.getvalue().encode()


def cells(kind: Kind, ballot: str) -> tuple[str, ...]:
    """Return the cells of a written ballot: ids, and points where its kind has them."""
    if kind not in POINTED:
        return (",".join(from_text(ballot)),)
    points = points_from_text(ballot)
    return ",".join(points), ",".join(map(str, points.values()))


def money(amount: int, unit: int) -> str:
    """Return an amount in units of the currency, with as many places as minor units ask for."""
    whole, rest = divmod(amount, unit)
    return f"{whole}.{rest:0{len(str(unit)) - 1}}" if rest else str(whole)


def one_line(text: object) -> str:
    """Return a text that fits a field."""
    return " ".join(str(text).replace(ZERO, "").split())


def _projects(instance: Instance, selected: frozenset[str]) -> Iterable[Sequence[object]]:
    """Yield the header and a row for each project, without the columns that no project fills."""
    table = [_facts(project, instance.unit) for project in instance.projects]
    used = [name for name in COLUMNS if name in ("project_id", "cost", "name") or any(row[name] for row in table)]
    yield (*used, "selected")
    for row in table:
        yield (*(row[name] for name in used), int(row["project_id"] in selected))


def _facts(project: Project, unit: int) -> dict[str, Any]:
    return {
        "project_id": project.id,
        # Pabulib's sign for a project that was withdrawn after the vote.
        "cost": WITHDRAWN if project.withdrawn else money(project.cost, unit),
        "name": one_line(project.name),
        "area": one_line(project.area),
        "category": ",".join(project.categories),
        "target": ",".join(project.targets),
        "latitude": "" if project.latitude is None else repr(project.latitude),
        "longitude": "" if project.longitude is None else repr(project.longitude),
        "score": "" if project.score is None else _decimal(project.score),
        "conflicts": ",".join(sorted(project.conflicts)),
    }


def _decimal(number: Fraction) -> str:
    """Return a published score as it was read: they all have an end."""
    found = Decimal(number.numerator) / Decimal(number.denominator)
    return format(found, "f")
