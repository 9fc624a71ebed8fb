"""The polygon files of the demonstration, with their planted faults, as a table."""

import datetime as dt
from decimal import Decimal as D

from geo_app.samples.plans import GroundFile, Plant

GRASS_WORKS = ("退化草原恢复", "违规开垦草原恢复", "占用草原植被恢复", "退耕还草", "黑土滩治理")
FARM_WORKS = ("占用耕地复垦", "耕地复垦整治", "违建拆除复垦")
PATCH = {
    "code": "图斑编号",
    "name": "项目名称",
    "district": "县区",
    "declared_area": "面积亩",
    "status": "整改情况",
    "started_on": "开工日期",
    "completed_on": "完成日期",
    "note": "备注",
}
PLOT = {
    "code": "地块编号",
    "name": "地块名称",
    "district": "所在县",
    "status": "验收情况",
    "declared_area": "亩数",
    "completed_on": "验收日期",
    "note": "说明",
}
STAND = {
    "code": "XBBH",
    "name": "XMMC",
    "district": "XZQMC",
    "declared_area": "MJ_M",
    "status": "ZGQK",
    "completed_on": "WCRQ",
    "note": "BZ",
}

GROUND = (
    GroundFile(
        "都兰县草原修复2021-2022.zip", "grassland_restored", 4521, 40, D("24310.5"), ("香日德", "察汗乌苏"),
        "DL-{year}-{serial:04}", PATCH, GRASS_WORKS, years=(2021, 2022), excess=(6, D("4.9")),
        folder="都兰县/矢量数据",
        plants=(Plant("DL-2022-0042", D("684.3"), completed=dt.date(2022, 8, 26)),),
    ),
    GroundFile(
        "都兰县草原修复2023-2024.zip", "grassland_restored", 4521, 32, D("19874.2"), ("香日德", "察汗乌苏"),
        "DL-{year}-{serial:04}", PATCH, GRASS_WORKS, years=(2023, 2024), excess=(5, D("4.1")), cpg=True,
        plants=(Plant("DL-2023-0187", D("684.3"), partner="DL-2022-0042", completed=dt.date(2023, 9, 14)),),
    ),
    GroundFile(
        "诺木洪草原恢复.zip", "grassland_restored", 4520, 30, D("15266.8"), ("诺木洪",),
        "NMH-{year}-{serial:04}", PLOT, GRASS_WORKS, excess=(4, D("3.2")), dates="slash",
    ),
    GroundFile(
        "德令哈市草原恢复台账.zip", "grassland_restored", 4541, 41, D("21502.4"), ("德令哈",),
        "DLH-{year}-{serial:04}", PATCH, GRASS_WORKS, excess=(6, D("5.2")), cpg=True, folder="图斑", dates="zh",
        plants=(
            Plant("DLH-2024-0012", D("240.5"), "ongoing"),
            Plant("DLH-2024-0013", D("171.5"), "planned"),
        ),
    ),
    GroundFile(
        "tianjun_grassland.zip", "grassland_restored", 4542, 38, D("17958.9"), ("新源",),
        "TJ-{year}-{serial:04}", STAND, GRASS_WORKS, excess=(5, D("4.4")), dates="compact",
        plants=(
            Plant("TJ-2022-0003", D("412.8"), completed=dt.date(2022, 7, 30)),
            Plant("TJ-2022-0021", D("300.4"), partner="TJ-2022-0003", shared=D("60.7")),
            Plant("TJ-2024-0055", D("336.9"), at=(99.75, 37.90), inside=False),
        ),
    ),
    GroundFile(
        "乌兰县草原恢复.gpkg", "grassland_restored", 4490, 27, D("13120.7"), ("希里沟",),
        "WL-{year}-{serial:04}", {**PATCH, "code": "小班编号", "declared_area": "恢复面积_亩"}, GRASS_WORKS,
        excess=(5, D("4.4")),
        plants=(
            Plant("WL-2022-0014", D("812.6"), completed=dt.date(2022, 9, 2)),
            Plant("WL-2023-0002", D("655.3"), partner="WL-2022-0014", shared=D("268.9")),
            Plant("WL-2021-0030", D("498.7"), completed=dt.date(2021, 10, 11)),
            Plant("WL-2024-0008", D("377.9"), partner="WL-2021-0030", shared=D("121.6")),
            Plant("WL-2022-0009", D("1204.8"), completed=dt.date(2022, 6, 18)),
        ),
    ),
    GroundFile(
        "格尔木市草原恢复.zip", "grassland_restored", 4519, 6, D("2952.7"), ("格尔木西",),
        "GEM-{year}-{serial:04}", PLOT, GRASS_WORKS, dates="dash",
        plants=(Plant("GEM-2021-0007", D("58.6"), ""),),
    ),
    GroundFile(
        "受污染草原保护.zip", "grassland_protected", 4490, 4, D("74.79"), ("新源", "希里沟"),
        "CB-{serial:04}", PATCH, ("受污染草原保护",), first=1, step=D("0.01"), folder="保护区",
    ),
    GroundFile(
        "耕地复垦_东部.zip", "farmland_reclaimed", 4542, 36, D("5097.5"), ("香日德", "察汗乌苏"),
        "FG-{serial:04}", {**PATCH, "declared_area": "复垦面积"}, FARM_WORKS, first=1, excess=(4, D("1.6")),
        plants=(Plant("FG-0031", D("402.6"), partner="WL-2022-0009", shared=D("385.2")),),
    ),
    GroundFile(
        "耕地复垦_西部.zip", "farmland_reclaimed", 4541, 25, D("3334.2"), ("德令哈", "诺木洪", "格尔木"),
        "FG-{serial:04}", PLOT, FARM_WORKS, first=37, excess=(3, D("1.1")), cpg=True, prj=False, dates="dash",
        plants=(
            Plant("FG-0048", D("215.4"), "planned"),
            Plant("FG-0052", D("147.0"), "ongoing"),
            Plant("FG-0060", D("100.2"), "ongoing"),
        ),
    ),
)  # fmt: skip
