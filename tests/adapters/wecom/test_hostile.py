"""Public collections of hostile words and bodies: read as words, said as words, refused as letters."""

from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from adapters.wecom.crypto import seal_letter
from adapters.wecom.translate import translate
from adapters.wecom.wording import fingerprint, markdown
from bot.live import Bot
from bot.messages import BOT, InboundMessage
from tests.adapters.wecom.site import KEY, Site, heard
from tests.adapters.wecom.test_wording import PLAIN, kinds
from tests.hostile.corpus import SOURCES, json_bodies, lines

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PARSER = MarkdownIt("gfm-like", {"linkify": False, "html": True}).disable("linkify")


@pytest.mark.parametrize("source", SOURCES)
def test_hostile_words_are_words(source: str) -> None:
    for line in lines(source):
        said = {"msgtype": "text", "text": {"content": line}}
        body = {"msgid": "1", "chatid": "wrk", "chattype": "group", "from": {"userid": "li"}, **said, "quote": said}
        event = translate(body, NOW, "网格管家")
        if event is None:
            continue
        assert isinstance(event, InboundMessage), line
        event.text.encode()
        assert event.mentions == (BOT,), line
        assert event.sender == "li", line


@pytest.mark.parametrize("source", SOURCES)
def test_hostile_words_are_said_as_words(source: str) -> None:
    for line in lines(source):
        whole = line.encode("utf-8", "replace").decode()
        assert kinds(PARSER.parse(markdown(whole))) <= PLAIN, line
        assert fingerprint(markdown(whole)) == fingerprint(whole), line


async def test_letters_of_any_json_are_taken_or_refused(site: Site, bot: Bot) -> None:
    async with heard(site, bot):
        for place, raw in enumerate(json_bodies()):
            sealed = seal_letter(raw[:20_000], KEY)
            status, _ = await site.post(site.signed(sealed, f"n{place}"), b'{"encrypt":"%s"}' % sealed.encode())
            assert status in {200, 403}, raw[:100]
            assert (await site.post(site.signed("x"), raw[:20_000]))[0] == 403, raw[:100]
