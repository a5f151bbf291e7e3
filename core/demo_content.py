"""What the demo town is made of: fictional content from assets/demo."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from core.municipalities import Place
from core.texts import Texts

FILE = Path(__file__).parent.parent / "assets" / "demo" / "kyustendil.json"


@cache
def content() -> Mapping[str, Any]:
    """Return the content as it stands in the file."""
    told: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return told


def places(told: Iterable[Mapping[str, Any]]) -> list[Place]:
    """Return areas or categories that are to be made."""
    return [Place(each["code"], Texts(each["names"]), each.get("lat"), each.get("lon")) for each in told]
