"""The demo town's database: made whole or not at all, beside where it will lie."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import media_folder
from bot.demo.stage import Plan, play_town
from bot.demo.town import most_groups
from bot.settings import Settings
from storage.media import MediaFolder
from storage.open import open_storage

DAYS = 91


def whole_town(now: datetime) -> Plan:
    """All groups, three months up to this hour; in one hour it is always the same town."""
    return Plan(most_groups(), DAYS, now.replace(minute=0, second=0, microsecond=0))


def found_town(database: Path, settings: Settings, plan: Plan) -> None:
    """Play a town into a new database, its photos beside it. Broken off, it leaves nothing behind that could be served."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".founding-", dir=database.parent) as name:
        built = Path(name) / database.name
        media = MediaFolder(media_folder(built))
        with open_storage(built, "OFF") as storage:  # what breaks off is made anew
            play_town(storage, media, settings, plan)
        if media_folder(built).is_dir():
            media_folder(built).replace(media_folder(database))
        built.replace(database)
