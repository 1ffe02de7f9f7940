"""What `gridsteward check` says beside the faults."""

import pytest

import adapters.cards
from bot.app import card_painter, remarks
from bot.settings import Settings
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
