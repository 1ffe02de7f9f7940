"""Long texts → pieces: further training rows, so that a head learnt from letters also knows short messages."""

import re

LENGTH = 30  # characters of a piece, at least; the last one may have half of that
CLAUSE = re.compile("[^。！？!?；;，,]+[。！？!?；;，,]*")


def pieces(folded: str) -> list[str]:
    """Cut a folded text at the ends of clauses; none for a text that is shorter than two pieces."""
    if len(folded) < 2 * LENGTH:
        return []
    found, piece = [], ""
    for clause in CLAUSE.findall(folded):
        piece += clause
        if len(piece) >= LENGTH:
            found.append(piece)
            piece = ""
    return [*found, piece] if len(piece) >= LENGTH / 2 else found
