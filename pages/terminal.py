"""The command line `glas`: what an operator does at the server, in the language of the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from core import settings
from core.errors import GlasError
from core.texts import cleaned
from pages.commands import (
    audit_rules,
    backup,
    compare,
    count,
    demo,
    doctor,
    import_election,
    init,
    invite,
    migrate,
    recount,
    restore,
    rounds,
    serve,
    sign_in,
    town,
    watch,
)
from pages.commands.talk import say
from pages.parts import i18n, refusals
from pages.parts.i18n import _

COMMANDS = (
    serve, init, town, invite, sign_in, migrate, rounds, import_election, count, compare, audit_rules, recount, watch,
    backup, restore, doctor, demo,
)  # fmt: skip

DONE, REFUSED, BROKEN_OFF = 0, 2, 130


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit code: 0 done, 2 refused with a reason, 130 broken off."""
    i18n.use(i18n.of_terminal(os.environ))
    try:
        # For this process and all that it starts.
        os.environ.update(settings.environment())
    except GlasError as refusal:
        say(refusals.sentence(refusal), file=sys.stderr)
        return REFUSED
    i18n.use(i18n.of_terminal(os.environ))
    chosen = parser().parse_args(words)
    for name, typed in vars(chosen).items():
        setattr(chosen, name, _clean(typed))
    try:
        return int(chosen.run(chosen) or DONE)
    except GlasError as refusal:
        say(refusals.sentence(refusal), file=sys.stderr)
    except BrokenPipeError:
        # Whoever read this – `head`, say – has seen enough. Python would complain once more while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as trouble:
        # A file that is not there or may not be read; anything else has a class of its own.
        say(f"{trouble.filename or 'glas'}: {trouble.strerror or trouble}", file=sys.stderr)
    except (KeyboardInterrupt, EOFError):
        say(file=sys.stderr)
        return BROKEN_OFF
    return REFUSED


def _clean(typed: Any) -> Any:
    """Return what was typed without letters that no text can hold; the name of a file that is there stays as it is."""
    if isinstance(typed, list):
        return [_clean(each) for each in typed]
    return typed if isinstance(typed, str) and os.path.exists(typed) else cleaned(typed)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    made = Parser(
        prog="glas",
        description=_("Glas at the server: set up, import, count. Voting itself happens in the browser."),
        epilog=_(
            "Settings are read as the server reads them, from the environment and from the file .env in this folder: "
            "PORT, GLAS_URL, GLAS_DATABASE_URL, GLAS_DATA_DIR, GLAS_KEY_DIR, DEMO, GLAS_LANG. What is done here is "
            "written in the journal as done at the server."
        ),
    )
    commands = made.add_subparsers(title=_("commands"), metavar=_("COMMAND"), required=True, parser_class=Parser)
    for command in COMMANDS:
        command.add(commands)
    return made


def of_argparse(message: str) -> str:
    """Return what argparse says to people, which it knows in English only, in the current language."""
    return {
        "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
        "the following arguments are required: %s": _("this is missing: %s"),
        "unrecognized arguments: %s": _("this is not understood: %s"),
        "expected one argument": _("something must follow it"),
        "expected at least one argument": _("something must follow it"),
        "ignored explicit argument %r": _("nothing may follow it, but there is %r"),
        "not allowed with argument %s": _("does not go together with %s"),
        "one of the arguments %s is required": _("one of these is missing: %s"),
        "invalid %(type)s value: %(value)r": _("%(value)r is not what belongs here"),
        "invalid choice: %(value)r (choose from %(choices)s)": _("%(value)r is none of these: %(choices)s"),
    }.get(message, message)


# It asks gettext by this name whenever it says something.
argparse._ = of_argparse  # type: ignore[attr-defined]


class Parser(argparse.ArgumentParser):
    """A parser that speaks the house's languages where argparse speaks English only."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("description", settings.get("help"))
        super().__init__(**settings, add_help=False, formatter_class=Layout, allow_abbrev=False)
        self._positionals.title = _("what it works on")
        self._optionals.title = _("options")
        self.add_argument("-h", "--help", action="help", help=_("show this help"))

    def error(self, message: str) -> NoReturn:
        """Print what was not understood and where help is, and leave with code 2."""
        say(f"{self.prog}: {message}", file=sys.stderr)
        say(_("Try: {command} --help", command=self.prog), file=sys.stderr)
        sys.exit(REFUSED)


class Layout(argparse.HelpFormatter):
    """Help in the terminal's language, with the commands listed without a line for their placeholder."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Write the usage line."""
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)

    def _format_action(self, action: argparse.Action) -> str:
        if isinstance(action, argparse._SubParsersAction):
            return "".join(self._format_action(each) for each in self._iter_indented_subactions(action))
        return super()._format_action(action)


if __name__ == "__main__":
    sys.exit(main())
