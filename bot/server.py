"""``gridsteward run`` and ``demo``: everything in one process, until somebody stops it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import NoReturn

import typer

from adapters.api import ApiDeps, build_api
from adapters.llm import Endpoint
from adapters.office import OfficeFiles
from adapters.orgfile import read_org
from adapters.web.channel import WebChannel
from adapters.web.deps import WebDeps
from adapters.web.hub import Hub
from adapters.web.limits import RateLimit
from adapters.web.listener import Listener
from adapters.web.server import build_web
from adapters.webhook import Poster, WebhookChannel
from bot.app import (
    DEMO_ORG,
    TRIAGE,
    SystemClock,
    bind_link,
    build_engine,
    calm_collector,
    media_folder,
    photo_reader,
    platforms,
    public_url,
    room_links,
)
from bot.demo.play import Play
from bot.domain.org import Organization
from bot.drawing import drawing, press
from bot.housekeeping import count_in, foresee, keep_house, say_digests, study
from bot.live import Bot
from bot.photos import PhotoWork
from bot.ports import Channel, Clock, Inbound, Platform, Tools
from bot.render.catalog import Catalog, load_catalog
from bot.settings import Settings, SettingsError
from bot.supervision import supervised
from bot.triage.opinion import load_guide
from bot.usecases.learning import take_up
from bot.wary import Wary
from scheduler.ticker import Ticker
from storage.errors import StorageError
from storage.media import MediaFolder
from storage.open import Storage, open_storage

SECRET_BYTES = 32
API_REQUESTS = 120, timedelta(minutes=1)  # of one key
COOKIES = "cookies"  # the name of the secret among the keys of a database


@dataclass(frozen=True, slots=True)
class House:
    """One running neighbourhood."""

    settings: Settings
    storage: Storage
    bot: Bot
    hub: Hub
    ticker: Ticker
    web: Listener
    inbound: Inbound
    platforms: tuple[Platform, ...]
    photos: PhotoWork | None = None
    second: Endpoint | None = None


def secret_of(storage: Storage) -> str:
    """The secret that signs cookies: made once, in the database, so that a copy of it lets the same browsers in.

    Older programs kept it in a file beside the database: what stands there is taken over.
    """
    file = storage.path.with_name(f"{storage.path.stem}.secret")
    older = file.read_text() if file.is_file() else ""
    secret = (older or token_hex(SECRET_BYTES)).encode()
    return storage.desk.run(lambda uow: str(uow.meta.keep(COOKIES, secret), "utf-8"))


def build(settings: Settings, storage: Storage, org: Organization, port: int) -> House:
    """Put the parts together. Links that the bot sends name the port on which it listens."""
    settings = settings.model_copy(update={"web": settings.web.model_copy(update={"port": port})})
    clock = SystemClock()
    engine = build_engine(settings, org)
    if (learner := engine.services.learner) is not None:
        storage.desk.run(lambda uow: take_up(uow, learner))
    bot = Bot(engine, storage.desk, clock)
    hub = Hub(bot.query)
    web = settings.web
    media = MediaFolder(media_folder(storage.path), web.max_upload_mb * 1_000_000, web.max_pixels)

    async def hourly() -> None:
        await keep_house(storage, media, settings, clock.now())
        await count_in(storage)
        await study(storage, engine, clock.now())
        await foresee(storage, engine, clock.now())

    async def each_minute() -> None:
        if await say_digests(storage, engine, clock):
            await bot.wake()

    ticker = Ticker(bot.wake, hourly, each_minute)
    second = second_opinion(settings, clock)
    others = connected(settings, storage, Tools(media, clock, settings.bot.name, public_url(settings, port)))
    own: list[Channel] = [
        WebChannel(bot.query, hub),
        WebhookChannel(bot.query, Poster(settings.webhooks.networks).post, clock),
    ]
    bot.connect([*own, *others], ticker, hub.changed, second, drawing(settings, media))
    inbound = Wary(bot, storage.desk, clock) if storage.lock.was_orphaned else bot
    catalog = load_catalog(settings.bot.locale)
    deps = WebDeps(
        inbound, hub, media, settings, catalog, clock, secret_of(storage), engine.services, OfficeFiles(), press()
    )
    photos = photo_work(settings, storage, media, catalog)
    api = build_api(ApiDeps(inbound, engine.services, engine.renderer, clock, RateLimit(*API_REQUESTS)))
    served = build_web(deps, [route for platform in others for route in platform.routes], api)
    calm_collector()
    return House(
        settings, storage, bot, hub, ticker, Listener(served, web.host, port), inbound, tuple(others), photos, second
    )


def photo_work(settings: Settings, storage: Storage, media: MediaFolder, catalog: Catalog) -> PhotoWork | None:
    """Who reads the letters in photos, where that is switched on."""
    try:
        reader = photo_reader(settings)
    except SettingsError as error:
        storage.close()
        _fail(str(error))
    line = catalog.text("word", "in_photo")
    return PhotoWork(storage.desk, media, reader, SystemClock(), line) if reader else None


def connected(settings: Settings, storage: Storage, tools: Tools) -> list[Platform]:
    """The platforms that are switched on."""
    try:
        return platforms(settings, tools)
    except SettingsError as error:
        storage.close()
        _fail(str(error))


def second_opinion(settings: Settings, clock: Clock) -> Endpoint | None:
    """Who is asked in doubt: nobody, unless the settings name an endpoint."""
    if not settings.llm.url:
        return None
    return Endpoint(settings.llm, load_guide((TRIAGE / "opinion.toml").read_text(encoding="utf-8")), clock)


async def live(house: House, announce: Callable[[], None], play: Callable[[], Awaitable[None]] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; what waits is finished first."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await house.web.start()
    house.ticker.start()
    tasks = [asyncio.create_task(house.bot.run(), name="bot")]
    if house.photos is not None:
        tasks.append(asyncio.create_task(house.photos.run(), name="photos"))
    tasks += supervised(house.platforms, house.inbound, SystemClock())
    announce()
    if play is not None:
        tasks.append(asyncio.create_task(_guarded(play), name="play"))
    await stop.wait()
    house.ticker.stop()
    house.hub.close()
    await house.web.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for platform in house.platforms:
        await platform.close()
    if house.second is not None:
        await house.second.close()


async def _guarded(play: Callable[[], Awaitable[None]]) -> None:
    try:
        await play()
    except Exception as error:
        typer.echo(f"demo: {type(error).__name__}: {error}", err=True)


def _opened(path: Path, settings: Settings) -> Storage:
    try:
        return open_storage(path, settings.storage.synchronous)
    except StorageError as error:
        _fail(str(error))


def _fail(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(2)


def _run(house: House, announce: Callable[[], None], play: Callable[[], Awaitable[None]] | None = None) -> None:
    with house.storage:
        try:
            asyncio.run(live(house, announce, play))
        except OSError as error:
            _fail(f"port {house.web.port}: {error.strerror or error}")


def serve(settings: Settings, db: Path | None, port: int | None) -> None:
    """Serve the neighbourhood of a database."""
    storage = _opened(db or settings.storage.path, settings)
    org = storage.desk.run(lambda uow: uow.org.load())
    if not org.units:
        storage.close()
        _fail("数据库里没有组织；先运行 gridsteward init ORG")
    house = build(settings, storage, org, settings.web.port if port is None else port)
    _run(house, lambda: typer.echo(f"listening: {public_url(settings, house.web.port)}"))


def serve_demo(settings: Settings, data: Path, port: int) -> None:
    """Serve the demo neighbourhood on localhost; the first start plays a short conversation."""
    storage = _opened(data / "demo.db", settings)
    org = read_org(DEMO_ORG)
    first = not storage.desk.run(lambda uow: uow.org.load()).units
    if first:
        storage.desk.run(lambda uow: uow.org.replace(org))
    house = build(settings, storage, storage.desk.run(lambda uow: uow.org.load()), port)
    group = next(group for group in org.groups.values() if group.kind == "residents")
    staff = {person.id: person.name for person in org.people.values()}
    play = Play(house.bot, group, staff, house.hub.wake) if first else None
    _run(house, lambda: _announce(demo_links(house, org)), play.run if play else None)


def serve_town(settings: Settings, data: Path, port: int) -> None:
    """Serve the demo town on localhost; the first start plays its months, about half a minute for the whole town."""
    from bot.demo import founding

    database = data / "town.db"
    if not database.exists():
        typer.echo("building the town, this takes about half a minute")
        founding.found_town(database, settings, founding.whole_town(datetime.now(UTC)))
    storage = _opened(database, settings)
    org = storage.desk.run(lambda uow: uow.org.load())
    house = build(settings, storage, org, port)
    _run(house, lambda: _announce(town_links(house, org)))


def town_links(house: House, org: Organization) -> list[str]:
    """Three ways in, by one-time links: an owner, a steward of his community, and the desk of the street above."""
    owner = next(duty for duty in org.duties if duty.role == "owner")
    steward = next(duty for duty in org.duties if duty.role == "steward" and org.within(duty.unit, owner.unit))
    desk = next(duty for duty in org.duties_over(owner.unit) if duty.role == "supervisor")
    now, port = datetime.now(UTC), house.web.port
    return [
        f"{name}: {bind_link(house.storage, house.settings, duty.person, now, port)}"
        for name, duty in (("owner", owner), ("steward", steward), ("street desk", desk))
    ]


def demo_links(house: House, org: Organization) -> list[str]:
    """Three ways in: a resident by the room's invitation, steward and owner by one-time links of their own."""
    now, port = datetime.now(UTC), house.web.port
    lines = [f"resident: {room_links(house.storage, house.settings, port)[0].partition('：')[2]}"]
    for role in ("steward", "owner"):
        person = next(duty.person for duty in org.duties if duty.role == role)
        lines.append(f"{role}: {bind_link(house.storage, house.settings, person, now, port)}")
    return lines


def _announce(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(line)
