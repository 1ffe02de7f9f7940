"""A card as a PNG, 1080 pixels wide, drawn by typst from ``card.typ``. Text goes in as data: none of it is markup."""

import json
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from adapters.cards.glyphs import safe
from bot.messages import Card

HERE = Path(__file__).parent
DOTS = 216.0  # an inch: three for each point of the template's 360
LONGEST = 240  # characters of one text


def installed() -> bool:
    """Whether cards can be drawn here."""
    return find_spec("typst") is not None


class Painter:
    """Implements ``ports.CardPainter``."""

    def draw(self, card: Card) -> bytes:
        """The picture; some 0.1 s, so not for the event loop."""
        import typst  # noqa: PLC0415 - an extra, and 30 MB that a bot without digests never needs

        drawn = typst.compile(
            HERE / "card.typ",
            root=HERE,
            font_paths=[HERE / "fonts"],
            ignore_system_fonts=True,
            format="png",
            ppi=DOTS,
            sys_inputs={"card": json.dumps(safe(asdict(card), LONGEST), ensure_ascii=False)},
        )
        if not isinstance(drawn, bytes):
            raise TypeError("a card has one page")
        return drawn
