"""A community's own words: the learning curve, what is kept of a message, and what never changes."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from bot.ports import Example, Version
from bot.triage.engine.delta import GRAM, Adapted, Delta, fit, hashed, is_telling, pack_grams, past_of
from bot.triage.engine.learner import ALONE, Communities, Golden
from bot.triage.engine.model import HEADS, SPANS
from bot.triage.engine.ngrams import ngrams
from tests.triage.engine.made import BEGINNING, KEY, examples_of, new_learner
from tests.triage.engine.slang import Line, lines

TAUGHT = 100
ODD = ["", " ", "\n", "😀😀", "\x00\x01", "\ud800字", "12345", "abc", "水" * 5000]


@pytest.fixture(scope="module")
def learner() -> Communities:
    """The shipped engine."""
    return new_learner()


@pytest.fixture(scope="module")
def taught(learner: Communities) -> list[Example]:
    """A hundred corrections of a community with words of its own."""
    return examples_of(learner, lines(270)[:TAUGHT])


def errors(learner: Communities, community: str) -> int:
    """How many of the community's other lines are read wrongly."""
    context = replace(ALONE, community=community)
    wrong = 0
    for line in lines(270)[TAUGHT:]:
        reading = learner.read(line.text, context)
        found = reading.matters[0].category if reading.actionable and reading.matters else ""
        wrong += reading.actionable != (line.act == "new") or found != line.category
    return wrong


def test_the_learning_curve(learner: Communities, taught: list[Example]) -> None:
    curve = [errors(learner, "")]
    for number in (25, TAUGHT):
        content, scores = learner.refit(taught[:number], KEY, None)
        learner.adopt("xinhe", content, KEY)
        curve.append(errors(learner, "xinhe"))
        assert not scores.loses
        assert scores.golden_errors[1] <= scores.golden_errors[0]

    assert curve[-1] <= curve[0] * 2 / 3, curve
    assert curve == sorted(curve, reverse=True)
    assert errors(learner, "elsewhere") == curve[0], "other communities read as before"


def test_the_same_examples_give_the_same_delta(learner: Communities, taught: list[Example]) -> None:
    past = past_of(taught)

    assert fit(past, 0.01).packed() == fit(past, 0.01).packed()


def test_wrong_corrections_lose(learner: Communities, taught: list[Example]) -> None:
    told = [line for line in learner.golden if line.asks]
    denied = examples_of(learner, [Line(line.text, "chat", "") for line in told])
    content, scores = learner.refit([*taught, *denied], KEY, None)

    assert content
    assert scores.golden_errors[1] > scores.golden_errors[0]
    assert scores.loses


def test_a_new_delta_must_not_lose_against_the_live_one(learner: Communities, taught: list[Example]) -> None:
    content, scores = learner.refit(taught, KEY, None)
    live = Version("xinhe", 1, BEGINNING, "live", TAUGHT, taught[49].at, scores, content)
    _, again = learner.refit(taught, KEY, live)

    assert again.live < again.past_errors[0]
    assert again.loses == (again.fresh > again.live)


def test_golden_lines_are_read_as_they_stand(learner: Communities) -> None:
    assert len(learner.golden) == 200
    assert Counter(line.asks for line in learner.golden) == {True: 100, False: 100}
    assert all(line.category in HEADS["category"] for line in learner.golden if line.asks)
    assert isinstance(learner.golden[0], Golden)


def test_what_is_kept_is_no_text(learner: Communities) -> None:
    grams, offset = learner.lesson("蓝胖子又趴窝了，电话13800138000，川A12345", KEY)
    other, _ = learner.lesson("蓝胖子又趴窝了，电话13800138000，川A12345", b"x" * 32)
    found, elsewhere = (set(np.frombuffer(one, GRAM)["gram"].tolist()) for one in (grams, other))

    assert "蓝胖子".encode() not in grams + offset
    assert hashed("蓝胖子", KEY) in found
    assert found.isdisjoint(elsewhere), "who lacks the key can compare with nothing"
    assert hashed("1", KEY) not in found
    assert not is_telling("话1")
    assert list(np.frombuffer(grams, GRAM)["gram"]) == sorted(found), "nor in the order in which it was said"


@pytest.mark.parametrize("text", ODD)
def test_any_text_can_be_learnt_from(learner: Communities, text: str) -> None:
    examples = examples_of(learner, [Line(text, "new", "drainage"), Line("好的", "chat", "")])
    learner.adopt("odd", fit(past_of(examples), 0.01).packed(), KEY)

    learner.read(text, replace(ALONE, community="odd"))
    learner.adopt("odd", b"", KEY)


def test_reading_and_learning_see_the_same(learner: Communities, taught: list[Example]) -> None:
    delta = Delta.unpacked(fit(past_of(taught), 0.01).packed())
    model, text = learner.shipped.model, "蓝胖子又趴窝了"
    adapted = Adapted.of(model, delta, KEY)
    before, after = model.heads(model.look(ngrams(text)), {}), adapted.heads(adapted.look(ngrams(text)), {})
    shift = delta.shifts(np.frombuffer(pack_grams(ngrams(text), model, KEY), GRAM))

    for name, span in SPANS.items():
        raised = np.log(list(before.chances(name).values())) + shift[span]
        expected = np.exp(raised) / np.exp(raised).sum()
        np.testing.assert_allclose(list(after.chances(name).values()), expected, atol=2e-3)
    assert adapted.worth(adapted.look(ngrams(text)), {}) >= model.worth(model.look(ngrams(text)), {})


def test_words_that_nobody_corrected_stay_as_they_were(learner: Communities, taught: list[Example]) -> None:
    model, text = learner.shipped.model, "龘靐齉"
    adapted = Adapted.of(model, fit(past_of(taught[:1]), 0.01), KEY)

    assert adapted.worth(adapted.look(ngrams(text)), {}) == model.worth(model.look(ngrams(text)), {})
    for name in SPANS:
        assert adapted.heads(adapted.look(ngrams(text)), {}).chances(name) == model.heads(
            model.look(ngrams(text)), {}
        ).chances(name)


def test_examples_of_other_heads_are_left_out(taught: list[Example]) -> None:
    older = replace(taught[0], offset=b"\0" * 10)

    assert len(past_of([older, *taught]).grams) == len(taught)
    assert len(fit(past_of([older]), 0.01).grams) == 0
