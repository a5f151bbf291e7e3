"""Who may vote, and the ballots – with nothing that leads from the one to the other."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from db.tables.base import Row, key, link, moment

# On SQLite such a table is kept in the order of its random key: no row number tells which ballot came first.
BY_KEY = {"sqlite_with_rowid": False}


class Slot(Row, table=True):
    """A place for one ballot: random name, no time, nothing of a person. Only `lookup` and a key lead to it.

    `sealed` holds the opening of `commitment`, also once the ballot is `withdrawn`; `number` and `request_id` are those
    of the newest receipt. After the objection window only `id`, `revision` and `commitment` are left.
    """

    id: str = Field(primary_key=True)
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    lookup: bytes | None = None
    revision: int
    sealed: bytes | None = None
    withdrawn: bool = False
    commitment: bytes | None = None
    number: str | None = None
    request_id: str | None = None

    __table_args__ = (UniqueConstraint("round_id", "lookup"), Index(None, "round_id", "commitment"), BY_KEY)


class Receipt(Row, table=True):
    """The number a voter was given, and what it stands for on the board. No slot, no order."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    number: str = Field(primary_key=True)
    commitment: bytes

    __table_args__ = (BY_KEY,)


class OpenBallot(Row, table=True):
    """A ballot in the open, without a slot: of an imported election, or opened after the close, in a drawn order."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    choices: str

    __table_args__ = (Index(None, "round_id", "id"),)


class Mismatch(Row, table=True):
    """A ballot that was not what the board promised, found when the ballots were opened. Published, never dropped."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE")
    commitment: bytes | None = None
    problem: str


class CommissionMember(Row, table=True):
    """Who holds which share of a sealed round's count key. The share itself stands nowhere."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    seat: int = Field(primary_key=True)
    name: str
    rehearsed_at: datetime | None = moment(nullable=True)


class TurnoutDay(Row, table=True):
    """How many people voted for the first time on a day of the round's time zone."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    day: date = Field(primary_key=True)
    ballots: int = 0
