"""The tables and columns of an organization file: their codes (ORG.toml), Chinese titles (xlsx), limits and notes."""

from dataclasses import dataclass

EXAMPLE = "示例"  # a row of a sheet whose first cell begins so is not read
REMARK = "备注"  # a column for people, not read
NOTES_SHEET = "说明"  # a sheet for people, not read


@dataclass(frozen=True, slots=True)
class Field:
    """A column. ``kind``: text, prose (with line breaks), count, list, accounts, moment (a day, maybe with a time);
    ``longest`` in characters."""

    key: str
    title: str
    note: str
    example: str = ""
    kind: str = "text"
    required: bool = False
    longest: int = 64
    fallback: str = ""  # in a sheet an empty cell takes the value of this column
    sheet_only: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file. ``required`` = at least one row."""

    key: str
    title: str
    fields: tuple[Field, ...]
    required: bool = False

    def field(self, key: str) -> Field | None:
        """The column with this code."""
        return next((field for field in self.fields if field.key == key), None)


_HOURS = "例如：周一至周五 8:30-12:00,14:30-17:30"
_UNIT = "单位表里的编号或名称"

UNIT = Table(
    "unit",
    "单位",
    (
        Field("id", "编号", "唯一，不变；不填就用名称", "phoenix", required=True, fallback="name"),
        Field("name", "名称", "居民和工作人员看到的名字", "凤凰社区", required=True),
        Field("level", "层级", "区县、街道、社区、网格、楼栋", "社区", required=True),
        Field("parent", "上级单位", f"{_UNIT}；最上一级不填", "永安街道"),
        Field("households", "户数", "可不填", "1200", kind="count"),
        Field("aliases", "别名", "居民的叫法，用顿号隔开；可不填", "凤凰、凤凰里", kind="list", longest=32),
        Field("hours", "办公时间", f"{_HOURS}；不填就是周一至周五 8:30-17:30", "周一至周五 8:30-17:30", longest=200),
        Field("timezone", "时区", "不填就是 Asia/Shanghai"),
    ),
    required=True,
)
PERSON = Table(
    "person",
    "人员",
    (
        Field("id", "编号", "唯一，不变；不填就用姓名", "zhou", required=True, fallback="name"),
        Field("name", "姓名", "", "周敏", required=True),
        Field("phone", "电话", "可不填；不会出现在居民群里", "13800000001", longest=32),
        Field(
            "accounts",
            "账号",
            "平台:账号，用逗号隔开；可不填，以后用一次性口令绑定",
            "web:zhou",
            "accounts",
            longest=128,
        ),
        Field("unit", "所属单位", f"{_UNIT}；与角色一起填，等于在职责表里加一行", "凤凰社区", sheet_only=True),
        Field("role", "角色", "群主、管家、承办、督办；与所属单位一起填", "管家", sheet_only=True),
    ),
)
DUTY = Table(
    "duty",
    "职责",
    (
        Field("person", "人员", "人员表里的编号或姓名", "周敏", required=True),
        Field("unit", "单位", _UNIT, "凤凰社区", required=True),
        Field("role", "角色", "群主、管家、承办、督办", "管家", required=True),
        Field("categories", "类别", "只管哪些类别，用顿号隔开；不填就是全部", "排水管网、公共设施", kind="list"),
        Field("available", "值班时间", f"{_HOURS}；不填就是随时", longest=200),
    ),
)
GROUP = Table(
    "group",
    "群",
    (
        Field("channel", "平台", "web、telegram、matrix、wechaty、wecom、feishu、dingtalk 等", "web", required=True),
        Field("chat", "群号", "平台上的群标识", "phoenix", required=True, longest=128),
        Field("unit", "单位", _UNIT, "凤凰社区", required=True),
        Field("kind", "类型", "居民群、工作群；不填就是居民群", "居民群"),
        Field("listen", "收听", "全部、点名、旁听；不填就是点名", "点名"),
        Field("title", "群名", "可不填", "凤凰社区居民群", longest=100),
    ),
)
ARTICLE = Table(
    "article",
    "知识库",
    (
        Field("id", "编号", "唯一，不变；不填就用标题", "residence-permit", required=True, fallback="title"),
        Field("title", "标题", "", "居住证办理", required=True, longest=100),
        Field("unit", "单位", f"{_UNIT}；对它和下级都有效", "永安街道", required=True),
        Field("keywords", "关键词", "用顿号隔开", "居住证、暂住证", kind="list", required=True, longest=32),
        Field("body", "答复", "", "带身份证到便民服务中心办理。", kind="prose", required=True, longest=4000),
    ),
)
_MOMENT = "写成 2026-11-24 或 2026-11-24 13:30"
ROTA = Table(
    "rota",
    "值班表",
    (
        Field("unit", "单位", f"{_UNIT}；管它和它下面所有单位的件", "凤凰社区", required=True),
        Field("people", "值班人", "按轮换的先后写，用顿号隔开；一个人就是固定值班", "周敏", kind="list", required=True),
        Field(
            "hours", "值班时段", "例如：每天 18:00-8:00，周六至周日 全天；不填就是全天", "周六至周日 全天", longest=200
        ),
        Field("turn", "轮换", "每天、每周、半天；不填就是每天", "每天"),
        Field("role", "角色", "管家、群主；不填就是管家。群主只能由本来就是群主或督办的人值", "管家"),
        Field("first", "开始日期", "第一个人的第一班是哪天；不填就从 2024-01-01 排起", "2026-11-28", "moment"),
        Field("last", "结束日期", "最后一天；不填就一直排下去。有结束日期的排在没有的前面", "2026-12-31", "moment"),
    ),
)
AWAY = Table(
    "away",
    "请假",
    (
        Field("person", "人员", "人员表里的编号或姓名", "周敏", required=True),
        Field("from", "开始", _MOMENT, "2026-11-24", "moment", required=True),
        Field("to", "结束", f"{_MOMENT}；只写日期就包括这一天", "2026-11-26", "moment", required=True),
        Field("standin", "代班人", "人员表里的编号或姓名；不填就由下一个该管的人接", ""),
        Field("reason", "事由", "可不填；只有本人和上级看得到", "", longest=100),
    ),
)
TABLES = {table.key: table for table in (UNIT, PERSON, DUTY, GROUP, ARTICLE, ROTA, AWAY)}

WORDS = {
    "level": {
        "区县": "district", "区": "district", "县": "district", "街道": "street", "镇": "street", "乡镇": "street",
        "镇街": "street", "社区": "community", "村": "community", "网格": "grid", "小区": "grid", "楼栋": "building",
    },
    "role": {
        "群主": "owner", "管家": "steward", "红色管家": "steward", "网格员": "steward", "承办": "handler",
        "承办单位": "handler", "督办": "supervisor", "值班台": "supervisor",
    },
    "kind": {"居民群": "residents", "居民": "residents", "工作群": "work", "工作": "work"},
    "turn": {"每天": "day", "每周": "week", "半天": "half"},
    "listen": {"全部": "all", "点名": "addressed", "旁听": "shadow"},
    "categories": {
        "物业管理": "property", "公共设施": "facilities", "排水管网": "drainage", "水电气暖": "utilities",
        "环境卫生": "sanitation", "噪声扰民": "noise", "停车交通": "parking", "违建占道": "encroachment",
        "消防安全": "safety", "绿化动物": "greenery", "邻里纠纷": "neighbours", "民生政务": "affairs",
        "农业生产": "agriculture", "企业商户": "business", "其他": "other",
    },
}  # fmt: skip


def toml_titles() -> dict[str, str]:
    """What a TOML file calls its tables; its columns go by their codes."""
    return {table.key: f"[[{table.key}]]" for table in TABLES.values()}


def sheet_titles() -> dict[str, str]:
    """What a workbook calls its sheets and columns."""
    columns = {f"{table.key}.{field.key}": field.title for table in TABLES.values() for field in table.fields}
    return columns | {table.key: table.title for table in TABLES.values()}
