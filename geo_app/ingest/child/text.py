"""Which encoding a text is in.

Order: strict UTF-8; what the file declares; GB18030 if it then reads as Chinese; Big5 likewise;
else a person is asked. UTF-8 comes first because GB18030 decodes UTF-8 bytes without an error;
the declared one comes before GB18030 because that turns Cyrillic into rare Chinese characters.
"""

import codecs
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from geo_app.errors import AnswerNeeded, Refused
from geo_app.i18n import N_
from geo_app.ingest.child.gate import MARKS, unmarked

SAMPLE_CHARACTERS = 20_000
OFFERED = ("GB18030", "Big5", "windows-1252", "windows-1251", "windows-1250", "ISO-8859-1", "Shift_JIS", "EUC-KR")
_PERHAPS_CHINESE, _SURELY_CHINESE = 0.6, 0.9
_OTHER_CHINESE = {"gb18030": "big5", "gbk": "big5", "big5": "gb18030", "cp950": "gb18030"}
_GUESSED = (("gb18030", "GB18030"), ("big5", "Big5"))

# language driver id of a .dbf -> code page; 0x00 and 0x57 say nothing
LANGUAGE_DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x08: "cp865", 0x0D: "cp437", 0x13: "cp932", 0x1F: "cp852",
    0x26: "cp866", 0x4D: "gb18030", 0x4E: "cp949", 0x4F: "cp950", 0x64: "cp852", 0x65: "cp866", 0x66: "cp865",
    0x78: "cp950", 0x79: "cp949", 0x7A: "gb18030", 0x7B: "cp932", 0x7C: "cp874", 0x7D: "cp1255", 0x7E: "cp1256",
    0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip
_CHINESE = {"936", "cp936", "gbk", "gb2312", "gb18030", "gb", "euccn", "hz"}
# what Python calls a text encoding, but nobody writes a table in; some take any bytes for Latin-1
_NO_TEXT = {"undefined", "idna", "punycode", "charmap", "unicode_escape", "raw_unicode_escape", "utf_7"}
_NOTHING = {"", "oem", "system", "88591", "iso88591", "latin1", "ansi", "ascii"}


@dataclass(frozen=True)
class Decision:
    """The encoding of a text: its codec, its name, who said so, and what must be asked first."""

    codec: str
    label: str
    source: str
    sample: str = ""
    overruled: str | None = None
    need: AnswerNeeded | None = None


def declared_codec(written: str) -> str | None:
    """Find the codec that a .cpg names; None where it says nothing that can be relied on.

    Examples
    --------
    >>> declared_codec("936"), declared_codec("ANSI 1251"), declared_codec("<html>"), declared_codec("ISO-8859-1")
    ('gb18030', 'cp1251', None, None)
    """
    name = written.strip().strip("\ufeff").lower()
    bare = "".join(letter for letter in name if letter.isalnum())
    if bare in _NOTHING or len(bare) > 20:
        return None
    if bare in _CHINESE:
        return "gb18030"
    digits = bare.removeprefix("ansi").removeprefix("windows").removeprefix("cp").removeprefix("oem")
    for candidate in (f"cp{digits}" if digits.isdigit() else name, name):
        codec = find_codec(candidate)
        if codec is not None:
            return codec
    return None


def find_codec(name: str) -> str | None:
    """Find a text codec by name; None if Python has none, or something that no file is written in."""
    try:
        info = codecs.lookup("gb18030" if name.strip().lower() in _CHINESE else name.strip())
    except (LookupError, ValueError):
        return None
    return info.name if info._is_text_encoding and info.name.replace("-", "_") not in _NO_TEXT else None


def decide(decode: Callable[[str], Iterable[str]], declared: str | None, chosen: str | None, file: str) -> Decision:
    """Choose the encoding of a file's text.

    Parameters
    ----------
    decode : function
        Codec to pieces of decoded text, strictly; raises UnicodeDecodeError.
    declared : str or None
        Codec that the file declares.
    chosen : str or None
        What a person has said; then nothing else is tried.
    file : str
        For the sentences.

    Raises
    ------
    Refused
        If the text is not in the chosen encoding.
    """
    if chosen is not None:
        return _chosen(decode, chosen, file)
    sample = _sample(decode, "utf-8")
    if sample is not None:
        known = not sample or declared == "utf-8"
        overruled = declared if sample and declared not in (None, "utf-8") else None
        return Decision("utf-8", "UTF-8", "file" if known else "inferred", sample, overruled)
    if declared is not None and _is_credible(decode, declared):
        return Decision(declared, _label(declared), "file")
    for codec, label in _GUESSED:
        sample = _sample(decode, codec)
        if sample is not None and reads_as_chinese(sample, codec):
            return Decision(codec, label, "inferred", sample, declared)
    return _unknown(decode, file)


def decide_whole(content: bytes, declared: str | None, chosen: str | None, file: str) -> Decision:
    """Choose the encoding of a file that is all text, which may begin with a mark; see `decide`."""
    for mark, codec, label in MARKS if chosen is None else ():
        if content.startswith(mark):
            try:
                content.decode(codec)
            except UnicodeDecodeError:
                continue
            return Decision(codec, label, "file")
    wide = unmarked(content) if chosen is None else None
    if wide is not None and content.decode(wide, "ignore").encode(wide) == content:
        return Decision(wide, "UTF-16", "inferred", sample=content[:80].decode(wide, "ignore"))
    return decide(lambda codec: [content.decode(codec)], declared, chosen, file)


def decoded(content: bytes, decision: Decision) -> str:
    """Decode a whole file as was chosen, without its mark."""
    return content.decode(decision.codec, "replace" if decision.need else "strict").removeprefix("\ufeff")


def _is_credible(decode: Callable[[str], Iterable[str]], declared: str) -> bool:
    """Tell whether a text may be in the declared codec; each Chinese one mostly takes the bytes of the other."""
    sample = _sample(decode, declared)
    other = _OTHER_CHINESE.get(declared)
    if sample is None or other is None:
        return sample is not None
    instead = _common_share(_sample(decode, other) or "", other)
    gain = instead - _common_share(sample, "gb18030" if other == "big5" else "big5")
    return instead < _SURELY_CHINESE or gain < 1 - _SURELY_CHINESE


def _chosen(decode: Callable[[str], Iterable[str]], chosen: str, file: str) -> Decision:
    codec = find_codec(chosen)
    if codec is None:
        raise Refused(
            N_("There is no encoding {encoding!r}. Known ones are, for example, {known}."),
            encoding=chosen,
            known=", ".join(("UTF-8", *OFFERED)),
        )
    if _sample(decode, codec) is None:
        raise Refused(
            N_("The text of {file} is not {encoding}: some of its bytes mean nothing in it. Name another encoding."),
            file=file,
            encoding=chosen,
        )
    return Decision(codec, _label(codec), "user")


def _unknown(decode: Callable[[str], Iterable[str]], file: str) -> Decision:
    able = tuple(name for name in OFFERED if _sample(decode, name) is not None)
    need = AnswerNeeded(
        N_("{file} does not say how its text is encoded, and it cannot be told. Name the encoding with {option}."),
        needs="encoding",
        option="--encoding NAME",
        choices=able,
        file=file,
    )
    return Decision("ascii", "", "inferred", need=need)


def _sample(decode: Callable[[str], Iterable[str]], codec: str) -> str | None:
    """Collect characters beyond ASCII; None where the text is not in the codec."""
    found: list[str] = []
    count = 0
    try:
        for piece in decode(codec):
            if count < SAMPLE_CHARACTERS and not piece.isascii():
                found.append("".join(letter for letter in piece if letter > "\x7f"))
                count += len(found[-1])
    except UnicodeError:
        return None
    return "".join(found)[:SAMPLE_CHARACTERS]


def reads_as_chinese(sample: str, codec: str) -> bool:
    """Tell whether decoded text is plausible Chinese and not another script's bytes.

    Both codecs put common characters into a block of their own, where bytes of another script
    hardly ever fall: 95 % and more of real text is in it.

    Examples
    --------
    >>> reads_as_chinese("退化草原恢复二期", "gb18030")
    True
    >>> reads_as_chinese("鍥炬枒缂栧彿", "gb18030")
    False
    """
    return _common_share(sample, codec) >= _PERHAPS_CHINESE


def _common_share(sample: str, codec: str) -> float:
    """Give the share of Chinese characters that lie in the block of common ones; 0 where there are none."""
    common, han = 0, 0
    for letter in sample:
        encoded = letter.encode(codec, "replace")
        if "\u3000" <= letter <= "\u303f" or "\uff00" <= letter <= "\uffef" or "\u2000" <= letter <= "\u22ff":
            continue  # punctuation of both
        han += 1
        common += _is_common(encoded, codec)
    return common / han if han else 0.0


def _is_common(encoded: bytes, codec: str) -> bool:
    if len(encoded) != 2:
        return False
    if codec == "big5":
        return 0xA4 <= encoded[0] <= 0xC6
    return 0xB0 <= encoded[0] <= 0xD7 and encoded[1] >= 0xA1


def _label(codec: str) -> str:
    return {"utf-8": "UTF-8", "gb18030": "GB18030", "big5": "Big5"}.get(codec, codec)
