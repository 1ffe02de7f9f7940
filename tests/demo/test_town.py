"""The seeded town: the same each time, through the real engine, with everything in it that a page can show."""

import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from bot import server
from bot.app import public_url
from bot.demo import founding
from bot.demo.months import timetable
from bot.demo.pictures import SCENES, picture
from bot.demo.stage import FITTING, HISTORY, Plan
from bot.demo.stories import story_data
from bot.demo.town import DISTRICT, make_town, most_groups
from bot.domain.seasons import REGIONS
from bot.domain.states import CATEGORIES, OWN_TASKS, SWEEP
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.settings import load_settings
from bot.usecases.foresight import region_of
from storage.errors import Refused
from storage.open import Storage, open_storage
from tests.demo.town import SMALL, photos_of, small_town

MANY = replace(SMALL, groups=12, days=30)
DIGESTS = {"daily": "2026-06-29", "weekly": "2026-06-22", "monthly": "2026-05-01"}  # that were due last


def audit_digest(database: Path) -> str:
    """One number for all that ever happened to any ticket, salts aside."""

    def told(uow: UnitOfWork) -> list[str]:
        return [repr((t.id, t.number, e)) for t in uow.tickets.all() for e in uow.audit.of(t.id)]

    with open_storage(database, "OFF") as storage:
        return hashlib.sha256("\n".join(storage.desk.run(told)).encode()).hexdigest()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """A town that is large enough for rare things to happen."""
    with open_storage(small_town(tmp_path_factory.mktemp("town"), MANY), "OFF") as storage:
        yield storage


@pytest.fixture(scope="module")
def tickets(town: Storage) -> list[Ticket]:
    """All its tickets."""
    return town.desk.run(lambda uow: uow.tickets.all())


def test_the_same_plan_gives_the_same_town(tmp_path: Path) -> None:
    digests = {name: audit_digest(small_town(tmp_path / name)) for name in ("one", "two")}

    assert digests["one"] == digests["two"]


def test_other_dice_give_another_town() -> None:
    one, other = (timetable(make_town(1), 1, 10, SMALL.until, seed) for seed in (1, 2))

    assert one != other


def test_what_happened_went_through_the_engine(town: Storage, tickets: list[Ticket]) -> None:
    happened = Counter(e.kind for t in tickets for e in town.desk.run(lambda uow, t=t: uow.audit.of(t.id)))  # type: ignore[misc]
    wanted = {
        "registered", "dispatched", "signed", "contacted", "progressed", "done", "polled", "rated", "closed", "reworked",
        "followed", "transferred", "return_requested", "return_ruled", "whistled", "extended", "reminded", "escalated",
        "supervised", "withdrawn",
    }  # fmt: skip

    assert town.desk.run(lambda uow: uow.audit.verify()) == []
    assert not wanted - happened.keys()


def test_every_kind_of_matter_is_there(tickets: list[Ticket]) -> None:
    assert {t.nature for t in tickets} >= {"help", "complaint", "inquiry", "praise", "hazard", "report"}
    assert len({t.category for t in tickets}) >= 12
    assert {"candidate", "in_progress", "callback", "closed"} <= {t.state for t in tickets}
    assert any(t.repeat_of for t in tickets)
    assert any(t.followers for t in tickets)
    assert all(t.confidential for t in tickets if t.nature == "report")


def test_photos_show_before_and_after(town: Storage, tickets: list[Ticket]) -> None:
    media = photos_of(town.path)
    words = town.desk.run(lambda uow: {t.id: uow.words.of(t.id) for t in tickets})
    roles = [{word.role for word in kept if word.media} for kept in words.values()]

    assert {"voice", "staff"} in roles
    refs = [photo.ref for kept in words.values() for word in kept for photo in word.media]
    assert refs
    assert all(ref is not None and media.open(ref) is not None for ref in refs)


def test_the_rooms_remember_the_last_days(town: Storage) -> None:
    lines = town.desk.run(lambda uow: uow.rooms.since("web:g1", -1, 500))

    assert {line.sender for line in lines} > {"bot"}
    assert all(line.at > MANY.until - HISTORY for line in lines)


def test_two_messages_wait_for_a_decision(town: Storage) -> None:
    states = {state: town.desk.run(lambda uow, s=state: uow.outbox.in_state(s, 9)) for state in ("uncertain", "dead")}  # type: ignore[misc]

    assert [len(found) for found in states.values()] == [1, 1]


def test_the_calendar_ran_and_people_answered_it(town: Storage, tickets: list[Ticket]) -> None:
    own = Counter((t.source, t.state) for t in tickets if t.source in OWN_TASKS)

    assert own[SWEEP, "candidate"], "an owner still has to decide"
    assert own[SWEEP, "closed"], "a class was looked after, task by task"
    said = town.desk.run(lambda uow: {kind: uow.digests.is_said("c0", kind, day) for kind, day in DIGESTS.items()})
    assert said == dict.fromkeys(DIGESTS, True)
    assert town.desk.run(lambda uow: region_of(uow, DISTRICT)) in REGIONS
    assert town.desk.run(lambda uow: uow.facts.waiting()) == 0, "all is counted in before the first page"
    steps = [e.kind for t in tickets if t.source == SWEEP for e in town.desk.run(lambda uow, t=t: uow.audit.of(t.id))]  # type: ignore[misc]
    assert {"dispatched", "signed", "done", "rated"} <= set(steps)


def test_an_owner_finds_his_last_digests_in_his_private_chat(town: Storage) -> None:
    owner = next(duty.person for duty in make_town(MANY.groups).duties if duty.role == "owner")
    lines = town.desk.run(lambda uow: uow.rooms.since(f"web:dm:{owner}", -1, 500))

    assert any("日报" in line.text for line in lines)
    assert all(line.at > MANY.until - HISTORY for line in lines)


def test_the_whole_town_has_sixty_groups_and_everybody_another_name() -> None:
    org = make_town(most_groups())

    assert sum(group.kind == "residents" for group in org.groups.values()) == 60
    assert len({person.name for person in org.people.values()}) == len(org.people)
    assert sum(unit.level == "community" for unit in org.units.values()) >= 10, "enough of one class to be compared"
    with pytest.raises(ValueError, match="60 groups"):
        make_town(61)


def test_the_stories_know_only_what_the_stage_can_play() -> None:
    data = story_data()
    acts = {name.rstrip("?") for fate in data["fate"] for name, _, _ in fate["acts"]}

    assert acts <= FITTING.keys()
    assert {topic["category"] for topic in data["topic"]} == set(CATEGORIES)
    assert {topic["scene"] for topic in data["topic"]} <= {*SCENES, ""}
    assert {wave["category"] for wave in data["wave"]} <= set(CATEGORIES)


def test_a_court_more_changes_nothing_in_the_others() -> None:
    few, more = (timetable(make_town(n), n, 10, SMALL.until, 1) for n in (2, 3))

    assert few == [beat for beat in more if not beat.id.startswith("g2-")]
    assert [beat.at for beat in few] == sorted(beat.at for beat in few)


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_a_scene_is_drawn_broken_and_mended(scene: str) -> None:
    broken, mended = picture(scene, False, "one"), picture(scene, True, "one")

    assert broken != mended
    assert picture(scene, False, "one") == broken
    with Image.open(io.BytesIO(mended)) as image:
        assert image.format == "JPEG"


def test_what_breaks_off_leaves_nothing_to_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise Refused("media.broken", name="x")

    monkeypatch.setattr("bot.demo.stage.picture", broken)
    with pytest.raises(Refused):
        small_town(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_the_town_is_served_with_three_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    founded: list[datetime] = []

    def small(now: datetime) -> Plan:
        founded.append(now)
        return replace(SMALL, groups=1, days=2)

    def announce_only(house: server.House, announce: object, _play: object = None) -> None:
        with house.storage:
            assert callable(announce)
            announce()

    monkeypatch.setattr(founding, "whole_town", small)
    monkeypatch.setattr(server, "_run", announce_only)
    settings = load_settings()
    for _ in range(2):
        server.serve_town(settings, tmp_path, 8080)

    printed = capsys.readouterr().out
    for name in ("owner", "steward", "street desk"):
        assert printed.count(f"{name}: {public_url(settings, 8080)}/bind/") == 2
    assert len(founded) == 1, "the second start finds it"


def test_in_one_hour_it_is_the_same_town() -> None:
    early, late = (founding.whole_town(datetime(2026, 6, 30, 9, minute, tzinfo=UTC)) for minute in (1, 59))

    assert early == late
    assert (early.groups, early.days) == (60, 91)
