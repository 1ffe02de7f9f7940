"""What the server is put together from."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot import server
from bot.app import load_rates
from bot.checkup import find_faults
from bot.domain.hook import Hook
from bot.server import build, secret_of
from bot.settings import AnalysisSettings, Settings, SettingsError
from storage.backup import backup, restore
from storage.open import open_storage
from tests.adapters.webhook.conftest import receiver  # noqa: F401 - a fixture
from tests.adapters.webhook.receiver import Receiver
from tests.fakes import CLEAR, MORNING, FakeClock, TownBot, make_message, new_database, new_engine, quiet_settings, town


def secret_at(path: Path) -> str:
    """The secret that a server on this database signs cookies with."""
    with open_storage(path, "OFF") as storage:
        return secret_of(storage)


def test_the_secret_of_cookies_is_made_once(tmp_path: Path) -> None:
    one, other = new_database(tmp_path / "one.db"), new_database(tmp_path / "other.db")
    secret = secret_at(one)

    assert len(secret) >= 64
    assert secret_at(one) == secret
    assert secret_at(other) != secret
    assert not list(tmp_path.glob("*.secret"))


def test_the_secret_travels_with_a_backup(tmp_path: Path) -> None:
    path = new_database(tmp_path / "bot.db")
    secret = secret_at(path)
    backup(path, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "elsewhere.db")

    assert secret_at(tmp_path / "elsewhere.db") == secret


def test_the_file_of_an_older_program_is_taken_over_once(tmp_path: Path) -> None:
    path, file = new_database(tmp_path / "bot.db"), tmp_path / "bot.secret"
    file.write_text("ab" * 32)
    assert secret_at(path) == "ab" * 32

    file.write_text("cd" * 32)
    assert secret_at(path) == "ab" * 32
    file.unlink()
    assert secret_at(path) == "ab" * 32


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    path = new_database(tmp_path / "bot.db")
    (tmp_path / "bot.secret").touch()

    assert len(secret_at(path)) >= 64


async def test_once_a_minute_the_digests_that_are_due_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SystemClock", lambda: FakeClock(MORNING + timedelta(hours=23)))
    monkeypatch.setattr(server, "calm_collector", lambda: None)
    with open_storage(new_database(tmp_path / "bot.db"), "OFF") as storage:
        TownBot(storage, new_engine(quiet_settings(), town()), FakeClock()).say("zhang", CLEAR["drainage"])
        house = build(quiet_settings(), storage, town(), 0)
        for _ in range(2):
            await house.ticker._look_up()
        waiting = storage.desk.run(lambda uow: uow.outbox.in_state("pending", 99))
    assert [one.chat for one in waiting if one.key == "digest"] == ["web:dm:chen"]


def test_an_operators_weights_are_laid_over_ours(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[ranking]\nleast = 25\n", encoding="utf-8")
    found = load_rates(Settings(analysis=AnalysisSettings(scoring=own)))

    assert found.fairness.least == 25
    assert found.composites == load_rates(Settings()).composites


@pytest.mark.parametrize("text", [None, "[ranking]\nleast = 1\n", "[beauty]\n", "="])
def test_faults_in_an_operators_weights_are_named(tmp_path: Path, text: str | None) -> None:
    own = tmp_path / "own.toml"
    if text is not None:
        own.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"analysis\.scoring: .*own\.toml"):
        load_rates(Settings(analysis=AnalysisSettings(scoring=own)))


def test_a_public_unit_that_there_is_not_is_a_fault(tmp_path: Path) -> None:
    path = new_database(tmp_path / "bot.db")

    assert "analysis.public：没有 nowhere 这个单位" in faults(path, "xueyuan", "nowhere")
    assert not [fault for fault in faults(path, "xueyuan") if "analysis" in fault]


def faults(path: Path, *public: str) -> list[str]:
    """What is wrong where these units have a public page."""
    return find_faults(Settings(analysis=AnalysisSettings(public=public)), path)


async def test_a_served_house_tells_webhooks(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    receiver: Receiver,  # noqa: F811 - a fixture
) -> None:
    monkeypatch.setattr(server, "calm_collector", lambda: None)
    settings = quiet_settings(webhooks={"networks": (ip_network("127.0.0.0/8"),)})
    with open_storage(new_database(tmp_path / "bot.db"), "OFF") as storage:
        house = build(settings, storage, town(), 0)
        hook = Hook("h1", "xinhe", receiver.url, "whsec_c2VjcmV0", "chen", MORNING, ("registered",))
        storage.desk.run(lambda uow: uow.hooks.put(hook))
        await house.bot.receive(make_message(CLEAR["drainage"], at=MORNING), lambda _uow: None)
        await house.bot.work_off()

    assert receiver.types == ["ticket.registered"]
