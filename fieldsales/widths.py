"""How many columns a text takes on paper or in a terminal, and how it is cut to fit: the only user of `wcwidth`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from wcwidth import wcwidth

Width = Callable[[str], int]
"""How many columns one character takes: 0, 1 or 2."""


def column_width(letter: str) -> int:
    """Return the columns of a character: 2 for Chinese, Japanese and Korean, 0 for combining marks."""
    return max(wcwidth(letter), 0)


def printable(text: str) -> str:
    """Return a text with composed letters and without control or formatting characters: none may command a printer."""
    composed = unicodedata.normalize("NFC", text)
    plain = "".join(" " if letter in "\t\r\n\u00a0\u202f" else letter for letter in composed)
    return "".join(letter for letter in plain if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def width_of(text: str, width: Width = column_width) -> int:
    """Return the columns of a text."""
    return sum(width(letter) for letter in text)


def wrap(text: str, columns: int, width: Width = column_width) -> list[str]:
    """Return a text in lines of no more columns than that: between words, or within one that is longer than a line.

    Scripts of double width break anywhere. Nothing but the spaces around a break is lost.
    """
    lines, line, used = [], "", 0
    for word in _words(text, width):
        size = width_of(word, width)
        if used + size > columns and line.strip():
            lines.append(line.rstrip())
            line, used = "", 0
        rest = word if line else word.lstrip()
        for letter in rest if size > columns else (rest,):
            step = width_of(letter, width)
            if used + step > columns:
                lines.append(line.rstrip())
                line, used = "", 0
            line, used = line + letter, used + step
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _words(text: str, width: Width) -> list[str]:
    """Cut a text where a line may end: before spaces, and on both sides of wide letters."""
    found: list[str] = []
    for letter in text:
        joins = found and letter != " " and width(letter) < 2 and not (found[-1] and width(found[-1][-1]) == 2)
        if joins or (found and width(letter) == 0):
            found[-1] += letter
        else:
            found.append(letter)
    return found
