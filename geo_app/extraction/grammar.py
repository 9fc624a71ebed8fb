"""The grammar of quantities in Chinese and English texts: numbers, units, qualifiers, and what is no claim."""

import re
from collections.abc import Iterable
from fractions import Fraction

from geo_app.units import HECTARE, SHORT_TON, UNITS

EXACT, ABOUT, OVER, NEARLY = "exact", "about", "over", "nearly"
Unit = tuple[str, Fraction]


def any_of(words: Iterable[str]) -> str:
    """Write an expression for any of some words, the longest first."""
    return "|".join(re.sub(r"\\[ -]", r"[\\s-]+", re.escape(word)) for word in sorted(words, key=len, reverse=True))


# possessive: a long run of digits is tried once, not from each of its places
# a space parts thousands, but not behind a word that takes a number of its own: 附表1 200亩, on May 5 100 acres
_NUMBERED = (
    "january february march april may june july august september october november december table figure phase site"
).split()
_SPACED = rf"(?<![表图号批件])(?<!附件 ){''.join(rf'(?<!{word} )' for word in _NUMBERED)}\d{{1,3}}(?: \d{{3}})++"
PLAIN_NUMBER = rf"(?:\d{{1,3}}(?:[,，]\d{{3}})++|{_SPACED})(?!\d)(?:\.\d++)?|\d++(?:\.\d++)?"
_TO = r"\s?(?:至|到|~|-|–|—|to|and)\s?"

# ---------------------------------------------------------------- Chinese
HAN = "〇零一二两三四五六七八九十百千"
_HAN_DIGIT = f"(?:[{HAN[:-1]}]|千(?![克米瓦]))"  # 二千克 are two kilograms
_ZH_MANY = "百万|千万|百亿|千亿|万亿|[万亿]|[百千](?![克米瓦])"
_ZH_PART = rf"(?:{PLAIN_NUMBER}|{_HAN_DIGIT}{{1,12}})"
# 3万5, 二十一万三千, 1亿3000; a multiplier behind the last part stands apart, as it does behind a plain number
_ZH_COMPOUND = rf"(?:{_ZH_PART}(?:[百千万]?亿|[百千]?万|(?<=\d)[千百](?=\d))){{1,4}}{_ZH_PART}"
_ZH_FIRST_UNIT = "元|吨|亩|公顷|公里|平方米"  # that a range may say twice: 2亿元至3亿元
ZH_NUMBER = re.compile(
    rf"(?P<first>(?P<first_digits>{_ZH_COMPOUND}|{_ZH_PART})(?P<first_many>{_ZH_MANY})?(?:{_ZH_FIRST_UNIT})?{_TO})?"
    rf"(?P<digits>{_ZH_COMPOUND}|{PLAIN_NUMBER}|{_HAN_DIGIT}{{1,12}}(?:点[〇零一二三四五六七八九]{{1,6}})?)"
    rf"\s?(?P<more>[余多来])?\s?(?P<many>{_ZH_MANY})?(?P<yet_more>[余多])?\s?"
)
_COUNTED = "家 件 个 处 座 份 条 株 棵 尾 只 头 台 辆 艘 口 宗 起 户 栋 幢 间 套 眼".split()
_PLAIN_UNITS = ("t", "m", "mu", "count", "CNY", "短吨", "美吨", "长吨")
ZH_UNITS: dict[str, Unit] = {word: unit for word, unit in UNITS.items() if word not in _PLAIN_UNITS}
ZH_UNITS |= {"平米": UNITS["平方米"], "平方": UNITS["平方米"], "㎥": UNITS["立方米"]}
ZH_UNITS |= {"立方": UNITS["方"], "元人民币": UNITS["元"]} | dict.fromkeys(_COUNTED, ("count", Fraction(1)))
ZH_UNIT = re.compile(rf"{any_of(ZH_UNITS)}|(?<=[万亿])t(?![A-Za-z])")
ZH_UNITS["t"] = UNITS["t"]  # behind 万 only: 5t could be any other word
# what may not follow a unit: then it is part of another word, or the number is a rate or no result
ZH_NOT_AFTER = {
    "米": r"[深高宽厚粗]|见方|范围|[外处]",
    "千米": r"[/每外处]|以外|范围|的?车",
    "公里": r"[/每外处]|以外|范围|的?车",
    "元": r"[/每]",
    "吨": r"[/每]|级",
    "方": r"(?!土|泥|沙|砂|渣|石|垃圾|固|废|淤|余|多|，|,|。|；|;|、|$)",
    "个": "[余多]?(?:月|百分点|小时|工作日|部门|单位|方面|环节|领域|"
    "[^，。；、]{0,2}(?:村|县|市|区|省|州|旗|乡|镇|街道|社区|嘎查)|"
    "[^，。；、]{0,4}(?:院|法院|模型|平台|方案|制度|机制|专项|小组|组|工作组|专班|支部|试点|品牌|案例|小专项|文件|基地))|"
    "(?:类|层面|维度|民族|国家|地区|地方|季度|阶段|步骤|问题|以上)",
    "条": "[岗岭街]|意见|措施|规定|例|款|经验|第|路",
    "户": "籍|口|[^，。；、]{0,2}(?:村民|居民|农户|牧民|牧户|群众|家庭|住户)",
    "起": "来|草|到|步|航|点|因|诉|源|始",
    "只": "有|是|要|能|需|为|占",
    "台": "账|阶|风",
    "件": "次|套",
    "口": "人|之",
    "家": "庭|具|禽|畜|属|长|园|乡|检察院|法院|单位|媒体",
    "份": "额",
    "处": "室|级|罚|分|理|长",
    "头": "脑",
    "间": "[隔断距接或的]|房?内",
    "套": "[用牌取路]|[^，。；、]{0,4}(?:制度|机制|方案|班子|系统|办法|模式)",
    "眼": "[神光前界]",
    "座": "谈|城|桥梁",
}
ZH_BEFORE = {
    ABOUT: "大约 约为 约 大概".split(),
    NEARLY: "将近 接近 近 不足 不到 不超过 至多".split(),
    OVER: "超过了 超过 超 逾 突破 至少 不少于 不低于 多于 大于".split(),
    EXACT: "高达 多达 达到了 达到 达 共计 总计 合计 累计 共 为 计".split(),
}
ZH_AFTER = {ABOUT: ["左右", "上下"], OVER: ["以上", "余", "多"], NEARLY: ["以下", "以内"]}
# before a number: it is no claim, but an ordinal, a version, money of another country, a part of a date, or a rate
ZH_NOT_BEFORE = re.compile(
    r"(?:第|美|[A-Za-z.\-/]|\d[,，:]?|[十百千万亿]\s?|"
    r"每(?:[吨亩株人户车袋棵天日]|公顷|公斤|平方米|立方米)[^，。；、\d]{0,6})$"
)
# the extent of one thing, no claim; a river is told by its length, so kilometres are refused after fewer words
ZH_EXTENT = {
    "米": re.compile(
        r"(?:[深宽高长厚粗]度?|直径|半径|距离?[^，。；、]{0,8}|水位|海拔)(?:约|达|为|近|至|超过?|上升|下降)*$"
    ),
    "里": re.compile(r"(?:[距离][^，。；、]{0,8}|宽|时速[^，。；、]{0,2}|车速)(?:约|达|为|近|至|超过?)*$"),
}
ZH_EXTENT["千米"] = ZH_EXTENT["公里"] = ZH_EXTENT.pop("里")

# ---------------------------------------------------------------- English
ACRE = Fraction(40468564224, 10**7)
FOOT, YARD, MILE = Fraction(3048, 10**4), Fraction(9144, 10**4), Fraction(1609344, 1000)
GALLON, POUND = Fraction(3785411784, 10**12), Fraction(45359237, 10**11)
_EN: dict[str, tuple[str, Fraction, str]] = {
    "acre": ("area", ACRE, "acres"),
    "hectare": ("area", HECTARE, "hectares ha"),
    "mu": ("area", UNITS["亩"][1], ""),
    "square kilometer": (
        "area",
        Fraction(10**6),
        "square kilometers,square kilometre,square kilometres,square km,sq km,sq. km,km2,km²",
    ),
    "square mile": ("area", MILE * MILE, "square miles,sq mi,sq. mi,sq miles,sq. miles"),
    "square meter": ("area", Fraction(1), "square meters,square metre,square metres,square m,sq m,sq. m,m2,m²"),
    "square foot": ("area", FOOT * FOOT, "square feet,sq ft,sq. ft"),
    "square yard": ("area", YARD * YARD, "square yards"),
    "cubic yard": ("volume", YARD**3, "cubic yards,cubic yds,cu yd,cu. yd,cu yds,cu. yds,yd3,cy"),
    "cubic meter": ("volume", Fraction(1), "cubic meters,cubic metre,cubic metres,cu m,cu. m,m3,m³"),
    "cubic foot": ("volume", FOOT**3, "cubic feet"),
    "gallon": ("volume", GALLON, "gallons"),
    "tonne": ("mass", Fraction(1), "tonnes,metric ton,metric tons,metric tonnes"),
    "short ton": ("mass", SHORT_TON, "short tons,us tons,u.s. tons"),
    "kilogram": ("mass", Fraction(1, 1000), "kilograms,kg,kilogramme,kilogrammes"),
    "pound": ("mass", POUND, "pounds,lbs"),
    "kilometer": ("length", Fraction(1000), "kilometers,kilometre,kilometres,km"),
    "mile": ("length", MILE, "miles,river miles,stream miles"),
    "meter": ("length", Fraction(1), "meters,metre,metres"),
    "foot": ("length", FOOT, "feet,ft,linear feet,linear foot"),
    "yuan": ("amount", Fraction(1), "cny,rmb,renminbi"),
}
_EN["hectare"] = ("area", HECTARE, "hectares,ha")
EN_UNITS: dict[str, Unit] = {
    word: (measure, factor)
    for name, (measure, factor, more) in _EN.items()
    for word in (name, *more.split(","))
    if word
}
TONS = ("tons", "ton")  # of which country, the text has to tell
EN_MANY = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "mln": 10**6,
    "bln": 10**9,
    "bn": 10**9,
    "dozen": 12,
}
EN_MANY["m"] = 10**6
_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
EN_NUMERALS = {word: at for at, word in enumerate(_ONES, 1)} | {word: 10 * at for at, word in enumerate(_TENS, 2)}
_EN_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_ONES[:9])})\b)?|(?:{'|'.join(_ONES[::-1])}))(?![a-z])"
_EN_TIMES = r"[\s-](?:hundred|thousand|million|billion|dozen)\b"
# the last multiplier stands apart, as it does behind digits
_EN_NEXT = rf"(?:{_EN_TIMES}){{1,3}}[\s-](?:and\s(?!{_EN_SMALL}\shundred))?{_EN_SMALL}"
_EN_WORDS = rf"(?>{_EN_SMALL}(?:{_EN_NEXT}){{0,4}}(?:{_EN_TIMES}(?={_EN_TIMES}))?)"
_EN_DIGITS = rf"(?:\d{{1,3}}(?:,\d{{3}})++|{_SPACED})(?!\d)(?:\.\d++)?|\d++(?:\.\d++)?|\.\d++|{_EN_WORDS}"
# before a number: it is but the end of a longer one
EN_NOT_BEFORE = re.compile(
    rf"\b(?:(?:million|billion|dozen)[\s-]|(?:hundred|thousand)[\s-](?:and\s)?|(?:{'|'.join(_TENS)})[\s-])$",
    re.IGNORECASE,
)
# m is a million where a unit that is not of length follows: 4.3m hectares
_EN_MANY = (
    "(?:" + "|".join(word for word in EN_MANY if word != "m") + r")\b|m(?=\s(?:hectares?|acres?|ton|mu\b|trees|cubic))"
)
EN_NUMBER = re.compile(
    rf"(?<![\w.,$€£/])(?P<first>(?P<first_digits>{_EN_DIGITS})(?:\s(?P<first_many>{_EN_MANY}))?{_TO})?(?P<digits>{_EN_DIGITS})"
    rf"(?:[\s-]?(?P<many>{_EN_MANY}))?(?P<plus>\+|[\s-]plus\b)?",
    re.IGNORECASE,
)
EN_UNIT = re.compile(rf"[\s-]{{0,3}}(?P<unit>{any_of([*EN_UNITS, *TONS])})(?![\w²³])", re.IGNORECASE)
EN_NOT_AFTER = re.compile(
    r"[\s-]*(?:per|deep|high|wide|tall|below|above|away|long|thick|in depth|of depth|from|radius|apart|by \d|/|"
    r"an? (?:day|year|month)|each|(?:north|south|east|west)\w*)\b|[\s-]*/",
    re.IGNORECASE,
)
# the extent of one thing, no claim
EN_EXTENT = re.compile(
    r"\b(?:depths?|heights?|width|diameter|thickness|elevation|deep|intervals?|by|x|rang\w+|below|above|within)"
    r"\s(?:of\s|from\s|to\s|about\s|over\s|up\s)*$",
    re.IGNORECASE,
)
EN_SHORT = ("foot", "feet", "ft", "meter", "meters", "metre", "metres")  # said of depths and walls, but for "of river"
EN_COUNTED = {
    "enterprises": (
        "facilities enterprises companies factories plants firms businesses workshops farms enterprise company factory"
    ),
    "cases": "cases lawsuits case lawsuit clues litigations filed handled",
    "suggestions": "suggestions recommendations suggestion recommendation",
    "": (
        "sites mines properties homes residences items openings wells barrels drums tanks tires"
        " containers trees seedlings buildings structures landfills dumps brownfields saplings shrubs"
        " plantings parcels yards site mine property home"
    ),
}
EN_THING = re.compile(
    r"(?:[\s-]{1,3}(?!(?:and|or|of|to|in|from|at|by|on|for|people|workers|years?|days|percent)\b)"
    r"[A-Za-z][\w'’]{0,30}){0,4}?[\s-]{1,3}"
    rf"(?P<thing>{any_of(' '.join(EN_COUNTED.values()).split())})\b",
    re.IGNORECASE,
)
EN_BEFORE = {
    ABOUT: (
        "an approximate total of,about,approximately,around,roughly,some,an estimated,estimated,approx.,circa"
    ).split(","),
    NEARLY: "nearly,almost,close to,just under,up to,less than,fewer than".split(","),
    OVER: ("more than,over,at least,exceeding,in excess of,greater than,upwards of,no less than,not less than").split(
        ","
    ),
    EXACT: "between,an additional,another,a total of,totaling,totalling,exactly,as many as,as much as".split(","),
}
