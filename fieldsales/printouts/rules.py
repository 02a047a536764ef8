"""What a printer makes of ESC/POS bytes: rows of letters and codes, as Epson's reference has the commands.

It reads what `fieldsales.escpos` writes, and refuses anything else by name: a picture must not show what a printer
would not print.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fieldsales.errors import Invalid
from fieldsales.widths import column_width

_PAGES = {14: "cp737", 18: "cp852", 19: "cp858"}
_ESC, _FS, _GS, _LF = 0x1B, 0x1C, 0x1D, 0x0A


class NotPrintable(Invalid):
    """The bytes hold a command that is not known here, or break off within one."""

    code = "receipt.not_printable"
    title = "A printer would not print that"


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that are printed in one go, `bold` or not; `doubled`: each that is not ASCII takes two columns."""

    text: str
    bold: bool = False
    doubled: bool = False

    def columns(self, letter: str) -> int:
        """Return how many columns one of the letters takes."""
        return (1 if letter.isascii() else 2) if self.doubled else column_width(letter)


@dataclass(frozen=True, slots=True)
class Mark:
    """A QR code that says `payload`, each module of it so many dots wide."""

    payload: str
    dots: int


Row = tuple[Run, ...] | Mark


@dataclass(slots=True)
class _Printer:
    data: bytes
    at: int = 0
    codec: str = "cp437"
    bold: bool = False
    payload: str = ""
    dots: int = 3
    runs: list[Run] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        while self.at < len(self.data):
            lead = self._take(1)[0]
            if lead == _LF:
                yield tuple(self.runs)
                self.runs.clear()
            elif lead == _ESC:
                self._esc()
            elif lead == _FS:
                self._fs()
            elif lead == _GS:
                yield from self._gs()
            elif lead >= 0x20:
                self._letters()
            else:
                raise self._wrong(f"{lead:#04x}")

    def _letters(self) -> None:
        begin = self.at - 1
        while self.at < len(self.data) and self.data[self.at] >= 0x20:
            self.at += 1
        self.runs.append(Run(self.data[begin : self.at].decode(self.codec), self.bold, self.codec == "gb18030"))

    def _esc(self) -> None:
        name = self._take(1)
        if name == b"@":
            self.codec, self.bold = "cp437", False
        elif name == b"t" and (page := self._take(1)[0]) in _PAGES:
            self.codec = _PAGES[page]
        elif name == b"E":
            self.bold = bool(self._take(1)[0] & 1)
        elif name == b"a":
            self._take(1)  # only codes are set in the middle, and those are drawn there
        else:
            raise self._wrong(f"ESC {name!r}")

    def _fs(self) -> None:
        name = self._take(1)
        if name in {b"&", b"."}:
            self.codec = "gb18030" if name == b"&" else "cp437"
        elif name == b"(" and self._take(5) == b"C\x02\x00\x30\x32":
            self.codec = "utf-8"
        else:
            raise self._wrong(f"FS {name!r}")

    def _gs(self) -> Iterator[Mark]:
        name = self._take(1)
        if name == b"V":
            self._take(2)
            return
        if name != b"(" or self._take(1) != b"k":
            raise self._wrong(f"GS {name!r}")
        told = self._take(int.from_bytes(self._take(2), "little"))
        if told[:2] == b"1C":
            self.dots = told[2]
        elif told[:3] == b"1P0":
            self.payload = told[3:].decode()
        elif told[:3] == b"1Q0":
            yield Mark(self.payload, self.dots)

    def _take(self, many: int) -> bytes:
        found = self.data[self.at : self.at + many]
        if len(found) < many:
            raise self._wrong("the end")
        self.at += many
        return found

    def _wrong(self, what: str) -> NotPrintable:
        return NotPrintable(f"There is {what} at byte {self.at}.", mend="Print it with a profile of ours.", at=self.at)


def printout(data: bytes) -> list[Row]:
    """Return what a printer prints of some bytes. Raises `NotPrintable`."""
    return list(_Printer(data).rows())
