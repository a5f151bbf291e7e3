"""Simulated residents of the demo town: where they live, what they like, what they would vote for."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import core
from core.municipalities import Place
from core.texts import Texts

# Most people live in the centre and in the big estates; a village sends one or two.
CROWDS = {
    "t-tsentar": 7,
    "t-zapad": 8,
    "t-buzludzha": 5,
    "t-rumena-voyvoda": 4,
    "t-gerena": 4,
    "t-iztok": 4,
    "t-kolusha": 3,
    "t-osogovo": 2,
    "t-kapiyata": 2,
    "v-around": 3,
    "v-east": 2,
    "v-north": 2,
    "v-west": 1,
    "v-other": 1,
    "m-other": 2,
}


# What tends to be liked together.
INTERESTS = (
    ("sport", "health"),
    ("culture", "digital"),
    ("environment", "mobility"),
    ("education", "jobs"),
    ("inclusion", "health"),
    ("digital", "jobs"),
    ("sport", "public-space"),
    ("environment", "public-space"),
)


_NAMES = ("клен", "бряст", "сокол", "липа", "череша", "вятър", "комета", "рис", "бухал", "лале", "кестен", "делфин")


FILE = Path(core.__file__).resolve().parent.parent / "assets" / "demo" / "kyustendil.json"


@dataclass(frozen=True, slots=True)
class Resident:
    """One simulated resident. `taste` holds the codes of the categories she cares for."""

    number: int
    area: str
    birth_year: int
    taste: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A project as a simulated resident sees it. `cost` in minor units."""

    code: str
    area: str
    category: str
    cost: int


def residents(number: int, year: int, seed: int = 7) -> tuple[Resident, ...]:
    """Return simulated residents between 15 and 29, the same ones for the same seed."""
    draw = random.Random(f"residents {seed}")
    areas, weights = tuple(CROWDS), tuple(CROWDS.values())
    return tuple(
        Resident(count, draw.choices(areas, weights)[0], year - draw.randint(16, 28), draw.choice(INTERESTS))
        for count in range(1, number + 1)
    )


def wishes(resident: Resident, choices: Sequence[Choice], seed: int) -> tuple[Choice, ...]:
    """Return the projects in the order in which this resident would like to have them."""
    draw = random.Random(f"{seed} {resident.number}")
    appeal = popularity(choices, seed)

    def liking(choice: Choice) -> float:
        near = 1.6 if choice.area == resident.area else 0.4 if choice.area.endswith("-wide") else 0.0
        dear = 1.2 if choice.category in resident.taste else 0.0
        return appeal[choice.code] + near + dear + draw.gauss(0, 0.7)

    return tuple(sorted(choices, key=liking, reverse=True))


def popularity(choices: Sequence[Choice], seed: int) -> Mapping[str, float]:
    """Return how much everyone likes each project, apart from taste and nearness."""
    draw = random.Random(f"popularity {seed}")
    return {choice.code: draw.gauss(0, 0.8) for choice in choices}


def some(resident: Resident, choices: Sequence[Choice], least: int, most: int, seed: int) -> tuple[str, ...]:
    """Return the codes of the resident's `least` to `most` favourites, most wanted first."""
    number = random.Random(f"number {seed} {resident.number}").randint(least, most)
    return tuple(choice.code for choice in wishes(resident, choices, seed)[:number])


def basket(resident: Resident, choices: Sequence[Choice], budget: int, seed: int) -> tuple[str, ...]:
    """Return the codes of favourites that fit into the budget together, most wanted first."""
    left, taken = budget, []
    # Nobody fills a basket to the last cent: she looks at the better half of her list.
    for choice in wishes(resident, choices, seed)[: max(2, len(choices) * 2 // 3)]:
        if choice.cost <= left:
            taken.append(choice.code)
            left -= choice.cost
    return tuple(taken)


def nickname(resident: Resident) -> str:
    """Return a made-up nickname, like клен-17; it is no person's name."""
    return f"{_NAMES[resident.number % len(_NAMES)]}-{10 + resident.number}"


@cache
def content() -> Mapping[str, Any]:
    """Return the content as it stands in the file."""
    told: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return told


def places(told: Iterable[Mapping[str, Any]]) -> list[Place]:
    """Return areas or categories that are to be made."""
    return [Place(each["code"], Texts(each["names"]), each.get("lat"), each.get("lon")) for each in told]
