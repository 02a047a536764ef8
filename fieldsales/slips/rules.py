"""A receipt as lines of a fixed width: what a narrow printer, or a terminal, shows. Pure; no printer is known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fieldsales.labels.rules import LANGUAGES, Language
from fieldsales.receipts.rules import Item, Receipt
from fieldsales.widths import Width, column_width, printable, width_of, wrap

Draw = Callable[[str], str]
"""What a printer makes of a text that it may not have all letters for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as wide as the paper or less; `bold` stands out."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code that says `payload`."""

    payload: str


@dataclass(frozen=True, slots=True)
class Paper:
    """How many columns there are, how wide each letter is, and what becomes of letters that a printer lacks."""

    columns: int
    width: Width = column_width
    draw: Draw = str

    def centred(self, text: str, *, bold: bool = False) -> Iterator[Line]:
        """Lines in the middle."""
        for line in self._wrapped(text, self.columns):
            yield Line(" " * ((self.columns - width_of(line, self.width)) // 2) + line, bold)

    def left(self, text: str, *, indent: int = 0) -> Iterator[Line]:
        """Lines from the left."""
        for line in self._wrapped(text, self.columns - indent):
            yield Line(" " * indent + line)

    def pair(self, left: str, right: str, *, indent: int = 0, bold: bool = False) -> Iterator[Line]:
        """A text on the left and an amount at the right edge, which is never broken.

        Where both do not fit on one line the left is wrapped, and the amount stands on its last line or one below.
        """
        right = self.draw(printable(right))
        room = self.columns - width_of(right, self.width)
        if room < 0:
            raise ValueError(f"“{right}” is wider than {self.columns} columns")
        *above, last = (" " * indent + line for line in self._wrapped(left, self.columns - indent))
        for line in above:
            yield Line(line, bold)
        used = width_of(last, self.width)
        if used + 1 > room:
            yield Line(last, bold)
            last, used = "", 0
        yield Line(last + " " * (room - used) + right, bold)

    def named(self, name: str, number: str) -> Iterator[Line]:
        """A name and a number at the right edge; one that is wider than the paper is broken, as texts are."""
        fits = width_of(self.draw(printable(number)), self.width) <= self.columns
        return self.pair(name, number) if fits else self.left(f"{name} {number}")

    def rule(self) -> Line:
        """A line across."""
        return Line("-" * self.columns)

    def _wrapped(self, text: str, columns: int) -> list[str]:
        return wrap(self.draw(printable(text)), columns, self.width)


def slip(receipt: Receipt, paper: Paper) -> Iterator[Line | Code]:
    """Return the lines of a receipt for a paper, and its code."""
    language = LANGUAGES[receipt.language]
    yield from _head(receipt, language, paper)
    yield paper.rule()
    for item in receipt.items:
        yield from _item(item, language, receipt.currency, paper)
    yield paper.rule()
    yield from _sums(receipt, language, paper)
    yield Line("")
    yield Code(receipt.qr)
    yield from paper.centred(language.words["thanks"])


def _head(receipt: Receipt, language: Language, paper: Paper) -> Iterator[Line]:
    words = language.words
    yield from paper.centred(receipt.seller.name, bold=True)
    for line in receipt.seller.address:
        yield from paper.centred(line)
    if receipt.seller.number:
        yield from paper.centred(f"{words['tax_id']} {receipt.seller.number}")
    yield from paper.centred(words[receipt.kind], bold=True)
    if receipt.copy:
        yield from paper.centred(f"*** {words['copy']} {receipt.copy} ***", bold=True)
    if receipt.state != "placed":
        yield from paper.centred(f"*** {words[_STATES[receipt.state]]} ***", bold=True)
    yield from paper.named(words["number"], receipt.number)
    yield from paper.pair(words["date"], " ".join(filter(None, (receipt.day.isoformat(), receipt.time))))
    if receipt.against:
        yield from paper.named(words["against"], receipt.against)
    if receipt.rep:
        yield from paper.left(f"{words['rep']}: {receipt.rep}")
    yield from paper.left(f"{words['customer']}: {receipt.customer.name}")
    for line in receipt.customer.address:
        yield from paper.left(line)
    if receipt.reason:
        yield from paper.left(f"{words['reason']}: {receipt.reason}")


_STATES = {"amended": "superseded", "cancelled": "cancelled"}


def _item(item: Item, language: Language, currency: str, paper: Paper) -> Iterator[Line]:
    words = language.words

    def told(minor: int) -> str:
        return language.amount(minor, currency)

    yield from paper.left(item.title)
    unit = words.get(item.unit, item.unit)
    if item.free:
        yield from paper.pair(f"{item.quantity} {unit}", words["free"], indent=1)
        return
    yield from paper.pair(f"{item.quantity} {unit} x {told(item.price_minor)}", told(item.goods_minor), indent=1)
    for each in item.discounts:
        share = f" {language.share(each.share_bp)}" if each.share_bp else ""
        yield from paper.pair(f"{words['discount']} {each.name}".rstrip() + share, told(each.amount_minor), indent=2)
    if item.tax_added_minor:
        yield from paper.pair(words["tax"], told(item.tax_added_minor), indent=2)


def _sums(receipt: Receipt, language: Language, paper: Paper) -> Iterator[Line]:
    words = language.words

    def told(minor: int) -> str:
        return language.amount(minor, receipt.currency, named=True)

    if receipt.tax_minor:
        yield from paper.pair(words["tax_in_it"], told(receipt.tax_minor))
    for row in receipt.taxes:
        net = language.amount(row.net_minor, receipt.currency)
        tax = language.amount(row.tax_minor, receipt.currency)
        yield from paper.pair(f"{words['tax']} {language.share(row.rate_bp)} / {net}", tax, indent=1)
    yield from paper.pair(words["total"], told(receipt.total_minor), bold=True)
    for each in receipt.payments:
        form = " ".join(filter(None, (words["paid"], words[each.method], each.reference)))
        yield from paper.pair(form, told(each.amount_minor))
    if receipt.payments:
        yield from paper.pair(words["balance"], told(receipt.balance_minor), bold=True)
    if receipt.debt is not None:
        yield paper.rule()
        yield from paper.pair(words["owed_before"], told(receipt.debt.before_minor))
        yield from paper.pair(words["owed_after"], told(receipt.debt.after_minor), bold=True)
