"""Picks the golden set: ``python -m corpus.golden`` writes bot/triage/data/golden.tsv. Same corpus, same lines.

Lines of the tenth that is kept apart, which say what they are without the talk around them: as many that tell a matter as
that tell none. A community's own delta is promoted only if it reads them as well as the shipped weights do.
"""

import sys
import zlib
from collections.abc import Iterator, Sequence

from bot.app import TRIAGE
from bot.triage.engine.room import STAFF, Lesson
from corpus.lessons import is_apart, lessons

EACH = 100  # of lines that tell a matter, and of those that tell none
TALK = frozenset({"chat", "thanks"})
LEAST = 6  # characters of a line that is clear by itself


def fitting() -> Iterator[Lesson]:
    """The lines to choose from: new matters, one in a message, and talk."""
    for one in lessons():
        clear = is_apart(one.group) and not one.user.startswith(STAFF) and len(one.text) >= LEAST
        if clear and (one.act in TALK or (one.act == "new" and len(one.categories) == 1)):
            yield one


def picked(every: Sequence[Lesson]) -> list[Lesson]:
    """So many of each kind, scattered over the files."""
    scattered = sorted(every, key=lambda one: zlib.crc32(one.text.encode()))
    told = [one for one in scattered if one.act == "new"][:EACH]
    return told + [one for one in scattered if one.act != "new"][:EACH]


def main() -> None:
    """Pick and write."""
    chosen = picked(list({one.text: one for one in fitting()}.values()))
    rows = ["\t".join((one.text, one.act, *one.categories[:1], *[""] * (not one.categories))) for one in chosen]
    (TRIAGE / "golden.tsv").write_text("\n".join(["text\tact\tcategory", *rows, ""]), encoding="utf-8")
    sys.stdout.write(f"{len(rows)} lines\n")


if __name__ == "__main__":
    main()
