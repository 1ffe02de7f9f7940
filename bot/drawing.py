"""Pictures beside words: who draws cards here, and what becomes of one. Without the extra ``reports`` words go out alone."""

from collections.abc import Callable

from adapters import cards
from bot.messages import Card
from bot.ports import CardPainter, MediaStore, Press
from bot.settings import Settings


def card_painter(settings: Settings) -> CardPainter | None:
    """What draws cards; None where it is switched off or its package is missing."""
    return cards.Painter() if settings.digests.card and cards.installed() else None


def press() -> Press | None:
    """What sets reports; None where its package is missing."""
    return cards.Printer() if cards.installed() else None


def drawing(settings: Settings, media: MediaStore) -> Callable[[Card], str] | None:
    """How a card becomes a stored picture, where cards are drawn; gives back its ref. For a thread of its own.

    Nothing names the file but the message that it goes out with: housekeeping removes it a day after.
    """
    painter = card_painter(settings)
    return None if painter is None else lambda card: str(media.put(painter.draw(card), "card.png").ref)


def remarks(settings: Settings) -> list[str]:
    """What is no fault, but good to know, a sentence each."""
    if settings.digests.card and not cards.installed():
        return ["日报、周报、月报只发文字，不带图片：没有装画图的包（make setup-reports），或设 digests.card = false"]
    return []
