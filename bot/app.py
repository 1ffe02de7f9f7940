"""The composition root: settings → objects. The only file, with ``bot.cli``, that knows every package.

What costs start-up time is imported where it is needed: ``gridsteward --help`` loads none of it.
"""

import gc
import random
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain import deadline, seasons, workcalendar
from bot.domain.deadline import LimitTable
from bot.domain.org import Organization
from bot.domain.rates.scoring import Scoring, load_scoring
from bot.ports import MediaReader, Platform, Refused, Tools, UnitOfWork
from bot.render.catalog import load_catalog
from bot.render.render import Renderer
from bot.settings import Settings, SettingsError
from bot.triage.commands import load_commands
from bot.triage.engine.learner import Communities, golden_of
from bot.triage.engine.model import load as load_model
from bot.triage.engine.reader import TrainedReader
from bot.triage.lexicons import load_lexicons
from bot.triage.place import WEAK
from bot.triage.reader import RuleReader
from bot.triage.told import things_of
from bot.usecases.context import Services
from bot.usecases.engine import Engine
from bot.usecases.landmarks import Landmarks
from bot.usecases.memory import Memory
from bot.usecases.outlook import Outlook
from storage.open import Storage, open_storage

HERE = Path(__file__).parent
CALENDARS = HERE / "domain" / "calendars"
PRESETS = HERE / "domain" / "presets"
SCORING = HERE / "domain" / "rates" / "scoring.toml"
TRIAGE = HERE / "triage" / "data"
DEMO_ORG = HERE / "demo" / "org.toml"
FIRST_LINK = timedelta(days=7)  # how long an owner's first link and a code are good
PLATFORMS = {
    "telegram": "token", "matrix": "homeserver", "wechaty": "endpoint", "wecom": "bot_id", "feishu": "app_id",
    "dingtalk": "client_id",
}  # fmt: skip  # each is on where this setting of its section is not empty; its adapter is ``adapters.<name>``
SURVIVORS = 20_000  # more objects than before: then the collector looks for rings among them


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return datetime.now(UTC)


class Ids:
    """Ids that sort by time, and tokens; ``seed`` makes them repeatable for replay, None unguessable for life."""

    def __init__(self, seed: int | None = None) -> None:
        chosen = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - a replay repeats itself
        self._random = chosen
        self._last = (0, 0)

    def time_ordered(self, at: datetime) -> str:
        """11 hex digits of milliseconds, 5 of a counter that keeps the order within one, 8 random ones."""
        moment = int(at.timestamp() * 1000)
        before, count = self._last
        self._last = (moment, count + 1 if moment == before else 0)
        return f"{moment:011x}{self._last[1]:05x}{self._random.getrandbits(32):08x}"

    def secret(self) -> str:
        """A token of 22 characters, 128 bits."""
        if isinstance(self._random, random.SystemRandom):
            return secrets.token_urlsafe(16)
        return f"{self._random.getrandbits(108):022x}"[:22].replace(" ", "0")


def load_limits(preset: str, folder: Path = PRESETS) -> LimitTable:
    """The limits of a preset, over the default ones; raises ``SettingsError`` with every fault."""
    file = folder / f"{preset}.toml"
    if not preset.isidentifier() or not file.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.toml")))
        raise SettingsError(f"limits.preset: {preset!r} is none of {known}")
    try:
        base = deadline.parse_preset(tomllib.loads((folder / "default.toml").read_text(encoding="utf-8")))
        return deadline.parse_preset(tomllib.loads(file.read_text(encoding="utf-8")), base)
    except ValueError as error:
        raise SettingsError(f"{file.name}: {error}") from None


def load_rates(settings: Settings) -> Scoring:
    """What ratings are worth, composites and who is compared, with the operator's own; raises ``SettingsError``."""
    own, base = settings.analysis.scoring, load_scoring(SCORING)
    try:
        return load_scoring(own, base) if own else base
    except (OSError, ValueError) as error:
        raise SettingsError(f"analysis.scoring: {error}") from None


def build_services(settings: Settings, ids: Ids) -> Services:
    """The collaborators of all use cases."""
    hearing = settings.hearing
    lexicons = load_lexicons(TRIAGE)
    trained = TrainedReader(RuleReader(lexicons), load_model(TRIAGE / "model.npz"))
    reader = Communities(trained, golden_of((TRIAGE / "golden.tsv").read_text(encoding="utf-8")))
    return Services(
        settings=settings,
        reader=reader,
        learner=reader,
        outlook=Outlook(
            seasons.parse_seasons(tomllib.loads((CALENDARS / "seasons.toml").read_text(encoding="utf-8"))),
            load_catalog(settings.bot.locale),
            lambda text, category: things_of(text, category, lexicons),
        ),
        landmarks=Landmarks(lexicons.places[WEAK]),
        scoring=load_rates(settings),
        commands=load_commands(
            (TRIAGE / "commands.toml").read_text(encoding="utf-8"), lambda text: text.translate(lexicons.fold)
        ),
        calendar=workcalendar.from_json((CALENDARS / "CN.json").read_text(encoding="utf-8")),
        limits=load_limits(settings.limits.preset),
        presets={file.stem: load_limits(file.stem) for file in sorted(PRESETS.glob("*.toml"))},
        ids=ids,
        memory=Memory(
            timedelta(seconds=hearing.window_seconds),
            timedelta(seconds=hearing.recent_seconds),
            hearing.recent_messages,
            timedelta(seconds=hearing.unplaced_seconds),
        ),
    )


def photo_reader(settings: Settings) -> MediaReader | None:
    """What reads the letters in photos; None unless switched on. Raises ``SettingsError`` where its packages are missing."""
    if not settings.media.read_photos:
        return None
    from adapters.ocr import PhotoReader, installed

    if not installed():
        raise SettingsError("media.read_photos: the packages are missing; run `make setup-ocr` (Python 3.11 or 3.12)")
    return PhotoReader()


def steps_of(channel: str) -> str | None:
    """How an operator sets a platform up, in Chinese; None for one that there is not."""
    file = HERE.parent / "adapters" / channel / "steps.txt"
    return file.read_text(encoding="utf-8") if channel in PLATFORMS and file.is_file() else None


async def probe(settings: Settings, channel: str, tools: Tools) -> list[str]:
    """Ask a platform, live, what is missing; a sentence each."""
    if not getattr(getattr(settings, channel), PLATFORMS[channel]):
        return [f"{channel}.{PLATFORMS[channel]}：还没有填"]
    platform = _platform(settings, channel, tools)
    try:
        return await platform.probe()
    except Refused as error:
        return [str(error)]
    except Exception as error:
        return [f"连不上：{type(error).__name__}: {error}"[:300]]
    finally:
        await platform.close()


def platforms(settings: Settings, tools: Tools) -> list[Platform]:
    """The platforms that are switched on. Raises ``SettingsError`` where the packages of one are missing."""
    return [
        _platform(settings, name, tools) for name, first in PLATFORMS.items() if getattr(getattr(settings, name), first)
    ]


def _platform(settings: Settings, name: str, tools: Tools) -> Platform:
    try:
        adapter = import_module(f"adapters.{name}")
        platform: Platform = adapter.connect(getattr(settings, name), tools)
    except ImportError as error:
        raise SettingsError(f"{name}: {error}; run `make setup-channels`") from error
    return platform


def build_engine(settings: Settings, org: Organization, ids: Ids | None = None) -> Engine:
    """The bot, for an organization."""
    renderer = Renderer(load_catalog(settings.bot.locale))
    return Engine(build_services(settings, ids or Ids()), renderer, org)


def calm_collector() -> None:
    """What is loaded by now stays: no collection walks it again. Few objects form rings, and what was just said lives for
    minutes: by Python's own measure the collector would walk all of it many times over.
    """
    gc.freeze()
    gc.set_threshold(SURVIVORS)
    gc.enable()  # the command line switched it off: walking what is just being made was a seventh of a start


@contextmanager
def scratch_storage(db: str | None, settings: Settings) -> Iterator[Storage]:
    """A new database for a replay: the named file, else one that goes away with it."""
    if db is not None:
        path = Path(db.removeprefix("sqlite:///"))
        if path.exists():
            raise SettingsError(f"{path}: the file exists; a replay wants a new one")
        with open_storage(path, settings.storage.synchronous) as storage:
            yield storage
        return
    with TemporaryDirectory(prefix="gridsteward-") as folder, open_storage(Path(folder) / "replay.db") as storage:
        yield storage


def media_folder(database: Path) -> Path:
    """Where the photos of a database lie: beside it, outside of anything that is served."""
    return database.with_name(f"{database.stem}.media")


def public_url(settings: Settings, port: int | None = None) -> str:
    """How people reach the web chat."""
    web = settings.web
    return web.model_copy(update={"port": port or web.port}).address


def bind_link(storage: Storage, settings: Settings, person: str, now: datetime, port: int | None = None) -> str:
    """A link, good once, that binds an account of the web chat to a person. Only its digest is stored."""
    token = secrets.token_urlsafe(16)
    digest = sha256(token.encode()).hexdigest()
    storage.desk.run(lambda uow: uow.org.issue_code(person, digest, now + FIRST_LINK))
    return f"{public_url(settings, port)}/bind/{token}"


def first_links(storage: Storage, settings: Settings, now: datetime) -> list[str]:
    """The links that an operator hands out first: each owner's own, and each room's invitation."""
    org = storage.desk.run(lambda uow: uow.org.load())
    owners = dict.fromkeys(duty.person for duty in org.duties if duty.role == "owner")
    lines = [f"群主 {org.people[p].name}：{bind_link(storage, settings, p, now)}" for p in owners]
    return [*lines, *room_links(storage, settings)]


def room_links(storage: Storage, settings: Settings, port: int | None = None) -> list[str]:
    """The invite link of each room of the web chat; one made in a copy would open nothing."""
    org = storage.desk.run(lambda uow: uow.org.load())
    groups = [group for group in org.groups.values() if group.channel == "web"]

    def find(uow: UnitOfWork) -> list[str | None]:
        make = uow.rooms.made_invite if storage.is_copy else uow.rooms.invite
        return [make(group.key) for group in groups]

    tokens, url = storage.desk.run(find), public_url(settings, port)
    links = [f"{url}/r/{token}" if token else "还没有邀请链接，请在群里点“邀请”" for token in tokens]
    return [f"{group.title or group.chat}：{link}" for group, link in zip(groups, links, strict=True)]
