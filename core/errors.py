"""Refusals: one tree, a class per reason, facts as attributes. Pages find the words."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(kw_only=True, eq=False)
class GlasError(Exception):
    """Glas says no. The facts say why."""

    @property
    def facts(self) -> dict[str, Any]:
        """Return the facts by name."""
        return {fact.name: getattr(self, fact.name) for fact in fields(self)}

    def __str__(self) -> str:
        """Return the facts for logs and tests, not for people."""
        return ", ".join(f"{name}={value!r}" for name, value in self.facts.items())


# Who asks, and when


@dataclass(kw_only=True, eq=False)
class NotSignedIn(GlasError):
    """Only someone who is signed in may do this."""

    action: str | None = None


@dataclass(kw_only=True, eq=False)
class NotAllowed(GlasError):
    """None of the actor's roles may ever do this, or not in this phase."""

    action: str
    roles: tuple[str, ...] = ()
    phase: str | None = None


@dataclass(kw_only=True, eq=False)
class WrongPhase(GlasError):
    """The actor may do this, but in other phases."""

    action: str
    phase: str
    allowed: tuple[str, ...] = ()


@dataclass(kw_only=True, eq=False)
class NotFound(GlasError):
    """There is no such thing, or it is not for this actor to know."""

    thing: str
    key: object = None


@dataclass(kw_only=True, eq=False)
class IdeaWaits(NotFound):
    """This idea is being checked: there is nothing to read yet for anybody but its author and staff."""


# What is handed in


class Invalid(GlasError):
    """A field does not hold what it must. `limit` and the like come as further facts."""

    def __init__(self, field: str, problem: str, **more: Any) -> None:
        """Keep the field's name, the problem (required, too_short, range, taken …) and further facts."""
        super().__init__()
        self.field, self.problem, self.more = field, problem, more
        self.__dict__.update(more)

    @property
    def facts(self) -> dict[str, Any]:
        """Return the facts by name."""
        return {"field": self.field, "problem": self.problem, **self.more}


@dataclass(kw_only=True, eq=False)
class SignInFailed(GlasError):
    """Name and password, code or link do not belong together. Which of them is wrong is not said."""


@dataclass(kw_only=True, eq=False)
class DemoElsewhere(GlasError):
    """An account of the demo, whose password everybody knows, opens at the computer that serves it only."""


@dataclass(kw_only=True, eq=False)
class TooManyTries(GlasError):
    """Too much at once; it can be tried again after some seconds. `busy`: the server is, nobody tried too often."""

    seconds: int
    busy: bool = False


@dataclass(kw_only=True, eq=False)
class SecondStepNeeded(GlasError):
    """The password is right; this account also asks for a one-time password or a recovery code."""


@dataclass(kw_only=True, eq=False)
class IdeasFull(GlasError):
    """This person has sent as many ideas as the round takes of one."""

    limit: int


# Who may vote


@dataclass(kw_only=True, eq=False)
class CodeUnknown(GlasError):
    """No such participation code. `typing`: its check symbol shows a typing error."""

    typing: bool = False


@dataclass(kw_only=True, eq=False)
class OtherCode(GlasError):
    """What was typed is a code of another kind than was asked for: "participation", "recovery" or "ballot"."""

    kind: str


@dataclass(kw_only=True, eq=False)
class SlipUnknown(GlasError):
    """No slip of this round has this number."""


@dataclass(kw_only=True, eq=False)
class CodeSpent(GlasError):
    """This participation code has been used."""


@dataclass(kw_only=True, eq=False)
class CodeNotReleased(GlasError):
    """This participation code exists, but no second person has released it yet."""


@dataclass(kw_only=True, eq=False)
class CodeStopped(GlasError):
    """Two people have stopped the batch of this participation code."""


@dataclass(kw_only=True, eq=False)
class CodeReplaced(GlasError):
    """Another code stands in for this participation code already: `released`, so it is void; or it still waits."""

    released: bool


@dataclass(kw_only=True, eq=False)
class NotEligible(GlasError):
    """This person may not vote in this round: age, code or area."""

    reason: str
    age_min: int | None = None
    age_max: int | None = None


# Voting


@dataclass(kw_only=True, eq=False)
class VotingNotOpen(GlasError):
    """Voting has not begun."""

    opens_at: datetime


@dataclass(kw_only=True, eq=False)
class VotingClosed(GlasError):
    """Voting is over."""

    closed_at: datetime


@dataclass(kw_only=True, eq=False)
class BallotInvalid(GlasError):
    """The choices make no ballot: few, many, over (the budget), unknown, repeated."""

    problem: str
    excess: int | None = None
    missing: int | None = None
    codes: tuple[str, ...] = ()


@dataclass(kw_only=True, eq=False)
class BallotStale(GlasError):
    """A newer ballot than the page knew is in the slot."""

    revision: int


# Running a round


@dataclass(kw_only=True, eq=False)
class TooManyReplacements(GlasError):
    """A ballot was replaced again and again; the last one counts, and the next is taken after some seconds."""

    seconds: int


@dataclass(kw_only=True, eq=False)
class Locked(GlasError):
    """This cannot be changed any more, since the first ballot or since a date has passed."""

    what: str
    since: datetime | None = None


@dataclass(kw_only=True, eq=False)
class SamePerson(GlasError):
    """The second person must be another one: nobody confirms or judges their own."""

    action: str


@dataclass(kw_only=True, eq=False)
class SecondPersonNeeded(GlasError):
    """Once a round is public this is changed by two people and with a public reason, never by one."""

    what: str


@dataclass(kw_only=True, eq=False)
class ConsentDiffers(GlasError):
    """What waits for a second person is not, or no longer, what she was shown; nothing was agreed to."""

    action: str


@dataclass(kw_only=True, eq=False)
class RequestWaits(GlasError):
    """Somebody else's request of this kind waits: it is agreed to or declined before another is made."""

    action: str


@dataclass(kw_only=True, eq=False)
class FiguresShown(GlasError):
    """What the projects have was shown, opened or closed, so voting cannot go on: some would know how it stood."""


# Sealed rounds and closing


@dataclass(kw_only=True, eq=False)
class RehearsalMissing(GlasError):
    """A sealed round cannot open before the holders of these shares have tried them."""

    seats: tuple[int, ...]


@dataclass(kw_only=True, eq=False)
class ShareRefused(GlasError):
    """These shares do not open the ballots: mistyped (wrong), one share twice (differ), or of another key (key)."""

    problem: str


@dataclass(kw_only=True, eq=False)
class WrongStep(GlasError):
    """The closing of the round stands at another step."""

    step: str
    wanted: str


@dataclass(kw_only=True, eq=False)
class CountStale(GlasError):
    """What is in the database is not what was counted: something changed between the reading and the keeping."""


@dataclass(kw_only=True, eq=False)
class TallyHidden(GlasError):
    """The round shows no tally now, so nobody may count it; or its ballots are sealed, so nobody can."""

    round: str
    sealed: bool = False


# The board and the server


@dataclass(kw_only=True, eq=False)
class LogBroken(GlasError):
    """The log in the database is not the one that was signed."""

    slug: str


@dataclass(kw_only=True, eq=False)
class VotedOnAltered(GlasError):
    """The database says something else of a round than was signed. `what`: where they differ, outermost name first."""

    slug: str
    what: tuple[str, ...] = ()


@dataclass(kw_only=True, eq=False)
class LogRolledBack(GlasError):
    """The database is older than the last checkpoint that this server signed."""

    slug: str
    found: int
    expected: int


@dataclass(kw_only=True, eq=False)
class SettingWrong(GlasError):
    """A setting of the server makes no sense."""

    name: str
    value: str
    problem: str


@dataclass(kw_only=True, eq=False)
class KeyMissing(GlasError):
    """The server lacks a key of this round, or has another: `link` to ballots, `count` to open them, `log` to sign."""

    round_id: int
    key: str


@dataclass(kw_only=True, eq=False)
class ServerRuns(GlasError):
    """Another process serves with these keys, or this database (`what`); what is not known of it is None."""

    what: str
    pid: int | None
    parent: int | None
    host: str | None
    since: datetime | None


@dataclass(kw_only=True, eq=False)
class DatabaseReplaced(GlasError):
    """The database is not the one that this server began with, so it takes no ballots until it is started anew."""


@dataclass(kw_only=True, eq=False)
class SchemaNewer(GlasError):
    """The database was written by a newer Glas than this one."""

    found: str
    known: str


# Files


@dataclass(kw_only=True, eq=False)
class FileWrong(GlasError):
    """A file cannot be read: where, and why. `meant`: what looks like `value`, which differs from it by `sign`."""

    reason: str
    line: int | None = None
    column: str | None = None
    value: object = None
    meant: str | None = None
    sign: str | None = None


@dataclass(kw_only=True, eq=False)
class BackupWrong(GlasError):
    """This is no backup, or not as it was written: unreadable, form, cut_off, altered, rows, signature."""

    problem: str
    part: str | None = None


@dataclass(kw_only=True, eq=False)
class DatabaseInUse(GlasError):
    """A backup is restored into an empty database only, and this one holds something."""


@dataclass(kw_only=True, eq=False)
class LinkRefused(GlasError):
    """A sealed link cannot be opened or made: passphrase, short, same, damaged, round."""

    problem: str


@dataclass(kw_only=True, eq=False)
class AlreadyImported(GlasError):
    """This very file is here already, as the round `slug`."""

    slug: str
