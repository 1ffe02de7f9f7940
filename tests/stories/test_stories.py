"""Whole conversations through the real bot: each folder here is a story, its second word names the org it plays in.

A story is a transcript (``chat.jsonl``) and what product.md wants of it (``expect.json``), with a ``settings.toml`` or an
``org.toml`` of its own where it needs one.
"""

import functools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.orgfile import read_org
from adapters.replay.player import Player
from adapters.replay.report import as_json
from adapters.replay.transcript import read_transcript
from bot import app
from bot.settings import load_settings
from bot.triage.lexicons import load_lexicons
from storage.open import open_storage
from tests.stories.check import Expectation, failures

HERE = Path(__file__).parent
SCENARIOS = HERE.parents[2] / "shared" / "scenarios"
SEED = 7


@pytest.fixture(scope="module", autouse=True)
def lexicons_once() -> Iterator[None]:
    """The word lists are the same for all stories: read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.app.load_lexicons", functools.cache(load_lexicons))
        yield


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all its tables and nothing in them, for each story to copy."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    with open_storage(file, "NORMAL"):
        return file


def _stories(folder: Path) -> list[Path]:
    return sorted(file.parent for file in folder.glob("*/expect.json"))


def _play(story: Path, org_file: Path, database: Path) -> dict[str, Any]:
    own = story / "settings.toml"
    settings = load_settings(own if own.is_file() else None)
    with open_storage(database, "NORMAL") as storage:
        org = read_org(org_file)
        storage.desk.run(lambda uow: uow.org.replace(org))
        stored = storage.desk.run(lambda uow: uow.org.load())
        player = Player(app.build_engine(settings, stored, app.Ids(SEED)), storage.desk)
        channels = {group.chat: group.channel for group in stored.groups.values()}
        player.play(read_transcript(story / "chat.jsonl", channels))
        return storage.desk.run(lambda uow: as_json(uow, stored, player))


def _expectation(story: Path) -> Expectation:
    return cast(Expectation, json.loads((story / "expect.json").read_text(encoding="utf-8")))


def _org_of(story: Path) -> Path:
    own = story / "org.toml"
    return own if own.is_file() else HERE / "orgs" / f"{story.name.split('-')[1]}.toml"


@pytest.mark.parametrize("story", _stories(HERE), ids=lambda story: story.name)
def test_story(story: Path, empty: Path, tmp_path: Path) -> None:
    result = _play(story, _org_of(story), Path(shutil.copy(empty, tmp_path / "story.db")))
    failed = failures(_expectation(story), result)
    assert not failed, "\n".join(failed)


def test_the_shared_scenarios_hold(empty: Path, tmp_path: Path) -> None:
    """The examples that came with the specification, where they lie beside the checkout."""
    stories = _stories(SCENARIOS)
    if not stories:
        pytest.skip(f"no scenarios in {SCENARIOS}: they come with the specification, not with the checkout")
    failed = []
    for number, story in enumerate(stories):
        result = _play(story, SCENARIOS / "org.toml", Path(shutil.copy(empty, tmp_path / f"{number}.db")))
        failed += [f"{story.name}: {line}" for line in failures(_expectation(story), result)]
    assert not failed, "\n".join(failed)
