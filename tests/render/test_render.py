"""From a notice to words: what a group may read, who is called, what is cut, and that people's words stay words."""

import json
from zoneinfo import ZoneInfo

import pytest

from bot.messages import Capabilities, OutboundMessage
from bot.ports import Notice
from bot.render.catalog import LOCALES, load_catalog
from bot.render.render import Renderer
from tests.render.samples import GROUP, PRIVATE, labels, notice

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = {"web:zhang": "张阿姨", "web:zhou": "周敏"}
PHONE = "13812345678"
CONTROLS = "\u202e\u2066\u200b\x00\x07\x1b[31m\ufeff"


def render(*bundle: Notice, locale: str = "zh_CN", can: Capabilities | None = None) -> OutboundMessage:
    renderer = Renderer(load_catalog(locale))
    return renderer.render(bundle, lambda account: NAMES.get(account, account), can or Capabilities(), SHANGHAI)


# ---------------------------------------------------------------- masking


@pytest.mark.parametrize("locale", LOCALES)
def test_a_group_reads_no_number_and_no_room(locale: str) -> None:
    said = render(notice("progress", note=f"师傅电话{PHONE}"), notice("receipt"), locale=locale).text
    assert PHONE not in said
    assert "138****5678" in said
    assert "3号楼" in said
    assert "501" not in said


@pytest.mark.parametrize("locale", LOCALES)
def test_who_works_on_it_reads_both_in_private(locale: str) -> None:
    said = render(notice("ping.assigned", PRIVATE, title=f"请打{PHONE}"), locale=locale).text
    assert PHONE in said
    assert "3号楼2单元501室" in said


def test_lists_are_masked_in_a_group_only() -> None:
    rows = json.dumps([["12", "drainage", "in_progress", "3号楼2单元501室"]])
    assert "501" not in render(notice("mine", lines=rows)).text
    assert "501" in render(notice("mine", PRIVATE, lines=rows)).text


def test_without_a_place_the_unit_is_named_and_without_a_unit_that_it_is_not_known() -> None:
    assert "学苑小区" in render(notice("receipt", place="")).text
    assert "位置待补充" in render(notice("receipt", place="", unit="")).text


# ---------------------------------------------------------------- who is called


def test_a_group_message_calls_by_name_and_names_the_accounts() -> None:
    said = render(notice("poll"))
    assert "@张阿姨" in said.text
    assert said.mentions == ("web:zhang",)


def test_a_nickname_with_a_room_is_called_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, "web:zhang", "3-2-501 张阿姨")
    said = render(notice("poll")).text
    assert "@张阿姨" in said
    assert "501" not in said


def test_a_private_message_calls_nobody_but_says_for_whom_it_is() -> None:
    said = render(notice("poll", PRIVATE))
    assert "@" not in said.text
    assert said.mentions == ("web:zhang",)


def test_several_are_called_once_each() -> None:
    first, second = notice("poll"), notice("poll.reminder", id_="n2")
    second.mentions = ("web:zhou", "web:zhang")
    said = render(first, second)
    assert said.mentions == ("web:zhang", "web:zhou")
    assert "@周敏 @张阿姨" in said.text


# ---------------------------------------------------------------- merged and cut


def test_merged_notices_stand_one_under_the_other() -> None:
    said = render(notice("receipt"), notice("progress", id_="n2"), notice("withdrawn", id_="n3", buttons=("sign",)))
    assert len(said.text.splitlines()) == 3
    assert said.kind == "digest"
    assert said.key == "n1"
    assert (said.ticket_id, said.number, said.buttons) == (None, None, ())


def test_a_single_notice_keeps_its_ticket_and_kind() -> None:
    said = render(notice("receipt"))
    assert (said.key, said.kind, said.ticket_id, said.number) == ("n1", "notice", "t1", 12)


def test_a_long_message_is_cut_to_what_the_platform_takes() -> None:
    said = render(notice("progress", note="很长" * 500), can=Capabilities(max_length=100)).text
    assert len(said) == 100
    assert said.endswith("…")


def test_a_message_of_just_the_length_is_whole() -> None:
    whole = render(notice("progress")).text
    assert render(notice("progress"), can=Capabilities(max_length=len(whole))).text == whole


# ---------------------------------------------------------------- people's words stay words


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("hostile", ["{number}", "{0.__class__}", "{who!r:>99}", "{{}}", "%s %(x)s", "}{", "$HOME"])
def test_braces_are_no_template(locale: str, hostile: str) -> None:
    said = render(notice("ping.assigned", PRIVATE, title=hostile), locale=locale).text
    assert hostile in said


@pytest.mark.parametrize("chat", [GROUP, PRIVATE])
def test_nobody_calls_everybody_through_the_bot(chat: str) -> None:
    said = render(notice("progress", chat, note="@所有人 @all 开会了"))
    assert "@所有人" not in said.text
    assert "@all" not in said.text
    assert "＠所有人" in said.text
    assert said.mentions == ("web:zhang",)


def test_a_name_calls_nobody_else_and_has_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, "web:zhang", f"@所有人{CONTROLS}{{number}}" + "长" * 50)
    said = render(notice("mine.none")).text
    assert "@所有人" not in said
    assert said.count("@") == 1
    assert len(said) < 50


@pytest.mark.parametrize("chat", [GROUP, PRIVATE])
def test_control_and_direction_characters_go(chat: str) -> None:
    said = render(notice("progress", chat, note=f"好{CONTROLS}了")).text
    assert said.endswith("好[31m了")
    rows = json.dumps([["12", "drainage", "in_progress", f"3号楼{CONTROLS}"]])
    listed = render(notice("mine", chat, lines=rows)).text
    assert not set(CONTROLS) - set("[31m") & set(listed)


def test_markup_stays_text() -> None:
    assert "<b>好</b>" in render(notice("progress", note="<b>好</b>")).text


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert "basketry" in render(notice("receipt", category="basketry")).text


# ---------------------------------------------------------------- time


def test_a_late_notice_says_so() -> None:
    late = render(notice("reminder.due", PRIVATE, late="1")).text
    in_time = render(notice("reminder.due", PRIVATE, late="")).text
    assert late == f"（补发）{in_time}"


@pytest.mark.parametrize(
    ("locale", "shown"), [("zh_CN", "9月25日 09:30"), ("zh_TW", "9月25日 09:30"), ("en", "09-25 09:30")]
)
def test_a_limit_is_told_in_the_time_of_the_unit(locale: str, shown: str) -> None:
    assert shown in render(notice("reminder.due", PRIVATE, due="2026-09-25T09:30:00+08:00"), locale=locale).text


def test_without_a_limit_nothing_breaks() -> None:
    assert "12号件快到期了" in render(notice("reminder.due", PRIVATE, due="")).text


# ---------------------------------------------------------------- labels and buttons


@pytest.mark.parametrize(
    ("locale", "best", "worst"),
    [("zh_CN", "5 很满意", "1 很不满意"), ("zh_TW", "5 很滿意", "1 很不滿意"), ("en", "5 very good", "1 very bad")],
)
def test_a_poll_has_five_buttons_from_best_to_worst(locale: str, best: str, worst: str) -> None:
    said = render(notice("poll", buttons=("rate",)), locale=locale)
    assert [(button.action, button.value, button.ticket_id) for button in said.buttons] == [
        ("rate", str(rating), "t1") for rating in (5, 4, 3, 2, 1)
    ]
    assert (labels(said)[0], labels(said)[-1]) == (best, worst)


def test_a_receipt_has_the_buttons_of_staff() -> None:
    assert labels(render(notice("receipt", buttons=("sign", "done", "return")))) == ["收到", "办结…", "退回…"]


def test_without_buttons_words_are_left() -> None:
    said = render(notice("poll", buttons=("rate",)), can=Capabilities(buttons=False))
    assert said.buttons == ()
    assert "没修好" in said.text


def test_codes_are_told_in_words() -> None:
    said = render(notice("settings.how", PRIVATE, listen="shadow")).text
    assert "旁听" in said
    assert "排水管网" in render(notice("receipt")).text
