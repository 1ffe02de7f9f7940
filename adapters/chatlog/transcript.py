"""Entries → the lines of a transcript (contracts/replay.md), in time order, with quotations and recalls led to messages."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from adapters.chatlog.entries import Attachment, Entry, Moved, Note, Person, Recalled, Said, clean, shown

Line = Mapping[str, object]

RECALL = timedelta(minutes=3)  # WeChat allows two; some exports have no seconds
_MENTION = re.compile(r"@(?:([^@\u2005\n]{1,80})\u2005|([^\s@]{1,80}))")


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Entries by time; what was said at the same time keeps its order, also where the newest stand first."""
    found = list(entries)
    if found and found[0].at > found[-1].at:
        found.reverse()
    found.sort(key=lambda one: one.at)
    return found


@dataclass
class Transcript:
    """Writes the entries of one chat, which must be in order."""

    chat: str
    zone: tzinfo
    _accounts: dict[str, str] = field(default_factory=dict)  # name → account
    _taken: dict[str, Said] = field(default_factory=dict)  # message id → the message
    _newest: dict[tuple[str, str], str] = field(default_factory=dict)  # whose and which words → message id
    _own: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # account → message ids

    def lines(self, entries: Sequence[Entry]) -> Iterator[Line | Note]:
        """The lines, and notes about what leads nowhere."""
        for one in entries:
            if isinstance(one, Said):
                self._accounts.setdefault(one.who.name, one.who.account)
        for one in entries:
            match one:
                case Said():
                    yield from self._said(one)
                case Recalled():
                    yield self._recalled(one)
                case Moved():
                    yield self._moved(one)

    def _base(self, at: datetime) -> dict[str, object]:
        return {"at": at.astimezone(self.zone).isoformat(timespec="seconds"), "chat": self.chat}

    def _account(self, who: Person) -> str:
        """Persons of whom only the name is told are those who spoke under it."""
        return clean(who.account if who.id else self._accounts.get(who.name, who.account))

    def _said(self, said: Said) -> Iterator[Line | Note]:
        reply_to, note = self._answered(said)
        id_ = self._id(said)
        if id_ is None:
            yield Note(said.line, f"编号 {shown(said.id)} 的消息和前面一条完全相同，没有再导入")
            return
        if note:
            yield note
        account = self._account(said.who)
        text = said.quote.whole if said.quote and not reply_to else said.text
        line = self._base(said.at) | {"from": account, "id": id_, "name": clean(said.who.name), "text": clean(text)}
        extras = {
            "reply_to": reply_to,
            "mentions": self._mentions(said),
            "media": [_media(one) for one in said.media],
        }
        yield {name: value for name, value in (line | extras).items() if value or name == "text"}
        self._remember(said, id_, account)

    def _id(self, said: Said) -> str | None:
        """An id of its own: the platform's, or one from the line. None for a message that the file has twice."""
        wanted = clean(said.id) or f"line-{said.line}"
        twin = self._taken.get(wanted)
        if twin and said.id and (twin.at, twin.who, twin.text) == (said.at, said.who, said.text):
            return None
        while wanted in self._taken:
            wanted = f"{wanted}~{said.line}"
        self._taken[wanted] = said
        return wanted

    def _answered(self, said: Said) -> tuple[str, Note | None]:
        """The message that one answers: by its id, else the newest of the quoted words."""
        if said.quote:
            whole = _key(said.quote.text)
            return self._newest.get((said.quote.name, whole)) or self._newest.get(("", whole), ""), None
        wanted = clean(said.reply_to)
        if not wanted or wanted in self._taken:
            return wanted, None
        found = self._newest.get(("", _key(wanted)), "")
        return found, None if found else Note(said.line, f"回复的消息“{shown(wanted)}”不在文件里；这条当作普通消息")

    def _mentions(self, said: Said) -> list[str]:
        names = [match[1] or match[2] for match in _MENTION.finditer(said.raw)]
        accounts = [*said.mentions, *(self._accounts[name] for name in names if name in self._accounts)]
        return [clean(one) for one in dict.fromkeys(accounts)]

    def _remember(self, said: Said, id_: str, account: str) -> None:
        key = _key(said.raw)
        self._newest[said.who.name, key] = self._newest["", key] = id_
        self._own[account].append(id_)

    def _recalled(self, one: Recalled) -> Line | Note:
        own = self._own.get(self._account(one.who))
        if not own or one.at - self._taken[own[-1]].at > RECALL:
            return Note(one.line, "撤回的那条消息不在文件里")
        return self._base(one.at) | {"recall": own.pop()}

    def _moved(self, one: Moved) -> Line:
        account = self._account(one.who)
        if not one.joined:
            return self._base(one.at) | {"leave": account}
        return self._base(one.at) | {"join": account, "name": clean(one.who.name)}


def _key(text: str) -> str:
    return " ".join(clean(text).split())


def _media(one: Attachment) -> dict[str, object]:
    parts = {"type": one.type, "name": clean(one.name), "lat": one.lat, "lng": one.lng}
    return {name: value for name, value in parts.items() if value not in {None, ""}}
