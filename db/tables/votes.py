"""Who may vote, and the ballots – with nothing that leads from the one to the other."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from db.tables.base import Row, key, link, moment

# On SQLite such a table is kept in the order of its random key: no row number tells which ballot came first.
BY_KEY = {"sqlite_with_rowid": False}


class CodeBatch(Row, table=True):
    """Participation codes made together, for a school or a library."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE")
    label: str
    size: int
    # A pseudonym.
    made_by: str
    created_at: datetime = moment()
    # By a second person; until then its codes are refused.
    released_at: datetime | None = moment(nullable=True)
    released_by: str | None = None
    # The digest of the code that this batch of one stands in for.
    replaces: bytes | None = None


class Code(Row, table=True):
    """The keyed digest of a participation code. Who spent it can be read with a round's link key only."""

    id: int | None = key()
    batch_id: int = link("code_batch.id", ondelete="CASCADE")
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    digest: bytes
    spent: bool = False
    # Who spent it, encrypted under the round's link key, so that a lost code can be voided. Emptied at the close.
    holder: bytes | None = None

    __table_args__ = (UniqueConstraint("round_id", "digest"),)


class Roll(Row, table=True):
    """A person who has shown a code and may vote. Not which code, and not whether she voted."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    person_id: int = Field(
        foreign_key="person.id", primary_key=True, ondelete="CASCADE", index=True, sa_type=BigInteger
    )


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


class PendingLeaf(Row, table=True):
    """A leaf that waits for its batch. Which slot it belongs to stands nowhere."""

    commitment: bytes = Field(primary_key=True)
    round_id: int = link("round.id", ondelete="CASCADE")
    kind: str
    number: str

    __table_args__ = (BY_KEY,)


class Leaf(Row, table=True):
    """A leaf of the log, for good. `live` is set when the ballots are opened: whether this one counts."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    position: int = Field(primary_key=True)
    commitment: bytes
    kind: str
    live: bool | None = None

    __table_args__ = (UniqueConstraint("round_id", "commitment"), BY_KEY)


class Checkpoint(Row, table=True):
    """What the log held after a batch, as a signed note."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    size: int = Field(primary_key=True)
    note: str


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
