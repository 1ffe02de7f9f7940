"""A small demo town: two communities and two weeks, enough for every page and quick to make."""

from datetime import UTC, datetime
from pathlib import Path

from bot.app import media_folder
from bot.demo.founding import found_town
from bot.demo.stage import Plan
from bot.settings import load_settings
from storage.media import MediaFolder

UNTIL = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)  # a Tuesday, 17:00 in Shanghai
SMALL = Plan(groups=6, days=14, until=UNTIL)


def small_town(folder: Path, plan: Plan = SMALL) -> Path:
    """A database with the town in it."""
    database = folder / "town.db"
    found_town(database, load_settings(), plan)
    return database


def photos_of(database: Path) -> MediaFolder:
    """The photos of a town."""
    return MediaFolder(media_folder(database))
