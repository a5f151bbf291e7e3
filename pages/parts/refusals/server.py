"""Sentences for refusals that people at the server and organisers meet."""

from __future__ import annotations

from typing import Any

from core import errors
from core.counting import election
from pages.parts import dates
from pages.parts.i18n import _
from pages.rounds import rule_words


def register(sentence: Any) -> None:
    """Teach `sentence` the refusals of this module."""
    sentence.register(errors.SettingWrong, _setting_wrong)
    sentence.register(errors.SchemaNewer, _schema_newer)
    sentence.register(errors.ServerRuns, _server_runs)
    sentence.register(errors.DatabaseReplaced, _database_replaced)
    sentence.register(errors.AlreadyImported, _already_imported)
    sentence.register(election.RuleWrong, _rule_wrong)
    sentence.register(election.TieRefused, _tie_refused)


def _setting_wrong(error: errors.SettingWrong) -> str:
    problem = {
        "number": _("must be a number"),
        "range": _("is outside the possible range"),
        "inside_data": _("lies inside the data folder; keys must lie elsewhere, or backups would hold them"),
        "format": _("must look like https://glas.example.org"),
        "insecure": _("must begin with https://, because other computers can reach it"),
        "scheme": _("must begin with sqlite:/// or postgresql://"),
        "choice": _("must be 1 or 0"),
        "open_to_others": _("can be read by others on this computer; take their rights away (chmod -R go= FOLDER)"),
        "damaged": _("is no key of Glas, or it is damaged; take it from your copy of the key folder"),
        "not_durable": _("names a PostgreSQL with fsync off, where a power cut loses ballots; switch it on"),
        "network": _(
            "lies in a folder that computers share (NFS, SMB and the like), where SQLite cannot promise that no ballot "
            "is lost; move the file to a disk of this computer, or use PostgreSQL"
        ),
        "no_wal": _(
            "names a file for which SQLite cannot write its log ahead (WAL); move it to an ordinary disk of this "
            "computer, or use PostgreSQL"
        ),
        "second_name": _(
            "names a file that has a second name (a hard link), by which another Glas could open it and lose ballots; "
            "remove the other name, and keep backups as copies"
        ),
        "unreachable": _("names a database that cannot be opened"),
        "not_loopback": _("lets other computers in, and everyone knows the passwords of the demo town"),
    }.get(error.problem, _("makes no sense"))
    return _("The setting {name} ({value}) {problem}.", name=error.name, value=error.value, problem=problem)


def _schema_newer(error: errors.SchemaNewer) -> str:
    return _(
        "The database was written by a newer Glas ({found}) than this one ({known}). Update Glas, or use the copy"
        " made before the update.",
        found=error.found,
        known=error.known,
    )


def _server_runs(error: errors.ServerRuns) -> str:
    if error.pid is None or error.since is None:
        who = _("Another Glas serves here already.")
    else:
        who = _(
            "Glas serves here already: process {pid} on {host}, since {since}.",
            pid=error.pid, host=error.host, since=dates.moment(error.since, year=True),
        )  # fmt: skip
    why = {
        "keys": _("It uses the same key folder, and a key folder belongs to one server."),
        "database": _("It uses the same database, and a database belongs to one server."),
    }[error.what]
    return f"{who} {why} " + _("Stop it first, then try again. Nothing was changed.")


def _database_replaced(_error: errors.DatabaseReplaced) -> str:
    return _(
        "The database was replaced while Glas was running, so no ballot is taken until Glas is started again. Tell the "
        "municipality: its address is at the foot of every page."
    )


def _rule_wrong(error: election.RuleWrong) -> str:
    if error.setting is None:
        return _("There is no counting rule called {rule}.", rule=error.rule)
    name = rule_words.name(error.rule) if error.rule else _("the counting rule")
    return _(
        "The setting {setting} = “{value}” does not fit {rule}.", setting=error.setting, value=error.value, rule=name
    )


def _tie_refused(error: election.TieRefused) -> str:
    projects = ", ".join(error.projects)
    return _("These projects are equal, and the rule may not choose between them: {projects}.", projects=projects)


def _already_imported(error: errors.AlreadyImported) -> str:
    return _("This very file has been imported already, as the round {slug}.", slug=error.slug)
