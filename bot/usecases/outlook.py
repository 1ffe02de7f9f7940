"""What is known beforehand about troubles: the seasons, what things words name, and how a class of trouble is put in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.domain.clusters import Cluster
from bot.domain.seasons import Season, Span
from bot.render.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Outlook:
    """Chosen once. ``things`` gives what words of a category are about: (text, category) → names."""

    seasons: tuple[Season, ...]
    catalog: Catalog
    things: Callable[[str, str], frozenset[str]]

    def say(self, key: str, **slots: object) -> str:
        """A sentence about classes of trouble."""
        return self.catalog.text("sweep", key).format(**slots)

    def title(self, cluster: Cluster) -> str:
        """What a cluster is about."""
        return self.say("title", category=self.catalog.label("category", cluster.category), name=cluster.name)

    def why(self, cluster: Cluster) -> str:
        """Why it is a class of trouble, so that anybody can count himself: 30天内同类12件，涉及5栋，比上期多8件。"""
        where = "buildings" if cluster.buildings else "units"
        change = "more" if cluster.more > 0 else "fewer" if cluster.more else "same"
        return self.say(
            "why",
            days=cluster.days,
            count=len(cluster.members),
            places=self.say(where, count=cluster.buildings or cluster.units),
            change=self.say(change, count=abs(cluster.more)),
        )

    def season(self, season: Season, span: Span) -> str:
        """A season with its first day."""
        return self.say("season", day=self.day(span[0]), name=self.catalog.text("season", season.id))

    def notice(self, season: Season, span: Span) -> str:
        """What residents may be told of a season."""
        first, last = map(self.day, span)
        return self.catalog.text("season", f"{season.id}.notice").format(first=first, last=last)

    def patrol(self, season: Season) -> str:
        """What a patrol before the season looks at."""
        return self.catalog.text("season", f"{season.id}.task")

    def day(self, day: date) -> str:
        """A day as people write it."""
        return self.say("day", month=day.month, day=day.day)
