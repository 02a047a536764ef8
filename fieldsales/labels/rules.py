"""What the words on a receipt are in each language, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from fieldsales.errors import Invalid
from fieldsales.money import exponent


class UnknownLanguage(Invalid):
    """Receipts are written in English (en), Chinese (zh), Greek (el) and Indonesian (id)."""

    code = "receipt.unknown_language"
    title = "Receipts are not written in that language"


@dataclass(frozen=True, slots=True)
class Language:
    """The words of a language by key, and its marks between thousands and before decimals."""

    code: str
    thousands: str
    decimal: str
    words: Mapping[str, str]

    def amount(self, minor: int, currency: str, *, named: bool = False) -> str:
        """Write an amount of minor units, as in `1.234,50`; with the currency's code if it is to be `named`."""
        digits = exponent(currency)
        plain = f"{Decimal(minor).scaleb(-digits):,.{digits}f}"
        told = plain.translate({ord(","): self.thousands, ord("."): self.decimal})
        return f"{told} {currency}" if named else told

    def share(self, basis_points: int) -> str:
        """Write basis points as a percentage, as in `2.5%`."""
        plain = f"{Decimal(basis_points) / 100:f}"
        return plain.replace(".", self.decimal) + "%"


_KEYS = (
    *("sale", "return", "exchange", "gift", "copy", "number", "date", "rep", "customer", "tax_id", "against", "reason"),
    *("discount", "free", "tax", "tax_in_it", "total", "paid", "balance", "superseded", "cancelled"),
    *("cash", "transfer", "cheque", "wallet", "each", "inner", "case", "thanks"),
    *("owed_before", "owed_after"),
)
_WORDS = {
    "en": (
        *("Receipt", "Return", "Exchange", "Gift", "COPY", "No.", "Date", "Rep", "Customer", "Tax no.", "Returns"),
        *("Reason", "Discount", "free", "Tax", "Tax included", "Total", "Paid", "Balance", "REPLACED", "CANCELLED"),
        *("cash", "transfer", "cheque", "wallet", "pc", "inner", "case", "Thank you", "Owed before", "Owed now"),
    ),
    "zh": (
        *("收据", "退货单", "换货单", "赠品单", "副本", "单号", "日期", "业务员", "客户", "税号", "原单", "原因"),
        *("折扣", "赠送", "税", "含税", "合计", "已付", "余额", "已被替换", "已取消"),
        *("现金", "转账", "支票", "钱包", "件", "中包", "箱", "谢谢惠顾", "前欠款", "现欠款"),
    ),
    "el": (
        *("Απόδειξη", "Επιστροφή", "Ανταλλαγή", "Δώρο", "ΑΝΤΙΓΡΑΦΟ", "Αρ.", "Ημερομηνία", "Πωλητής", "Πελάτης"),
        *("ΑΦΜ", "Από", "Αιτία", "Έκπτωση", "δωρεάν", "Φόρος", "Φόρος εντός", "Σύνολο", "Πληρωμή", "Υπόλοιπο"),
        *("ΑΝΤΙΚΑΤΑΣΤΑΘΗΚΕ", "ΑΚΥΡΩΘΗΚΕ", "μετρητά", "έμβασμα", "επιταγή", "πορτοφόλι", "τεμ", "πακέτο"),
        *("κιβώτιο", "Ευχαριστούμε", "Προηγ. υπόλοιπο", "Νέο υπόλοιπο"),
    ),
    "id": (
        *("Kuitansi", "Retur", "Tukar barang", "Hadiah", "SALINAN", "No.", "Tanggal", "Sales", "Pelanggan", "NPWP"),
        *("Dari", "Alasan", "Diskon", "gratis", "Pajak", "Termasuk pajak", "Jumlah", "Dibayar", "Sisa"),
        *("DIGANTI", "DIBATALKAN", "tunai", "transfer", "cek", "dompet", "bh", "pak", "dus"),
        *("Terima kasih", "Utang sebelumnya", "Utang sekarang"),
    ),
}
LANGUAGES: Mapping[str, Language] = {
    code: Language(
        code, *((".", ",") if code in ("el", "id") else (",", ".")), words=dict(zip(_KEYS, words, strict=True))
    )
    for code, words in _WORDS.items()
}


def language_of(tag: str) -> Language:
    """Return the language of a tag such as `zh` or `zh-CN`; raise `UnknownLanguage`."""
    found = LANGUAGES.get(tag.replace("_", "-").partition("-")[0].lower())
    if found is None:
        raise UnknownLanguage(f"“{tag}” is no language of receipts.", mend=f"Use one of: {', '.join(LANGUAGES)}.")
    return found


def nearest_language(tag: str | None) -> Language:
    """Return the language of a tag, or English where receipts are not written in it."""
    try:
        return language_of(tag or "en")
    except UnknownLanguage:
        return LANGUAGES["en"]
