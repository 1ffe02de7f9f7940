"""What ``gridsteward check`` looks at: settings, database, organization, what waits for a person."""

from collections.abc import Callable
from pathlib import Path

from adapters.orgfile import check_org
from bot.app import PLATFORMS, load_limits, load_rates, photo_reader
from bot.ports import Connection
from bot.settings import Settings, SettingsError
from bot.usecases.digests import misnamed
from storage.errors import StorageError
from storage.open import Storage, open_to_read

LOOK = "gridsteward outbox 查看"
UNSENT = {"uncertain": "不知是否送达", "dead": "没有送出"}


def find_faults(settings: Settings, path: Path, on_copy: Callable[[], None] = lambda: None) -> list[str]:
    """What is wrong with the settings, the database and the organization, a sentence each."""
    faults = []
    for look in (
        lambda: load_limits(settings.limits.preset),
        lambda: load_rates(settings),
        lambda: photo_reader(settings),
    ):
        try:
            look()
        except SettingsError as error:
            faults.append(str(error))
    if not path.is_file():
        return [*faults, f"{path}：没有数据库；先运行 gridsteward init ORG"]
    try:
        with open_to_read(path, on_copy, settings.storage.synchronous) as storage:
            return [*faults, *_stored_faults(storage, settings)]
    except StorageError as error:
        return [*faults, str(error)]


def _deaf(storage: Storage, settings: Settings) -> list[Connection]:
    """The platforms that are switched on and not heard."""
    on = {name for name, first in PLATFORMS.items() if getattr(getattr(settings, name), first)}
    found = storage.desk.run(lambda uow: uow.connections.all())
    return [one for one in found if one.channel in on and one.state != "up"]


def _stored_faults(storage: Storage, settings: Settings) -> list[str]:
    org = storage.desk.run(lambda uow: uow.org.load())
    if not org.units:
        return ["数据库里没有组织；请运行 gridsteward org import"]
    faults = [*check_org(org), *misnamed(settings.digests, org)]
    faults += [f"analysis.public：没有 {unit} 这个单位" for unit in settings.analysis.public if unit not in org.units]
    faults += storage.desk.run(lambda uow: uow.audit.verify())
    faults += [
        f"{one.channel}：从{one.since:%m-%d %H:%M} UTC 起收不到消息（{one.reason}）" for one in _deaf(storage, settings)
    ]
    unsent = storage.desk.run(lambda uow: {state: uow.outbox.in_state(state, 1000) for state in UNSENT})
    faults += [f"{len(unsent[state])} 条消息{words}（{LOOK}）" for state, words in UNSENT.items() if unsent[state]]
    if aside := storage.desk.run(lambda uow: uow.reserve.all()):
        faults.append(f"{len(aside)} 条来信处理失败，已单独放着（{LOOK}）")
    return faults
