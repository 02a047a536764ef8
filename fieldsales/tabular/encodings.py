"""Telling UTF-8, GB18030 and Big5 apart.

A file that decodes as UTF-8 from end to end is UTF-8: other encodings do so by accident only in very short texts.
GB18030 and Big5 share most of their byte pairs, so that nearly every text decodes as either; but only in the right
one do the characters come out as those in common use. Both standards list common characters before rare ones (level
1 before level 2), and that is what is counted.
"""

from __future__ import annotations

import codecs
from functools import cache

from fieldsales.tabular.errors import UnknownEncoding

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_CHINESE = ("gb18030", "big5hkscs", "cp950")
_TRADE = frozenset(
    "店商市路街公司有限号號名称稱编編码碼地址客户戶电電话話区區县縣省城乡鄉镇鎮村超便利食品饮飲料酒店铺鋪门門茶水果"
    "经經度纬緯产產品价價格数數量日期订訂单單金额額大小中国國北南东東西新华華人民广廣台湾灣上海京港一二三"
)
_MOSTLY = 0.8
_COMMON = 0.7


def canonical(name: str) -> str:
    """Return Python's name of an encoding given by hand; raise `UnknownEncoding`."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError) as unknown:
        raise UnknownEncoding(
            f"“{name}” is not an encoding.", mend="Try utf-8, gb18030, big5 or cp1252.", encoding=name
        ) from unknown
    if not found._is_text_encoding:
        raise UnknownEncoding(f"“{name}” is no encoding of text.", mend="Try utf-8, gb18030, big5 or cp1252.")
    return {"utf-8": "utf-8-sig", "big5": "cp950"}.get(found.name, found.name)


def detect(head: bytes, foreign: list[bytes], *, is_utf8: bool) -> str:
    """Return the encoding of a text.

    `head` is its beginning, `foreign` lines of it that go beyond ASCII, `is_utf8` whether the whole of it decodes
    as UTF-8. Raises `UnknownEncoding` when nothing fits.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if is_utf8 or _decodable(foreign, "utf-8") >= _MOSTLY:
        return "utf-8-sig"
    ranked = sorted(_CHINESE, key=lambda encoding: -_likelihood(foreign, encoding))
    if _likelihood(foreign, ranked[0]) < _COMMON:
        raise UnknownEncoding(
            "The text is not UTF-8, and reads neither as GB18030 nor as Big5.",
            mend="Save it as UTF-8, or name its encoding, such as cp1252 for Western Europe.",
        )
    return ranked[0]


def _decodable(lines: list[bytes], encoding: str) -> float:
    return sum(_decode(line, encoding) is not None for line in lines) / len(lines) if lines else 0.0


def _decode(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _likelihood(lines: list[bytes], encoding: str) -> float:
    texts = [text for line in lines if (text := _decode(line, encoding)) is not None]
    letters = [letter for text in texts for letter in text if letter > "\x7f"]
    if len(texts) < _MOSTLY * len(lines) or not letters:
        return 0.0
    return sum(map(_commonness, letters)) / len(letters)


@cache
def _commonness(letter: str) -> float:
    if letter in _TRADE:
        return 1.5
    lead, big5_lead = (_lead(letter, encoding) for encoding in ("gb2312", "big5"))
    if 0xB0 <= lead <= 0xD7 or 0xA4 <= big5_lead <= 0xC6 or lead in (0xA1, 0xA3):
        return 1.0
    return 0.3 if lead or big5_lead else 0.0


def _lead(letter: str, encoding: str) -> int:
    try:
        return letter.encode(encoding)[0]
    except UnicodeEncodeError:
        return 0
