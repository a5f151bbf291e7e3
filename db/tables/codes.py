"""Who may vote, and the ballots – with nothing that leads from the one to the other."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
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
    # By a second person; until then its codes are refused.
    released_at: datetime | None = moment(nullable=True)
    released_by: str | None = None
    # The digest of the code that this batch of one stands in for.
    replaces: bytes | None = None
    # By two people, for its slips were stolen: its codes, and the ballots they led to, count no more.
    stopped_at: datetime | None = moment(nullable=True)
    # How many were used, kept at the close where that can be told of nobody, for the codes go later.
    used: int | None = None


class Code(Row, table=True):
    """The keyed digest of a participation code. Who spent it can be read with a round's link key only."""

    id: int | None = key()
    batch_id: int = link("code_batch.id", ondelete="CASCADE")
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    digest: bytes
    # The keyed digest of the number on its slip: a school's list alone leads to no row.
    slip: bytes | None = None
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
