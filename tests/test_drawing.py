"""Pictures of cards: stored as photos are; without the package words go out alone, and `gridsteward check` says so."""

import io
from pathlib import Path

import pytest
from PIL import Image

import adapters.cards
from bot.drawing import card_painter, drawing, remarks
from bot.messages import Card, Figure
from bot.settings import Settings
from storage.media import MediaFolder
from tests.fakes import quiet_settings


def test_without_its_package_words_go_out_alone_and_check_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert remarks(Settings()) == []
    monkeypatch.setattr(adapters.cards, "installed", lambda: False)
    assert card_painter(Settings()) is None
    (said,) = remarks(Settings())
    assert "make setup-reports" in said


def test_who_wants_no_pictures_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.cards, "installed", lambda: False)
    assert remarks(quiet_settings(digests={"card": False})) == []


def test_a_card_is_kept_as_a_photo_is(tmp_path: Path) -> None:
    media = MediaFolder(tmp_path / "media")
    draw = drawing(Settings(), media)
    assert draw is not None
    stored = media.open(draw(Card("学苑小区日报", (Figure("新登记", "3"),))))
    assert stored is not None
    assert Image.open(io.BytesIO(stored[0])).width == 1080
