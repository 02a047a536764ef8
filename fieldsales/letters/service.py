"""Letters: queued in the transaction that wants them sent, sent by a worker."""

from __future__ import annotations

import uuid
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldsales.attempts.service import note_attempt
from fieldsales.letters.models import Letter, LetterState
from fieldsales.letters.rules import MOST_ATTEMPTS, wait_after
from fieldsales.mail import Attachment, compose, tidy_address
from fieldsales.people.rules import Actor


def queue_letter(
    session: Session,
    to: str,
    subject: str,
    text: str,
    attachment: Attachment,
    *,
    order_id: uuid.UUID | None,
    by: Actor | None,
    now: datetime,
    html: str | None = None,
    unsubscribe: str | None = None,
) -> Letter:
    """Have a message sent. Raises `BadAddress`."""
    letter = Letter(
        order_id=order_id,
        recipient=tidy_address(to),
        subject=" ".join(subject.split())[:300],
        text=text,
        html=html,
        unsubscribe=unsubscribe,
        file_name=attachment.name,
        media_type=attachment.media_type,
        content=attachment.content,
        made_at=now,
        made_by=by.user_id if by else None,
        next_at=now,
    )
    session.add(letter)
    session.flush()
    return letter


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """Return a letter as the message that a mail server takes; the same letter always has the same Message-ID."""
    return compose(
        sender,
        letter.recipient,
        letter.subject,
        letter.text,
        Attachment(letter.file_name, letter.media_type, letter.content),
        message_id=f"<{letter.id}@fieldsales>",
        at=letter.made_at,
        html=letter.html,
        unsubscribe=letter.unsubscribe,
    )


def next_letter(session: Session, now: datetime) -> Letter | None:
    """Return the letter that is due, held back from other workers until the wait of a failure has passed."""
    due = select(Letter).where(Letter.state == LetterState.WAITING, Letter.next_at <= now)
    found = session.scalars(due.order_by(Letter.next_at, Letter.id).limit(1).with_for_update(skip_locked=True)).first()
    if found is not None:
        found.attempts += 1
        found.next_at = now + wait_after(found.attempts)
        session.flush()
    return found


def is_one_due(session: Session, now: datetime) -> bool:
    """Tell whether a letter is due."""
    due = select(Letter.id).where(Letter.state == LetterState.WAITING, Letter.next_at <= now)
    return session.scalar(due.limit(1)) is not None


def note_sent(session: Session, letter_id: uuid.UUID, now: datetime) -> None:
    """Note that the mail server has it."""
    letter = session.get_one(Letter, letter_id)
    letter.state, letter.sent_at, letter.last_error = LetterState.SENT, now, None
    note_attempt(session, letter_id=letter_id, at=now, taken=True, answer=None)


def note_failed(session: Session, letter_id: uuid.UUID, why: str) -> None:
    """Note why it was not taken; after the last attempt it is given up."""
    letter = session.get_one(Letter, letter_id)
    letter.last_error = why[:500]
    begun = letter.next_at - wait_after(letter.attempts)
    note_attempt(session, letter_id=letter_id, at=begun, taken=False, answer=why)
    if letter.attempts >= MOST_ATTEMPTS:
        letter.state = LetterState.GIVEN_UP


def try_again(session: Session, now: datetime) -> int:
    """Have all that waits, or was given up, tried at once; return how many letters that is."""
    again = update(Letter).where(Letter.state != LetterState.SENT)
    found = session.execute(again.values(state=LetterState.WAITING, attempts=0, next_at=now).returning(Letter.id))
    return len(found.all())
