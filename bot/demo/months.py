"""A quarter of a year in the demo town: all beats of all courts, in the order of their instants. Pure, and the same each time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.demo.stories import Beat, Teller, story_data
from bot.demo.town import CHANNEL, Court, courts
from bot.domain.org import Organization

UNDECIDED = 3  # in every so manieth court words in doubt wait for somebody at the end


def timetable(org: Organization, groups: int, days: int, until: datetime, seed: int) -> list[Beat]:
    """What people do in the ``days`` before ``until``, oldest first."""
    beats = [
        beat
        for court in courts(groups)
        for beat in _court(Teller(court, org.units[court.unit].zone, seed), org, days, until)
        if beat.at < until
    ]
    return sorted(beats, key=lambda beat: (beat.at, beat.id))


def _court(teller: Teller, org: Organization, days: int, until: datetime) -> Iterator[Beat]:
    stewards = [(duty.person, org.people[duty.person].name) for duty in org.duties_at(teller.court.unit)]
    for ago in range(days, -1, -1):
        yield from _day(teller, stewards, until - timedelta(days=ago), ago)
    if teller.court.number % UNDECIDED == 0:
        yield teller.doubtful(until - timedelta(hours=teller.dice.uniform(1, 3)))


def _day(teller: Teller, stewards: list[tuple[str, str]], day: datetime, ago: int) -> Iterator[Beat]:
    yield from _requests(teller, day, ago)
    single: dict[str, Callable[[datetime], Beat]] = {
        "chatter": teller.chatter,
        "inquiry": lambda at: teller.remark(at, "inquiry"),
        "praise": lambda at: teller.remark(at, "praise"),
    }
    for kind, tell in single.items():
        yield from map(tell, _moments(teller, day, kind))
    whole: dict[str, Callable[[datetime], Iterator[Beat]]] = {"vague": teller.vague, "report": teller.report}
    if stewards:
        whole["field"] = lambda at: teller.field_work(at, stewards[0])
    for kind, story in whole.items():
        for at in _moments(teller, day, kind):
            yield from story(at)


def _requests(teller: Teller, day: datetime, ago: int) -> Iterator[Beat]:
    topics = [(topic, _share(topic, teller.court, ago)) for topic in story_data()["topic"]]
    swell = sum(share for _, share in topics) / sum(topic["share"] for topic, _ in topics)
    for at in _moments(teller, day, "request", swell):
        [(topic, _)] = teller.dice.choices(topics, [share for _, share in topics])
        yield from teller.request(at, topic)


def _moments(teller: Teller, day: datetime, kind: str, swell: float = 1.0) -> Iterator[datetime]:
    """When something of a kind happens on a day: mostly never, at times twice."""
    daily, dice = story_data()["daily"], teller.dice
    for share in (0.75, 0.25):
        if dice.random() < daily[kind] * swell * share:
            local = day.astimezone(teller.zone)
            spoken = local.replace(
                hour=dice.choice(daily["hours"]), minute=dice.randrange(60), second=dice.randrange(60)
            )
            yield spoken.astimezone(day.tzinfo)


def _share(topic: dict[str, Any], court: Court, ago: int) -> float:
    """How often a topic comes up in a court so many days before the end: waves raise it."""
    share = float(topic["share"])
    for wave in story_data()["wave"]:
        here = not wave["communities"] or court.community + 1 in wave["communities"]
        if here and wave["category"] == topic["category"] and wave["to"] <= ago <= wave["from"]:
            share *= wave["times"]
    return share


def speakers(groups: int) -> list[tuple[str, str, str]]:
    """Everybody who speaks: account id, shown name, chat key."""
    return [(id_, name, f"{CHANNEL}:{court.chat}") for court in courts(groups) for id_, name in court.residents]
