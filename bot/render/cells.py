"""Words of people as the cell of a table may hold them."""

import re

LONGEST = 32_767  # characters: the most that a cell of an .xlsx holds
CUT = "…"
# What XML does not know, controls, and marks that turn the direction of what stands around them. Line breaks stay.
_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff\ufff9-\uffff\ud800-\udfff]"
)


def cell_text(text: str) -> str:
    """The words without controls, trimmed, cut where a cell is full. Text that went through it once stays as it is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _ODD.sub("", text).strip()
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)].rstrip() + CUT
