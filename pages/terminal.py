"""The command line `glas`: what an operator does at the server, in the language of the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

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
            "Settings are read from the environment, as the server reads them: PORT, GLAS_URL, GLAS_DATABASE_URL, "
            "GLAS_DATA_DIR, GLAS_KEY_DIR, DEMO. What is done here is written in the journal as done at the server."
        ),
    )
    commands = made.add_subparsers(title=_("commands"), metavar=_("COMMAND"), required=True, parser_class=Parser)
    for command in COMMANDS:
        command.add(commands)
    return made


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
