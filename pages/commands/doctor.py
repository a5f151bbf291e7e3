"""`glas doctor`: look at everything on this server that can be unsafe or missing, and say what to do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from core import clock, store
from core.operations import doctor
from core.operations.machine import Finding
from core.settings import settings
from pages.commands.talk import glas, say
from pages.parts import dates
from pages.parts.i18n import _, n_, number

HEALTHY, UNWELL = 0, 1
GIBIBYTE = 1 << 30

Facts = Mapping[str, Any]


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "doctor",
        help=_("look for what is unsafe or missing on this server"),
        description=_(
            "Looks at keys, folders, database, boards, journal, staff, backups, disk and limits, changes nothing, and "
            "says of each whether it is good, and what to do. Ends with code 1 if something is bad. The server may run."
        ),
    )
    command.add_argument("--json", action="store_true", help=_("print one JSON object"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print every finding; return 1 if something has to be done."""
    found = doctor.examine(store.reading, settings(), at=clock.now())
    bad = sum(each.bad for each in found)
    if chosen.json:
        told = [
            {"name": each.name, "bad": each.bad, "problem": each.problem, "sentence": sentence(each)} for each in found
        ]
        say(json.dumps({"good": not bad, "findings": told}, ensure_ascii=False, indent=1))
    else:
        for each in found:
            say(f"{'✗' if each.bad else '·' if each.problem else '✓'} {sentence(each)}")
        say()
        say(
            n_("{count} thing needs to be mended.", "{count} things need to be mended.", bad)
            if bad
            else _("Nothing bad was found.")
        )
    return UNWELL if bad else HEALTHY


def sentence(finding: Finding) -> str:
    """Return what was found, and what to do where something is wrong."""
    words = WORDS.get((finding.name, finding.problem)) or _unreadable
    return words({"name": finding.name, **finding.facts})


def _size(number_of_bytes: int) -> str:
    return f"{number(round(number_of_bytes / GIBIBYTE, 1))} GiB"


def _moment(at: datetime | None) -> str:
    return dates.moment(at, year=True) if at else "?"


def _line(facts: Facts, what: str) -> str:
    told = _("Journal of {town}, line {number}: {what}", town=facts["town"], number=facts["number"], what=what)
    if not facts.get("file"):
        return told
    return told + " " + _("If you restored an older backup on purpose, remove {file}.", file=facts["file"])


def _unreadable(facts: Facts) -> str:
    return _(
        "This could not be looked at: {name} ({trouble}). The log of the server may say more.",
        name=facts["name"], trouble=facts.get("trouble", "?"),
    )  # fmt: skip


_MACHINE: Mapping[tuple[str, str], Callable[[Facts], str]] = {
    ("server", ""): lambda f: _(
        "Glas serves: process {pid} on {host}, since {since}.",
        pid=f["pid"] or "?", host=f["host"] or "?", since=_moment(f["since"]),
    ),
    ("server", "stopped"): lambda _f: _("Glas does not serve right now."),
    ("key_folder", ""): lambda f: _("Key folder {path}: for its owner only.", path=f["path"]),
    ("key_folder", "missing"): lambda f: _(
        "There is no key folder at {path}. If this server has served already, put your copy of it back there, or set "
        "GLAS_KEY_DIR.", path=f["path"],
    ),
    ("key_folder", "open_to_others"): lambda f: _(
        "Others on this computer can read {path}. Take their rights away: chmod -R go= FOLDER", path=f["path"]
    ),
    ("key_folder", "network"): lambda f: _(
        "The key folder {path} is shared by computers ({kind}). Move it to a disk of this computer.",
        path=f["path"], kind=f["kind"],
    ),
    ("key_folder", "not_yet"): lambda f: _(
        "These keys are not there yet; they are made when they are first needed: {keys}.", keys=f["keys"]
    ),
    ("data_folder", ""): lambda f: _("Data folder {path}: for its owner only.", path=f["path"]),
    ("data_folder", "open_to_others"): lambda f: _(
        "Others on this computer can read {file}. Take their rights away: chmod -R go= {path}",
        file=f["file"], path=f["path"],
    ),
    ("disk", ""): lambda f: _("Free space at {path}: {free}.", path=f["path"], free=_size(f["free"])),
    ("disk", "full"): lambda f: _(
        "Only {free} are free at {path}; {needed} are needed. Make room, or a vote may not be written.",
        free=_size(f["free"]), path=f["path"], needed=_size(f["needed"]),
    ),
    ("open_files", ""): lambda f: _("Files open at once: up to {count}.", count=number(f["found"])),
    ("open_files", "few"): lambda f: _(
        "Only {found} files may be open at once; a few hundred visitors need {needed}. Raise the limit: "
        "LimitNOFILE={needed} in the service, or ulimit -Hn.", found=f["found"], needed=f["needed"],
    ),
}  # fmt: skip
_DATABASE: Mapping[tuple[str, str], Callable[[Facts], str]] = {
    ("schema", ""): lambda f: _("Database at the schema of this version ({known}).", known=f["known"]),
    ("schema", "empty"): lambda _f: _(
        "The database is empty. Set up your town: {glas} init", glas=glas()
    ),
    ("schema", "other"): lambda f: _(
        "The database is at schema {found}, this version needs {known}. If it is older, stop the server and run: "
        "{glas} migrate. If it is newer, update Glas.", found=f["found"], known=f["known"], glas=glas(),
    ),
    ("schema", "unreachable"): lambda _f: _(
        "The database cannot be opened. Is GLAS_DATABASE_URL right, and is it running?"
    ),
    ("database", ""): lambda f: _("{kind} writes every vote to the disk before it is acknowledged.", kind=f["kind"]),
    ("database", "network"): lambda _f: _(
        "The database lies in a folder that computers share. Move the file to a disk of this computer, or use "
        "PostgreSQL."
    ),
    ("database", "no_wal"): lambda _f: _(
        "SQLite cannot write its log ahead (WAL) here. Move the file to an ordinary disk of this computer."
    ),
    ("database", "not_durable"): lambda _f: _(
        "The database does not wait for the disk: a power cut loses ballots. Switch fsync on."
    ),
    ("clocks", ""): lambda _f: _("The clocks agree."),
    ("clocks", "apart"): lambda f: _(
        "The clocks of this computer and of the database are {seconds} seconds apart. Have both set by NTP.",
        seconds=f["seconds"],
    ),
    ("clocks", "behind"): lambda f: _(
        "The clock is behind: the journal has a line of {moment} already. Have the clock set by NTP.",
        moment=_moment(f["last"]),
    ),
    ("round_keys", ""): lambda _f: _("The keys fit all open rounds."),
    ("round_keys", "rests"): lambda f: _(
        "Nobody can vote in “{round}”: a key of it is missing in {folder}, or another one lies there. Put your copy of "
        "the key folder there. If only the link is lost, run: {glas} restore --link FILE",
        round=f["round"], folder=f["path"], glas=glas(),
    ),
    ("round_keys", "no_log_key"): lambda f: _(
        "The key that signs the boards is missing in {path}. Put your copy of the key folder back.", path=f["path"]
    ),
    ("round_keys", "totp"): lambda f: _(
        "The key of the second steps in {path} is missing or another one: staff cannot log in. Put your copy of the "
        "key folder back.", path=f["path"],
    ),
    ("round_keys", "pepper"): lambda f: _(
        "The key of the participation codes is missing in {path}: no code works. Put your copy of the key folder back.",
        path=f["path"],
    ),
    ("boards", ""): lambda f: n_(
        "The boards are those that were signed, by {count} checkpoint.",
        "The boards are those that were signed, by {count} checkpoints.", f["checkpoints"],
    ),
    ("boards", "behind"): lambda f: _(
        "The board of “{round}” has {found} lines and had {expected}: the database is older than what was signed. "
        "Restore a newer backup.", round=f["round"], found=f["found"], expected=f["expected"],
    ),
    ("boards", "broken"): lambda f: _(
        "The board of “{round}” is not the one that was signed. Keep the database as it is, and show it to the "
        "auditor.",
        round=f["round"],
    ),
    ("journal", ""): lambda f: _(
        "The journal is a whole chain of {lines} lines, and agrees with {heads} signed heads.",
        lines=number(f["lines"]), heads=number(f["heads"]),
    ),
    ("journal", "missing"): lambda f: _line(
        f, _("it is not there. Keep the database as it is, and show it to the auditor.")
    ),
    ("journal", "altered"): lambda f: _line(
        f, _("it was altered, moved or put in. Keep the database as it is, and show it to the auditor.")
    ),
    ("journal", "other_line"): lambda f: _line(
        f, _("it is another one than was signed. Keep the database as it is, and show it to the auditor.")
    ),
    ("journal", "behind"): lambda f: _line(
        f, _("from here on lines are missing that were signed. Restore a newer backup, or show it to the auditor.")
    ),
    ("journal", "headless"): lambda f: _(
        "Journal of {town}: signed heads that stood beside checkpoints were removed. Keep the database as it is, and "
        "show it to the auditor.",
        town=f["town"],
    ),
    ("journal", "unsigned"): lambda f: _line(f, _("a head is not signed by the key that is here.")),
}  # fmt: skip
_TOWN: Mapping[tuple[str, str], Callable[[Facts], str]] = {
    ("town", ""): lambda f: _("The town is reached at {url}.", url=f["url"]),
    ("town", "none"): lambda _f: _("There is no town yet. Set it up: {glas} init", glas=glas()),
    ("town", "demo"): lambda _f: _("This is the demo town, on this computer only."),
    ("town", "demo_in_public"): lambda f: _(
        "The demo town is served at {url}, and everyone knows its passwords. Remove it: {glas} demo --remove",
        url=f["url"], glas=glas(),
    ),
    ("town", "demo_accounts"): lambda _f: _(
        "Accounts of the demo are in this town, and everyone knows their passwords. Remove them: {glas} demo --remove",
        glas=glas(),
    ),
    ("town", "loopback"): lambda f: _(
        "Only this computer reaches the town ({url}). Set GLAS_URL to its public address, and put a web server with "
        "https in front.", url=f["url"],
    ),
    ("town", "demo_setting"): lambda _f: _("The setting DEMO is not 0, though this is a real town. Set DEMO=0."),
    ("town", "no_contact"): lambda _f: _(
        "The town has no contact address, where people tell what is wrong. Set it: {glas} town --email ADDRESS",
        glas=glas(),
    ),
    ("staff", ""): lambda f: n_(
        "{count} person with a role, and a second step.", "{count} people with a role, each with a second step.",
        f["count"],
    ),
    ("staff", "alone"): lambda f: n_(
        "There is {count} organiser, and publishing and counting take two. Invite one: {glas} invite NAME --role "
        "organiser",
        "There are {count} organisers, and publishing and counting take two. Invite them: {glas} invite NAME --role "
        "organiser",
        f["count"], glas=glas(),
    ),
    ("staff", "no_second_step"): lambda f: n_(
        "{count} person with a role has no second step. Ask for it to be set up, or take the role back.",
        "{count} people with a role have no second step. Ask for it to be set up, or take the roles back.", f["count"],
    ),
    ("backup", ""): lambda f: _("The last backup was made on {moment}.", moment=_moment(f["made"])),
    ("backup", "never"): lambda _f: _("No backup was ever made here. Make one: {glas} backup FILE", glas=glas()),
    ("backup", "old"): lambda f: _(
        "The last backup is of {moment}. Make one every week: {glas} backup FILE",
        moment=_moment(f["made"]), glas=glas(),
    ),
    ("backup", "old_in_voting"): lambda f: _(
        "People are voting, and the last backup is of {moment}. Make one every day: {glas} backup FILE",
        moment=_moment(f["made"]), glas=glas(),
    ),
    ("overdue", ""): lambda _f: _("No round waits to be made anonymous."),
    ("overdue", "waits"): lambda f: _(
        "“{round}” should have been made anonymous by now. An organiser does it on the page “Closing”.",
        round=f["round"],
    ),
}  # fmt: skip
WORDS: Mapping[tuple[str, str], Callable[[Facts], str]] = {**_MACHINE, **_DATABASE, **_TOWN}
