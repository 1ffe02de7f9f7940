"""Places in a text as Telegram counts them: in UTF-16 units, two for each emoji."""

from collections.abc import Iterable, Sequence

BLANK = " \t\n\u00a0\u3000,，:：、"  # what may stand between a mention and the words
_CODE = "utf-16-le"


def length_of(text: str) -> int:
    """How long a text is."""
    return len(_units(text)) // 2


def cut_out(text: str, offset: int, length: int) -> str:
    """The part of a text."""
    return _text(_units(text)[2 * offset : 2 * (offset + length)])


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text without those parts that stand at its beginning or end; in the middle they belong to what is said."""
    units = _units(text)
    start, end = 0, len(units)
    ordered = sorted((2 * offset, 2 * (offset + length)) for offset, length in spans)
    for first, last in ordered:
        if first >= start and not _text(units[start:first]).strip(BLANK):
            start = max(start, last)
    for first, last in reversed(ordered):
        if start <= first < end and not _text(units[last:end]).strip(BLANK):
            end = first
    return _trimmed(_text(units[start:end]), start > 0, end < len(units))


def _trimmed(text: str, front: bool, back: bool) -> str:
    text = text.lstrip(BLANK) if front else text
    return text.rstrip(BLANK[:-1]) if back else text


def find(text: str, words: Sequence[str]) -> list[tuple[int, int, int]]:
    """Where words stand in a text, each once: index of the word, offset, length. A longer one takes its place first."""
    taken = [False] * len(text)
    found = []
    for index in sorted(range(len(words)), key=lambda one: -len(words[one])):
        place = _free(text, words[index], taken)
        if place >= 0:
            end = place + len(words[index])
            taken[place:end] = [True] * (end - place)
            found.append((index, length_of(text[:place]), length_of(words[index])))
    return sorted(found, key=lambda one: one[1])


def _free(text: str, word: str, taken: Sequence[bool]) -> int:
    place = text.find(word) if word else -1
    while place >= 0 and any(taken[place : place + len(word)]):
        place = text.find(word, place + 1)
    return place


def _units(text: str) -> bytes:
    return text.encode(_CODE, "surrogatepass")


def _text(units: bytes) -> str:
    return units.decode(_CODE, "surrogatepass")
