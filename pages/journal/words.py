"""The journal in words: who did what, by day, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from core.journal import Entry
from core.rounds.terms import line_of
from core.texts import Texts
from core.trust.lots import read_source
from pages.closing import words as closing_words
from pages.parts import dates, money, names, templates
from pages.parts.grids import Column, Grid
from pages.parts.i18n import _, n_
from pages.rounds import changes, rule_words

_ICONS = {
    "publish_round": "campaign", "publish_result": "verified", "count": "calculate", "void_round": "block",
    "make_codes": "key", "review_idea": "fact_check", "put_on_ballot": "how_to_vote",
    "take_off_ballot": "remove_circle",
    "import_election": "upload_file", "extend_round": "more_time", "change_round": "edit", "change_list": "edit",
    "withdraw_project": "block", "correct_words": "edit",
    "stop_codes": "block",
    "hide": "visibility_off", "show_again": "visibility", "erase_account": "delete",
    "create_round": "add", "edit_round": "edit", "edit_project": "edit",
}  # fmt: skip


def view(
    entries: Iterable[Entry], *, currency: str, zone: str, titles: Mapping[str, str], most: int = 300, of: str = ""
) -> dict[str, Any]:
    """Return the values of `journal.html`; `titles` are those of ideas ("idea 5") and projects ("p05").

    `of`: what the lines are about, where a page has two journals, so that their days are told apart.
    """
    newest = list(entries)[::-1][:most]
    days = []
    for title, day in groupby(newest, key=lambda one: dates.weekday(one.at, zone=zone)):
        # Forms save at every change: a run of changes by one person reads as one line.
        runs = [list(run) for _key, run in groupby(day, key=lambda one: (one.pseudonym, one.action))]
        label = f"{of}, {title}" if of else title
        days.append(
            {
                "title": title,
                "label": label,
                "lines": [line for run in runs for line in _run(run, currency, zone, titles)],
            }
        )
    return {"days": days, "empty": _("Nothing has been noted yet.")}


def grid(
    entries: Iterable[Entry],
    *,
    currency: str,
    zone: str,
    titles: Mapping[str, str],
    title: str,
    file: str,
    most: int = 300,
) -> Grid:
    """Return the same lines as a table, one a line, the newest first; `titles` as for `view`."""
    columns = (
        Column("at", _("When"), "time", width="medium"),
        Column("who", _("Who"), width="small"),
        Column("role", _("Role"), width="small"),
        Column("what", _("What"), width="large"),
        Column("more", _("More"), width="large"),
    )
    rows = [
        (
            one.at,
            who(one),
            names.role(one.role),
            words(one.action),
            " · ".join(_facts(one.facts, currency, zone, titles)),
        )
        for one in list(entries)[::-1][:most]
    ]
    return Grid(title, file, columns, rows, currency, zone)


def actions(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the actions that occur, with what they are called, for the filter."""
    found = {one.action: words(one.action) for one in entries}
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))


def _run(run: Sequence[Entry], currency: str, zone: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the lines of several equal actions in a row; changes of a draft are told together."""
    if run[0].action != "edit_round" or len(run) == 1:
        return [_line(one, currency, zone, titles) for one in run]
    line = _line(run[0], currency, zone, titles)
    line["more"] = [n_("{count} change in a row", "{count} changes in a row", len(run))]
    return [line]


def words(action: str) -> str:
    """Return what was done; the steps of two people say which part of it."""
    for start, text in (
        ("ask_", _("Asked a second person to agree: {action}")),
        ("agree_", _("Agreed as the second person: {action}")),
        ("take_back_", _("Took a request back: {action}")),
        ("decline_", _("Declined a request: {action}")),
        ("end_", _("End of a request, for what it was about was changed: {action}")),
    ):
        if action.startswith(start):
            return text.format(action=wish(action.removeprefix(start)))
    return names.action(action)


def wish(action: str) -> str:
    """Return what two people agree to do, with the verb of the button."""
    known = {
        "publish_round": _("publish the round"),
        "close_vote": _("close the ballot box"),
        "draw_ties": _("draw the public randomness"),
        "count": _("count the ballots"),
        "void_round": _("declare the round void"),
        "erase_account": _("delete an account on request"),
        "publish_result": _("publish the result"),
        "change_round": _("change the public round"),
        "change_list": _("change the ballot list"),
        "withdraw_project": _("withdraw a project from the vote"),
        "correct_words": _("correct the words of a project"),
        "stop_codes": _("stop a batch of participation codes"),
        "release_codes": _("release participation codes"),
    }
    return known.get(action) or names.action(action)


def _line(one: Entry, currency: str, zone: str, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "clock": dates.clock(one.at, zone=zone),
        "icon": _icon(one.action),
        "who": who(one),
        "role": names.role(one.role),
        "text": words(one.action),
        "more": _facts(one.facts, currency, zone, titles),
    }


def who(one: Entry) -> str:
    """Return who it was: a name, the server, or for an erased account its pseudonym."""
    if one.role == "operator":
        return _("At the server")
    if one.name_hidden:
        return _("Hidden name {code}", code=one.pseudonym[-6:])
    return one.name or _("Erased account {code}", code=one.pseudonym[-6:])


def _icon(action: str) -> str:
    if action.startswith("ask_"):
        return "hourglass_top"
    return (
        "undo"
        if action.startswith(("take_back_", "decline_", "end_"))
        else _ICONS.get(action.removeprefix("agree_"), "history")
    )


def _changed(names: Iterable[str]) -> list[str]:
    """Return the parts of a project that changed; the cost is told with its amounts."""
    words = {
        "title": _("title"),
        "text": _("description"),
        "place": _("place"),
        "area_id": _("area"),
        "category_id": _("topic"),
        "lat": _("point on the map"),
    }
    return [words[name] for name in names if name in words]


def _facts(facts: Mapping[str, Any], currency: str, zone: str, titles: Mapping[str, str]) -> Sequence[str]:
    """Return what is known beside the action, in words; what has no words is left out."""
    found = _of_ideas(facts, currency, titles)
    found += _changes(facts.get("changes", ()), currency, zone, titles)
    found += [_place(each) for each in facts.get("places", ())]
    if "label" in facts:
        found.append(_("School or place: {label}", label=facts["label"]))
    if isinstance(facts.get("count", facts.get("size")), int):
        found.append(_("Number: {number}", number=facts.get("count", facts.get("size"))))
    if isinstance(facts.get("ballots"), int):
        found.append(_("Ballots: {number}", number=facts["ballots"]))
    if facts.get("rule"):
        found.append(_("Rule: {rule}", rule=rule_words.name(str(facts["rule"]))))
    if facts.get("randomness"):
        found.append(_("Randomness: {text}", text=facts["randomness"]))
    if facts.get("source"):
        source = closing_words.source(read_source(str(facts["source"])))
        found.append(_("Equal projects are drawn by: {source}", source=source))
    if "behalf" in facts:
        wish = {"owner": _("the owner of the account"), "parent": _("a parent")}
        found.append(_("Asked for by: {who}", who=wish.get(str(facts["behalf"]), str(facts["behalf"]))))
    if "part" in facts:
        found.append(_("What: {part}", part=names.part(str(facts["part"])) or facts.get("what", "")))
    if facts.get("reason"):
        reason = facts["reason"]
        told = templates.told(Texts(reason)) if isinstance(reason, Mapping) else reason
        found.append(_("Reason: {reason}", reason=told))
    if facts.get("consent"):
        found.append(_("Hash of the consent: {hash}", hash=str(facts["consent"])[:16]))
    return found


def _place(told: Mapping[str, Any]) -> str:
    """Return what was done to an area or a topic."""
    sentence = {
        "added": _("added: {name}"),
        "renamed": _("renamed: {was} → {name}"),
        "icon": _("another icon: {name}"),
        "retired": _("retired: {name}"),
        "offered": _("offered again: {name}"),
    }[told["done"]]
    kind = _("Area") if told["kind"] == "area" else _("Topic")
    was, name = (templates.told(Texts(told.get(each, {}))) for each in ("was", "names"))
    return f"{kind} – {sentence.format(name=name, was=was)}"


def _of_ideas(facts: Mapping[str, Any], currency: str, titles: Mapping[str, str]) -> list[str]:
    """Return which idea or project it was about, what was decided of it, and its cost."""
    found = []
    if "idea" in facts:
        found.append(_("Idea: {title}", title=titles.get(f"idea {facts['idea']}", str(facts["idea"]))))
    if "code" in facts:
        found.append(_("Project: {title}", title=titles.get(str(facts["code"]), str(facts["code"]))))
    if "verdict" in facts:
        found.append(_("Verdict: {verdict}", verdict=names.status(str(facts["verdict"]))))
    if "verdict" in facts and "before" in facts:
        found.append(_("Verdict before: {verdict}", verdict=names.status(str(facts["before"]))))
    if isinstance(facts.get("cost"), int) and isinstance(facts.get("cost_before"), int):
        before, after = (money.text(facts[name], currency) for name in ("cost_before", "cost"))
        found.append(_("Cost: from {before} to {after}", before=before, after=after))
    elif isinstance(facts.get("cost"), int) and "changed" not in facts:
        found.append(_("Cost: {amount}", amount=money.text(facts["cost"], currency)))
    if "code" in facts and (changed := _changed(facts.get("changed", ()))):
        found.append(_("Changed: {what}", what=", ".join(changed)))
    return found


def _changes(told: Iterable[Mapping[str, Any]], currency: str, zone: str, titles: Mapping[str, str]) -> list[str]:
    """Return what was changed, field by field, from what to what."""
    return changes.Speaker(currency, zone, titles=titles).sentences(map(line_of, told))
