"""The count that a .pb file declares: by Pabulib's name where that says it all, and in a comment of our own, exactly.

Why both: other programs know Pabulib's nine names and no settings, and none for Phragmén or for what a public tool
does. A name that says something else than what was counted is worse than `unknown`, so it is written only where it
fits. Our comment holds what `rules.allocate` takes, and the draw, so a file counts again to what it tells of.
What else was tried: keys of our own in META. Pabulib's checker calls a file with a key that it does not know invalid;
numbered comments (`#1: …`) are its place for all that has no key.
Source: https://pabulib.org/format
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.counting.pabulib.cells import whole
from core.counting.rules import RULES
from core.errors import FileWrong

RULE, COMMENT, THRESHOLD, UNKNOWN = "rule", "comment", "min_project_score_threshold", "unknown"
COUNT = re.compile(r"#\d+: glas/count1 ([^#]*)")
NUMBERED = re.compile(r"#\d+:")
# A name does not say how ties are decided; support is what suits the ballots; the threshold has a line of its own.
UNSAID = ("by", "ties", "completion_ties", "threshold")

Declared = tuple[str | None, Mapping[str, Any]]

# The first rule that goes by a name is what the name means in a file that has no more to say.
NAMES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    name: (rule, settings) for rule, known in reversed(RULES.items()) for name, settings in known.files.items()
}


def declare(rule: str, settings: Mapping[str, Any], head: Mapping[str, str], lot: Sequence[str] = ()) -> dict[str, str]:
    """Return the head with how it was counted in place of what it said of that. `settings`: all of an allocation."""
    others = COUNT.sub("", head.get(COMMENT, "")).strip()
    count = {"rule": rule, "settings": dict(settings)} | ({"lot": list(lot)} if lot else {})
    exactly = json.dumps(count, ensure_ascii=False).replace("#", "\\u0023")
    ours = f"#{len(NUMBERED.findall(others)) + 1}: glas/count1 {exactly}"
    said = {RULE: pabulib_name(rule, settings), COMMENT: f"{others} {ours}".strip()}
    least = settings.get("threshold", 0)
    if said[RULE] == "greedy-threshold" or (least and said[RULE] != UNKNOWN):
        said[THRESHOLD] = str(least)
    return {key: value for key, value in head.items() if key != THRESHOLD} | said


def pabulib_name(rule: str, settings: Mapping[str, Any]) -> str:
    """Return what Pabulib calls a count by this rule with these settings, `unknown` where it has no name for it."""
    least = settings.get("threshold", 0)
    if type(least) is not int or least < 0:  # a share of the ballots has no line there
        return UNKNOWN
    told = {name: value for name, value in settings.items() if name not in UNSAID and (name, value) != ("places", None)}
    defaults = {name: RULES[rule].defaults.get(name) for name in told}
    fits = (name for name, meant in RULES[rule].files.items() if told == {**defaults, **meant})
    found = next(fits, UNKNOWN)
    return "greedy-threshold" if found == "greedy" and least else found


def declared(meta: Mapping[str, str]) -> Declared:
    """Return the rule and its settings, None if the file names none that we know. Raises FileWrong."""
    if found := COUNT.search(meta.get(COMMENT, "")):
        ours = _ours(meta)
        rule, settings = ours.get("rule"), ours.get("settings")
        # What cannot be read is not passed over, or it would be counted otherwise.
        if not isinstance(rule, str) or rule not in RULES or not isinstance(settings, dict):
            raise FileWrong(reason="count", column=COMMENT, value=found[1][:100])
        return rule, settings
    said = meta.get(RULE, "").strip().lower()
    if said not in NAMES:
        # Glas wrote its own names here before it had a comment of its own.
        return (said, {}) if said in RULES else (None, {})
    rule, settings = NAMES[said]
    if not rule.startswith("greedy"):
        return rule, settings
    # Cities list equal projects in the order in which they decided.
    settings, least = {**settings, "ties": ["lot"]}, meta.get(THRESHOLD)
    return rule, {**settings, "threshold": _least(least)} if least else settings


def unknown_rule(meta: Mapping[str, str]) -> str:
    """Return the word for its rule that a file has and we do not know, "" if there is none or it names none."""
    said = meta.get(RULE, "").strip()
    known = said.lower() in (UNKNOWN, *NAMES, *RULES) or COUNT.search(meta.get(COMMENT, ""))
    return "" if known else said


def _least(text: str) -> int | str:
    """Return a threshold: a number of votes, or – like 5 % – a share of the ballots. Raises FileWrong."""
    if found := re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,9})?)\s*%", text.strip(), re.ASCII):
        return found[1].replace(",", ".") + "%"
    return whole(text, None, THRESHOLD)


def drawn(meta: Mapping[str, str]) -> tuple[str, ...]:
    """Return the order of equal projects that a draw gave, nothing where the file tells of none."""
    lot = _ours(meta).get("lot")
    return tuple(map(str, lot)) if isinstance(lot, list) else ()


def by_places(meta: Mapping[str, str]) -> bool:
    """Return whether its places bring the same points on every ballot, which no score of Pabulib's can tell."""
    settings = _ours(meta).get("settings")
    return isinstance(settings, dict) and settings.get("places") is not None


def _ours(meta: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what our comment says, nothing if there is none or it cannot be read."""
    found = COUNT.search(meta.get(COMMENT, ""))
    try:
        told = json.loads(found[1]) if found else {}
    except (ValueError, RecursionError):
        told = {}
    return told if isinstance(told, dict) else {}
