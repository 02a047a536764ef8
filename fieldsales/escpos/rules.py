"""A receipt as ESC/POS bytes, for the printers that reps carry. The commands are those of Epson's reference.

How letters become bytes is the printer's profile: code pages between which it is switched (ESC t), GB18030 (FS &,
every letter of more than one byte is of double width), or UTF-8 (FS ( C). docs/receipts.md says which printers are
which.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from fieldsales.errors import Invalid
from fieldsales.receipts.rules import Receipt
from fieldsales.slips.rules import Code, Line, Paper, slip
from fieldsales.widths import column_width

COLUMNS: Mapping[int, int] = {58: 32, 80: 48}
"""Columns of Font A (12 dots) on paper of that many millimetres, at 203 dots an inch."""

_ALIKE = str.maketrans({"ς": "σ", "«": '"', "»": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-"})
"""What stands for letters that a printer may lack and that are none of another with an accent."""

RESET = b"\x1b@"
BOLD, PLAIN = b"\x1bE\x01", b"\x1bE\x00"
CENTRE, LEFT = b"\x1ba\x01", b"\x1ba\x00"
CUT = b"\x1dVB\x00"
"""GS V 66 0: feed to the knife and cut, but for one point."""
MOST_IN_CODE = 2000


class UnknownPrinter(Invalid):
    """Printers are `epson` (code pages), `gb18030` or `utf8`, on paper of 58 or 80 mm."""

    code = "receipt.unknown_printer"
    title = "There is no such printer"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a kind of printer understands: the bytes that set it up, and how letters are encoded and how wide they are.

    `pages` are numbers for ESC t with the codec of each; none where there is one `codec` for all.
    """

    name: str
    setup: bytes
    pages: tuple[tuple[int, str], ...] = ()
    codec: str = "ascii"
    widest: int = 4

    def width(self, letter: str) -> int:
        """Return the columns of a letter on this printer."""
        if self.codec == "gb18030":
            return 1 if len(letter.encode("gb18030")) == 1 else 2
        return column_width(letter)

    def draws(self, letter: str) -> bool:
        """Tell whether the printer has a letter."""
        return any(_encodes(letter, codec, self.widest) for codec in self._codecs)

    def draw(self, text: str) -> str:
        """Return a text in letters that the printer has: without accents, or `?`, where it lacks one."""
        return "".join(letter if self.draws(letter) else self._nearest(letter) for letter in text)

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text that was drawn; on code pages it is switched between them, and back."""
        if not self.pages:
            return text.encode(self.codec)
        found, current = bytearray(), self.pages[0]
        for letter in text:
            if not _encodes(letter, current[1], 1):
                current = next(page for page in self.pages if _encodes(letter, page[1], 1))
                found += _page(current[0])
            found += letter.encode(current[1])
        if current != self.pages[0]:
            found += _page(self.pages[0][0])
        return bytes(found)

    @property
    def _codecs(self) -> Iterable[str]:
        return [codec for _, codec in self.pages] or [self.codec]

    def _nearest(self, letter: str) -> str:
        if unicodedata.combining(letter):
            return ""
        alike = letter.translate(_ALIKE)
        plain = "".join(each for each in unicodedata.normalize("NFKD", alike) if not unicodedata.combining(each))
        return plain if plain and all(self.draws(each) for each in plain) else "?" * max(self.width(letter), 1)


def _page(number: int) -> bytes:
    return b"\x1bt" + bytes([number])


def _encodes(letter: str, codec: str, most: int) -> bool:
    try:
        return len(letter.encode(codec)) <= most
    except UnicodeEncodeError:
        return False


PROFILES: Mapping[str, Profile] = {
    each.name: each
    for each in (
        # Latin with the euro sign, Greek; FS . leaves Chinese mode, in which some printers wake up.
        Profile("epson", b"\x1c." + _page(19), pages=((19, "cp858"), (14, "cp737"), (18, "cp852")), widest=1),
        Profile("gb18030", b"\x1c&", codec="gb18030", widest=2),
        Profile("utf8", b"\x1c(C\x02\x00\x30\x32", codec="utf-8"),
    )
}


def profile_of(name: str) -> Profile:
    """Return a profile by its name; raise `UnknownPrinter`."""
    if name not in PROFILES:
        raise UnknownPrinter(f"“{name}” is no kind of printer.", mend=f"Use one of: {', '.join(PROFILES)}.")
    return PROFILES[name]


def paper_of(millimetres: int, profile: Profile) -> Paper:
    """Return the paper of a printer; raise `UnknownPrinter`."""
    if millimetres not in COLUMNS:
        raise UnknownPrinter(f"Paper of {millimetres} mm is not printed on.", mend="Use 58 or 80.")
    return Paper(COLUMNS[millimetres], profile.width, profile.draw)


def escpos(receipt: Receipt, millimetres: int, profile: Profile) -> bytes:
    """Return what to send to a printer: the receipt, its QR code, and a cut. Raises `UnknownPrinter`."""
    paper = paper_of(millimetres, profile)
    size = 6 if millimetres == 80 else 4
    found = bytearray(RESET + profile.setup)
    for part in slip(receipt, paper):
        found += _coded(part, size) if isinstance(part, Code) else _written(part, profile.encode)
    return bytes(found + CUT)


def _written(line: Line, encode: Callable[[str], bytes]) -> bytes:
    text = encode(line.text)
    return (BOLD + text + PLAIN if line.bold else text) + b"\n"


def _coded(code: Code, size: int) -> bytes:
    """GS ( k: model 2, dots of a module, correction M, store the text, print it; in the middle."""
    payload = code.payload.encode()[:MOST_IN_CODE]
    parts = (b"1A2\x00", b"1C" + bytes([size]), b"1E1", b"1P0" + payload, b"1Q0")
    return CENTRE + b"".join(b"\x1d(k" + len(part).to_bytes(2, "little") + part for part in parts) + LEFT
