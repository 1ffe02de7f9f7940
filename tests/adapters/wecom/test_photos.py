"""Photos on their way out: behind the words, by whichever robot can; without them the words are said all the same."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from adapters.wecom.outgoing import webhook_photo
from bot.live import Bot
from tests.adapters.wecom.site import GROUP, New, Site, heard, saying
from tests.peers.house import tools
from tests.peers.story import photo
from tests.peers.wecom_server import SILENT, WEBHOOK, FakeWecom, message


def stored(tmp_path: Path, side: int = 330) -> tuple[str, bytes]:
    """A photo in the store: its ref and its bytes."""
    store = tools(tmp_path).media
    ref = store.put(photo(side), "photo").ref
    assert ref is not None
    found = store.open(ref)
    assert found is not None
    return ref, found[0]


def heavy(tmp_path: Path) -> tuple[str, bytes]:
    """A photo of several parts, too much for a webhook robot."""
    ref, content = stored(tmp_path, 2000)
    assert len(content) > 2 * 1024 * 1024
    return ref, content


async def test_a_photo_follows_the_words(server: FakeWecom, new: New, tmp_path: Path) -> None:
    ref, content = stored(tmp_path)
    channel = await new()
    assert (await channel.send(saying("疏通了", attachments=(ref, ref)))).state == "sent"

    words, *photos = (one.body for one in server.sent)
    assert words["msgtype"] == "markdown"
    assert [(one["chatid"], one["chat_type"], one["msgtype"]) for one in photos] == [(GROUP, 2, "image")] * 2
    assert [server.uploads.kept[one["image"]["media_id"]] for one in photos] == [content, content]


async def test_a_large_photo_is_brought_in_parts(server: FakeWecom, new: New, tmp_path: Path) -> None:
    ref, content = heavy(tmp_path)
    channel = await new()
    await channel.send(saying("疏通了", attachments=(ref,)))

    parts = [one["body"] for one in server.frames if one["cmd"] == "aibot_upload_media_chunk"]
    assert [one["chunk_index"] for one in parts] == list(range(-(-len(content) // (512 * 1024))))
    assert list(server.uploads.kept.values()) == [content]


async def test_a_webhook_robot_shows_a_photo_itself(server: FakeWecom, new: New, tmp_path: Path) -> None:
    ref, content = stored(tmp_path)
    channel = await new(webhooks={GROUP: SecretStr(WEBHOOK)})
    await channel.send(saying("疏通了", attachments=(ref,)))

    assert [(one.by, one.body["msgtype"]) for one in server.sent] == [("webhook", "text"), ("webhook", "image")]
    assert server.sent[1].body == webhook_photo(content)


async def test_what_is_too_large_for_a_webhook_is_shown_by_the_robot(
    server: FakeWecom, new: New, tmp_path: Path
) -> None:
    ref, _content = heavy(tmp_path)
    channel = await new(webhooks={GROUP: SecretStr(WEBHOOK)})
    await channel.send(saying("疏通了", attachments=(ref,)))

    assert [(one.by, one.body["msgtype"]) for one in server.sent] == [("webhook", "text"), ("robot", "image")]


async def test_a_photo_that_is_gone_is_left_out_silently(server: FakeWecom, new: New, tmp_path: Path) -> None:
    ref, _content = stored(tmp_path)
    channel = await new()
    with capture_logs() as logs:
        assert (await channel.send(saying("疏通了", attachments=("0" * 32, "../x", ref)))).state == "sent"
    assert [one.body["msgtype"] for one in server.sent] == ["markdown", "image"]
    assert logs == []


@pytest.mark.parametrize("steps", [[45009], [0, 40058], [0, 0, -1]])
async def test_words_are_said_where_their_photo_fails(
    server: FakeWecom, new: New, tmp_path: Path, steps: list[int]
) -> None:
    ref, _content = stored(tmp_path)
    channel = await new()
    server.uploads.codes = list(steps)
    with capture_logs() as logs:
        assert (await channel.send(saying("疏通了", attachments=(ref, ref)))).state == "sent"
    assert [one.body["msgtype"] for one in server.sent] == ["markdown", "image"]  # the other one comes through
    assert [one["event"] for one in logs] == ["photo not sent"]
    assert str(steps[-1]) in logs[0]["reason"]


@pytest.mark.parametrize("code", [45009, SILENT])
async def test_a_photo_that_is_not_confirmed_costs_no_words(
    server: FakeWecom, new: New, tmp_path: Path, code: int
) -> None:
    ref, _content = stored(tmp_path)
    channel = await new(patience=0.5)
    server.codes = [0, code]
    assert (await channel.send(saying("疏通了", attachments=(ref,)))).state == "sent"
    assert [one.body["msgtype"] for one in server.sent].count("markdown") == 1


async def test_words_that_may_have_got_lost_bring_no_photo(server: FakeWecom, new: New, tmp_path: Path) -> None:
    ref, _content = stored(tmp_path)
    channel = await new()
    server.codes = [45009]
    assert (await channel.send(saying("疏通了", attachments=(ref,)))).state == "retry"
    assert server.sent == []
    assert not server.uploads.kept


async def test_an_answer_to_a_callback_is_words_alone(site: Site, bot: Bot, tmp_path: Path) -> None:
    ref, _content = stored(tmp_path)
    site.server.answers["a"] = GROUP
    said = message(site.server, "ZhangSan", "晚上包饺子", GROUP, response_url=site.server.url("/answer/a"))
    async with heard(site, bot):
        await site.tell(said)
    with capture_logs() as logs:
        assert (await site.platform.send(saying("疏通了", attachments=(ref,)))).state == "sent"
    assert [one.body["msgtype"] for one in site.server.sent] == ["markdown"]
    assert "webhook robot" in logs[-1]["reason"]
