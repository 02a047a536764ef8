"""Sending the mail that waits, each letter by itself."""

from __future__ import annotations

from sqlalchemy import Engine

from fieldsales.clock import utc_now
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.letters.service import message_of, next_letter, note_failed, note_sent
from fieldsales.mail import Mailbox, MailUnavailable


def mailbox_of(settings: Settings) -> Mailbox:
    """Return the mail server of the settings."""
    return Mailbox(
        settings.mail_host,
        settings.mail_port,
        settings.mail_from,
        settings.mail_security,
        settings.mail_user,
        settings.mail_password,
    )


def deliver_letters(engine: Engine, mailbox: Mailbox) -> tuple[int, int]:
    """Send what is due, each letter outside of any transaction; return how many were taken and how many not.

    A worker that dies after the server took a letter sends it again, with the same Message-ID. Raises `BadSetting`.
    """
    mailbox.check()
    sent = failed = 0
    while True:
        with transaction(engine) as session:
            letter = next_letter(session, utc_now())
            if letter is None:
                return sent, failed
            session.expunge(letter)
        letter_id = letter.id
        try:
            mailbox.send(message_of(letter, mailbox.sender))
        except (MailUnavailable, ValueError) as wrong:  # a letter that cannot be written holds up no other
            failed += 1
            with transaction(engine) as session:
                note_failed(session, letter_id, str(wrong))
        else:
            sent += 1
            with transaction(engine) as session:
                note_sent(session, letter_id, utc_now())
