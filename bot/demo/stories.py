"""What happens in the demo town: stories told in beats, drawn from stories.toml by a seed. Pure: words, dice and instants."""

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.town import Court

DATA = Path(__file__).with_name("stories.toml")
SLOT = re.compile("<([a-z]+)>")
DAWN, DUSK = 8, 19  # hours of a day in which staff are about
ASSIGNEE, COMMANDER = "assignee", "commander"  # who the ticket's duty-holders are is known when the time has come
COMMANDING = frozenset({"rule", "stay", "grant", "deny", "not_accept"})
BY_REPORTER = frozenset({"vote", "sour", "urge", "withdraw"})
RATINGS = {"good": (5, 5, 5, 4, 4, 3), "fair": (5, 4, 4, 3, 3, 2)}
SILENT, IN_WORDS, VOTING = 0.2, 0.3, 0.5  # shares: nobody votes; votes in words; followers who vote
AT_ONCE = 0.1  # who is so quick comes at night, too
PICTURED = 0.14  # of what can be seen


@cache
def story_data() -> dict[str, Any]:
    """The words, as they stand in stories.toml."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that somebody does at an instant.

    ``do`` is say, rate, or what a duty-holder does to a ticket; ``about`` is the id of the message that told of the matter;
    ``who`` is an account id, or whoever is assignee or commander by then. ``picture`` is a scene, before or after.
    """

    at: datetime
    id: str
    chat: str
    who: str
    do: str = "say"
    text: str = ""
    name: str = ""
    about: str | None = None
    rating: int = 0
    picture: tuple[str, bool] | None = None


@dataclass(slots=True)
class Teller:
    """Tells the stories of one court. ``zone`` is the court's; the dice are its own, so that a court more changes no other."""

    court: Court
    zone: ZoneInfo
    seed: int
    dice: random.Random = field(init=False)
    pace: float = field(init=False)  # how slow its staff are
    mood: Sequence[int] = field(init=False)
    _told: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(f"{self.seed}/{self.court.unit}")  # noqa: S311 - a story, no secret
        self.pace = self.dice.uniform(0.5, 2.0)
        self.mood = RATINGS["good" if self.dice.random() < 0.7 else "fair"]

    # ------------------------------------------------------------ words

    def id(self) -> str:
        """The id of the next message."""
        self._told += 1
        return f"{self.court.unit}-m{self._told}"

    def resident(self) -> tuple[str, str]:
        """Some speak often, many seldom."""
        return self.court.residents[int(len(self.court.residents) * self.dice.random() ** 2)]

    def fill(self, text: str, home: tuple[int, int] = (0, 0)) -> str:
        """The slots of a sentence; ``home`` is a building and an entrance, 0 for any."""
        fixed, slots = {"b": home[0], "u": home[1]}, story_data()["slots"]

        def one(slot: re.Match[str]) -> str:
            if slot[1] in slots:
                return str(self.dice.choice(slots[slot[1]]))
            return str(fixed.get(slot[1]) or self.dice.randint(1, 9))

        return SLOT.sub(one, text)

    def words(self, key: str) -> str:
        """One line of a kind."""
        return self.fill(self.dice.choice(story_data()["words"][key]))

    # ------------------------------------------------------------ beats

    def said(self, at: datetime, text: str, who: tuple[str, str] | None = None) -> Beat:
        """Somebody says something in the group."""
        account, name = who or self.resident()
        return Beat(at, self.id(), self.court.chat, account, text=text, name=name)

    def chatter(self, at: datetime) -> Beat:
        """Small talk."""
        return self.said(at, self.words("chatter"))

    def request(self, at: datetime, topic: dict[str, Any]) -> Iterator[Beat]:
        """A trouble from the first word to the last vote, and sometimes once more a while later."""
        home = self.dice.randint(1, 9), self.dice.randint(1, 3)
        text = self.dice.choice(topic["say"])
        first = self.said(at, self.fill(text, home))
        yield from self._story(first, topic, home)
        if self.dice.random() < 0.07:
            later = at + timedelta(days=self.dice.uniform(6, 25))
            again = self.dice.choice(story_data()["words"]["again"]).replace("<say>", text)
            yield from self._story(self.said(later, self.fill(again, home)), topic, home)

    def _story(self, first: Beat, topic: dict[str, Any], home: tuple[int, int]) -> Iterator[Beat]:
        seen = bool(topic["scene"]) and self.dice.random() < PICTURED
        yield replace(first, picture=(topic["scene"], False)) if seen else first
        voices = [self.resident() for _ in range(self.dice.choice((0, 0, 0, 0, 1, 1, 2, 3)))]
        for nth, voice in enumerate(voices, 1):
            words = self.fill(self.dice.choice(story_data()["words"]["metoo"]), home)
            yield self.said(first.at + timedelta(minutes=nth * self.dice.uniform(1, 5)), words, voice)
        picture = (topic["scene"], True) if seen and self.dice.random() < 0.8 else None
        yield from self._life(first, topic, [(first.who, first.name), *voices], picture)

    def _life(
        self, first: Beat, topic: dict[str, Any], voices: list[tuple[str, str]], picture: tuple[str, bool] | None
    ) -> Iterator[Beat]:
        fates = story_data()["fate"]
        [fate] = self.dice.choices(fates, [one["share"] for one in fates])
        at, pace = first.at, self.pace * topic.get("hurry", 1.0)
        for name, least, most in fate["acts"]:
            if name.endswith("?") and self.dice.random() < 0.5:
                continue
            do, wait = name.rstrip("?"), timedelta(hours=self.dice.uniform(least, most))
            at = at + wait if do in BY_REPORTER else self._at_work(at + wait * pace, pace < AT_ONCE)
            if do == "vote":
                yield from self._votes(at, first, voices)
            else:
                act = self.act(at, do, first, topic["done"])
                yield replace(act, picture=picture) if do == "done" else act

    def act(self, at: datetime, do: str, first: Beat, results: Sequence[str]) -> Beat:
        """One step of somebody with the matter in hand, or of who told of it."""
        if do in BY_REPORTER:
            text = {"urge": "urge", "sour": "unsolved"}.get(do)
            said = self.words(text) if text else "撤回"
            return replace(first, at=at, id=self.id(), text=said, about=first.id, do=do, picture=None)
        who = COMMANDER if do in COMMANDING else ASSIGNEE
        return Beat(at, self.id(), first.chat, who, do, self._note(do, at, results), about=first.id)

    def _note(self, do: str, at: datetime, results: Sequence[str]) -> str:
        words = story_data()["words"]
        if do in {"done", "reworked"}:
            return f"办结 {self.dice.choice(words['reworked'] if do == 'reworked' else results)}"
        if do in {"extend", "hold"}:
            until = (at + timedelta(days=self.dice.randint(8, 26))).astimezone(self.zone)
            note: str = self.dice.choice(words[do]).replace("<date>", f"{until.month}月{until.day}日")
            return note.partition(" ")[2]
        if do == "not_accept":
            return self.words("refuse")
        return self.words(do) if do in words else ""

    def _votes(self, at: datetime, first: Beat, voices: list[tuple[str, str]]) -> Iterator[Beat]:
        """The reporter's vote, and those of some who follow."""
        if self.dice.random() < SILENT:
            return
        for account, name in dict(voices[1:]).items():
            if self.dice.random() < VOTING and account != first.who:
                yield self._vote(at - timedelta(minutes=self.dice.uniform(1, 10)), first, (account, name))
        yield self._vote(at, first, voices[0])

    def _vote(self, at: datetime, first: Beat, voter: tuple[str, str]) -> Beat:
        rating, (account, name) = self.dice.choice(self.mood), voter
        text = {5: "很满意", 4: "满意，谢谢", 3: "基本满意"}.get(rating, "")
        in_words = bool(text) and self.dice.random() < IN_WORDS
        return Beat(
            at, self.id(), first.chat, account, "vote" if in_words else "rate", text, name, first.id, rating
        )  # fmt: skip

    def _at_work(self, at: datetime, at_once: bool = False) -> datetime:
        """The same instant if staff are about or it cannot wait, else some time after the next opening."""
        local = at.astimezone(self.zone)
        if at_once or DAWN <= local.hour < DUSK:
            return at
        morning = local.replace(hour=DAWN, minute=30, second=0) + timedelta(days=local.hour >= DUSK)
        return (morning + timedelta(minutes=self.dice.uniform(0, 90))).astimezone(at.tzinfo)

    # ------------------------------------------------------------ other matters

    def report(self, at: datetime) -> Iterator[Beat]:
        """Told in confidence to the bot; the owner looks into it."""
        told, account = story_data()["report"], self.resident()
        first = self.said(at, self.dice.choice(told["say"]), account)
        first = replace(first, chat=f"dm:{account[0]}")
        yield first
        for do, days in (("sign", 0.4), ("done", 4.0)):
            at = self._at_work(at + timedelta(days=days * self.dice.uniform(0.5, 1.5)))
            yield self.act(at, do, first, told["done"])

    def doubtful(self, at: datetime) -> Beat:
        """Words of which nobody can be sure what they mean."""
        return self.said(at, self.fill(self.dice.choice(story_data()["vague"]["say"])))

    def vague(self, at: datetime) -> Iterator[Beat]:
        """Words in doubt, and what the steward says to them; some nobody answers."""
        first = self.doubtful(at)
        yield first
        decision = self.dice.choice(("register", "register", "reject", ""))
        if decision:
            at = self._at_work(at + timedelta(hours=self.dice.uniform(0.5, 4)))
            yield Beat(at, self.id(), first.chat, ASSIGNEE, decision, about=first.id)
        if decision == "register":
            for do in ("sign", "done"):
                at = self._at_work(at + timedelta(hours=self.dice.uniform(1, 20)))
                yield self.act(at, do, first, story_data()["topic"][0]["done"])

    def remark(self, at: datetime, kind: str) -> Beat:
        """A question that the knowledge base answers, or a word of praise."""
        return self.said(at, self.fill(self.dice.choice(story_data()[kind]["say"])))

    def field_work(self, at: datetime, steward: tuple[str, str]) -> Iterator[Beat]:
        """What a steward comes upon himself, in the group: a hazard, a wish, a need."""
        kind = self.dice.choice(("hazard", "hazard", "wish", "need"))
        at = self._at_work(at)
        first = self.said(at, self.fill(self.dice.choice(story_data()["field"][kind])), steward)
        yield first
        for do in ("sign", "done"):
            at = self._at_work(at + timedelta(hours=self.dice.uniform(1, 40)))
            yield self.act(at, do, first, ["已办妥", "已送到，老人很高兴"] if kind != "hazard" else ["隐患已整改"])
