"""A receipt as a PDF of A4 pages; the only user of `segno`, which draws the QR code."""

from __future__ import annotations

import segno

from fieldsales.folios.rules import Page, is_chinese
from fieldsales.labels.rules import LANGUAGES, Language
from fieldsales.receipts.rules import Item, Party, Receipt

_CODE_MM = 32.0


class _Page(Page):
    """Pages with the words of a language."""

    def __init__(self, language: Language, currency: str, *, chinese: bool) -> None:
        super().__init__(chinese=chinese)
        self.language, self.currency = language, currency

    def told(self, minor: int, *, named: bool = False) -> str:
        """Write an amount."""
        return self.language.amount(minor, self.currency, named=named)


def receipt_pdf(receipt: Receipt) -> bytes:
    """Return a receipt as a PDF file. The same receipt always gives the same bytes."""
    language = LANGUAGES[receipt.language]
    written = (str(receipt), *language.words.values())
    page = _Page(language, receipt.currency, chinese=is_chinese(written))
    page.about(f"{page.language.words[receipt.kind]} {receipt.number}", receipt.language, receipt.day)
    _head(page, receipt)
    page.across()
    for item in receipt.items:
        _item(page, item)
    page.across()
    _sums(page, receipt)
    _code(page, receipt.qr)
    page.line_of(page.language.words["thanks"])
    return bytes(page.output())


def code_matrix(payload: str, *, border: int) -> list[list[bool]]:
    """Return the modules of a QR code row by row, dark ones true, with a quiet zone of `border` modules."""
    modules = segno.make(payload, error="m", micro=False).matrix_iter(border=border)
    return [[bool(module) for module in row] for row in modules]


def _head(page: _Page, receipt: Receipt) -> None:
    words = page.language.words
    page.line_of(receipt.seller.name, size=16)
    _address(page, receipt.seller, words["tax_id"])
    page.ln(4)
    page.line_of(f"{words[receipt.kind]} {receipt.number}", size=14)
    if receipt.copy:
        page.line_of(f"*** {words['copy']} {receipt.copy} ***", size=14)
    if receipt.state != "placed":
        page.line_of(f"*** {words['superseded' if receipt.state == 'amended' else 'cancelled']} ***", size=14)
    page.line_of(f"{words['date']}: {receipt.day.isoformat()} {receipt.time or ''}".rstrip())
    if receipt.against:
        page.line_of(f"{words['against']}: {receipt.against}")
    if receipt.rep:
        page.line_of(f"{words['rep']}: {receipt.rep}")
    page.line_of(f"{words['customer']}: {receipt.customer.name}")
    _address(page, receipt.customer, words["number"])
    if receipt.reason:
        page.line_of(f"{words['reason']}: {receipt.reason}")


def _address(page: _Page, party: Party, numbered: str) -> None:
    for line in party.address:
        page.line_of(line)
    if party.number:
        page.line_of(f"{numbered} {party.number}")


def _item(page: _Page, item: Item) -> None:
    words = page.language.words
    unit = words.get(item.unit, item.unit)
    if item.free:
        page.row(item.title, f"{item.quantity} {unit}", words["free"])
        return
    page.row(item.title, f"{item.quantity} {unit} × {page.told(item.price_minor)}", page.told(item.goods_minor))
    for each in item.discounts:
        share = f" {page.language.share(each.share_bp)}" if each.share_bp else ""
        page.row(f"    {words['discount']} {each.name}{share}", "", page.told(each.amount_minor), size=9)
    if item.tax_added_minor:
        page.row(f"    {words['tax']}", "", page.told(item.tax_added_minor), size=9)


def _sums(page: _Page, receipt: Receipt) -> None:
    words = page.language.words
    if receipt.tax_minor:
        page.row(words["tax_in_it"], "", page.told(receipt.tax_minor, named=True))
    for each in receipt.taxes:
        rate = f"    {words['tax']} {page.language.share(each.rate_bp)}"
        page.row(rate, page.told(each.net_minor), page.told(each.tax_minor), size=9)
    page.row(words["total"], "", page.told(receipt.total_minor, named=True), size=13)
    for money in receipt.payments:
        form = " ".join(filter(None, (words["paid"], words[money.method], money.reference)))
        page.row(form, "", page.told(money.amount_minor, named=True))
    if receipt.payments:
        page.row(words["balance"], "", page.told(receipt.balance_minor, named=True), size=13)
    if receipt.debt is not None:
        page.across()
        page.row(words["owed_before"], "", page.told(receipt.debt.before_minor, named=True))
        page.row(words["owed_after"], "", page.told(receipt.debt.after_minor, named=True))


def _code(page: _Page, payload: str) -> None:
    """Draw the QR code as squares, with the quiet zone of four modules around it."""
    matrix = code_matrix(payload, border=4)
    if page.will_page_break(_CODE_MM + 4):
        page.add_page()
    page.ln(4)
    side, left, top = _CODE_MM / len(matrix), page.l_margin, page.y
    for down, row in enumerate(matrix):
        for right, dark in enumerate(row):
            if dark:
                page.rect(left + right * side, top + down * side, side, side, style="F")
    page.set_y(top + _CODE_MM + 2)
