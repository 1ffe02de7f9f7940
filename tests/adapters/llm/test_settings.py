"""[llm]: off until it names an endpoint; half a setting stops the start, and the key is never shown."""

from pathlib import Path

import pytest

from bot.server import second_opinion
from bot.settings import LlmSettings, Settings, SettingsError, load_settings
from tests.fakes import FakeClock

KEY = "sk-very-secret"


def load(path: Path, lines: str) -> Settings:
    """The settings of a file with these lines under [llm]."""
    file = path / "settings.toml"
    file.write_text(f"[llm]\n{lines}\n", encoding="utf-8")
    return load_settings(file)


def test_off_by_default() -> None:
    assert load_settings().llm == LlmSettings()
    assert second_opinion(load_settings(), FakeClock()) is None


@pytest.mark.parametrize("url", ["https://llm.example.org/v1", "http://127.0.0.1:11434/v1", "http://[::1]:8000"])
def test_an_endpoint_and_a_model_switch_it_on(tmp_path: Path, url: str) -> None:
    settings = load(tmp_path, f'url = "{url}"\nmodel = "tiny"')

    assert second_opinion(settings, FakeClock()) is not None


@pytest.mark.parametrize(
    "lines",
    [
        'url = "https://llm.example.org/v1"',
        'url = "llm.example.org"\nmodel = "tiny"',
        'url = "file:///etc/passwd"\nmodel = "tiny"',
        'url = "https://user:word@llm.example.org/v1"\nmodel = "tiny"',
        'url = "https://llm.example.org/v1?key=1"\nmodel = "tiny"',
        "timeout_seconds = 6",
        "share = 1.5",
        "concurrency = 0",
        'format = "xml"',
        'base = "x"',
    ],
)
def test_half_a_setting_stops_the_start_without_showing_the_key(tmp_path: Path, lines: str) -> None:
    with pytest.raises(SettingsError, match="llm") as refused:
        load(tmp_path, f'{lines}\nkey = "{KEY}"')

    assert KEY not in str(refused.value)


def test_the_key_comes_from_the_environment_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDSTEWARD_LLM__KEY", KEY)
    settings = load_settings()

    assert settings.llm.key.get_secret_value() == KEY
    assert KEY not in f"{settings!r} {settings.model_dump_json()}"
