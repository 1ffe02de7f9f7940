"""Whatever comes: an odd payload is ignored, and never half understood."""

import copy
import json
import random
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from adapters.telegram.told import read
from adapters.telegram.translate import Me
from bot.messages import InboundEvent, InboundMessage
from bot.usecases.door import cleaned
from tests.adapters.telegram.conftest import Line
from tests.adapters.telegram.payloads import OWN, USER, entity, message
from tests.hostile import corpus
from tests.peers.telegram import GROUP, PEOPLE

ME = Me(7001, "Grid_Steward_Bot", {"zhou_user": "503"})
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def events(payload: Any) -> tuple[InboundEvent, ...]:
    told = read(payload, ME, NOW)
    return () if told is None else told.events


ODD: list[Any] = [None, True, -1, 0, 2**70, 1.5, float("inf"), "", "x", "\ud800", "@" * 50, [], {}, [None], {"id": []}]


def test_no_mutation_surprises() -> None:
    chance = random.Random(7)
    for number in range(6000):
        payload = copy.deepcopy(chance.choice(OWN))
        for _ in range(chance.randint(1, 4)):
            mutate(chance, payload)
        for event in events(payload):
            assert_is_whole(event, number)


async def test_no_mutation_ends_the_hearing(line: Line) -> None:
    """An update that cannot be handled would come again for ever, and keep all others out."""
    chance = random.Random(11)
    for number in range(1200):
        payload = copy.deepcopy(chance.choice(OWN))
        for _ in range(chance.randint(1, 4)):
            mutate(chance, payload)
        payload["update_id"] = 900_000_000 + number
        line.api.updates.append(payload)
    line.chats.say(GROUP, PEOPLE["zhang"], "还在")
    line.api.updates[-1]["update_id"] = 900_001_200

    await line.ledger.until("还在")

    assert len(line.api.sent("getMe")) == 2, "it had to connect again"


def test_hostile_words_come_through_as_they_are() -> None:
    for text in corpus.lines("own") + corpus.lines("blns"):
        found = events(
            message(text=text, entities=[entity("mention", 3, 90), entity("text_mention", -4, 2, user=USER)])
        )
        for event in found:
            assert_is_whole(event, text)
        (plain,) = events(message(text=text))
        assert isinstance(plain, InboundMessage)
        assert plain.text == text


def test_bodies_of_all_kinds() -> None:
    for body in corpus.json_bodies():
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            continue
        assert events(payload) == ()


def mutate(chance: random.Random, payload: Any) -> None:
    """Replace, drop or copy something somewhere."""
    places = [(one, key) for one in walk(payload) for key in (list(one) if isinstance(one, dict) else range(len(one)))]
    if not places:
        return
    where, key = chance.choice(places)
    others = [one[name] for one, name in places]
    where[key] = copy.deepcopy(chance.choice([*ODD, chance.choice(others)]))
    if chance.random() < 0.3 and isinstance(where, dict):
        del where[key]


def walk(payload: Any) -> list[Any]:
    """All containers of a payload."""
    if not isinstance(payload, dict | list):
        return []
    inner = payload.values() if isinstance(payload, dict) else payload
    return [payload, *(one for value in inner for one in walk(value))]


def assert_is_whole(event: InboundEvent, what: object) -> None:
    """Fields hold what their types say, and the core's door takes it."""
    for field in fields(event):
        value = getattr(event, field.name)
        if field.type in {"str", str}:
            assert isinstance(value, str), (what, event)
        if field.name in {"chat", "sender", "id", "channel"}:
            assert value, (what, event)
    assert event.at.tzinfo is not None
    cleaned(event)
