"""Words of published texts that no single layer has: what figures are of, and whether they tell of a result.

Words that belong to one layer stand in its file; here are those that hold for all of a family, or for all families.
"""

import re

# by family
ZH_OTHERS = {
    "cases": (
        "案件 立案 办案 线索 起诉 诉讼 结案 磋商 支持起诉 刑事附带民事 抗诉 办结 受理 判决 裁定 案 审查起诉 提起"
    ),
    "suggestions": "检察建议书 检察建议 建议书 检察意见 纠正意见 纠正违法 诉前建议 建议",
    "enterprises": (
        "企业 养殖场 养殖户 养猪场 养鸡场 养牛场 养羊场 养鸭场 砖厂 工厂 作坊 加工点 加工厂 加工场 收购站"
        " 站点 收购点 公司 商户 商铺 餐馆 饭店 酒店 洗砂场 采石场 砂场 采砂场 屠宰场 加油站 矿场 石材厂 厂矿"
        " 煤场 堆场 门店 经营户 市场主体 冶炼厂 化工厂 电镀厂 造纸厂 污水处理厂 排污单位 责任单位 生产线 厂家"
        " 厂房 搅拌站 制砖厂 石料厂 洗车场 修理厂 经营者 摊点 个体户 窑厂 洗煤厂 厂 违法排污"
    ),
    "funds": "元 资金 费用 罚款 罚金 税 款 费 金 损失 财产 赔偿",
    "waste_other": "排污口",
    "": "方案 档案 备案 预案 草案",
    "other": (
        "文物 食品 药品 厂房 建筑物 彩钢房 大棚房 网箱 水土流失 围栏 硬化 苗床 房产 住房 石料 土石方 土方"
        " 石方 泥土 表土 农药 猪肉 鱼 粮食 煤炭 砂石 矿石 江砂 河砂 化肥 种子 渔获物 水产品 油品 井盖 烈士"
        " 古树 设施 房屋 车辆 船只 产品 渔具 网具 土地 矿山 建筑 违建 违章 房 码头 道路 消防 电动 人行 盲道"
        " 楼 墓 别墅 大棚 砂 矿 原煤 泥炭 黑土 棚舍 渔网 地笼 电缆 设备 机械 手机 枪支 消火栓 标识 警示牌"
        " 鱼苗 野生动物 动物 鸟 古建筑 历史建筑 场所 摊位 国有财产 厕所 隐患 问题"
    ),
}
EN_OTHERS = {
    "cases": "cases,case,lawsuits,lawsuit,clues,litigation,filed",
    "suggestions": "suggestions,recommendations,procuratorial suggestions",
    "enterprises": "enterprises,companies,factories,plants,firms,workshops,businesses,polluters,farms",
    "funds": "yuan,rmb,cny,fines,fees,damages",
    "other": (
        "food,drugs,cultural relics,relics,oil,petroleum,land,parcel,stone,facilities,vehicles,homes"
        ",buildings,area,mines,barrels,drums,tanks"
    ),
}
LAND = (
    "grassland_restored",
    "grassland_protected",
    "farmland_reclaimed",
    "forest_restored",
    "wetland_water",
    "soil_remediated",
)
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
    "家": ("enterprises",),
    "户": ("enterprises", "other"),
    "座": ("enterprises", "wetland_water", "soil_remediated", "other"),
    "株": ("forest_restored", "other"),
    "棵": ("forest_restored", "other"),
    "": ("enterprises", "wetland_water", "forest_restored", "soil_remediated", *WASTE, "cases", "suggestions", "other"),
}

ZH_RESULT = re.compile(
    "退耕|还草|还林|恢复|修复|复垦|复耕|整治|治理|清理|清除|清运|回收|收回|追缴|追回|追偿|索赔|挽回|关停|取缔|督促|保护|补植|补种|复绿|退出|退还|拆除|办理|立案|受理"
    "|发出|制发|提起|起诉|结案|办结|查处|处置|整改|植树|造林|栽种|放流|缴纳|罚款|判处|移送|磋商|送达|腾退|管护|建成|完成|转移|销毁|扣押|没收"
    "|新增|改造|疏浚|化解|拆违|搬迁|关闭|查封|封堵"
)
ZH_TARGET = re.compile(
    "将继续|将完成|将新增|计划|目标|拟|力争|预计|将于|规划|要求在|承诺|确保到|到20[2-9]\\d年[^，,。]*?(?:达到|完成)"
)
ZH_GAIN = re.compile("获利|违法所得|非法所得|销售额|涉案金额|造成[^，。；]{0,12}损失")
ZH_HARM = re.compile(
    "退化|沙化|产生|提炼|开采|尚未|非法占用|非法占地|涉嫌|遭受|亟待|亟需|总面积|蓄水|蓄积|采矿权|捕捞|擅自|违法占|侵占|倾倒|堆放|堆积|毁坏|毁林|破坏|损毁|污染面积|涉及|涉案|占地|占用|受损|被毁|开垦|盗采|采挖|非法开采|排放|造成|面积达|私自|乱占|违规|未批先"
    "|非法采|(?:现有|原有|现存)[^，。；、]{0,8}面积"
)
# 由50万元增至120万元: a level that changed, neither end of which is what was done
ZH_CHANGE = re.compile(r"(?:增|提|上?升|扩|下?降|减|缩)[加长高大升少低小]?(?:至|到|为)")
EN_RESULT = re.compile(
    r"restor|remediat|reclaim|remov|clean|clear|excavat|dispos|treat|ship|haul|plant|replant|\bcapped"
    r"|\bcapping|protect|conserv|recover|dredg|recycl|collect|redevelop|closed|shut|filed|handled"
    r"|issued|reforest|rehabilitat|complet|moved|move |transport|demolish|consolidat|stabiliz"
    r"|neutraliz|return|reseed|revegetat|fenc|banned|sealed|increas|facilitat|led to|afforest|reclam"
    r"|improv|enhanc|creat|preserv|acquir|address|transferred|backfill",
    re.IGNORECASE,
)
EN_TARGET = re.compile(
    r"\b(?:will|would|plans? to|planned|goal|target|aims? to|proposed|expected to|to be|intends?|pledged?|"
    r"by 20[3-9]\d)\b",
    re.IGNORECASE,
)
EN_HARM = re.compile(
    r"\b(?:located|covers|covered|covering|cover an|comprises?|occupy|occupies|occupied|consists? of|site is|spans?|"
    r"contaminated (?:an|about|more)|spilled|released|dumped|destroyed|damaged|burned|from an? [\d.]+|investigated|"
    r"encompass(?:es)?|abandoned|leaked|were contaminated|"
    r"degraded as|has (?:some|about|around|over|more than)|constructed on)\b",
    re.IGNORECASE,
)

# what stands right before a number that counts what is no figure here
ZH_UNCOUNTED = re.compile(
    "(?:模型|制度|机制|平台|方案|文件|(?<!检察)(?<!违法)(?<!磋商)意见书?|办法|政策|规定|城市|村庄?|乡镇|街道|社区|案例|"
    "工作站|专班|联席会议?|支队|小专项|清单|项目|相当于|数?十|几十|数百|几百|托)(?:约|共|近|达|余)?$"
)
