"""The words that people type to the bot, and votes in words: text → Command. Data in ``data/commands.toml``.

A word alone gives no right; who may do what is decided in ``bot.usecases``.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.states import REFUSALS
from bot.triage.again import Again

_EDGE = " \t\r\n,.!?;:~、,。!?;:~…\"'“”()[]【】"
_AFTER = re.compile(r"[\s,.!?;:~、。…@\d(【\[→-]|$")
_NUMBER = re.compile(r"(?:^|[\s,;:@(])#?(\d{1,7})\s*号\s*(?:件|单|工单)|#(\d{1,7})(?=\D|$)")
_MERGE = re.compile(r"(\d{1,7})\D{0,6}?(?:→|->|=>|>|到|入|进|并入|合并到|和|、|与)\D{0,6}?(\d{1,7})")
_INTO = re.compile(r"\s*[到进入]{0,2}\s*#?(\d{1,6})(?!\d)")  # 合并 12: what is being spoken of goes into number 12
_LEADS = frozenset("#0123456789 \t\n,;:@(")  # what a leading number begins with
_LEADING_RATING = re.compile(r"\W*[1-5]")
_RATING = re.compile(r"^([1-5])\s*(?:分|星|颗星)?$")
_INTERJECTION = re.compile(
    r"^(?:(?:这回|这次|这下|现在|终于|总算|今天|刚才|已经|确实|真的|给个|给你们|还|都|好的|好嘞|好(?=[\s,.!~、。])|嗯+|哦+|噢|行|中|要得|晓得了|知道了|收到了?|明白了?|太好了|ok)[\s,.!~、。]*)+"
)
_WHETHER = re.compile(r"(\w{1,2})没\1")  # 好没好, 修没修: asked, not told
THUMB = "👍"  # what the faces of WeChat that praise, such as [强], are read as
SHORT = 14  # characters of a text that is little more than "not solved"
_MENTION = re.compile(r"@[^\s,]+")
_DATE = re.compile(r"\d{1,4}(?:[-/.年月到至]|[日号](?![楼栋幢院件线]))")
_LEADING_MENTIONS = re.compile(rf"(?:@[^\s,]+[{re.escape(_EDGE)}]*)+")


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


@dataclass(frozen=True, slots=True)
class _Heard:
    """A text behind its leading mentions and ticket number: folded to compare, raw in the speaker's own characters."""

    body: str
    raw: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a text says to the bot: the ticket that it names, a duty-holder's command, anybody's command."""

    number: int | None
    leads: bool  # the text begins with the number
    staff: Command | None
    resident: Command | None
    may_vote: bool  # it holds a word, or begins with a digit, that votes are made of


_NOTHING, _PERHAPS_A_VOTE = Utterance(None, False, None, None, False), Utterance(None, False, None, None, True)


class CommandWords:
    """Parses commands and votes. ``fold`` brings text to simplified, half-width characters of the same length."""

    def __init__(self, data: Mapping[str, Any], fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._staff = _verbs(data["staff"])
        self._resident = _verbs(data["resident"])
        verbs = [
            verb.word[:2] for section in (self._staff, self._resident) for some in section.values() for verb in some
        ]
        self._starts = _LEADS.union("@", verbs)  # what a mention, a leading number or a command begins with
        votes = data["votes"]
        self._ratings = sorted(((w, int(k)) for k in "54321" for w in votes[k]), key=lambda pair: -len(pair[0]))
        self.titles = tuple(data["titles"]["words"])  # 陈书记 names 陈卫东
        self._leave = {kind: tuple(words) for kind, words in data["leave"].items()}
        categories = ((word, code) for code, words in data["categories"].items() for word in words)
        self._categories = sorted(categories, key=lambda pair: -len(pair[0]))
        self._asks, self._alone = tuple(data["asks"]["words"]), frozenset(data["asks"]["alone"])
        self._solved, self._unsolved = tuple(votes["solved"]), tuple(votes["unsolved"])
        self._asked = re.compile(f"(?:{'|'.join(map(re.escape, votes['solved']))})(?:[吗么嘛?]|没有?(?:$|[呀啊,?]))")
        self._faces = re.compile("|".join(re.escape(word) for word in votes["4"] if word.startswith("[")))
        self._vote_starts = (*self._solved, *self._unsolved, *(word for word, _ in self._ratings))
        every = [re.escape(word) for word in (*(w for w, _ in self._ratings), *self._solved, *self._unsolved)]
        self._refusals = list(data["refusals"].items())
        self._natures = [(word, code) for code, words in data["natures"].items() for word in words]
        self._again = Again(**data["again"])
        bare = "|".join(map(re.escape, data["bare"]["words"]))
        self._bare = re.compile(rf"(\d{{1,7}})\s*号[\s,:]*(?=(?:{bare})(?:{_AFTER.pattern}))")
        self._any_vote = re.compile("|".join(every))  # words only: so the search skips by first characters

    def fold(self, text: str) -> str:
        """A text in the characters that it is compared in, as long as before."""
        return self._fold(text)

    def takes_leave(self, text: str) -> bool:
        """Whether somebody says of himself that he will not be there."""
        said = _LEADING_MENTIONS.sub("", self._fold(text).lstrip(), count=1)
        if not any(word in said for word in self._leave["words"]):
            return False
        return said.startswith((*self._leave["own"], *self._leave["words"])) or _DATE.match(said) is not None

    def names_standin(self, text: str) -> bool:
        """Whether a text about leave means to name who stands in."""
        return any(word in self._fold(text) for word in self._leave["standin"])

    def category(self, text: str) -> str | None:
        """The category that a text names, by one of its words or its code."""
        said = self._fold(text)
        return next((code for word, code in self._categories if word in said or said.strip() == code), None)

    def nature(self, text: str) -> str | None:
        """The nature that a text names, by one of its words or its code; only those that staff may put right."""
        said = self._fold(text)
        return next((code for word, code in self._natures if word in said or said.strip() == code), None)

    def refusal(self, text: str) -> str:
        """The code of why something is not accepted, by the words of the reason; ``other`` where they name none."""
        said = self._fold(text)
        return next((code for code, words in self._refusals if any(word in said for word in words)), REFUSALS[-1])

    def asks(self, text: str) -> bool:
        """Whether a text asks how a matter stands."""
        said = self._fold(text)
        return any(word in said for word in self._asks)

    def only_asks(self, text: str) -> bool:
        """Whether a text is nothing but that question."""
        return self._fold(text).strip(_EDGE + "啊呀呢") in self._alone

    def wonders(self, text: str) -> bool:
        """Whether a text asks if it is solved, and so does not say that it is."""
        said = self._fold(text)
        return self._asked.search(said) is not None or _WHETHER.search(said) is not None

    def again(self, text: str) -> bool:
        """Whether a text begins with 又, behind words of time: something is back that it does not name."""
        return self._again.rest(self._fold(text)) is not None

    def is_back(self, text: str, told: str) -> bool:
        """Whether such a text says that what was ``told`` before is back: it repeats its word, or says nothing else."""
        return self._again.means(self._fold(text), self._fold(told))

    def parse(self, text: str) -> Utterance:
        """The ticket that a text names ("12号件", "#12"), and the command that it is, if any."""
        said = self._fold(text)
        may_vote, bare = self._may_vote(said), said.lstrip()
        begins = bare[:2] in self._starts or bare[:1] in self._starts
        if not begins and "号" not in said and "#" not in said:
            return _PERHAPS_A_VOTE if may_vote else _NOTHING
        body, lead = _without_lead(bare)
        if lead is None and (named := self._bare.match(body)):
            body, lead = body[named.end() :], int(named[1])
        heard = _Heard(body, text[len(text) - len(body) :], lead)
        staff, resident = _command_of(heard, self._staff), _command_of(heard, self._resident)
        number = _number_in(said) if lead is None else lead
        return Utterance(number, lead is not None, staff, resident, may_vote)

    def vote(self, text: str, quoted: bool) -> VoteWords | None:
        """The vote in a text, if there is one. "Not solved" weighs more than thanks in the same breath.

        Without a quote the vote must stand at the beginning or say 满意: fine weather (天气不错) is no vote.
        """
        said = self._fold(text)
        if not self._may_vote(said):
            return None
        said = self._faces.sub(THUMB, _MENTION.sub("", said)).strip(_EDGE)
        if self._asked.search(said) or not (quoted or self._is_plain_vote(said)):
            return None
        said = _WHETHER.sub("", said)
        if digit := _RATING.match(said):
            return VoteWords(int(digit[1]), None)
        unsolved = any(word in said for word in self._unsolved)
        rating = next((value for word, value in self._ratings if word in said), None)
        if unsolved:
            return VoteWords(rating if rating is not None and rating < 3 else None, False)
        solved = any(word in said for word in self._solved)
        if rating is None and not solved:
            return None
        return VoteWords(rating if rating is not None else 4, True if solved else None)

    def _may_vote(self, said: str) -> bool:
        """Whether it is worth looking further: nearly no text is a vote."""
        return self._any_vote.search(said) is not None or _LEADING_RATING.match(said) is not None

    def _is_plain_vote(self, said: str) -> bool:
        if _RATING.match(said) or "满意" in said:
            return True
        if len(said) <= SHORT and any(word in said for word in self._unsolved):
            return True
        return said.startswith(self._vote_starts) or _INTERJECTION.sub("", said).startswith(self._vote_starts)


def _command_of(heard: _Heard, verbs: Mapping[str, tuple[_Verb, ...]]) -> Command | None:
    for verb in verbs.get(heard.body[:1], ()):
        if _fits(verb, heard.body):
            return _command(verb, heard)
    return None


def _command(verb: _Verb, heard: _Heard) -> Command:
    rest, raw = heard.body[len(verb.word) :], heard.raw[len(verb.word) :]
    if verb.action == "merge" and (pair := _MERGE.search(rest)):
        return Command(verb.action, raw.strip(), int(pair[1]), int(pair[2]))
    if verb.action == "merge" and (into := _INTO.match(rest)):
        return Command(verb.action, raw.strip(), None, int(into[1]))
    number, start = heard.number, 0
    if number is None and (named := _NUMBER.search(rest)):
        number = int(named[1] or named[2])
        start = named.end() if not rest[: named.start()].strip(_EDGE) else 0
    start += len(rest[start:]) - len(rest[start:].lstrip(_EDGE))
    return Command(verb.action, raw[start:].rstrip(), number)


def _fits(verb: _Verb, body: str) -> bool:
    if not body.startswith(verb.word):
        return False
    rest = body[len(verb.word) :]
    if verb.how == "whole":
        return not _NUMBER.sub("", rest).strip(_EDGE)
    return verb.how == "head" or _AFTER.match(rest) is not None


def _without_lead(said: str) -> tuple[str, int | None]:
    """The text behind leading mentions and a leading ticket number, and that number."""
    mentions = _LEADING_MENTIONS.match(said)
    body, number = said[mentions.end() :] if mentions else said, None
    if body[:1] in _LEADS and (lead := _NUMBER.match(body)) is not None:
        number = int(lead[1] or lead[2])
        body = body[lead.end() :].lstrip(_EDGE)
    return body, number


def _number_in(said: str) -> int | None:
    found = _NUMBER.search(said) if "号" in said or "#" in said else None
    return int(found[1] or found[2]) if found else None


def _verbs(section: Mapping[str, Mapping[str, list[str]]]) -> Mapping[str, tuple[_Verb, ...]]:
    """The verbs by their first character; the longest word wins: 不同意 before 不."""
    verbs = [_Verb(action, word, how) for action, kinds in section.items() for how, ws in kinds.items() for word in ws]
    by_start: dict[str, list[_Verb]] = {}
    for verb in sorted(verbs, key=lambda verb: -len(verb.word)):
        by_start.setdefault(verb.word[0], []).append(verb)
    return {start: tuple(fitting) for start, fitting in by_start.items()}


def load_commands(text: str, fold: Callable[[str], str]) -> CommandWords:
    """Command words from TOML text."""
    return CommandWords(tomllib.loads(text), fold)
