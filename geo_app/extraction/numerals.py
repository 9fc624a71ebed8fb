"""What a written number is worth: digits, Han numerals, English words, and mixtures such as 3万5千."""

import re
from decimal import Decimal
from fractions import Fraction

import cn2an

from geo_app.extraction import grammar
from geo_app.units import MULTIPLIERS

ZH_MANY = {word: times for word, times in MULTIPLIERS.items() if word in "万亿"} | {
    "百": 100,
    "千": 1000,
    "百万": 10**6,
    "千万": 10**7,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}
MANY = ZH_MANY | grammar.EN_MANY
TOO_MUCH = 10**15  # no amount of any unit here; more digits are a slip or an attack
_SPLIT = re.compile(rf"(.*?)({grammar.any_of(ZH_MANY.keys() - {'百', '千'})}|(?<=\d)[千百])(.*)")
_IS_COMPOUND = re.compile(r"[万亿]|\d[千百]|(?:hundred|thousand|million|billion|dozen)\b")
_LAST_MANY = re.compile(r"[十百千万亿]+$|(?:\s(?:hundred|thousand|million|billion))+$")


def is_compound(digits: str) -> bool:
    """Tell whether a number holds a multiplier itself, as 1亿3000 of 1亿3000万, so that the one behind is its own."""
    return bool(_IS_COMPOUND.search(digits))


def number(digits: str) -> Fraction | None:
    """Read a number; None for what is none, such as a lone 百, or more than any amount.

    Examples
    --------
    >>> [int(number(each)) for each in ("3万5千", "二十一万三千", "1亿3000万", "12 000", "one hundred and twenty")]
    [35000, 213000, 130000000, 12000, 120]
    """
    written = re.sub(r"(?<=\d)[,，\s](?=\d)", "", digits).strip()
    try:
        worth = _english(written) if re.match("[a-z]", written) else _chinese(written)
    except (ValueError, ArithmeticError):
        return None
    return worth if worth is not None and worth < TOO_MUCH else None


def steps(digits: str, worth: Fraction) -> tuple[Fraction, Fraction]:
    """Give what the last printed digit stands for, and the last one that is not a trailing zero of a whole number."""
    decimals = len(re.split(r"[.点]", digits)[1]) if re.search(r"[.点]", digits) else 0
    if decimals or worth == 0:
        return Fraction(1, 10**decimals), Fraction(1, 10**decimals)
    whole = str(worth.numerator)
    step = Fraction(10 ** (len(whole) - len(whole.rstrip("0"))))
    return min(_last_stands_for(digits), step), step


def _last_stands_for(digits: str) -> Fraction:
    """Give what the last printed digit of a whole number stands for: a thousand in 3万5千, one in 3500 and 三千五百."""
    many = _LAST_MANY.search(digits) if is_compound(digits) else None
    times = Fraction(1)
    for word in re.findall(r"[a-z]+|[十百千万亿]", many[0]) if many else ():
        times *= 10 if word == "十" else MANY[word]
    return times


def _chinese(written: str) -> Fraction | None:
    """Read a number by its greatest multipliers: each has to be less than the one before it."""
    total, below = Fraction(0), Fraction(TOO_MUCH)
    while match := _SPLIT.fullmatch(written):
        many = MANY[match[2]]
        head = _plain(match[1])
        rest = match[3]
        is_cut = head is not None and rest and head.denominator > 1  # 3.5万2千
        if (
            head is None or is_cut or many >= below or re.fullmatch(r"[1-9一二两三四五六七八九]", rest)
        ):  # 三万五: 5 of what
            return None
        total, below, written = total + head * many, Fraction(many), rest
    tail = _plain(written) if written else Fraction(0)
    return None if tail is None or tail >= below else total + tail


def _plain(written: str) -> Fraction | None:
    if re.fullmatch(r"\d*\.?\d+", written):
        return Fraction(Decimal(written)) if len(written) <= 30 else None
    return Fraction(str(cn2an.cn2an(re.sub("^[零〇](?=.)", "", written), "smart")))


def _english(written: str) -> Fraction | None:
    """Read words: those below a hundred add up, a multiplier is of all that it follows and is greater than."""
    total, part, below = 0, 0, TOO_MUCH
    for word in re.split(r"[\s-]+(?:and\s+)?", written):
        many = grammar.EN_MANY.get(word, 0)
        if not many:
            if part % 100 and not (part % 100 in range(20, 100, 10) and grammar.EN_NUMERALS[word] < 10):
                return None
            part += grammar.EN_NUMERALS[word]
        elif many < 1000:
            if part > 99:
                return None
            part *= many
        elif many >= below:
            return None
        else:
            total, part, below = total + part * many, 0, many
    return Fraction(total + part)
