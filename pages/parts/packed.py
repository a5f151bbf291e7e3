"""What a component is given, as one text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def packed(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the data of a component so that its script reads `JSON.parse(data.json)`.

    Of lists and mappings Streamlit asks whether they are tables, and loads pandas (79 MB, half a second) to know.
    """
    return {"json": json.dumps(data, ensure_ascii=False)}
