"""The grammar of quantities in Chinese and English texts: numbers, units, qualifiers, and what is no claim.

Words that belong to one layer stand in its file; here are those that hold for all of them.
"""

import re
from collections.abc import Iterable
from fractions import Fraction

from geo_app.units import HECTARE, MULTIPLIERS, SHORT_TON, UNITS

EXACT, ABOUT, OVER, NEARLY = "exact", "about", "over", "nearly"
Unit = tuple[str, Fraction]

# Full-width forms are read as the plain ones, one character for one, so that places in the text stay true.
_WIDE = range(0xFF01, 0xFF5F)
PLAIN = str.maketrans(
    {code: code - 0xFEE0 for code in _WIDE if chr(code - 0xFEE0).isalnum() or chr(code) in "．％～／－"}
    | dict.fromkeys(map(ord, "\u3000\xa0\u202f\u2009"), " ")
)


def any_of(words: Iterable[str]) -> str:
    """Write an expression for any of some words, the longest first."""
    return "|".join(re.sub(r"\\[ -]", r"[\\s-]+", re.escape(word)) for word in sorted(words, key=len, reverse=True))


_PLAIN_NUMBER = r"\d{1,3}(?:[,，]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_RANGE = r"\s?(?:至|到|~|-|–|—|to)\s?"

# ---------------------------------------------------------------- Chinese
HAN = "〇零一二两三四五六七八九十百千"
ZH_NUMBER = re.compile(
    rf"(?P<first>(?:{_PLAIN_NUMBER}|[{HAN}]+)(?:百万|千万|[{''.join(MULTIPLIERS)}])?{_RANGE})?"
    rf"(?P<digits>{_PLAIN_NUMBER}|[{HAN}]+(?:点[〇零一二三四五六七八九]+)?)"
    rf"\s?(?P<more>[余多来])?\s?(?P<many>百万|千万|[{''.join(MULTIPLIERS)}])?(?P<yet_more>[余多])?\s?"
)
_COUNTED = "家 件 个 处 座 份 条 株 棵 尾 只 头 台 辆 艘 口 宗 起 户".split()
_PLAIN_UNITS = ("t", "m", "mu", "count", "CNY", "短吨", "美吨", "长吨")
ZH_UNITS: dict[str, Unit] = {word: unit for word, unit in UNITS.items() if word not in _PLAIN_UNITS}
ZH_UNITS |= {"立方": UNITS["方"], "元人民币": UNITS["元"]} | dict.fromkeys(_COUNTED, ("count", Fraction(1)))
ZH_UNIT = re.compile(any_of(ZH_UNITS))
# what may not follow a unit: then it is part of another word, or the number is a rate or no result
ZH_NOT_AFTER = {
    "米": r"[深高宽厚粗]|见方|范围",
    "千米": r"[/每]",
    "公里": r"[/每]",
    "元": r"[/每]",
    "吨": r"[/每]|级",
    "方": r"(?!土|泥|沙|砂|渣|石|垃圾|固|废|淤|余|多|，|,|。|；|;|、|$)",
    "个": "[余多]?(?:月|百分点|小时|工作日|自然日|村|县|市|区|省|州|旗|乡|镇|街道|社区|城市|部门|单位|方面|环节|领域|"
    "[^，。；、]{0,4}(?:检察院|法院|模型|平台|方案|制度|机制|专项|小组|工作组|专班|支部|试点|品牌|案例|小专项))|"
    "(?:类|层面|维度|民族|国家|地区|季度|阶段|步骤|问题|以上)",
    "条": "意见|措施|规定|例|款|经验|第|路",
    "户": "籍|口",
    "起": "来|草|到|步|航|点|因|诉|源|始",
    "只": "有|是|要|能|需|为|占",
    "台": "账|阶|风",
    "件": "次|套",
    "口": "人|之",
    "家": "庭|属|长|园|乡|检察院|法院|单位|媒体",
    "份": "额",
    "处": "室|级|罚|分|理|长",
    "头": "脑",
    "座": "谈|城|桥梁",
}
ZH_BEFORE = {
    ABOUT: "大约 约为 约 大概".split(),
    NEARLY: "将近 接近 近 不足 不到".split(),
    OVER: "超过了 超过 超 逾 突破 至少 不少于 不低于 多于 大于".split(),
    EXACT: "高达 多达 达到了 达到 达 共计 总计 合计 累计 共 为 计".split(),
}
ZH_AFTER = {ABOUT: ["左右", "上下"], OVER: ["以上", "余", "多"], NEARLY: ["以下", "以内"]}
# before a number: it is no claim, but an ordinal, a version, money of another country or a part of a date
ZH_NOT_BEFORE = re.compile(r"(?:第|美|[A-Za-z.\-/:]|\d[,，]?)$")
ZH_EXTENT = re.compile(r"(?:[深宽高长厚距粗]|直径|半径|间距|水位|海拔)(?:约|达|为|近|超过?)?$")  # of one thing, no claim
NO_CLAIM_ZH = re.compile(r"\s?(?:年|月|日|号|%|％|‰|倍|岁|人|名|位|次|天|小时|时|分|秒|项|期|版|级|度|美元|欧元|日元|港元)")

# what stands right before a number that counts what is no figure here
ZH_UNCOUNTED = re.compile(
    "(?:模型|制度|机制|平台|方案|文件|意见书?|办法|政策|规定|城市|村庄?|乡镇|街道|社区|案例|工作站|专班|联席会议?|支队|小专项|清单|项目|问题|数?十|几十|数百|几百|托)(?:约|共|近|达|余)?$"
)

# ---------------------------------------------------------------- English
ACRE = Fraction(40468564224, 10**7)
FOOT, YARD, MILE = Fraction(3048, 10**4), Fraction(9144, 10**4), Fraction(1609344, 1000)
GALLON, POUND = Fraction(3785411784, 10**12), Fraction(45359237, 10**11)
_EN: dict[str, tuple[str, Fraction, str]] = {
    "acre": ("area", ACRE, "acres"),
    "hectare": ("area", HECTARE, "hectares ha"),
    "mu": ("area", UNITS["亩"][1], ""),
    "square kilometer": ("area", Fraction(10**6), "square kilometers,square kilometre,square kilometres,sq km,km2,km²"),
    "square mile": ("area", MILE * MILE, "square miles,sq mi"),
    "square meter": ("area", Fraction(1), "square meters,square metre,square metres,sq m,m2,m²"),
    "square foot": ("area", FOOT * FOOT, "square feet,sq ft"),
    "square yard": ("area", YARD * YARD, "square yards"),
    "cubic yard": ("volume", YARD**3, "cubic yards,cu yd,yd3,cy"),
    "cubic meter": ("volume", Fraction(1), "cubic meters,cubic metre,cubic metres,m3,m³"),
    "cubic foot": ("volume", FOOT**3, "cubic feet"),
    "gallon": ("volume", GALLON, "gallons"),
    "tonne": ("mass", Fraction(1), "tonnes,metric ton,metric tons,metric tonnes"),
    "short ton": ("mass", SHORT_TON, "short tons,us tons,u.s. tons"),
    "kilogram": ("mass", Fraction(1, 1000), "kilograms,kg,kilogramme,kilogrammes"),
    "pound": ("mass", POUND, "pounds,lbs"),
    "kilometer": ("length", Fraction(1000), "kilometers,kilometre,kilometres,km"),
    "mile": ("length", MILE, "miles,river miles,stream miles"),
    "meter": ("length", Fraction(1), "meters,metre,metres"),
    "foot": ("length", FOOT, "feet,linear feet,linear foot"),
    "yuan": ("amount", Fraction(1), "cny,rmb,renminbi"),
}
_EN["hectare"] = ("area", HECTARE, "hectares,ha")
EN_UNITS: dict[str, Unit] = {
    word: (measure, factor) for name, (measure, factor, more) in _EN.items() for word in (name, *more.split(",")) if word
}
TONS = ("tons", "ton")  # of which country, the text has to tell
EN_MANY = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
EN_NUMERALS = {word: at for at, word in enumerate(_ONES, 1)} | {word: 10 * at for at, word in enumerate(_TENS, 2)}
_EN_DIGITS = rf"\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d*\.?\d+|(?:{'|'.join([*_TENS, *_ONES])})(?![a-z])"
EN_NUMBER = re.compile(
    rf"(?<![\w.,$€£/])(?P<first>(?:{_EN_DIGITS})(?:\s(?:{'|'.join(EN_MANY)}))?{_RANGE})?(?P<digits>{_EN_DIGITS})"
    rf"(?:[\s-]+(?P<many>{'|'.join(EN_MANY)})\b)?",
    re.IGNORECASE,
)
EN_UNIT = re.compile(rf"[\s-]*(?P<unit>{any_of([*EN_UNITS, *TONS])})(?![\w²³])", re.IGNORECASE)
EN_NOT_AFTER = re.compile(r"[\s-]*(?:per|deep|high|wide|tall|below|above|away|long|thick|in depth|of depth|from|radius|/)", re.I)
EN_COUNTED = {
    "enterprises": "facilities enterprises companies factories plants firms businesses workshops farms enterprise company factory",
    "cases": "cases lawsuits case lawsuit clues",
    "suggestions": "suggestions recommendations suggestion recommendation",
    "": "sites mines properties homes residences wells barrels drums tanks tires containers trees seedlings buildings "
    "structures landfills dumps parcels yards site mine property home",
}
EN_THING = re.compile(
    rf"(?:[\s-]+(?!(?:and|or|of|to|in|from|at|by)\b)[A-Za-z][\w'’-]*){{0,4}}?[\s-]+"
    rf"(?P<thing>{any_of(' '.join(EN_COUNTED.values()).split())})\b",
    re.IGNORECASE,
)
EN_BEFORE = {
    ABOUT: "about,approximately,around,roughly,some,an estimated,estimated,approx.,circa".split(","),
    NEARLY: "nearly,almost,close to,just under,up to,less than,fewer than".split(","),
    OVER: "more than,over,at least,exceeding,in excess of,greater than,upwards of,no less than,not less than".split(","),
    EXACT: "a total of,totaling,totalling,exactly,as many as,as much as".split(","),
}

# ---------------------------------------------------------------- what figures are of
# Words that no layer of its own has, by family; those of the layers stand in their files.
ZH_OTHERS = {
    "cases": "案件 立案 办案 线索 起诉 诉讼 结案 磋商 支持起诉 刑事附带民事 抗诉 办结 受理 判决 裁定 案 审查起诉 提起",
    "suggestions": "检察建议书 检察建议 建议书 检察意见 纠正意见 纠正违法 诉前建议 建议",
    "enterprises": "企业 养殖场 养殖户 砖厂 工厂 作坊 加工点 加工厂 加工场 收购站 站点 收购点 公司 商户 商铺 餐馆 饭店 酒店 "
    "洗砂场 采石场 砂场 采砂场 屠宰场 加油站 矿场 石材厂 厂矿 煤场 堆场 门店 经营户 市场主体 冶炼厂 化工厂 电镀厂 造纸厂 污水处理厂 "
    "排污单位 责任单位 生产线 厂家 厂房 搅拌站 制砖厂 石料厂 洗车场 修理厂 经营者 摊点 个体户 窑厂 洗煤厂 厂 违法排污",
    "funds": "元 资金 费用 罚款 罚金 税 款 费 金 损失 财产 赔偿",
    "waste_other": "排污口",
    "other": "文物 食品 药品 厂房 建筑物 彩钢房 大棚房 网箱 水土流失 围栏 硬化 苗床 房产 住房 石料 土石方 土方 石方 泥土 表土 农药 猪肉 鱼 粮食 煤炭 砂石 矿石 江砂 河砂 化肥 种子 渔获物 水产品 油品 井盖 烈士 古树 设施 房屋 "
    "车辆 船只 产品 渔具 网具 土地 矿山 建筑 违建 违章 房 码头 道路 消防 电动 人行 盲道 楼 墓 别墅 大棚 临时 砂 矿 原煤 泥炭 黑土 "
    "鱼苗 野生动物 动物 鸟 古建筑 历史建筑 场所 摊位 国有财产 厕所 隐患 问题",
}
EN_OTHERS = {
    "cases": "cases,case,lawsuits,lawsuit,clues,litigation,filed",
    "suggestions": "suggestions,recommendations,procuratorial suggestions",
    "enterprises": "enterprises,companies,factories,plants,firms,workshops,businesses,polluters,farms",
    "funds": "yuan,rmb,cny,fines,fees,damages",
    "other": "food,drugs,cultural relics,relics,oil,water,groundwater,facilities,vehicles,homes,buildings,area,mines,barrels,drums,tanks",
}
LAND = ("grassland_restored", "grassland_protected", "farmland_reclaimed", "forest_restored", "wetland_water", "soil_remediated")
WASTE = ("waste_household", "waste_industrial", "waste_hazardous", "waste_other")
# which families a figure can be of, by what it measures
FITTING = {
    "area": (*LAND, "other"),
    "length": ("wetland_water", "other"),
    "mass": (*WASTE, "other"),
    "volume": (*WASTE, "wetland_water", "other"),
    "amount": ("funds",),
}
COUNT_FITTING = {
    "件": ("cases", "suggestions", "other"),
    "起": ("cases", "other"),
    "宗": ("cases", "other"),
    "条": ("cases", "suggestions", "wetland_water", "other"),
    "份": ("suggestions", "cases", "other"),
    "家": ("enterprises", "other"),
    "户": ("enterprises", "other"),
    "株": ("forest_restored", "other"),
    "棵": ("forest_restored", "other"),
    "": ("enterprises", "wetland_water", "forest_restored", "soil_remediated", *WASTE, "cases", "suggestions", "other"),
}

ZH_RESULT = re.compile(
    "恢复|修复|复垦|复耕|整治|治理|清理|清除|清运|回收|收回|追缴|追回|追偿|索赔|挽回|关停|取缔|督促|保护|补植|补种|复绿|退出|退还|拆除|"
    "办理|立案|受理|发出|制发|提出|提起|起诉|结案|办结|查处|处置|处理|整改|植树|造林|种植|栽种|放流|缴纳|罚款|判处|发现|移送|磋商|送达|"
    "腾退|管护|建成|完成|转移|销毁|扣押|没收|赔偿|新增|改造|疏浚|化解|听证|采纳|支持|审查|监督|拆违|搬迁|关闭|查封|封堵|建设|争取|投入"
)
ZH_TARGET = re.compile("计划|目标|拟|力争|预计|将于|规划|要求在|承诺|确保到|到20[2-9]\\d年[^，,。]*?(?:达到|完成)")
ZH_HARM = re.compile(
    "非法占用|擅自|违法占|侵占|倾倒|堆放|堆积|毁坏|毁林|破坏|损毁|污染面积|涉及|涉案|占地|占用|受损|被毁|开垦|盗采|采挖|非法开采|排放|"
    "造成|面积达|私自|乱占|违规|掩埋|填埋|未批先|非法采"
)
EN_RESULT = re.compile(
    r"restor|remediat|reclaim|remov|clean|clear|excavat|dispos|treat|ship|haul|plant|replant|cap(?:ped|ping)|protect|conserv|"
    r"recover|dredg|recycl|collect|redevelop|closed|shut|filed|handled|issued|reforest|rehabilitat|complet|moved|move |transport|"
    r"demolish|consolidat|stabiliz|neutraliz|returned|enhanc|creat|preserv|acquir|address|transferred|backfill",
    re.IGNORECASE,
)
EN_TARGET = re.compile(r"\b(?:will|would|plans? to|planned|goal|target|aims? to|proposed|expected to|to be|intends?|pledged?|by 20[3-9]\d)\b", re.I)
EN_HARM = re.compile(
    r"\b(?:located|covers?|covering|comprises?|occup(?:y|ies|ied)|consists? of|site is|spans?|contaminated (?:an|about|more)|"
    r"spilled|released|dumped|destroyed|damaged|burned|from an? [\d.]+|investigated|encompass(?:es)?|abandoned|leaked)\b",
    re.IGNORECASE,
)
