"""The ledgers and point files of the demonstration, with their planted faults, as a table."""

from decimal import Decimal as D

from geo_app.samples.plans import Ledger

TICKET = {
    "code": "磅单号",
    "completed_on": "过磅日期",
    "district": "县区",
    "name": "产废单位",
    "quantity": "净重(kg)",
    "status": "完成情况",
    "lon": "经度",
    "lat": "纬度",
    "note": "备注",
}
HEAP = {
    "code": "清运单号",
    "name": "堆放地点",
    "district": "县区",
    "quantity": "清运量(吨)",
    "completed_on": "清运日期",
    "status": "完成情况",
    "lon": "经度",
    "lat": "纬度",
    "note": "备注",
}
HEAP_DBF = {
    "code": "编号",
    "name": "堆放地点",
    "district": "县区",
    "quantity": "重量_吨",
    "completed_on": "清理日期",
    "status": "整改情况",
    "note": "备注",
}
ENTERPRISE = {
    "code": "企业编号",
    "name": "企业名称",
    "district": "区县",
    "status": "整治情况",
    "started_on": "责令日期",
    "completed_on": "关停日期",
    "lon": "经度",
    "lat": "纬度",
    "note": "备注",
}
CASE = {
    "code": "案件编号",
    "name": "案件名称",
    "district": "区县",
    "status": "案件状态",
    "started_on": "立案日期",
    "completed_on": "结案日期",
    "note": "备注",
}
SUGGESTION = {
    "code": "检察建议书文号",
    "name": "建议名称",
    "district": "区县",
    "status": "制发情况",
    "completed_on": "制发日期",
    "note": "备注",
}
FUND = {
    "code": "票据号",
    "name": "缴款单位",
    "district": "县区",
    "quantity": "金额(万元)",
    "status": "到账情况",
    "completed_on": "到账日期",
    "note": "备注",
}
SOIL = {
    "code": "污染地块编号",
    "name": "地块名称",
    "district": "县区",
    "declared_area": "治理面积_亩",
    "completed_on": "完成日期",
    "lon": "经度",
    "lat": "纬度",
    "note": "备注",
}

COUNTY_SEATS = ("德令哈", "格尔木", "察汗乌苏", "希里沟", "新源", "柴旦", "花土沟")
CASE_NAMES = ("草原被占用", "河道乱堆", "固体废物倾倒", "矿山未修复", "污水直排", "林地被占用", "扬尘污染")

LEDGERS = (
    Ledger(
        "污染土地治理.csv", "soil_remediated", "ground", SOIL, "SR-{serial:04}", ("渗坑污染土地治理",),
        ("柴旦",), 1, amounts=(D("3"),), placed=1, choices={"status": "finished"},
    ),
    Ledger(
        "危险废物磅单.csv", "waste_hazardous", "waste", TICKET, "{date:%Y%m%d}-{serial:03}",
        ("虚构选矿厂", "虚构铅锌矿", "虚构化工厂", "虚构修理厂"), ("花土沟", "格尔木", "锡铁山", "德令哈"),
        1800, D("56700400"), (28, D("894200")), (13, D("412300")), D("20"), placed=72, total_row=True,
        encoding="gb18030", dates="slash",
    ),
    Ledger(
        "生活垃圾清运.xlsx", "waste_household", "waste", HEAP, "SH-{year}-{serial:03}", ("河滩堆放点", "村口堆放点"),
        ("德令哈", "格尔木", "察汗乌苏"), 11, D("254.18"), repeated=(1, D("8.31")), step=D("0.01"), placed=11,
        dates="day",
    ),
    Ledger(
        "生产类固体废物.zip", "waste_industrial", "waste", HEAP_DBF, "GF-{serial:03}", ("厂区堆放点", "渣场"),
        ("柴旦", "格尔木", "锡铁山"), 6, D("72.13"), step=D("0.01"), placed=6, dates="day",
    ),
    Ledger(
        "废气企业整治.csv", "enterprises_air", "enterprises", ENTERPRISE, "QY-A{serial:02}",
        ("虚构建材厂", "虚构焦化厂", "虚构洗煤厂"), ("德令哈", "格尔木", "柴旦"), 4, placed=4,
    ),
    Ledger(
        "其他污染企业整治.xlsx", "enterprises_other", "enterprises", ENTERPRISE, "QY-B{serial:02}",
        ("虚构养殖场", "虚构砂石厂", "虚构屠宰场"), ("格尔木", "柴旦", "德令哈"), 3, placed=3,
    ),
    Ledger(
        "行政检察案件.xlsx", "cases_administrative", "cases", CASE, "演示行检-{year}-{serial:03}", CASE_NAMES,
        COUNTY_SEATS, 38, unfinished=(3, D(3)), dates="day",
    ),
    Ledger(
        "公益诉讼案件.xlsx", "cases_public_interest", "cases", CASE, "演示公益-{year}-{serial:03}", CASE_NAMES,
        COUNTY_SEATS, 606, unfinished=(4, D(4)), repeated=(2, D(2)), dates="day",
    ),
    Ledger(
        "行政检察建议.xlsx", "suggestions_administrative", "suggestions", SUGGESTION,
        "演示行检建-{year}-{serial:03}", CASE_NAMES, COUNTY_SEATS, 31, dates="zh",
    ),
    Ledger(
        "公益诉讼检察建议.xlsx", "suggestions_public_interest", "suggestions", SUGGESTION,
        "演示公益建-{year}-{serial:03}", CASE_NAMES, COUNTY_SEATS, 462, dates="zh",
    ),
    Ledger(
        "治理恢复费.xlsx", "funds_treatment", "funds", FUND, "ZL-{year}-{serial:03}", ("虚构缴款人",), COUNTY_SEATS,
        3, amounts=(D("8.5"), D("6.5"), D("5")), dates="day",
    ),
    Ledger(
        "土地出让金.csv", "funds_land_transfer", "funds", FUND, "TD-{year}-{serial:03}", ("虚构受让人",),
        COUNTY_SEATS, 7, dates="dash", encoding="gb18030",
        amounts=tuple(map(D, ("612.40", "385.75", "340.20", "298.60", "215.35", "130.00", "84.75"))),
    ),
)  # fmt: skip
