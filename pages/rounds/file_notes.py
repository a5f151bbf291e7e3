"""What is odd in the file of an election, in words: a sentence for each kind, with how often and where first."""

from __future__ import annotations

from collections.abc import Iterable

from core.counting.pabulib.notes import Note
from pages.parts import templates
from pages.parts.i18n import _, n_


def show(notes: Iterable[Note]) -> None:
    """Draw what is odd; nothing where nothing is."""
    if found := lines(notes):
        templates.draw("rounds/file_notes.html", lines=found)


def lines(notes: Iterable[Note]) -> list[str]:
    """Return a sentence for each note, in the current language."""
    return [line(note) for note in notes]


def line(note: Note) -> str:
    """Return the sentence for a note."""
    words = {**_form(note), **_cells(note), **_head(note), **_ballots(note), **_limits(note)}
    said = words.get(note.kind) or note.kind.replace("_", " ")
    if note.line is None:
        return said
    if note.count == 1:
        return _("{sentence} Line {line}.", sentence=said, line=note.line)
    return _("{sentence} The first is in line {line}.", sentence=said, line=note.line)


def _form(note: Note) -> dict[str, str]:
    """Return the sentences for how the whole file is written."""
    count, value = note.count, note.value or ""
    return {
        "cr_lines": _("The lines end as on an old Mac; they were read like any others."),
        "bom": _("An invisible mark of the encoding (BOM) stands before the text; it was passed over."),
        "sep_line": _("A line for spreadsheets stands before the text: {value}. It was passed over.", value=value),
        "end_mark": _("A mark of old systems (Ctrl+Z) stands at the end; it was passed over."),
        "zero_bytes": n_("{count} zero byte was passed over.", "{count} zero bytes were passed over.", count),
        "sections_order": _(
            "The sections do not stand in the order META, PROJECTS, VOTES; they were read all the same."
        ),
    }


def _cells(note: Note) -> dict[str, str]:
    """Return the sentences for how names and numbers are written."""
    count, value = note.count, note.value or ""
    return {
        "invisible": n_(
            "{count} cell holds a sign that nobody can see ({value}); it was taken out.",
            "{count} cells hold signs that nobody can see (the first: {value}); they were taken out.",
            count, value=value,
        ),
        "composed": n_(
            "{count} cell is written with letters put together from parts (NFD); they were read as usual ones.",
            "{count} cells are written with letters put together from parts (NFD); they were read as usual ones.",
            count,
        ),
        "odd_spaces": n_(
            "{count} cell holds a non-breaking space; it was read as a space.",
            "{count} cells hold non-breaking spaces; they were read as spaces.",
            count,
        ),
        "spaced_number": n_(
            "{count} number is written with spaces (“{value}”); they were passed over.",
            "{count} numbers are written with spaces (the first: “{value}”); they were passed over.",
            count, value=value,
        ),
        "exponent": n_(
            "{count} number was shortened by a spreadsheet ({value}). Check that it is exact.",
            "{count} numbers were shortened by a spreadsheet (the first: {value}). Check that they are exact.",
            count, value=value,
        ),
        "grouped": n_(
            "{count} amount has marks between thousands ({value}); it was read without them.",
            "{count} amounts have marks between thousands (the first: {value}); they were read without them.",
            count, value=value,
        ),
        "three_digits": n_(
            "{count} amount has exactly three digits after a point: {value}. In these files a point stands before "
            "decimals; if thousands are meant, write the amount without it.",
            "{count} amounts have exactly three digits after a point, the first: {value}. In these files a point "
            "stands before decimals; if thousands are meant, write the amounts without it.",
            count, value=_read_as(value),
        ),
    }  # fmt: skip


def _head(note: Note) -> dict[str, str]:
    """Return the sentences for what the file says of the election and its projects."""
    count, value, column = note.count, note.value or "", note.column or ""
    return {
        "meta_twice": n_(
            "{count} line of META stands there twice ({column}); the first one holds.",
            "{count} lines of META stand there again (the first: {column}); the first of each holds.",
            count, column=column,
        ),
        "meta_unread": n_(
            "{count} line of META cannot be read ({column}: {value}); it was passed over.",
            "{count} lines of META cannot be read (the first: {column}: {value}); they were passed over.",
            count, column=column, value=value,
        ),
        "meta_ignored": n_(
            "{count} line of META asks for something that Glas does not do, and was ignored: {value}.",
            "{count} lines of META ask for something that Glas does not do, and were ignored: {value}.",
            count, value=value,
        ),
        "meta_unknown": n_(
            "{count} line of META is unknown to Glas and was not used: {value}.",
            "{count} lines of META are unknown to Glas and were not used: {value}.",
            count, value=value,
        ),
        "rule_unknown": _(
            "The file names a rule that Glas does not know: “{value}”. Whoever counts it chooses another.", value=value
        ),
        "alike": n_(
            "{count} project has a code that looks like another one but is written with other letters ({value}). Check "
            "which of both the ballots mean.",
            "{count} projects have codes that look like others but are written with other letters (the first: {value})."
            " Check which of both the ballots mean.",
            count, value=value,
        ),
        "cells_missing": n_(
            "{count} line is short of cells; they were taken as empty.",
            "{count} lines are short of cells; they were taken as empty.",
            count,
        ),
        "coordinate": n_(
            "{count} project has coordinates that are no degrees ({value}); they were left out.",
            "{count} projects have coordinates that are no degrees (the first: {value}); they were left out.",
            count, value=value,
        ),
        "num_projects_differs": _(
            "The file speaks of another number of projects than it has: {value}.", value=_of(value)
        ),
        "num_votes_differs": _("The file speaks of another number of ballots than it has: {value}.", value=_of(value)),
        "votes_differ": n_(
            "{count} project has other votes on the ballots than the file says ({column}: {value}).",
            "{count} projects have other votes on the ballots than the file says (the first: {column}: {value}).",
            count, column=column, value=_of(value),
        ),
        "scores_differ": n_(
            "{count} project has other points on the ballots than the file says ({column}: {value}). Where all "
            "projects have published points, most points first goes by those.",
            "{count} projects have other points on the ballots than the file says (the first: {column}: {value}). "
            "Where all projects have published points, most points first goes by those.",
            count, column=column, value=_of(value),
        ),
        "score_not_counted": n_(
            "{count} project has a score that is not its votes ({column}: {value}). On these ballots people only "
            "tick projects, so votes are counted and no score.",
            "{count} projects have a score that is not their votes (the first: {column}: {value}). On these ballots "
            "people only tick projects, so votes are counted and no score.",
            count, column=column, value=_of(value),
        ),
    }  # fmt: skip


def _ballots(note: Note) -> dict[str, str]:
    """Return the sentences for the ballots."""
    count, value = note.count, note.value or ""
    return {
        "voter_twice": n_(
            "{count} ballot has the number of a voter who stands there before. It was counted all the same: check "
            "whether somebody has voted twice.",
            "{count} ballots have the number of a voter who stands there before. They were counted all the same: check "
            "whether somebody has voted twice.",
            count,
        ),
        "voter_missing": n_(
            "{count} ballot has no number of a voter, so nobody can tell whether it stands there twice.",
            "{count} ballots have no number of a voter, so nobody can tell whether they stand there twice.",
            count,
        ),
        "columns_not_kept": n_(
            "{count} column about voters is neither read nor kept: {value}.",
            "{count} columns about voters are neither read nor kept: {value}.",
            count, value=(note.column or "").replace(",", ", "),
        ),
        "cleaned": n_(
            "{count} ballot was freed of spaces or empty places between its projects.",
            "{count} ballots were freed of spaces or empty places between their projects.",
            count,
        ),
        "project_twice": n_(
            "{count} time a ballot names a project again ({value}); each counts once.",
            "{count} times a ballot names a project again (the first: {value}); each counts once.",
            count, value=value,
        ),
    }  # fmt: skip


def _limits(note: Note) -> dict[str, str]:
    """Return the sentences for ballots that do not keep to the limits in META. They are counted as they stand."""
    limit = f"{note.column} = {note.value}"
    count = note.count
    broken = {
        "over_choose_1": n_(
            "{count} ballot chooses more than one project, though the file calls its ballots choose-1.",
            "{count} ballots choose more than one project, though the file calls its ballots choose-1.",
            count,
        ),
        "over_max_length": n_(
            "{count} ballot names more projects than allowed ({limit}).",
            "{count} ballots name more projects than allowed ({limit}).",
            count, limit=limit,
        ),
        "under_min_length": n_(
            "{count} ballot names fewer projects than it must ({limit}).",
            "{count} ballots name fewer projects than they must ({limit}).",
            count, limit=limit,
        ),
        "over_max_sum_cost": n_(
            "{count} ballot names projects that cost more than allowed ({limit}).",
            "{count} ballots name projects that cost more than allowed ({limit}).",
            count, limit=limit,
        ),
        "under_min_sum_cost": n_(
            "{count} ballot names projects that cost less than they must ({limit}).",
            "{count} ballots name projects that cost less than they must ({limit}).",
            count, limit=limit,
        ),
        "over_max_points": n_(
            "{count} ballot gives a project more points than allowed ({limit}).",
            "{count} ballots give a project more points than allowed ({limit}).",
            count, limit=limit,
        ),
        "under_min_points": n_(
            "{count} ballot gives a project fewer points than it must ({limit}).",
            "{count} ballots give a project fewer points than they must ({limit}).",
            count, limit=limit,
        ),
        "over_max_sum_points": n_(
            "{count} ballot gives more points altogether than allowed ({limit}).",
            "{count} ballots give more points altogether than allowed ({limit}).",
            count, limit=limit,
        ),
        "under_min_sum_points": n_(
            "{count} ballot gives fewer points altogether than it must ({limit}).",
            "{count} ballots give fewer points altogether than they must ({limit}).",
            count, limit=limit,
        ),
    }  # fmt: skip
    counted = n_("It was counted as it stands.", "They were counted as they stand.", count)
    return {kind: f"{said} {counted}" for kind, said in broken.items()}


def _of(value: str) -> str:
    """Return "4 / 42" – as published, as counted – in words."""
    said, _slash, found = value.partition(" / ")
    return _("{said} said, {found} found", said=said, found=found)


def _read_as(value: str) -> str:
    """Return "60.000 / 60" – as written, as read – in words."""
    written, _slash, number = value.partition(" / ")
    return _("{written} was read as {number}", written=written, number=number)
