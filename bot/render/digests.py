"""A digest in words: a title and at most five lines, and the same as a card to be drawn. One locale, from the catalog."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.domain.digest import PERSON, Digest, Hot, Late
from bot.messages import Bars, Card, Figure
from bot.render.catalog import Catalog


class DigestWords:
    """Makes words of digests. Names stand in them as values of slots, never as templates."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def lines(self, digest: Digest, url: str = "") -> list[str]:
        """The title, then: how much, what and where, what is sudden, what is overdue, how well; and the link."""
        link = self._t("link", url=url) if url else ""
        told = (self.title(digest), self._heard(digest), self._hot(digest), *self._lower(digest), link)
        return [line for line in told if line]

    def _behind(self, digest: Digest) -> str:
        return self._t("behind") if digest.behind else ""

    def title(self, digest: Digest) -> str:
        """Whose digest, of which kind and days."""
        return self._t("title", unit=digest.unit, kind=self._t(digest.kind), span=self.span(digest))

    def span(self, digest: Digest) -> str:
        """The days of a digest."""
        first, last = self._day(digest.first), self._day(digest.last)
        return first if first == last else self._t("span", first=first, last=last)

    def card(self, digest: Digest) -> Card:
        """The same as a card."""
        bars = (self._bars("card.hot", digest.categories), self._bars("card.places", digest.places))
        legend = self._t("card.legend") if digest.categories else ""
        lower = tuple(line for line in self._lower(digest) if line)
        return Card(self.title(digest), self._figures(digest), tuple(one for one in bars if one.rows), lower, legend)

    def name(self, hot: Hot) -> str:
        """What a category or place is called."""
        if hot.category:
            return self._catalog.label("category", hot.category)
        if not hot.building:
            return hot.unit
        return self._t("building", unit=hot.unit, building=hot.building).strip()

    def spike(self, hot: Hot) -> str:
        """What came suddenly, beside what is usual: in the weeks before, or in the same season; else with the season's reason."""
        usual = self._t("spike.usual", n=f"{hot.usual:g}") if hot.usual else self._t("spike.none")
        kind = "spike.a_year_ago" if hot.a_year_ago else "spike.season" if hot.season else "spike.item"
        season = self._catalog.label("season", f"{hot.season}.name")
        return self._t(kind, name=self.name(hot), n=hot.count, usual=usual, season=season)

    def late(self, late: Late) -> str:
        """An overdue ticket, and whose move it is."""
        move = self._t(f"move.{late.move}", name=late.name) if late.move == PERSON else self._t(f"move.{late.move}")
        category = self._catalog.label("category", late.category)
        return self._t("overdue.item", number=late.number, category=category, days=late.days, move=move)

    def _t(self, key: str, **slots: object) -> str:
        return self._catalog.text("digest", key).format_map(slots)

    def _figures(self, digest: Digest) -> tuple[Figure, ...]:
        heard, closed = digest.heard, digest.closed
        return (
            Figure(self._t("card.heard"), str(heard[0]), self._t("card.before", n=heard[1])),
            Figure(self._t("card.closed"), str(closed[0]), self._t("card.before", n=closed[1])),
            Figure(self._t("card.open"), str(digest.open)),
            Figure(self._t("card.overdue"), str(digest.overdue), alarming=digest.overdue > 0),
        )

    def _heard(self, digest: Digest) -> str:
        (heard, heard_before), (closed, closed_before) = digest.heard, digest.closed
        return self._t(
            "heard",
            heard=heard,
            heard_before=heard_before,
            closed=closed,
            closed_before=closed_before,
            open=digest.open,
        )

    def _lower(self, digest: Digest) -> tuple[str, ...]:
        """What is sudden, what is overdue, how well; "" where there is nothing to say."""
        sudden = self._list("spike", map(self.spike, digest.spikes))
        return sudden, self._overdue(digest), self._list("numbers", self._numbers(digest)) + self._behind(digest)

    def _list(self, key: str, items: Iterable[str]) -> str:
        shown = self._t("join").join(items)
        return self._t(key, items=shown) if shown else ""

    def _day(self, iso: str) -> str:
        day = date.fromisoformat(iso)
        return self._t("day", month=day.month, day=day.day)

    def _hot(self, digest: Digest) -> str:
        told = (
            self._list(key, map(self._item, hot))
            for key, hot in (("hot", digest.categories), ("places", digest.places))
        )
        return "".join(told)

    def _item(self, hot: Hot) -> str:
        return self._t("item", name=self.name(hot), n=hot.count, before=hot.before)

    def _overdue(self, digest: Digest) -> str:
        if not digest.overdue:
            return self._t("overdue.none")
        return self._t("overdue", n=digest.overdue, items=self._t("join").join(map(self.late, digest.late)))

    def _numbers(self, digest: Digest) -> Iterable[str]:
        yield from (self._t(rate.code, text=rate.text, n=rate.n) for rate in digest.rates)
        yield from (self._t(key, n=n) for key, n in (("repeats", digest.repeats), ("praise", digest.praise)) if n)

    def _bars(self, key: str, hot: Sequence[Hot]) -> Bars:
        return Bars(self._t(key), tuple((self.name(one), one.count, one.before) for one in hot))
