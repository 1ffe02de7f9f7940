"""Hostile names of people, groups and units: in the org file, in the database, in what is said."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.orgfile import OrgFileError, read_org
from bot.domain.org import Duty, Group, Organization, Person, Unit
from tests.fakes import CHANNEL, CLEAR, quiet_settings, town_bot
from tests.hostile.checks import Siege
from tests.hostile.corpus import SOURCES, lines

pytestmark = pytest.mark.parametrize("source", SOURCES)


def odd_town(words: Sequence[str], listen: str) -> Organization:
    """A grid for each line: its steward, its group and itself are called so."""
    units = {"top": Unit("top", "东山街道", "street")}
    people, duties, groups = {}, [], {}
    for number, line in enumerate(words):
        grid, who = f"g{number}", f"p{number}"
        units[grid] = Unit(grid, line, "grid", "top", aliases=(line,) if line else ())
        people[who] = Person(who, line, accounts=((CHANNEL, who),))
        duties.append(Duty(who, grid, "owner" if listen == "shadow" else "steward"))
        group = Group(CHANNEL, grid, grid, listen=listen, title=line)
        groups[group.key] = group
    return Organization(units, people, tuple(duties), groups)


@pytest.mark.parametrize("listen", ["all", "shadow"])
def test_as_names_of_people_groups_and_units(tmp_path: Path, source: str, listen: str) -> None:
    """With ``all`` the steward is called by his name; with ``shadow`` the owner reads the group's title."""
    words = [line.encode("utf-8", "replace").decode() for line in lines(source)[::2]]  # a file is UTF-8
    settings = quiet_settings(speaking={"budget_per_hour": 1_000_000})
    with town_bot(tmp_path / "bot.db", odd_town(words, listen), settings) as bot:
        siege = Siege(bot, [f"web:p{number}" for number in range(len(words))])
        for number, line in enumerate(words):
            said = siege.try_line(line, lambda _line, n=number: bot.say(f"r{n}", CLEAR["drainage"], f"g{n}"))  # type: ignore[misc]
            assert {message.mentions for message in said} <= {(f"web:p{number}",), (f"web:r{number}",), ()}

        assert siege.verdict() == []
        assert len(bot.engine.org.people) == len(words)


ORG = """
[[unit]]
id = "g"
name = {name}
level = "grid"
[[person]]
id = "p"
name = {name}
accounts = {{ web = "p" }}
[[duty]]
person = "p"
unit = "g"
role = "steward"
[[group]]
channel = "web"
chat = "g"
unit = "g"
title = {name}
"""


def test_in_the_org_file(tmp_path: Path, source: str) -> None:
    """Taken as it is, or refused with a sentence."""
    file = tmp_path / "org.toml"
    taken = 0
    for line in lines(source):
        name = json.dumps(line, ensure_ascii=False)
        file.write_bytes(ORG.format(name=name).encode("utf-8", "surrogatepass"))
        try:
            org = read_org(file)
        except OrgFileError:
            continue
        taken += 1
        assert set(org.people) == {"p"}

    assert taken > len(lines(source)) // 4
