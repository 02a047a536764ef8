"""A receipt printer that shows what it was sent: the bytes read back as lines, by the rules of its maker."""

from __future__ import annotations

from dataclasses import dataclass, field

from wcwidth import wcwidth

PAGES = {14: "cp737", 18: "cp852", 19: "cp858"}


@dataclass
class Shown:
    """What came out: lines with their bold parts, the codes that were drawn, and whether it was cut."""

    lines: list[str] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    cut: bool = False


class Printer:
    """Understands ESC @, E, a, t; FS &, . and ( C; GS ( k and V; LF. Anything else below a space is a fault."""

    def __init__(self) -> None:
        self.shown, self._line, self._bold, self._payload = Shown(), bytearray(), False, ""
        self._text, self._codec, self._stands_out = "", "cp437", False

    def feed(self, data: bytes) -> Shown:
        """Print all of it."""
        assert data.startswith(b"\x1b@"), "a printer is reset first: the one before may have left it in any state"
        at = 0
        while at < len(data):
            at = self._step(data, at)
        assert not self._flushed(), "the last line has no end"
        return self.shown

    def _step(self, data: bytes, at: int) -> int:
        lead = data[at]
        if lead >= 0x20:
            self._line.append(lead)
            self._stands_out |= self._bold
            return at + 1
        if lead == 0x0A:
            self.shown.lines.append(self._flushed())
            self.shown.bold.append(self._stands_out)
            self._text, self._stands_out = "", False
            return at + 1
        self._text = self._flushed()
        return {0x1B: self._esc, 0x1C: self._fs, 0x1D: self._gs}[lead](data, at + 1)

    def _flushed(self) -> str:
        text = self._text + self._line.decode(self._codec)
        self._line.clear()
        return text

    def _esc(self, data: bytes, at: int) -> int:
        name, value = chr(data[at]), data[at + 1]
        if name == "@":
            self._codec = "cp437"
            return at + 1
        if name == "t":
            self._codec = PAGES[value]
        elif name == "E":
            self._bold = bool(value)
        elif name != "a":
            raise AssertionError(f"ESC {name} is not understood")
        return at + 2

    def _fs(self, data: bytes, at: int) -> int:
        name = chr(data[at])
        if name == "(":
            assert data[at + 1 : at + 6] == b"C\x02\x00\x30\x32"
            self._codec = "utf-8"
            return at + 6
        self._codec = {"&": "gb18030", ".": "cp437"}[name]
        return at + 1

    def _gs(self, data: bytes, at: int) -> int:
        if data[at : at + 2] == b"(k":
            size = int.from_bytes(data[at + 2 : at + 4], "little")
            self._code(data[at + 4 : at + 4 + size])
            return at + 4 + size
        assert data[at : at + 3] == b"VB\x00"
        self.shown.cut = True
        return at + 3

    def _code(self, told: bytes) -> None:
        assert told[:1] == b"1"
        if told[1:3] == b"P0":
            self._payload = told[3:].decode()
        elif told[1:3] == b"Q0":
            self.shown.codes.append(self._payload)


def columns_of(line: str, codec: str) -> int:
    """How wide a line is on paper: in GB18030 whatever is not ASCII has the width of a Chinese letter."""
    if codec == "gb18030":
        return sum(1 if letter.isascii() else 2 for letter in line)
    return sum(wcwidth(letter) for letter in line)  # a printer moves on letter by letter


def printed(data: bytes) -> Shown:
    """Show what a fresh printer makes of some bytes."""
    return Printer().feed(data)
