"""Sentences for refusals that people at the server and organisers with files meet."""

from __future__ import annotations

from typing import Any

from core import errors
from pages.parts.i18n import _


def register(sentence: Any) -> None:
    """Teach `sentence` the refusals of this module."""
    sentence.register(errors.SettingWrong, _setting_wrong)
    sentence.register(errors.SchemaNewer, _schema_newer)
    sentence.register(errors.FileWrong, _file_wrong)
    sentence.register(errors.AlreadyImported, _already_imported)


def _setting_wrong(error: errors.SettingWrong) -> str:
    problem = {
        "number": _("must be a number"),
        "range": _("is outside the possible range"),
        "inside_data": _("lies inside the data folder; keys must lie elsewhere, or backups would hold them"),
        "format": _("must look like https://glas.example.org"),
        "insecure": _("must begin with https://, because other computers can reach it"),
        "scheme": _("must begin with sqlite:/// or postgresql://"),
        "choice": _("must be 1 or 0"),
    }.get(error.problem, _("makes no sense"))
    return _("The setting {name} ({value}) {problem}.", name=error.name, value=error.value, problem=problem)


def _schema_newer(error: errors.SchemaNewer) -> str:
    return _(
        "The database was written by a newer Glas ({found}) than this one ({known}). Update Glas, or use the copy"
        " made before the update.",
        found=error.found,
        known=error.known,
    )


def _file_wrong(error: errors.FileWrong) -> str:
    reason = file_reason(error.reason)
    if error.value is not None:
        reason = _("{reason} (found: {value})", reason=reason, value=error.value)
    if error.line is None:
        return _("The file cannot be read: {reason}. Nothing was changed.", reason=reason)
    if error.column:
        return _(
            "Line {line} of the file, column {column}: {reason}. Nothing was changed.",
            line=error.line,
            column=error.column,
            reason=reason,
        )
    return _("Line {line} of the file: {reason}. Nothing was changed.", line=error.line, reason=reason)


def file_reason(key: str) -> str:
    """Return why a file cannot be read."""
    return {}.get(key, key.replace("_", " "))


def _already_imported(error: errors.AlreadyImported) -> str:
    return _("This very file has been imported already, as the round {slug}.", slug=error.slug)
