"""The knowledge base on its page: what is written answers at once, outlives an import, and nobody writes for others."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from bot.domain.org import Article
from tests.adapters.web.house import ORG, Guest, House, plain

PAGE = "/desk/knowledge"
NEW = f"{PAGE}/article?unit=court"
PERMIT = {"title": "居住证办理", "keywords": "居住证、暂住证", "body": "带身份证到便民服务中心办。"}
QUESTION = "请问居住证在哪里办"
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


def articles(house: House) -> tuple[Article, ...]:
    """The articles as they are stored."""
    found: tuple[Article, ...] = house.ask(lambda uow: uow.org.load().articles)
    return found


def at(article: Article) -> str:
    """Where an article stands."""
    return f"{NEW}&article={quote(article.id)}"


async def written(house: House, owner: Guest) -> Article:
    """An article, written on the page."""
    status, _ = await owner.post_form(NEW, **PERMIT)
    assert status == 200
    return articles(house)[-1]


async def import_org(house: House, *more: Article) -> None:
    """The organization is imported anew."""
    house.ask(lambda uow: uow.org.replace(replace(ORG, articles=more)))
    await house.bot.reload()


async def test_what_an_owner_writes_answers_the_next_question(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()

    article = await written(house, owner)

    assert article.keywords == ("居住证", "暂住证")
    assert article.unit == "court"
    await resident.say(f"@网格管家 {QUESTION}")
    assert any(PERMIT["body"] in line["text"] for line in await resident.lines())


async def test_an_article_is_changed_and_the_change_is_on_record(house: House) -> None:
    owner = await house.staff("li")
    article = await written(house, owner)

    status, text = await owner.post_form(at(article), **{**PERMIT, "keywords": "居住证 证件", "body": "改到二楼办。"})

    assert status == 200
    assert articles(house) == (replace(article, keywords=("居住证", "证件"), body="改到二楼办。"),)
    words = plain(text)
    assert "李书记写了答复 原来： 带身份证到便民服务中心办。 现在： 改到二楼办。" in words
    assert words.index("改到二楼办") < words.index("李书记写了标题"), "newest first"


async def test_a_removed_article_answers_nothing_and_can_be_taken_back(house: House) -> None:
    owner = await house.staff("li")
    article = await written(house, owner)

    await owner.post_form(at(article), remove="1")
    assert articles(house) == ()
    assert (await owner.get(at(article)))[0] == 404
    _, text = await owner.get(f"{PAGE}?unit=court&q={quote(QUESTION)}")
    assert "恢复居住证办理" in text
    assert "没有能答的条目" in text

    await owner.post_form(at(article), restore="1")
    assert articles(house) == (article,)
    assert "李书记恢复了" in plain((await owner.get(at(article)))[1])


async def test_an_import_loses_nothing_that_was_written_here(house: House) -> None:
    owner = await house.staff("li")
    await import_org(house, Article("hours", "上班时间", "court", ("几点上班",), "九点"))
    article = await written(house, owner)
    hours = articles(house)[0]
    await owner.post_form(at(hours), title="上班时间", keywords="几点上班", body="八点半")

    await import_org(house, Article("hours", "上班时间", "court", ("几点上班",), "九点整"))

    assert articles(house) == (replace(hours, body="八点半"), article)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (QUESTION, f"会这样答： {PERMIT['title']} ：{PERMIT['body']}"),
        ("请问社保卡在哪里补办", "会转给人答"),
        ("3号楼楼道灯坏了三天了，老人摔了一跤", "没当成咨询"),
        ("今天天气真好", "当成闲聊"),
    ],
)
async def test_a_question_may_be_tried_out(house: House, question: str, answer: str) -> None:
    owner = await house.staff("li")
    await written(house, owner)

    status, text = await owner.get(f"{PAGE}?unit=court&q={quote(question)}")

    assert status == 200
    assert answer in plain(text)
    assert house.tickets() == []


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("title", "  "),
        ("title", "长" * 101),
        ("keywords", "、、"),
        ("keywords", "的、居住证"),
        ("keywords", "、".join(f"词{n}" for n in range(21))),
        ("keywords", "长" * 33),
        ("body", "\u202e\n"),
        ("body", "长" * 4001),
    ],
)
async def test_what_is_no_article_is_not_stored_and_not_lost(house: House, part: str, value: str) -> None:
    owner = await house.staff("li")

    status, text = await owner.post_form(NEW, **{**PERMIT, part: value})

    assert status == 400
    assert 'role="alert"' in text
    kept = next(words for name, words in PERMIT.items() if name != part)
    assert kept in text
    assert articles(house) == ()


async def test_words_of_people_are_words_on_every_page(house: House) -> None:
    owner = await house.staff("li")
    fields = {"title": HOSTILE, "keywords": "<script>、居住证", "body": f"{HOSTILE}\u202e\x07"}
    await owner.post_form(NEW, **fields)
    article = articles(house)[0]

    assert article.body == HOSTILE
    question = quote("<script>alert(1)</script>居住证在哪里办")
    for path in (f"{PAGE}?unit=court&q={question}", at(article)):
        _, text = await owner.get(path)
        assert "<img src=x" not in text
        assert "<script>" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in text


async def test_a_unit_below_reads_what_stands_above_and_changes_only_its_own(house: House) -> None:
    await import_org(
        house,
        Article("above", "镇上的事", "town", ("镇上",), "镇里答"),
        Article("beside", "东风的事", "other", ("东风",), "别处答"),
    )
    owner = await house.staff("li")

    _, text = await owner.get(f"{PAGE}?unit=court")

    assert "镇里答" in text
    assert "东风" not in text
    answers = {await owner.get(f"{NEW}&article={id_}") for id_ in ("above", "beside", "nothing")}
    assert {status for status, _ in answers} == {404}
    assert len(answers) == 1
    for id_ in ("above", "beside", "nothing"):
        for form in (PERMIT, {"remove": "1"}, {"restore": "1"}):
            assert (await owner.post_form(f"{NEW}&article={id_}", **form))[0] == 404
    assert (await owner.post_form(f"{PAGE}/article?unit=other", **PERMIT))[0] == 404
    assert [article.body for article in articles(house)] == ["镇里答", "别处答"]


async def test_a_form_that_no_page_of_ours_sends_is_refused(house: House) -> None:
    owner = await house.staff("li")

    assert (await owner.post_form(NEW, **PERMIT, unit="other"))[0] == 400
    assert (await owner.post_form(NEW, remove="1"))[0] == 400
    assert (await owner.get(f"{PAGE}?from=-1"))[0] == 400
    assert articles(house) == ()


async def test_a_steward_and_a_resident_have_no_such_page(house: House) -> None:
    for guest in (await house.staff("wang"), await house.resident()):
        for path in (f"{PAGE}?unit=court", NEW):
            assert (await guest.get(path))[0] == 404
        assert (await guest.post_form(NEW, **PERMIT))[0] == 404
    assert articles(house) == ()


async def test_many_articles_come_in_pages(house: House) -> None:
    long = "很长的答复" * 700
    await import_org(house, *(Article(f"a{n}", f"第{n}条", "court", ("词语",), long) for n in range(150)))
    owner = await house.staff("li")

    _, first = await owner.get(f"{PAGE}?unit=court")
    _, last = await owner.get(f"{PAGE}?unit=court&from=120")

    assert len(first.encode()) < 100_000
    assert "from=60" in first
    assert "第149条" in last
    assert "from=" not in last
