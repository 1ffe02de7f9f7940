"""A second opinion: what is asked, and how little an answer may do."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Opinion
from bot.settings import Settings
from bot.usecases import hearing
from bot.usecases.doubts import RESERVE
from bot.usecases.memory import Case, Part
from bot.usecases.opinions import SECOND
from tests.fakes import quiet_settings, to_bot
from tests.usecases.unsure import ASKING, DOUBT, NO, YES, Doubting, UnsureReader, doubting


def test_a_doubtful_case_is_asked_about_once(it: Doubting) -> None:
    it.town.say("zhang", DOUBT)

    assert [question.words for question in it.questions()] == [DOUBT]
    assert it.questions() == []


def test_a_request_opens_at_once_as_a_clear_message_would(it: Doubting) -> None:
    it.town.say("zhang", f"3号楼{DOUBT}")
    (question,) = it.questions()

    said = it.heed(question, YES)

    ticket = it.town.ticket(1)
    assert (ticket.nature, ticket.category, ticket.urgency, ticket.place) == ("complaint", "noise", "routine", "3号楼")
    assert SECOND in ticket.reason
    assert "1号件" in said[0]
    it.wait_out()
    assert len(it.town.tickets()) == 1


def test_later_parts_join_what_was_opened(it: Doubting) -> None:
    it.town.say("zhang", DOUBT)
    it.heed(it.questions()[0], replace(YES, category="other"))
    it.town.say("zhang", "好像在5号楼")

    assert len(it.town.tickets()) == 1
    assert "5号楼" in it.town.ticket(1).text
    assert it.questions() == []


def test_chat_is_dropped_without_a_trace(it: Doubting) -> None:
    it.town.say("zhang", DOUBT)

    assert it.heed(it.questions()[0], NO) == []

    it.wait_out()
    assert it.town.tickets() == []
    assert it.town.read(lambda uow: uow.words.count()) == 0
    assert it.town.sent == []


def test_without_an_answer_the_steward_is_asked_as_ever(it: Doubting) -> None:
    it.town.say("zhang", DOUBT)
    it.questions()
    it.wait_out()

    assert it.states() == ["candidate"]


def test_an_answer_after_the_window_changes_nothing(it: Doubting) -> None:
    it.town.say("zhang", DOUBT)
    (question,) = it.questions()
    it.wait_out()

    for opinion in (YES, NO):
        assert it.heed(question, opinion) == []
    assert it.states() == ["candidate"]


def test_an_answer_to_fewer_words_counts_no_more_and_the_whole_is_asked_about(it: Doubting) -> None:
    it.town.say("zhang", DOUBT)
    (first,) = it.questions()
    it.town.say("zhang", "好像是烧烤店")
    (second,) = it.questions()

    it.heed(first, NO)
    assert second.words == f"{DOUBT}\n好像是烧烤店"
    it.heed(second, YES)
    assert len(it.town.tickets()) == 1


def test_recalled_words_do_not_come_back(it: Doubting) -> None:
    it.town.say("zhang", DOUBT, id="m1")
    (question,) = it.questions()
    it.town.read(lambda _uow: it.town.engine.services.memory.forget("web:xueyuan", "m1"))

    it.heed(question, YES)

    assert it.town.tickets() == []


def test_an_owner_who_asks_for_silence_gets_it(it: Doubting) -> None:
    it.town.say("zhang", DOUBT)
    (question,) = it.questions()
    groups = {key: replace(group, listen="shadow") for key, group in it.town.engine.org.groups.items()}
    it.town.engine.org = replace(it.town.engine.org, groups=groups)

    assert it.heed(question, YES) == []
    assert it.town.tickets() == []


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        (DOUBT, "emergency", "emergency"),
        (DOUBT, "urgent", "urgent"),
        (DOUBT + "急", "emergency", "emergency"),
        (DOUBT + "急", "routine", "urgent"),
        (DOUBT + "难", "routine", "complex"),
        (DOUBT, "whenever", "routine"),
    ],
)
def test_urgency_is_raised_and_never_lowered(it: Doubting, text: str, given: str, expected: str) -> None:
    it.town.say("zhang", text)
    said = it.heed(it.questions()[0], replace(YES, urgency=given))

    assert it.town.ticket(1).urgency == expected
    assert not any("119" in text or "110" in text for text in said)  # what to call is for the rules to say


def test_a_question_is_in_no_hurry(it: Doubting) -> None:
    it.town.say("zhang", DOUBT)
    it.heed(it.questions()[0], Opinion(True, "inquiry", "affairs", "emergency"))

    assert it.town.ticket(1).urgency == "routine"


def test_of_two_matters_each_stays_as_it_was_read(it: Doubting) -> None:
    it.town.say("zhang", "一是垃圾 二是停车")
    it.heed(it.questions()[0], YES)

    assert [(ticket.nature, ticket.category) for ticket in it.town.tickets()] == [
        ("help", "sanitation"),
        ("help", "parking"),
    ]


def test_what_the_model_calls_other_keeps_its_category(it: Doubting) -> None:
    it.town.say("zhang", "一是垃圾")
    it.heed(it.questions()[0], Opinion(True, "help", "other", "routine"))

    assert it.town.ticket(1).category == "sanitation"


def test_danger_stays_with_the_rules(it: Doubting) -> None:
    """It opens at once; nobody is asked."""
    it.town.say("zhang", "好像着火了")

    assert it.questions() == []
    assert it.town.ticket(1).urgency == "emergency"


def test_an_answer_that_breaks_the_bot_leaves_the_case_waiting(it: Doubting, monkeypatch: pytest.MonkeyPatch) -> None:
    it.town.say("zhang", DOUBT)
    (question,) = it.questions()
    act = hearing.act

    def break_after(*args: object) -> None:
        act(*args)  # type: ignore[arg-type]
        raise ZeroDivisionError

    monkeypatch.setattr(hearing, "act", break_after)
    with pytest.raises(ZeroDivisionError):
        it.heed(question, YES)

    assert it.town.tickets() == []
    it.wait_out()
    assert it.states() == ["candidate"]


# ---------------------------------------------------------------- what leaves


def test_what_leaves_is_masked(it: Doubting) -> None:
    it.town.say("zhang", "好像漏水，3号楼2单元501，13812345678，周敏不管，找张大山", name="张大山")

    assert [question.words for question in it.questions()] == ["好像漏水，3号楼，***，某人不管，找某人"]


@pytest.mark.parametrize("text", ["早上好", "路灯坏了", "好像有人贪了维修基金"])
def test_what_is_clear_or_accuses_somebody_never_leaves(it: Doubting, text: str) -> None:
    it.town.say("zhang", text)

    assert it.questions() == []


def test_a_private_word_never_leaves(it: Doubting) -> None:
    it.town.say("zhang", "hello")
    for text in (DOUBT, "停水了", "早上好"):
        it.town.say("zhang", text, private=True)

    assert it.questions() == []


def test_what_is_said_to_the_bot_is_answered_without_asking(it: Doubting) -> None:
    it.town.do(to_bot(DOUBT))

    assert len(it.town.tickets()) == 1
    assert it.questions() == []


def test_nothing_is_counted_where_nobody_is_asked(tmp_path: Path) -> None:
    for it in doubting(tmp_path, Settings()):
        it.town.say("zhang", DOUBT)
        assert it.questions() == []
        it.wait_out()
        assert it.states() == ["candidate"]


def test_of_a_groups_messages_so_many_are_asked_about(tmp_path: Path) -> None:
    for it in doubting(tmp_path, quiet_settings(llm={**ASKING, "share": 0.15})):
        asked = 0
        for n in range(100):
            it.town.say(f"r{n}", f"{DOUBT}{n}")
            asked += len(it.questions())
        assert asked == 15
        it.town.say("li", DOUBT, "lvyuan")
        assert it.questions() == []  # a loud neighbour group pays for nobody


def test_what_a_group_saves_up_has_an_end(tmp_path: Path) -> None:
    for it in doubting(tmp_path, quiet_settings(llm=ASKING)):
        for n in range(3 * RESERVE):
            it.town.say(f"r{n}", "早上好")
        for n in range(2 * RESERVE):
            it.town.engine.services.memory.wait(_case(it, f"q{n}"))
        assert len(it.questions()) == RESERVE


def _case(it: Doubting, sender: str) -> Case:
    """A case in doubt that nobody's message has paid for."""
    message = to_bot(DOUBT, sender, id=sender, at=it.now)
    memory = it.town.engine.services.memory
    return memory.add(Part(message, UnsureReader().read(DOUBT, None)))  # type: ignore[arg-type]


# ---------------------------------------------------------------- pressing tickets


def test_a_pressing_ticket_is_looked_at_again_and_nobody_waits_for_it(it: Doubting) -> None:
    it.town.say("zhang", "停水了")
    assert it.town.ticket(1).urgency == "urgent"
    (question,) = it.questions()
    assert it.questions() == []

    it.heed(question, replace(YES, urgency="emergency"))

    ticket = it.town.ticket(1)
    assert (ticket.urgency, ticket.nature, ticket.category) == ("emergency", "help", "utilities")
    assert "corrected" in [event.kind for event in it.town.events(1)]


@pytest.mark.parametrize(
    ("opinion", "note"),
    [(YES, "second opinion: routine"), (NO, "second opinion: chat"), (replace(YES, urgency="urgent"), None)],
)
def test_that_it_may_be_less_pressing_is_only_noted(it: Doubting, opinion: Opinion, note: str | None) -> None:
    it.town.say("zhang", "停水了")
    before = it.town.ticket(1)

    assert it.heed(it.questions()[0], opinion) == []

    after = it.town.ticket(1)
    assert (after.urgency, after.due_at, after.state) == (before.urgency, before.due_at, before.state)
    assert [event.note for event in it.town.events(1) if event.kind == "noted"] == ([note] if note else [])


def test_a_ticket_that_is_done_is_left_alone(it: Doubting) -> None:
    it.town.say("zhang", "停水了")
    (question,) = it.questions()
    it.town.say("zhou", "1号件 办结 来水了")

    it.heed(question, replace(YES, urgency="emergency"))

    assert it.town.ticket(1).urgency == "urgent"
