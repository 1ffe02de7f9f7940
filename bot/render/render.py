"""Notices → a message in words: catalog sentence, masked for a group, cut to the platform's length.

Text from people enters only as the value of a slot: it is never a template, a mention or markup.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.digest import from_json
from bot.domain.poll import RATINGS
from bot.messages import Button, Capabilities, Card, OutboundMessage, is_private
from bot.ports import Notice
from bot.render import hooks
from bot.render.catalog import Catalog, fits
from bot.render.digests import DigestWords
from bot.render.masking import mask, mask_place

Own = Callable[[str], str | None]  # by key, the sentence that a chat has instead of the catalog's
LABELLED = ("category", "nature", "state", "listen")  # parameters that are codes
MOMENTS = ("due", "until", "since")  # parameters that are ISO times
_ROOM_BEFORE_NAME = re.compile(r"^(?=.*\d)[\d栋幢座号楼单元层室房#\-—_/ ]{2,20}(?=[^\d栋幢座号楼单元层室房#\-—_/ ])")
DIGEST = "digest"  # the notice, and its parameter that holds the numbers
LISTS = {"mine": "mine", "stands": "mine", "todo": "todo", "my_data": "my_data"}
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class Renderer:
    """Makes words of notices in one locale."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._digests = DigestWords(catalog)

    def render(
        self,
        bundle: Sequence[Notice],
        name_of: Callable[[str], str],
        capabilities: Capabilities,
        zone: ZoneInfo,
        own: Own = lambda _key: None,
    ) -> OutboundMessage:
        """One message for a notice, or for several that the budget has merged; ``own`` gives the chat's own sentences."""
        first = bundle[0]
        if hooks.is_for_machine(first):
            return hooks.told(first)
        texts = [self._words(notice, name_of, zone, own) for notice in bundle]
        text = self._cut("\n".join(texts), capabilities.max_length)
        single = first if len(bundle) == 1 else None
        mentions = tuple(dict.fromkeys(account for notice in bundle for account in notice.mentions))
        return OutboundMessage(
            key=first.bundle or first.id,
            chat=first.chat,
            text=text,
            kind=single.kind if single else "digest",
            mentions=mentions,
            names=tuple(called(name_of(account)) for account in mentions),
            ticket_id=single.ticket_id if single else None,
            number=single.number if single else None,
            buttons=self._buttons(single) if single and capabilities.buttons else (),
            replaces=first.replaces,
            card=self._card(single) if single else None,
        )

    def _card(self, notice: Notice) -> Card | None:
        if notice.key != DIGEST:
            return None
        return self._digests.card(from_json(notice.params[DIGEST]))

    def _words(self, notice: Notice, name_of: Callable[[str], str], zone: ZoneInfo, own: Own) -> str:
        private = is_private(notice.chat)
        values = {name: clean(value) for name, value in notice.params.items()}
        place = values.get("place", "")
        values["place"] = place if private else mask_place(place)
        values["where"] = values["place"] or values.get("unit", "") or self.catalog.text("word", "nowhere")
        values["late"] = self.catalog.text("word", "late") if values.get("late") == "1" else ""
        values |= {name: self.catalog.label(name, values[name]) for name in LABELLED if name in values}
        values |= {name: self._moment(values[name], zone) for name in MOMENTS if values.get(name)}
        values["who"] = self._mentions(notice, name_of, private)
        if notice.key in LISTS:
            values["lines"] = self._lines(notice, private)
        if notice.key == DIGEST:
            digest = from_json(notice.params[DIGEST])
            values["lines"] = "\n".join(map(clean, self._digests.lines(digest, values.get("url", ""))))
        text = self._sentence(notice.key, own).format_map(values).strip()
        if notice.replaces:
            text = f"{text}\n{self._standing(values['stands'], values['worker'])}"
        return text if private else mask(text)

    def _sentence(self, key: str, own: Own) -> str:
        """The chat's own words; where a newer catalog has other slots, the catalog's: nothing stays unsaid for it."""
        usual, chosen = self.catalog.text("notice", key), own(key)
        return clean(chosen) if chosen is not None and fits(chosen, usual) else usual

    def _standing(self, state: str, worker: str) -> str:
        """How the ticket stands by now, and who works on it."""
        stands = f"{self.catalog.label('state', state)} {worker}".strip()
        return self.catalog.text("word", "stands").format(stands=stands)

    def _mentions(self, notice: Notice, name_of: Callable[[str], str], private: bool) -> str:
        if private:
            return ""
        at = self.catalog.text("word", "at")
        return self.catalog.text("word", "join").join(at.format(name=called(name_of(m))) for m in notice.mentions)

    def _moment(self, iso: str, zone: ZoneInfo) -> str:
        at = datetime.fromisoformat(iso)
        at = at if at.tzinfo else at.astimezone(zone)
        return self.catalog.text("word", "time").format(month=at.month, day=at.day, hour=at.hour, minute=at.minute)

    def _lines(self, notice: Notice, private: bool) -> str:
        template = self.catalog.text("line", LISTS[notice.key])
        return "\n".join(self._line(template, row, private) for row in json.loads(notice.params["lines"]))

    def _line(self, template: str, row: Sequence[str], private: bool) -> str:
        number, category, state, words, *days = row
        shown = clean(words) if private else mask_place(clean(words))
        stands = self.catalog.sections["move"].get(state) or self.catalog.label("state", state)
        over = self.catalog.text("line", "over").format(days[0]) if any(days) else ""
        return template.format(number, self.catalog.label("category", category), stands, shown, over)

    def _buttons(self, notice: Notice) -> tuple[Button, ...]:
        if notice.ticket_id is None:
            return ()
        return tuple(button for action in notice.buttons for button in self._button(action, notice.ticket_id))

    def _button(self, action: str, ticket_id: str) -> list[Button]:
        if action == "rate":
            return [Button(self.catalog.text("button", f"rate.{n}"), "rate", ticket_id, str(n)) for n in RATINGS]
        return [Button(self.catalog.text("button", action), action, ticket_id)]

    @staticmethod
    def _cut(text: str, length: int) -> str:
        return text if len(text) <= length else f"{text[: length - 1]}…"


def called(name: str) -> str:
    """A nickname without the room number before it: a group message never carries a name with an address."""
    short = _ROOM_BEFORE_NAME.sub("", clean(name)).strip()
    return (short or mask_place(clean(name)))[:20]


def clean(value: str) -> str:
    """Words of people as a harmless value: no control or direction characters, and no @ that a platform would follow."""
    return _CONTROL.sub("", value).replace("@", "＠")
