"""Tell a text that can be read from one whose characters were lost or mistaken on the way."""

import unicodedata

LOOKED_AT = 20_000
_LOST = ("\ufffd", "锟斤拷", "烫烫烫")  # what is left of characters that a program could not read
_ALLOWED = "\t\n\r\f\v\ufeff"
_NO_LETTERS = ("Cc", "Co", "Cn", "Cs")
_MOST_LOST, _MOST_STRANGE = 0.01, 0.05
_FEWEST = 3  # characters that prove something


def is_garbled(text: str) -> bool:
    """Tell whether a text is garbled.

    Examples
    --------
    >>> is_garbled("恢复草原11.5万亩，清理危险废物5.8万吨。"), is_garbled("Café, 25 °C ± 3, 115,000 m²")
    (False, False)
    >>> is_garbled("恢复草原11.5万亩".encode().decode("gb18030", "replace"))
    True
    >>> is_garbled("恢复草原11.5万亩".encode("gbk").decode("latin-1"))
    True
    """
    sample = text[:LOOKED_AT]
    visible = max(len("".join(sample.split())), 1)
    lost = sum(len(word) * sample.count(word) for word in _LOST)
    strange = sum(unicodedata.category(letter) in _NO_LETTERS and letter not in _ALLOWED for letter in sample)
    if lost > _MOST_LOST * visible or strange > _MOST_STRANGE * visible:
        return True
    return any(_is_utf8_read_as(sample, codec) for codec in ("gb18030", "cp1252", "latin-1")) or any(
        _is_chinese_read_as(sample, codec) for codec in ("cp1252", "latin-1")
    )


def _is_utf8_read_as(text: str, codec: str) -> bool:
    """Tell whether bytes of UTF-8 were read in another encoding: turned back, they are Chinese again."""
    content = text.encode(codec, "ignore")
    foreign = _foreign(text, content)
    found = sum("\u4e00" <= letter <= "\u9fff" for letter in content.decode("utf-8", "ignore"))
    return found >= _FEWEST and 3 * found > foreign / 2


def _is_chinese_read_as(text: str, codec: str) -> bool:
    """Tell whether bytes of GB18030 were read in an encoding of the West: turned back, they are common Chinese."""
    content = text.encode(codec, "ignore")
    foreign = _foreign(text, content)
    letters = content.decode("gb18030", "ignore")
    common = sum(len(pair) == 2 and 0xB0 <= pair[0] <= 0xD7 and pair[1] > 0xA0 for pair in map(_gb2312, letters))
    return common >= _FEWEST and 2 * common > foreign / 2


def _foreign(text: str, content: bytes) -> int:
    """Count what is not ASCII in the text as it stands or as it was; one garbled word makes no garbled text."""
    return max(sum(letter > "\x7f" for letter in text), sum(byte > 0x7F for byte in content))


def _gb2312(letter: str) -> bytes:
    return letter.encode("gb2312", "ignore")
