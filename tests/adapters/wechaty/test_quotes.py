"""A quote is told as text: who, what, a line of dashes, the reply."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.wechaty import quotes
from adapters.wechaty.quotes import Quote, Recent, split_quote
from tests.adapters.wechaty.recordings import DASHES


@pytest.mark.parametrize(
    ("text", "quote", "said"),
    [
        (f"「王阿姨：楼道灯坏了」\n{DASHES}\n我家也是", Quote("王阿姨", "楼道灯坏了"), "我家也是"),
        (f"「Wang: light is broken」\n{DASHES}\n+1", Quote("Wang", " light is broken"), "+1"),
        ("「王阿姨：灯」\r\n— — — — —\r\n收到", Quote("王阿姨", "灯"), "收到"),
        (f"「王：第一行\n第二行」\n{DASHES}\n收到", Quote("王", "第一行\n第二行"), "收到"),
        (f"「李：「王：灯」\n{DASHES}\n我也」\n{DASHES}\n修好了", Quote("李", f"「王：灯」\n{DASHES}\n我也"), "修好了"),
        (f"「王：灯」\n{DASHES}", Quote("王", "灯"), ""),
        ("「通知」今天停水", None, "「通知」今天停水"),
        (f"今天\n「王：灯」\n{DASHES}\n好", None, f"今天\n「王：灯」\n{DASHES}\n好"),
        ("「王：灯」我不同意", None, "「王：灯」我不同意"),
        (f"」\n{DASHES}\n「王：灯", None, f"」\n{DASHES}\n「王：灯"),
        ("", None, ""),
    ],
)
def test_a_quote_and_what_was_said_to_it(text: str, quote: Quote | None, said: str) -> None:
    assert split_quote(text) == (quote, said)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="「」：:-— \n王灯a", max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    quote, said = split_quote(text)

    assert said in text
    assert quote is None or quote.words in text


@pytest.mark.parametrize("piece", ["」\n", "」\n- ", "」\n- - - ", "「a：", "- "])
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    split_quote("「a：" + piece * 20_000)


def test_the_newest_message_of_a_text_is_meant() -> None:
    recent = Recent()
    recent.keep("r1", "楼道灯坏了", "m1")
    recent.keep("r1", "楼道灯坏了", "m2")
    recent.keep("r2", "楼道灯坏了", "m3")

    assert recent.find("r1", " 楼道灯\u2005坏了\n") == "m2"
    assert recent.find("r2", "楼道灯坏了") == "m3"
    assert recent.find("r1", "楼道灯") is None


def test_old_texts_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes, "REMEMBERED", 2)
    recent = Recent()
    for number in range(3):
        recent.keep("r1", f"第{number}句", f"m{number}")

    assert [recent.find("r1", f"第{number}句") for number in range(3)] == [None, "m1", "m2"]
