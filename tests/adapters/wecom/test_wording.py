"""People's words stay their words: judged by a Markdown parser that is not ours."""

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.wecom.wording import cut, fingerprint, markdown, number_in

MARKED = st.text(st.sampled_from("*_`~[]()<>#!|\\-+=>1.) \n\tabc网停水:/&"), max_size=40)
PLAIN = {"text", "softbreak", "hardbreak", "inline", "paragraph_open", "paragraph_close"}


def kinds(tokens: list[Token]) -> set[str]:
    return {token.type for token in tokens} | {kind for token in tokens for kind in kinds(token.children or [])}


@given(MARKED)
@example("[点这里](https://evil.example/)")
@example('<font color="warning">通知</font>')
@example("<@all>")
@example("3. 楼道灯\n- 坏了\n# 大标题\n> 引用\n===\n    代码\n| a | b |\n|---|---|")
@example("**紧急** `rm` ~~删~~ ![图](x) __a__")
def test_no_word_of_people_is_markup(text: str) -> None:
    assert (
        kinds(MarkdownIt("gfm-like", {"linkify": False, "html": True}).disable("linkify").parse(markdown(text)))
        <= PLAIN
    )


def test_ordinary_words_and_links_stay() -> None:
    text = "1号件已登记（排水管网，3#楼2-501）。@周敏 请看一下：https://example.org/t/a_b-c?x=1#y"
    assert markdown(text) == text


@given(st.text(max_size=400), st.integers(min_value=3, max_value=300))
def test_a_cut_fits(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short.encode()) <= limit
    assert short == text.encode("utf-8", "replace").decode() or short.endswith("…")


@given(st.text(max_size=100))
def test_markup_signs_do_not_change_what_a_message_is_called(text: str) -> None:
    assert fingerprint(markdown(text)) == fingerprint(text)


def test_a_message_without_letters_has_no_name() -> None:
    assert fingerprint("……！") is None
    assert fingerprint("") is None


def test_numbers_are_read_in_all_languages_of_the_bot() -> None:
    assert [number_in(text) for text in ("12号件", "3號件已登記", "No. 7 is done", "12345", "1号件和2号件")] == [
        12, 3, 7, None, None,
    ]  # fmt: skip
