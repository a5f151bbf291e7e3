"""Who may vote, and the ballots – with nothing that leads from the one to the other."""

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from db.tables.base import Row, link
from db.tables.votes import BY_KEY


class PendingLeaf(Row, table=True):
    """A leaf that waits for its batch outside of the box. Which slot it belongs to stands nowhere."""

    commitment: bytes = Field(primary_key=True)
    round_id: int = link("round.id", ondelete="CASCADE")
    kind: str
    number: str

    __table_args__ = (BY_KEY,)


class WaitingBox(Row, table=True):
    """All ballots of a round that have come since the last batch, with their leaves and receipts, sealed as one."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    sealed: bytes


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


class JournalHead(Row, table=True):
    """How far the journal had come when a checkpoint of this `size` was signed, as a signed note of its own."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    size: int = Field(primary_key=True)
    note: str


class VotedOn(Row, table=True):
    """A signed note of what was voted on, or of a step of the closing; each names the hash of the one before it."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    number: int = Field(primary_key=True)
    note: str
