"""Messages by SMTP: the only user of `smtplib`."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from fieldsales.errors import BadSetting, Invalid, Unavailable


class BadAddress(Invalid):
    """A message goes to one address such as anna@example.com."""

    code = "mail.bad_address"
    title = "That is no mail address"


class MailUnavailable(Unavailable):
    """The mail server does not answer or does not take the message; it is tried again later."""

    code = "mail.unavailable"
    title = "The mail server does not take it"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mail server, and from whom messages come. `security` is `tls`, `starttls` or `none`; times in seconds."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str = ""
    password: str = ""
    seconds: float = 20.0

    def check(self) -> None:
        """Raise `BadSetting` where no server is set."""
        if not self.host or not self.sender:
            raise BadSetting(
                "No mail server is set.", mend="Set FIELDSALES_MAIL_HOST and FIELDSALES_MAIL_FROM.", setting="mail_host"
            )

    def send(self, message: EmailMessage) -> None:
        """Hand a message to the server. Raises `MailUnavailable`."""
        try:
            with self._connect() as server:
                if self.security == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as wrong:
            raise MailUnavailable(f"{self.host} does not take it: {wrong}.", mend="It is tried again.") from wrong

    def _connect(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.seconds, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=self.seconds)


def tidy_address(text: str) -> str:
    """Return a bare address; raise `BadAddress`."""
    name, address = parseaddr(text.strip())
    local, at, domain = address.rpartition("@")
    plain = address == text.strip(" ") and address.isascii() and address.isprintable()
    plain = plain and not any(each in address for each in ' <>,;"')
    if name or not (local and at and "." in domain and plain and len(address) <= 254):
        raise BadAddress(f"“{text}” is no mail address.", mend="Give one such as anna@example.com.", field="to")
    return address


def compose(
    sender: str,
    to: str,
    subject: str,
    text: str,
    attachment: Attachment,
    *,
    message_id: str,
    at: datetime,
    html: str | None = None,
    unsubscribe: str | None = None,
) -> EmailMessage:
    """Return a message with one file. The same `message_id` lets a mail program see that it came twice.

    `unsubscribe` is an address that ends such messages when a mail program posts to it (RFC 8058).
    """
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, " ".join(subject.split())
    message["Message-ID"], message["Date"] = message_id, format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        message["List-Unsubscribe"], message["List-Unsubscribe-Post"] = f"<{unsubscribe}>", "List-Unsubscribe=One-Click"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    kind, _, subtype = attachment.media_type.partition("/")
    message.add_attachment(attachment.content, maintype=kind, subtype=subtype, filename=attachment.name)
    return message
