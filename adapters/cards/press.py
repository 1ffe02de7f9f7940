"""Reports as PDF and charts as PNG, set by typst from ``report.typ`` and ``chart.typ``. Text goes in as data, none as markup."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from adapters.cards.glyphs import safe
from adapters.cards.painter import HERE
from bot.ports import Chart, Document, Pair, Section, Sheet, Value

DOTS = 200.0  # an inch of a chart
LONGEST = 700  # characters of one text: a cell of a table stays smaller than a page
WIDE = 6  # columns: a table of more lies across


class Printer:
    """Implements ``ports.Press``."""

    def chart(self, chart: Chart) -> bytes:
        """The picture, as wide as a page across; some 0.1 s."""
        return _compiled("chart", {"chart.json": _json(_drawing(chart))}, "png")

    def pdf(self, document: Document) -> bytes:
        """The file; some seconds for hundreds of rows."""
        photos: dict[str, bytes] = {}
        sections = [_section(one, photos) for one in document.sections]
        language, _, region = document.locale.partition("_")
        said = {"title": document.title, "subtitle": document.subtitle, "foot": document.foot}
        data = {
            **said,
            "issuer": document.issuer,
            "contents": document.contents,
            "sections": sections,
            "language": [language, region],
        }
        return _compiled("report", {"report.json": _json(data), **photos}, "pdf")


def _compiled(template: str, beside: dict[str, bytes], form: Literal["pdf", "png"]) -> bytes:
    """What becomes of a template with files beside it, in a folder of their own: it reads nothing else of the machine."""
    import typst  # noqa: PLC0415 - an extra, and 30 MB that a bot without packs never needs

    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name in (f"{template}.typ", "drawing.typ"):
            shutil.copy(HERE / name, root)
        for name, content in beside.items():
            (root / name).write_bytes(content)
        made = typst.compile(
            root / f"{template}.typ",
            root=root,
            font_paths=[HERE / "fonts"],
            ignore_system_fonts=True,
            format=form,
            ppi=DOTS,
        )
    if not isinstance(made, bytes):
        raise TypeError("a chart has one page")
    return made


def _json(data: Any) -> bytes:
    return json.dumps(safe(data, LONGEST, "\n"), ensure_ascii=False).encode()


def _section(section: Section, photos: dict[str, bytes]) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "lines": section.lines,
        "charts": [_drawing(chart) for chart in section.charts],
        "pairs": [_pair(pair, photos) for pair in section.pairs],
        "table": _table(section.table) if section.table is not None and section.table.rows else None,
    }


def _drawing(chart: Chart) -> dict[str, Any]:
    """A chart with how its numbers are written."""
    written = [[one.text(place) for place in range(len(chart.names))] for one in chart.series]
    top = chart.most or max((value for one in chart.series for value in one.values), default=0) or 1
    return {**asdict(chart), "written": written, "most": top, "words": chart.words}


def _pair(pair: Pair, photos: dict[str, bytes]) -> dict[str, Any]:
    """The photos beside the template, and their names."""
    names = [f"photo{len(photos) + place}.jpg" for place in range(2)]
    photos.update(zip(names, (pair.before, pair.after), strict=True))
    return {"caption": pair.caption, "lines": pair.lines, "titles": pair.titles, "files": names}


def _table(sheet: Sheet) -> dict[str, Any]:
    return {
        "wide": len(sheet.columns) > WIDE,
        "titles": [column.title for column in sheet.columns],
        "widths": [column.width for column in sheet.columns],
        "rows": [[_cell(value) for value in row] for row in sheet.rows],
    }


def _cell(value: Value) -> str:
    return "" if value is None else str(value)
