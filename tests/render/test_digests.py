"""A digest in words and as a card: known numbers give known words, and names stay names."""

from dataclasses import replace

import pytest

from bot.domain.digest import NOBODY, PERSON, Digest, Hot, Late
from bot.messages import Bars, Figure
from bot.render.catalog import LOCALES, load_catalog
from bot.render.digests import DigestWords
from tests.render.samples import DIGEST, PRIVATE, notice
from tests.render.test_render import render

WORDS = DigestWords(load_catalog("zh_CN"))
QUIET = Digest("daily", "学苑小区", "2026-05-05", "2026-05-05", closed=(1, 0))


def test_five_lines_and_a_link() -> None:
    assert WORDS.lines(DIGEST, "https://wg.example.org/desk/digest") == [
        "新河社区周报　5月4日至5月10日",
        "新登记12件（前期8件），办结9件（前期10件），在办5件。",
        "最多的事：排水管网5件（前期1件）；噪声扰民3件（前期4件）。最多的地方：学苑小区3号楼4件（前期0件）；5号楼2件（前期1件）。",
        "突然变多：排水管网5件，平常约0.9件。",
        "超期2件：12号件排水管网超3天，该周敏办；15号件噪声扰民超1天，等您定。",
        "按时办结90.0 %（10件）；满意87.5 %（8票）；重复1件；表扬2件。",
        "细看：https://wg.example.org/desk/digest",
    ]


def test_what_never_came_before_is_new() -> None:
    told = replace(DIGEST, spikes=(Hot("", "", "5", 4, 0),))
    assert "突然变多：5号楼4件，平常没有。" in WORDS.lines(told)


def test_what_comes_in_its_season_is_told_with_the_season() -> None:
    seen = Hot("noise", "", "", 9, 0, 2.5, "exam_college", a_year_ago=True)
    assert WORDS.spike(seen) == "噪声扰民9件，去年高考那时约2.5件"
    assert WORDS.spike(replace(seen, a_year_ago=False, usual=0)) == "噪声扰民9件，正逢高考，平常没有，比平常三倍还多"


@pytest.mark.parametrize("locale", LOCALES)
def test_each_season_has_a_name(locale: str) -> None:
    names = load_catalog(locale).sections["season"]
    assert {f"{key.partition('.')[0]}.name" for key in names} <= names.keys()


def test_where_not_all_is_counted_it_says_so() -> None:
    assert WORDS.lines(replace(DIGEST, behind=True))[-1].endswith("表扬2件。有些新数字还没算进来。")


def test_a_unit_is_called_by_its_name_alone_and_a_house_beside_it() -> None:
    assert [WORDS.name(Hot("", "新河社区", house, 3, 1)) for house in ("", "7")] == ["新河社区", "新河社区7号楼"]


def test_of_a_quiet_day_little_is_said() -> None:
    assert WORDS.lines(QUIET) == [
        "学苑小区日报　5月5日", "新登记0件（前期0件），办结1件（前期0件），在办0件。", "没有超期的件。",
    ]  # fmt: skip
    assert (WORDS.card(QUIET).bars, WORDS.card(QUIET).legend) == ((), "")


def test_the_card_says_the_same() -> None:
    card = WORDS.card(DIGEST)
    assert card.figures == (
        Figure("新登记", "12", "前期8"), Figure("办结", "9", "前期10"), Figure("在办", "5"), Figure("超期", "2", "", True),
    )  # fmt: skip
    assert card.bars[1] == Bars("最多的地方", (("学苑小区3号楼", 4, 0), ("5号楼", 2, 1)))
    assert card.lines == tuple(WORDS.lines(DIGEST)[3:])


def test_a_name_with_slots_in_it_is_a_name() -> None:
    hostile = Late(1, "noise", 1, PERSON, "{n}{__class__}")
    told = replace(
        DIGEST, unit="{kind}", late=(hostile, Late(2, "noise", 2, NOBODY)), places=(Hot("", "{n}", "{n}", 1, 0),)
    )
    said = "\n".join(WORDS.lines(told))
    assert "{kind}周报" in said
    assert "该{n}{__class__}办" in said
    assert "{n}{n}号楼1件" in said
    assert "还没人接" in said


@pytest.mark.parametrize("locale", LOCALES)
def test_each_locale_says_all_of_it(locale: str) -> None:
    said = render(notice("digest", PRIVATE, late="1"), locale=locale)
    assert len(said.text.splitlines()) == 6
    assert said.card is not None
    assert said.card.title in said.text
    assert said.text.startswith(load_catalog(locale).text("word", "late"))


def test_a_merged_message_has_no_card() -> None:
    assert render(notice("digest", PRIVATE), notice("digest", PRIVATE, id_="n2")).card is None
