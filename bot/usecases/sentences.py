"""Sentences that a group may have in words of its own: which they are, what such words must keep, how they would look."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.manners import SAYS
from bot.domain.org import Group
from bot.messages import Capabilities, key_of
from bot.ports import Notice
from bot.render.catalog import Catalog, fits, slots
from bot.render.render import Renderer
from bot.triage.commands import CommandWords

# What is said in a group of residents. What life or privacy hangs on (emergencies, reports, the privacy notice) stays as it is.
KEYS = (
    "receipt", "receipt.urgent", "receipt.nobody", "answer.article", "followed", "progress", "urged", "urged.nobody",
    "ping.transferred", "ping.whistled", "how_it_stands", "poll", "poll.result", "poll.reminder", "rework.why",
    "granted.held", "granted.extended", "not_accepted", "merged", "withdraw.done",
)  # fmt: skip
LONGEST = 200  # characters, slots included
_QUOTED = re.compile(r"[“「]([^”」{}]+)[”」]")
CODES = {"category": "drainage", "nature": "help", "state": "in_progress"}  # of a sample
LATER = timedelta(days=5)  # so far ahead its limit lies


def unfit(catalog: Catalog, commands: CommandWords, key: str, text: str) -> str:
    """What is wrong with a group's own words for a sentence: length, slots, or words that people are asked to type; "" if fit."""
    if not 0 < len(text) <= LONGEST:
        return "length"
    if not fits(text, catalog.text("notice", key)):
        return "slots"
    return "" if all(_is_understood(commands, said) for said in _QUOTED.findall(text)) else "words"


def _is_understood(commands: CommandWords, text: str) -> bool:
    said = commands.parse(text)
    return bool(said.staff or said.resident or commands.vote(text, quoted=True))


def standard(catalog: Catalog, key: str) -> str:
    """The sentence as it is everywhere."""
    return catalog.text("notice", key)


def current(catalog: Catalog, group: Group, key: str) -> str:
    """The sentence as a group hears it, with its slots."""
    return group.manners.sentence(key) or standard(catalog, key)


def choice(catalog: Catalog, key: str, text: str) -> dict[str, str]:
    """What is to be chosen for a group, so that it hears these words; those of everywhere are no choice."""
    return {f"{SAYS}{key}": "" if text == standard(catalog, key) else text}


def samples(catalog: Catalog, group: Group, key: str, at: datetime) -> dict[str, str]:
    """What stands in the slots of a sentence in a preview, by slot."""
    return {name: preview(catalog, group, key, f"{{{name}}}", at) for name in sorted(slots(standard(catalog, key)))}


def preview(catalog: Catalog, group: Group, key: str, text: str, at: datetime) -> str:
    """A fit sentence as the group would read it, with made-up values. ``at`` is now, in the group's zone."""
    sentences = {**catalog.sections["notice"], key: text}
    renderer = Renderer(replace(catalog, sections={**catalog.sections, "notice": sentences}))
    later = (at + LATER).isoformat()
    params = {**catalog.sections["sample"], **CODES, "due": later, "until": later}
    someone = (key_of(group.channel, "sample"),)
    notice = Notice("sample", group.key, "notice", key, at, params, someone)
    person = catalog.text("sample", "person")
    zone = at.tzinfo if isinstance(at.tzinfo, ZoneInfo) else ZoneInfo("UTC")
    return renderer.render([notice], lambda _account: person, Capabilities(), zone).text
