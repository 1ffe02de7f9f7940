"""Cards as pictures, reports as PDF: whatever typst draws. Needs the extra ``reports``, imported when first drawn."""

from adapters.cards.painter import Painter, installed
from adapters.cards.press import Printer

__all__ = ["Painter", "Printer", "installed"]
