"""The words that people type to the bot, and votes in words: text → Command. Data in ``data/commands.toml``.

A word alone gives no right; who may do what is decided in ``bot.usecases``.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_EDGE = " \t\r\n,.!?;:~、,。!?;:~…\"'“”()[]【】"
_AFTER = re.compile(r"[\s,.!?;:~、。…@\d(【\[→-]|$")
_NUMBER = re.compile(r"(?:^|[\s,;:@(])#?(\d{1,7})\s*号\s*(?:件|单|工单)|#(\d{1,7})(?=\D|$)")
_MERGE = re.compile(r"(\d{1,7})\D{0,6}?(?:→|->|=>|>|到|入|进|并入|合并到|和|、|与)\D{0,6}?(\d{1,7})")
_RATING = re.compile(r"^([1-5])\s*(?:分|星|颗星)?$")
_MENTION = re.compile(r"@\S+")


@dataclass(frozen=True, slots=True)
class Command:
    """A word and what follows it. ``number`` is a ticket named in the text, ``other`` the second one of a merge."""

    action: str
    argument: str = ""
    number: int | None = None
    other: int | None = None


@dataclass(frozen=True, slots=True)
class VoteWords:
    """A vote read from words: ``rating`` 1–5 or None, ``solved`` as said or None."""

    rating: int | None
    solved: bool | None


@dataclass(frozen=True, slots=True)
class _Verb:
    action: str
    word: str
    how: str


class CommandWords:
    """Parses commands and votes. ``fold`` brings text to simplified, half-width characters of the same length."""

    def __init__(self, data: Mapping[str, Any], fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._staff = _verbs(data["staff"])
        self._resident = _verbs(data["resident"])
        votes = data["votes"]
        self._ratings = sorted(((w, int(k)) for k in "54321" for w in votes[k]), key=lambda pair: -len(pair[0]))
        self.titles = tuple(data["titles"]["words"])  # 陈书记 names 陈卫东
        self._solved, self._unsolved = tuple(votes["solved"]), tuple(votes["unsolved"])

    def staff(self, text: str) -> Command | None:
        """The command of a duty-holder, if the text is one."""
        return self._parse(text, self._staff)

    def resident(self, text: str) -> Command | None:
        """The command that anybody may give, if the text is one."""
        return self._parse(text, self._resident)

    def number(self, text: str) -> int | None:
        """The ticket that a text names ("12号件", "#12")."""
        return _number_in(self._fold(text))

    def vote(self, text: str) -> VoteWords | None:
        """The vote in a short text, if there is one. "Not solved" weighs more than thanks in the same breath."""
        said = self._fold(_MENTION.sub("", text)).strip(_EDGE)
        if digit := _RATING.match(said):
            return VoteWords(int(digit[1]), None)
        unsolved = any(word in said for word in self._unsolved)
        rating = next((value for word, value in self._ratings if word in said), None)
        if unsolved:
            return VoteWords(rating if rating is not None and rating < 3 else None, False)  # noqa: PLR2004 - 基本满意
        solved = any(word in said for word in self._solved)
        if rating is None and not solved:
            return None
        return VoteWords(rating if rating is not None else 4, True if solved else None)

    def _parse(self, text: str, verbs: tuple[_Verb, ...]) -> Command | None:
        said = self._fold(text).lstrip()
        body, number = _without_lead(said)
        for verb in verbs:
            if _fits(verb, body):
                argument = body[len(verb.word) :].strip(_EDGE)
                return _command(verb.action, argument, number)
        return None


def _command(action: str, argument: str, number: int | None) -> Command:
    if action == "merge" and (pair := _MERGE.search(argument)):
        return Command(action, argument, int(pair[1]), int(pair[2]))
    if number is None:
        number = _number_in(argument)
        if number is not None:
            argument = _NUMBER.sub(" ", argument, count=1).strip(_EDGE)
    return Command(action, argument, number)


def _fits(verb: _Verb, body: str) -> bool:
    if not body.startswith(verb.word):
        return False
    rest = body[len(verb.word) :]
    if verb.how == "whole":
        return not _NUMBER.sub("", rest).strip(_EDGE)
    return verb.how == "head" or _AFTER.match(rest) is not None


def _without_lead(said: str) -> tuple[str, int | None]:
    """The text behind leading mentions and a leading ticket number, and that number."""
    body, number = said, None
    while body.startswith("@"):
        body = _MENTION.sub("", body, count=1).lstrip(_EDGE)
    if (lead := _NUMBER.match(body)) is not None:
        number = int(lead[1] or lead[2])
        body = body[lead.end() :].lstrip(_EDGE)
    return body, number


def _number_in(said: str) -> int | None:
    found = _NUMBER.search(said)
    return int(found[1] or found[2]) if found else None


def _verbs(section: Mapping[str, Mapping[str, list[str]]]) -> tuple[_Verb, ...]:
    verbs = [_Verb(action, word, how) for action, kinds in section.items() for how, ws in kinds.items() for word in ws]
    return tuple(sorted(verbs, key=lambda verb: -len(verb.word)))  # the longest word wins: 不同意 before 不


def load_commands(text: str, fold: Callable[[str], str]) -> CommandWords:
    """Command words from TOML text."""
    return CommandWords(tomllib.loads(text), fold)
