"""Who commands a unit says which programs are told of its tickets, and sees how that goes; nobody else does."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from adapters.web import WebChannel
from adapters.webhook import WebhookChannel
from adapters.webhook.posting import Answer
from bot.domain.hook import FAILING, GONE, KINDS, MOST, Hook
from tests.adapters.web.house import LAMP, Guest, House, plain

PAGE = "/desk/webhooks"
URL = "https://desk.example.com/in?key=4711"


@dataclass
class FakePost:
    """Takes what is posted."""

    answer: Answer = field(default_factory=lambda: Answer(204, "http 204"))
    posted: list[tuple[Hook, bytes]] = field(default_factory=list)

    async def __call__(self, hook: Hook, id_: str, body: bytes, now: datetime) -> Answer:
        """One post."""
        assert id_
        assert now.tzinfo
        self.posted.append((hook, body))
        return self.answer


@pytest.fixture
def post(house: House) -> FakePost:
    """The house with webhooks."""
    made = FakePost()
    house.bot.connect([WebChannel(house.bot.query, house.hub), WebhookChannel(house.bot.query, made, house.clock)])
    return made


def hooks_of(house: House) -> list[Hook]:
    """What is stored."""
    found: list[Hook] = house.ask(lambda uow: uow.hooks.all())
    return found


async def add(guest: Guest, url: str = URL, kinds: Sequence[str] = (), path: str = PAGE) -> tuple[int, str]:
    """Fill in the form."""
    return await guest.post_form(path, url=url, **dict.fromkeys(kinds, "1"))


async def do(guest: Guest, hook: Hook, action: str) -> tuple[int, str]:
    """Press a button of a webhook."""
    return await guest.post_form(PAGE, hook=hook.id, action=action)


async def test_the_secret_is_shown_once(house: House) -> None:
    owner = await house.staff("li")

    status, html = await add(owner, kinds=["registered", "closed"])

    (hook,) = hooks_of(house)
    assert status == 200
    assert (hook.unit, hook.url, hook.by, hook.kinds) == ("court", URL, "li", ("registered", "closed"))
    assert html.count(hook.secret) == 1
    page = (await owner.get(PAGE))[1]
    assert hook.secret not in page
    assert "4711" not in page
    assert "学苑小区 · 登记、结案 还没有发过。" in plain(page).replace("  ", " ")


async def test_without_a_choice_it_is_told_of_all_and_every_kind_can_be_chosen(house: House) -> None:
    owner = await house.staff("li")
    await add(owner)
    await add(owner, kinds=KINDS)

    assert [hook.kinds for hook in hooks_of(house)] == [(), KINDS]
    html = (await owner.get(PAGE))[1]
    assert [kind for kind in KINDS if f'name="{kind}"' not in html] == []


@pytest.mark.parametrize(
    "url", ["http://desk.example.com/", "https://127.0.0.1/", "https://169.254.169.254/x", "", "<script>"]
)
async def test_an_address_that_may_not_be_called_is_refused_in_words(house: House, url: str) -> None:
    owner = await house.staff("li")

    status, html = await add(owner, url)

    assert status == 400
    assert "这个网址不能用" in html
    assert "<script>" not in html.split("<main", 1)[1]
    assert hooks_of(house) == []


async def test_there_is_an_end_to_it(house: House) -> None:
    owner = await house.staff("li")
    for _ in range(MOST):
        assert (await add(owner))[0] == 200

    status, html = await add(owner)
    assert (status, "请先删一个" in html, len(hooks_of(house))) == (400, True, MOST)


async def test_a_test_arrives_and_its_outcome_is_shown(house: House, post: FakePost) -> None:
    owner = await house.staff("li")
    await add(owner)
    (hook,) = hooks_of(house)

    status, html = await do(owner, hook, "test")
    await house.talk()

    assert (status, "已经发了" in html) == (200, True)
    ((_, body),) = post.posted
    assert b'"webhook.test"' in body
    assert "上一次：9月3日 12:00，送到了" in plain((await owner.get(PAGE))[1])


async def test_a_new_secret_a_removal_and_what_comes_after(house: House, post: FakePost) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    await add(owner)
    (before,) = hooks_of(house)

    _, html = await do(owner, before, "turn")
    (turned,) = hooks_of(house)
    assert turned.secret != before.secret
    assert turned.secret in html
    assert turned.old_secret == before.secret
    await resident.say(LAMP)
    assert len(post.posted) == 2

    _, html = await do(owner, before, "remove")
    assert "还没有要通知的系统" in html
    assert hooks_of(house) == []
    said = plain(html)
    for done in ("李书记加了 desk.example.com", "李书记换了 desk.example.com 的密钥", "李书记删了 desk.example.com"):
        assert done in said
    assert (await do(owner, before, "remove"))[0] == 404


@pytest.mark.parametrize(
    ("state", "words"), [(GONE, "对方说不要了"), (FAILING, "连着10条没送到"), ("orphan", "不再管这个单位")]
)
async def test_one_that_is_off_says_why_and_can_be_switched_on(house: House, state: str, words: str) -> None:
    owner = await house.staff("li")
    await add(owner)
    (hook,) = hooks_of(house)
    assert "已停" not in (await owner.get("/desk/health"))[1]
    off = replace(hook, state=state, failures=10, last="timeout", last_at=hook.at)
    if state == "orphan":
        off = replace(hook, by="wang")
    house.ask(lambda uow: uow.hooks.put(off))

    assert words in (await owner.get(PAGE))[1]
    assert "desk.example.com 已停" in (await owner.get("/desk/health"))[1]

    assert (await do(owner, hook, "on"))[0] == 200
    (again,) = hooks_of(house)
    assert (again.state, again.failures, again.by) == ("on", 0, "li")
    assert "已停" not in (await owner.get("/desk/health"))[1]


async def test_others_neither_see_nor_do(house: House) -> None:
    owner, steward, resident = await house.staff("li"), await house.staff("wang"), await house.resident()
    other = Hook("h-other", "other", URL, "whsec_c2VjcmV0", "sun", house.clock.now())
    house.ask(lambda uow: uow.hooks.put(other))
    await add(owner)

    assert (await owner.get(PAGE))[1].count('<h2 id="h-') == 1
    for action in ("test", "on", "turn", "remove"):
        found = await do(owner, other, action)
        assert found == await do(owner, replace(other, id="h-nowhere"), action)
        assert found[0] == 404
    for guest in (steward, resident):
        assert (await guest.get(PAGE))[0] == 404
        assert (await add(guest))[0] == 404
        assert (await do(guest, hooks_of(house)[0], "remove"))[0] == 404
    assert (await add(owner, path=f"{PAGE}?unit=other"))[0] == 404
    assert len(hooks_of(house)) == 2


@pytest.mark.parametrize("fields", [{}, {"hook": "x"}, {"hook": "x", "action": "steal"}, {"url": URL, "secret": "x"}])
async def test_another_form_is_none(house: House, fields: dict[str, str]) -> None:
    owner = await house.staff("li")

    assert (await owner.post_form(PAGE, **fields))[0] == 400
    assert hooks_of(house) == []
