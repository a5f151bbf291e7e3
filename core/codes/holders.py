"""Code holders: who spent a code, readable only with the round's link key, and only while the round is open.

It is kept so that a code which was lost or taken can be made void with the ballot it led to. No function returns it.
"""

import hashlib
import hmac

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import event, update
from sqlmodel import Session, col, delete, func, select

from core import voting
from core.errors import CodeReplaced, CodeStopped, CodeUnknown, KeyMissing, NotSignedIn
from core.permissions import Action, Actor
from core.trust import keys, slots
from db import leftovers, tables

# So many enter their codes before the database forgets who came together with which.
TOGETHER = 20


def sealed(session: Session, actor: Actor, round_id: int, digest: bytes) -> bytes:
    """Return who spends this code, encrypted: always of one length, and different every time."""
    if actor.person_id is None:
        raise NotSignedIn(action=Action.enter_code)
    slots.refuse_without_link(session.connection(), round_id)
    # With the code inside: moved to another's row it opens nothing.
    return bytes(_box(round_id).encrypt(digest + actor.person_id.to_bytes(8)))


def void(session: Session, round_id: int, digest: bytes) -> None:
    """Make a code void for good: whoever spent it leaves the roll, and her ballot the box.

    She may enter the new code and vote again; anybody else who used the old one may not. Raises CodeUnknown, or
    CodeReplaced for a code that is void: a second new one in its place would be a second vote; CodeStopped for one of
    a batch that is stopped.
    """
    row = session.exec(
        select(tables.Code)
        .where(tables.Code.round_id == round_id, tables.Code.digest == digest)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise CodeUnknown
    refuse_replaced(session, round_id, digest, waiting=True)
    if session.exec(select(tables.CodeBatch.stopped_at).where(tables.CodeBatch.id == row.batch_id)).one() is not None:
        raise CodeStopped
    held, row.spent, row.holder = row.holder, True, None
    session.flush()
    if held is not None:
        _take_out(session, round_id, digest, held)


def void_batch(session: Session, round_id: int, batch_id: int) -> int:
    """Make all codes of a batch void, used or not; return how many ballots have left the box with them.

    Raises VotingClosed where a ballot could not leave it any more.
    """
    rows = session.exec(
        select(tables.Code)
        .where(tables.Code.round_id == round_id, tables.Code.batch_id == batch_id)
        .order_by(col(tables.Code.digest))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    held = [(bytes(row.digest), row.holder) for row in rows]
    for row in rows:
        row.spent, row.holder = True, None
    session.flush()
    left = sum(_take_out(session, round_id, digest, holder) for digest, holder in held if holder is not None)
    _mix(session, round_id)
    return left


def _take_out(session: Session, round_id: int, digest: bytes, held: bytes) -> bool:
    """Take whoever spent a code off the roll, and her ballot out of the box; return whether there was one."""
    person_id = _opened(round_id, digest, held)
    own = col(tables.Roll.round_id) == round_id, col(tables.Roll.person_id) == person_id
    session.exec(delete(tables.Roll).where(*own))
    return voting.void_slot(session, round_id, person_id)


def refuse_replaced(session: Session, round_id: int, digest: bytes, *, waiting: bool = False) -> None:
    """Raise CodeReplaced if another code stands in for this one; one that is `waiting` for its release may be passed.

    The caller holds the code's row.
    """
    found = session.exec(
        select(tables.CodeBatch.released_at).where(
            tables.CodeBatch.round_id == round_id, tables.CodeBatch.replaces == digest
        )
    ).all()
    released = any(found)
    if released or (found and not waiting):
        raise CodeReplaced(released=released)


def forget(session: Session, round_id: int) -> None:
    """Forget who spent which code of a round: nothing can be made void any more."""
    session.exec(update(tables.Code).where(col(tables.Code.round_id) == round_id).values(holder=None))
    _mix(session, round_id)


def mix_if_due(session: Session, round_id: int) -> None:
    """Mix whenever twenty more have entered their codes."""
    spent = select(func.count()).where(tables.Code.round_id == round_id, col(tables.Code.spent).is_(True))
    if session.exec(spent).one() % TOGETHER == 0:
        _mix(session, round_id)


def _mix(session: Session, round_id: int) -> None:
    """Have the database forget which code was spent in the same transaction as who came onto the roll."""
    session.flush()
    connection = session.connection()
    leftovers.blur(connection, tables.table_of(tables.Code), round_id, "digest")
    leftovers.blur(connection, tables.table_of(tables.Roll), round_id, "person_id")
    session.expire_all()
    event.listen(session, "after_commit", lambda _: leftovers.empty_journal(), once=True)


def _box(round_id: int) -> SecretBox:
    return SecretBox(hmac.digest(keys.link_key(round_id), b"code holder", hashlib.sha256))


def _opened(round_id: int, digest: bytes, held: bytes) -> int:
    try:
        plain = _box(round_id).decrypt(held)
    except CryptoError:
        raise KeyMissing(round_id=round_id, key="link") from None
    if plain[: len(digest)] != digest:
        raise CodeUnknown
    return int.from_bytes(plain[len(digest) :])
