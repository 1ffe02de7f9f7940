"""Cards as pictures: what goes beside the words of a digest. Needs the extra ``reports`` (typst), imported when first drawn."""

from adapters.cards.painter import Painter, installed

__all__ = ["Painter", "installed"]
