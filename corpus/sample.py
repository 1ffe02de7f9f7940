"""The 16 lines that show the schema of another group-chat test → lessons: its columns and codes in ours."""

from collections.abc import Mapping
from pathlib import Path

from adapters.tsv import Row
from bot.triage.engine.room import Lesson, lesson_of

SAMPLE = Path(__file__).parents[2] / "shared" / "data" / "nlu" / "dev_sample.group_chat.tsv"

ACTS = {"progress": "urge", "neighbor": "chat", "trade": "chat", "split": "chat"}
NATURES = {"投诉": "complaint", "求助": "help", "咨询": "inquiry", "建议": "suggestion", "表扬": "praise"}
CATEGORIES = {
    "供水": "utilities", "供电": "utilities", "供气": "utilities", "供暖": "utilities", "物业服务": "property", "绿化": "greenery",
    "停车": "parking", "噪音": "noise", "电梯": "facilities", "照明": "facilities", "道路": "facilities", "排水": "drainage",
    "环卫": "sanitation", "消防": "safety", "违建": "encroachment",
}  # fmt: skip
# 高/中/低 has no stated mapping onto four codes. Ours: 高 is what cannot wait, whether urgent or an emergency; the rest can.
URGENCIES = {"高": "urgent", "中": "routine", "低": "routine"}
COARSE = {"emergency": "urgent", "complex": "routine"}


def lesson_of_sample(row: Row) -> Lesson:
    """A row of the sample."""
    cells = row.cells
    labels = {name: codes[cells[column]] for name, column, codes in _LABELS if cells[column] in codes}
    told = labels if cells["act"] == "new" else {}
    return lesson_of(_plain(cells) | told)


def _plain(cells: Mapping[str, str]) -> dict[str, str]:
    kept = {name: cells[name] for name in ("group", "minute", "user", "text", "ticket")}
    return {**kept, "place": cells["location"], "act": ACTS.get(cells["act"], cells["act"])}


_LABELS = (("nature", "kind", NATURES), ("category", "category", CATEGORIES), ("urgency", "urgency", URGENCIES))
