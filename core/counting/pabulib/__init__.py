"""Elections in Pabulib's .pb files, read and written.

Source of the format: https://pabulib.org/format. A file that cannot be read raises FileWrong(line, column, reason);
what could be read but is odd is told in `notes`.

May import: `counting`, the ground.
Begin with: `read`, then `opening`, `head` and `votes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.counting.election import Instance, Kind, Profile
from core.counting.pabulib import limits, writing
from core.counting.pabulib.cells import Rows, columns_of, lookalike, whole
from core.counting.pabulib.declared import declared, drawn, unknown_rule
from core.counting.pabulib.head import VOTES, Head, Span, needed, read_head, split
from core.counting.pabulib.notes import Note, Notes
from core.counting.pabulib.opening import opened
from core.counting.pabulib.votes import COLUMNS, Votes, joined
from core.counting.support import natural, totals
from core.errors import FileWrong

CHUNK = 8_000_000  # bytes of ballots that are taken in at once
VOTES_LINE = re.compile(rb'(?im)^[ \t]*"?votes"?[ \t;]*\r?(?:\n|\Z)')
YEARS = range(1900, 2200)  # in which a vote can have been
# What META may say that bears on the count, and is not done here; and what else it may say.
IGNORED = (
    *("default_score", "scoring_fn", "leftover_budget", "budget_per_category", "budget_per_neighborhood"),
    *("min_length_per_category", "max_length_per_category", "min_sum_cost_per_category", "max_sum_cost_per_category"),
    *("min_sum_points_per_category", "max_sum_points_per_category", "min_points_per_category"),
    *("max_points_per_category", "min_project_cost", "max_project_cost"),
)
KNOWN = (
    *writing.META_ORDER,
    *("currency", "language", "edition", "comment", "acknowledgments", "fully_funded", "experimental", "subdistricts"),
    *("neighborhoods", "categories", "min_project_score_threshold"),
)
KINDS: Mapping[str, Kind] = {
    "approval": "approval",
    "choose-1": "approval",
    "ordinal": "ordinal",
    "cumulative": "cumulative",
    "scoring": "scoring",
}


@dataclass(frozen=True, slots=True, eq=False)
class PabulibFile:
    """A whole election as its file tells it."""

    meta: Mapping[str, str]
    instance: Instance
    profile: Profile
    ballot_classes: NDArray[np.int32]  # for each ballot, in the order of the file, its class in the profile
    selected: Mapping[str, int]  # by project: 1 funded; 2 and 3 funded with other money; empty if the file is silent
    votes: Mapping[str, int]  # as published, by project; empty if the file is silent
    notes: tuple[Note, ...]  # one of each kind
    voter_columns: tuple[str, ...]

    @property
    def vote_type(self) -> str:
        """Return the type of the ballots as the file calls it."""
        return self.meta["vote_type"].lower()

    @property
    def currency(self) -> str:
        """Return the currency's code, empty if the file is silent."""
        return self.meta.get("currency", "")

    @property
    def rule(self) -> str | None:
        """Return the rule that the file declares, by our name; None if it is unknown."""
        return self.declared[0]

    @property
    def declared(self) -> tuple[str | None, Mapping[str, Any]]:
        """Return the declared rule and its settings. Raises FileWrong where our own comment cannot be read."""
        return declared(self.meta)

    @property
    def period(self) -> tuple[date | None, date | None]:
        """Return the first and the last day of voting. A year alone means the whole year."""
        return _day(self.meta.get("date_begin", ""), 1, 1), _day(self.meta.get("date_end", ""), 12, 31)

    @property
    def winners(self) -> tuple[str, ...]:
        """Return the projects that the file marks as funded with this budget."""
        return tuple(project for project, mark in self.selected.items() if mark == 1)

    @property
    def ballots(self) -> Iterator[tuple[Any, ...]]:
        """Yield each ballot in the order of the file: ids, or (id, points) pairs."""
        choices = [self.profile.choices(number) for number in range(self.profile.classes)]
        return map(choices.__getitem__, self.ballot_classes.tolist())


def read(
    source: str | Path | bytes,
    progress: Callable[[float], None] | None = None,
    check: Callable[[bytes], object] | None = None,
) -> PabulibFile:
    """Return the election in this file: a path, its bytes, or its text. `progress` is told the share done.

    `check` is given the bytes in plain lines before anything is made of them, and may refuse them.
    """
    notes = Notes()
    data = opened(_bytes(source), notes)
    if check:
        check(data)
    sections, span = split(data, notes)
    head = read_head(sections, notes)
    kind = _kind(head)
    header, start, line = _header(data, span, kind, notes)
    votes = Votes(kind, head.instance.ids, header, notes)
    _take_in(votes, data, start, span.end, line, progress)
    profile, ballot_classes = votes.profile()
    _tell_of_meta(head, notes)
    _compare(head, profile, notes)
    limits.check(head, profile, ballot_classes, joined(votes.lines, np.int64), notes)
    _tell_of_voters(header, votes)
    instance = replace(head.instance, lot=drawn(head.meta))
    return PabulibFile(
        head.meta, instance, profile, ballot_classes, head.selected, head.votes, notes.all, tuple(header)
    )


def _bytes(source: str | Path | bytes) -> bytes:
    """Return the bytes of a path, of text that is a file's content, or as they are."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, str) and ("\n" in source or "\r" in source):
        return source.encode()
    return Path(source).read_bytes()


def _kind(head: Head) -> Kind:
    """Return what kind of ballots these are."""
    said = needed("vote_type", head.meta, head.lines)
    kind = KINDS.get(said.lower())
    if kind is None:
        line = head.lines["vote_type"]
        alike = next(filter(None, (lookalike(known, {said.lower(): line}, "vote_type") for known in KINDS)), None)
        raise alike or FileWrong(reason="vote_type", line=line, column="vote_type", value=said[:100])
    return kind


def _header(data: bytes, span: Span, kind: Kind, notes: Notes) -> tuple[list[str], int, int]:
    """Return the columns of the votes, where the first ballot begins, and the number of its line."""
    rows = Rows(data[: span.end] if span.end < len(data) else data, span.start, span.line)
    first = next(iter(rows), None)
    if first is None:
        raise FileWrong(reason="no_header", line=span.line - 1, value=VOTES)
    return columns_of(first, COLUMNS[kind], notes), rows.place, rows.line


def _take_in(
    votes: Votes, data: bytes, start: int, stop: int, line: int, progress: Callable[[float], None] | None
) -> None:
    """Read the ballots chunk by chunk; a chunk ends with a line, and outside of quotes."""
    while start < stop:
        end = data.find(b"\n", min(start + CHUNK, stop), stop) + 1 or stop
        quotes = data.count(b'"', start, end)
        while end < stop and quotes % 2:
            begins, end = end, data.find(b"\n", end, stop) + 1 or stop
            quotes += data.count(b'"', begins, end)
        votes.add(data[start:end], line)
        line, start = line + data.count(b"\n", start, end), end
        if progress:
            progress(start / len(data))


def _tell_of_meta(head: Head, notes: Notes) -> None:
    """Note what META asks for and is not done, what it says that nobody knows, and a rule that nobody knows."""
    ignored = [key for key in head.meta if key in IGNORED and head.meta[key] not in ("", "0")]
    unknown = [key for key in head.meta if key and key not in IGNORED + KNOWN]
    for kind, keys in (("meta_ignored", ignored), ("meta_unknown", unknown)):
        if keys:
            notes.add(kind, head.lines[keys[0]], keys[0], ", ".join(keys), len(keys))
    for key in ("date_begin", "date_end"):
        if head.meta.get(key, "").strip() and _day(head.meta[key], 1, 1) is None:
            notes.add("meta_unread", head.lines[key], key, head.meta[key])
    if word := unknown_rule(head.meta):
        notes.add("rule_unknown", head.lines["rule"], "rule", word)


def _compare(head: Head, profile: Profile, notes: Notes) -> None:
    """Note each number in the head that the ballots do not bear out: as published / as counted."""
    for key, found in (("num_projects", len(head.instance.projects)), ("num_votes", profile.ballots)):
        if head.meta.get(key) and not _says(head.meta[key], found):
            notes.add(f"{key}_differs", head.lines[key], key, f"{head.meta[key]} / {found}")
    counted = np.zeros(len(profile.projects), np.int64)
    np.add.at(counted, profile.entries, profile.weights[profile.owners])
    for project, votes in zip(profile.projects, counted.tolist(), strict=True):
        if head.votes.get(project, votes) != votes:
            notes.add("votes_differ", head.places[project], project, f"{head.votes[project]} / {votes}")
    _compare_scores(head, profile, notes)


def _compare_scores(head: Head, profile: Profile, notes: Notes) -> None:
    """Note each published score that the ballots do not bear out: of approvals no score is counted."""
    by = natural(profile)
    for project, found in zip(head.instance.projects, totals(head.instance, profile, by), strict=True):
        if project.score is not None and project.score != found:
            kind = "score_not_counted" if by == "votes" else "scores_differ"
            told = f"{writing.plain(project.score)} / {writing.plain(found)}"
            notes.add(kind, head.places[project.id], project.id, told)


def _says(text: str, number: int) -> bool:
    """Return whether a text is this number, however it is written."""
    try:
        return whole("".join(text.split()), None, "") == number
    except FileWrong:
        return False


def _tell_of_voters(header: list[str], votes: Votes) -> None:
    """Note the columns about voters, which are not kept, and ballots of voters who stand there twice."""
    further = [column for column in header if column not in ("", "voter_id", "vote", "points")]
    if further:
        votes.notes.add("columns_not_kept", None, ",".join(further), count=len(further))
    votes.tell_of_voters()


def _day(text: str, month: int, day: int) -> date | None:
    """Return the day that this text names, this month and day where it is only a year; None for one of no vote."""
    text = text.strip()
    if re.fullmatch(r"\d{4}", text):
        return date(int(text), month, day) if int(text) in YEARS else None
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"):
        try:
            found = datetime.strptime(text, form).date()
        except ValueError:
            continue
        return found if found.year in YEARS else None
    return None


def write(file: PabulibFile) -> str:
    """Return the text of this election as a file again; what was read is written, columns about voters are not."""
    return writing.write_election(
        file.instance, file.profile, file.meta, selected=file.selected or None, order=file.ballot_classes.tolist()
    )
