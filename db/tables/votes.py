"""Who may vote, and the ballots – with nothing that leads from the one to the other."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from db.tables.base import Row, key, link, moment


class CodeBatch(Row, table=True):
    """Participation codes made together, for a school or a library."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE")
    label: str
    size: int
    # A pseudonym.
    made_by: str
    created_at: datetime = moment()


class Code(Row, table=True):
    """The keyed digest of a participation code. Who spent it stands nowhere."""

    id: int | None = key()
    batch_id: int = link("code_batch.id", ondelete="CASCADE")
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    digest: bytes
    spent: bool = False

    __table_args__ = (UniqueConstraint("round_id", "digest"),)


class Roll(Row, table=True):
    """A person who has shown a code and may vote. Not which code, and not whether she voted."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    person_id: int = Field(
        foreign_key="person.id", primary_key=True, ondelete="CASCADE", index=True, sa_type=BigInteger
    )


class Slot(Row, table=True):
    """One live ballot. Random name, no time, nothing of a person; `choices` is empty once withdrawn."""

    id: str = Field(primary_key=True)
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    lookup: bytes
    revision: int
    choices: str | None = None
    request_id: str

    __table_args__ = (UniqueConstraint("round_id", "lookup"),)


class Receipt(Row, table=True):
    """The number a voter was given for one revision of her ballot."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    number: str
    slot_id: str = Field(foreign_key="slot.id", ondelete="CASCADE")
    revision: int
    request_id: str

    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        UniqueConstraint("slot_id", "request_id"),
        # The running tally reads what is new since the last receipt it has seen.
        Index(None, "round_id", "id"),
    )


class ImportedBallot(Row, table=True):
    """A ballot of an imported election, cast elsewhere."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    choices: str

    __table_args__ = (Index(None, "round_id", "id"),)


class TurnoutDay(Row, table=True):
    """How many people voted for the first time on a day of the round's time zone."""

    round_id: int = Field(foreign_key="round.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    day: date = Field(primary_key=True)
    ballots: int = 0
