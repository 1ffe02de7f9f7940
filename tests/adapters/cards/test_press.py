"""Reports as PDF: pages, words and photos that another program finds in them; whatever people wrote is text."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from adapters.cards import Printer
from adapters.cards.glyphs import characters
from bot.ports import Chart, Column, Document, Pair, Section, Series, Sheet
from bot.render.catalog import LOCALES, load_catalog
from tests.adapters.cards.test_painter import HOSTILE
from tests.libreoffice import words_of

MORE = [
    '#read("/etc/passwd")',
    '#import "@preview/x:0.1.0"',
    "$",
    "\\",
    "@",
    "#",
    "#raw(`x`)",
    "*",
    "_",
    "<x>",
    "~",
    "'\"",
]
RARE = "𫖯😀👨‍👩‍👧\u202e\u0301\x00ﷺ한글"
CHART = Chart("每周", "columns", ("6月1日", "6月8日"), (Series("新登记", (3, 0)), Series("办结", (1, 2))))
SHARES = Chart("按时", "bars", ("签收", "办结"), (Series("", (50.0, 0), ("50.0 %", "—")),), 100)


def jpeg(size: tuple[int, int] = (640, 480)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "green").save(written, "JPEG")
    return written.getvalue()


def page_count(content: bytes) -> int:
    [count] = re.findall(rb"/Type/Pages/Count ([0-9]+)", content)
    return int(count)


def report_of(text: str) -> Document:
    """The text in every place that a report has."""
    columns = tuple(Column(text) for _ in range(8))
    chart = Chart(text, "bars", (text,), (Series(text, (1,), (text,)), Series(text, (2,))))
    pair = Pair(text, (text,), (text, text), jpeg(), jpeg())
    section = Section(text, (text,), Sheet(text, columns, [[text] * 8]), (chart,), (pair,))
    return Document(text, text, (section,), text, text, text)


def test_another_program_reads_pages_words_and_photos(tmp_path: Path) -> None:
    hostile = [*HOSTILE, *MORE]
    table = Sheet(
        "问题清单", (Column("编号", 8), Column("原话", 40)), [(f"{n:03}号", word) for n, word in enumerate(hostile * 4)]
    )
    pair = Pair("1号件 楼道灯坏了", ("换了新灯",), ("办前", "办后"), jpeg(), jpeg((300, 900)))
    sections = (
        Section("1. 概况", ("本月听到3件事。",), None, (CHART, SHARES)),
        Section("2. 问题清单", (), table),
        Section("3. 办前办后", (), None, (), (pair,)),
    )
    content = Printer().pdf(Document("学苑小区6月月报", "2026年6月", sections, "月报", "目录", "学苑小区"))

    words = words_of(content, "pdf", tmp_path)
    for word in ("学苑小区6月月报", "目录", "本月听到3件事。", "每周", "新登记", "50.0%", "换了新灯", "办前"):
        assert word in words
    for word in hostile:
        assert words.count(re.sub(r"\s", "", word)) >= 4, word
    assert "root:" not in words
    pages = page_count(content)
    assert pages >= 5
    assert f"{pages}/{pages}" in words
    assert words.count("编号") >= 2, "a table that goes on repeats its titles"
    assert content.count(b"/Subtype/Image") == 2


@pytest.mark.parametrize("text", [*HOSTILE, *MORE, RARE, "", "长" * 5000, "一\n" * 500, "W" * 3000])
def test_no_words_break_a_report(text: str) -> None:
    assert page_count(Printer().pdf(report_of(text))) >= 3


def test_a_screen_reader_gets_the_language_and_what_pictures_show() -> None:
    pair = Pair("灯坏了", (), ("办前", "办后"), jpeg(), jpeg())
    sections = (Section("走势", (), None, (CHART,)), Section("效果", (), None, (), (pair,)))
    for locale, told in (("zh_CN", b"/Lang(zh-CN)"), ("en", b"/Lang(en)")):
        content = Printer().pdf(Document("月报", "", sections, locale=locale))
        assert told in content
        for words in (CHART.words, "办前：灯坏了", "办后：灯坏了"):
            assert words.encode("utf-16-be").hex().upper().encode() in content.replace(b"\n", b"")


def test_the_letters_are_those_of_the_house() -> None:
    content = Printer().pdf(report_of(f"楼道灯坏了{RARE}"))
    assert set(re.findall(rb"/FontName/[A-Z]{6}\+([\w-]+)", content)) == {b"NotoSansCJKsc-Regular"}
    assert b"NotoSansCJKsc" in content


@pytest.mark.parametrize(
    "chart", [CHART, SHARES, Chart("空", "bars", (), ()), Chart("零", "columns", ("一",), (Series("", (0,)),))]
)
def test_a_chart_is_a_picture_that_needs_no_colour(chart: Chart) -> None:
    picture = Image.open(io.BytesIO(Printer().chart(chart)))
    assert 1300 < picture.width < 1400
    if chart is CHART:
        grey = picture.convert("L").histogram()
        assert sum(grey[:120]) > 1000, "bars are dark on white without any colour"


def test_long_names_leave_the_bars_their_place() -> None:
    chart = Chart("哪里多", "bars", ("长" * 300,), (Series("", (1,)),))
    green = Image.open(io.BytesIO(Printer().chart(chart))).convert("RGB").getcolors(1 << 24) or []
    assert max(count for count, colour in green if colour == (11, 107, 83)) > 10_000


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_a_pack_can_be_set(locale: str) -> None:
    sections = load_catalog(locale).sections
    words = "".join(text for key, text in sections["web"].items() if key.startswith(("pack.", "rates.", "board.move")))
    assert set(words) - characters() == set()


def test_a_report_of_long_lists_stays_small() -> None:
    """Twelve pairs of photos and lists of fifty rows are below what a mail takes."""
    pairs = tuple(Pair("件", (), ("办前", "办后"), noise(), noise()) for _ in range(12))
    rows = [["楼道灯坏了三天了，老人摔了一跤" * 3] * 8] * 50
    lists = tuple(Section(f"{n}", (), Sheet("单", tuple(Column("列") for _ in range(8)), rows)) for n in range(3))
    content = Printer().pdf(Document("月报", "", (*lists, Section("效果", (), None, (), pairs))))
    assert content.count(b"/Subtype/Image") == 24
    assert len(content) < 10_000_000


def noise() -> bytes:
    """A photo that nobody's camera takes: as large a file as its size can be."""
    written = io.BytesIO()
    Image.effect_noise((900, 675), 90).convert("RGB").save(written, "JPEG", quality=75)
    return written.getvalue()
