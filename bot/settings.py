"""settings.toml and the environment → one frozen object. An unknown key refuses the start; all errors come at once.

Precedence: environment (``GRIDSTEWARD_SECTION__KEY``) over ``settings.local.toml`` over ``settings.toml``.
"""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    model_validator,
)  # fmt: skip
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

PREFIX = "GRIDSTEWARD_"
ROOT = Path(__file__).parent.parent


class SettingsError(Exception):
    """What is wrong with the settings, a line each."""


ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Section(BaseModel):
    """A part of the settings: frozen, and strict about unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BotSettings(Section):
    name: str = "网格管家"
    locale: Literal["zh_CN", "zh_TW", "en"] = "zh_CN"
    id_length: int = Field(22, ge=22)


class HearingSettings(Section):
    window_seconds: int = Field(180, ge=0)
    recent_seconds: int = Field(21600, ge=0)
    recent_messages: int = Field(40, ge=1)
    unplaced_seconds: int = Field(3600, ge=0)
    keywords: tuple[str, ...] = ("报事", "上报问题", "我要报修")
    ask_interval_seconds: int = Field(1800, ge=0)


class TriageSettings(Section):
    clear: float = Field(0.75, ge=0, le=1)
    doubtful: float = Field(0.25, ge=0, le=1)


class LimitSettings(Section):
    preset: str = "default"
    review: bool = False
    unsigned_owner_minutes: int = Field(10, ge=1)
    unsigned_street_minutes: int = Field(30, ge=1)
    urgent_owner_minutes: int = Field(30, ge=1)
    red_days: int = Field(3, ge=1)
    hold_days: int = Field(30, ge=1, le=30)
    candidate_days: int = Field(1, ge=1)


class SpeakingSettings(Section):
    budget_per_hour: int = Field(6, ge=1)
    quiet_from: ClockTime = "22:00"
    quiet_until: ClockTime = "07:00"


class PollingSettings(Section):
    remind_hours: int = Field(24, ge=1)
    close_hours: int = Field(72, ge=1)
    reopen_days: int = Field(3, ge=0)
    repeat_days: int = Field(30, ge=0)


class DigestSettings(Section):
    owners: bool = True
    hour: int = Field(8, ge=0, le=23)
    weekday: int = Field(1, ge=1, le=7)
    assessed: tuple[str, ...] = ()
    residents: tuple[str, ...] = ()
    card: bool = True


class RetentionSettings(Section):
    inbox_days: int = Field(8, ge=8)
    room_days: int = Field(7, ge=1)
    personal_days: int = Field(180, ge=1)
    media_days: int = Field(90, ge=1)


class MediaSettings(Section):
    read_photos: bool = False


class StorageSettings(Section):
    path: Path = Path("var/gridsteward.db")
    synchronous: Literal["FULL", "NORMAL"] = "FULL"


class WebSettings(Section):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    public_url: str = ""
    max_upload_mb: int = Field(15, ge=1)
    max_pixels: int = Field(40_000_000, ge=1)
    secure_cookies: bool = False
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()

    @property
    def address(self) -> str:
        """How people reach the pages, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


class WebhookSettings(Section):
    networks: tuple[IPvAnyNetwork, ...] = ()


class AnalysisSettings(Section):
    compare: bool = False
    public: tuple[str, ...] = ()
    scoring: Path | None = None


class LlmSettings(Section):
    url: str = Field("", pattern=r"^(https?://[^/\s?#@]+(/[^\s?#]*)?)?$")
    model: str = ""
    key: SecretStr = SecretStr("")
    format: Literal["json_schema", "json_object", "none"] = "json_schema"
    timeout_seconds: float = Field(5.0, gt=0, le=5)
    concurrency: int = Field(2, ge=1)
    per_day: int = Field(500, ge=0)
    share: float = Field(0.15, ge=0, le=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.url and not self.model:
            raise ValueError("model is needed where url is set")
        return self


class TelegramSettings(Section):
    token: SecretStr = SecretStr("")
    mode: Literal["polling", "webhook"] = "polling"
    webhook_secret: SecretStr = SecretStr("")
    proxy: str = Field("", pattern=r"^((https?|socks5h?)://[^\s/]+/?)?$")
    api_url: str = Field("https://api.telegram.org", pattern=r"^https?://[^\s?#@]+$")
    native_polls: bool = False
    per_second: float = Field(24, gt=0)
    chat_per_minute: float = Field(16, gt=0)


class MatrixSettings(Section):
    homeserver: str = ""
    user: str = ""
    token: SecretStr = SecretStr("")
    per_second: float = Field(4, gt=0)
    chat_per_minute: float = Field(30, gt=0)


class WechatySettings(Section):
    endpoint: str = ""
    token: SecretStr = SecretStr("")
    tls: Literal["built_in", "own_ca", "off"] = "built_in"
    ca: Path | None = None
    hears_all: bool = False
    stopped: bool = False
    per_day: int = Field(200, ge=0)
    jitter_seconds: float = Field(3, ge=0)
    per_second: float = Field(0.25, gt=0)
    chat_per_minute: float = Field(4, gt=0)


class WecomSettings(Section):
    bot_id: str = ""
    secret: SecretStr = SecretStr("")
    url: str = "wss://openws.work.weixin.qq.com"
    callback_token: SecretStr = SecretStr("")
    callback_key: SecretStr = SecretStr("")
    webhooks: dict[str, SecretStr] = {}
    webhook_url: str = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
    per_second: float = Field(2, gt=0)
    chat_per_minute: float = Field(16, gt=0)

    @model_validator(mode="after")
    def _has_whole_callbacks(self) -> Self:
        token, key = self.callback_token.get_secret_value(), self.callback_key.get_secret_value()
        if bool(token) != bool(key):
            raise ValueError("callback_token and callback_key are set together or not at all")
        if key and re.fullmatch("[A-Za-z0-9]{43}", key) is None:
            raise ValueError("callback_key has 43 letters and digits")
        return self


class FeishuSettings(Section):
    app_id: str = ""
    app_secret: SecretStr = SecretStr("")
    url: str = "https://open.feishu.cn"
    mode: Literal["connection", "callback"] = "connection"
    encrypt_key: SecretStr = SecretStr("")
    verification_token: SecretStr = SecretStr("")
    hears_all: bool = False
    per_second: float = Field(13, gt=0)
    chat_per_minute: float = Field(240, gt=0)


class DingtalkSettings(Section):
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    url: str = "https://api.dingtalk.com"
    per_second: float = Field(8, gt=0)
    chat_per_minute: float = Field(16, gt=0)


class Settings(BaseSettings):
    """All settings of one running bot."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    bot: BotSettings = BotSettings()
    hearing: HearingSettings = HearingSettings()
    triage: TriageSettings = TriageSettings()
    limits: LimitSettings = LimitSettings()
    speaking: SpeakingSettings = SpeakingSettings()
    polling: PollingSettings = PollingSettings()
    digests: DigestSettings = DigestSettings()
    retention: RetentionSettings = RetentionSettings()
    media: MediaSettings = MediaSettings()
    storage: StorageSettings = StorageSettings()
    web: WebSettings = WebSettings()
    webhooks: WebhookSettings = WebhookSettings()
    analysis: AnalysisSettings = AnalysisSettings()
    llm: LlmSettings = LlmSettings()
    telegram: TelegramSettings = TelegramSettings()
    matrix: MatrixSettings = MatrixSettings()
    wechaty: WechatySettings = WechatySettings()
    wecom: WecomSettings = WecomSettings()
    feishu: FeishuSettings = FeishuSettings()
    dingtalk: DingtalkSettings = DingtalkSettings()


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings; raises ``SettingsError`` that names everything wrong in words.

    ``file`` replaces settings.toml of the project; a settings.local.toml beside it is laid over it.
    """
    chosen = file or ROOT / "settings.toml"
    if file is not None and not file.is_file():
        raise SettingsError(f"{file}: no such file")
    files = [path for path in (chosen, chosen.with_name("settings.local.toml")) if path.is_file()]
    unknown = list(_unknown_environment())
    try:
        settings = _from_files(files)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{chosen}: {error}") from None
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise SettingsError("\n".join(lines + unknown)) from None
    if unknown:
        raise SettingsError("\n".join(unknown))
    return settings


def _from_files(files: list[Path]) -> Settings:
    class FromFiles(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (env_settings, TomlConfigSettingsSource(settings_cls, files, deep_merge=True))

    return FromFiles()


def _unknown_environment() -> Iterator[str]:
    """Misspelt variables: pydantic passes an unknown section of the environment in silence."""
    sections: dict[str, Any] = {name: field.annotation for name, field in Settings.model_fields.items()}
    for name in os.environ:
        if not name.startswith(PREFIX):
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if section not in sections or (key and key not in sections[section].model_fields):
            yield f"environment: {name} names no setting"
