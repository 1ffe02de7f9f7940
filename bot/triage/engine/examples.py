"""Labelled conversations → examples to learn from: what a reader would see at each message, and what is right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.ports import Reader
from bot.triage.engine.features import message_features
from bot.triage.engine.kinship import pairs
from bot.triage.engine.ngrams import ngrams
from bot.triage.engine.room import Lesson, Room, conversations
from bot.triage.engine.tagging import Labelled
from bot.triage.reader import RuleReader
from bot.triage.turn import Turn

RECENT = 40  # messages that a reader may look back (settings: hearing.recent_messages)


@dataclass(frozen=True)
class Example:
    """A message as features. ``kin`` are the pairs with open tickets, each with whether they belong together."""

    lesson: Lesson
    grams: list[str]
    features: dict[str, float]
    kin: list[tuple[dict[str, float], bool]] = field(default_factory=list)
    place: Labelled | None = None  # where labels say which words tell the place
    as_labelled: bool = True  # what came before is as labelled


def examples(lessons: Iterable[Lesson], rules: RuleReader, reader: Reader | None = None) -> Iterator[Example]:
    """An example for each lesson.

    What came before is taken as labelled, or as ``reader`` would have heard it: a reader has to live with its own mistakes.
    """
    for conversation in conversations(lessons):
        room = Room()
        for lesson in conversation:
            context = room.context(lesson, RECENT)
            turn = rules.turn(lesson.text, context)
            around = pairs(turn)
            features = message_features(turn, around)
            kin = [(pair.features, room.origin[pair.ticket.id] in lesson.tickets) for pair in around]
            place = _place(turn, lesson) if reader is None else None
            yield Example(lesson, ngrams(turn.said.plain), features, kin, place, reader is None)
            building = next((place.building for place in turn.places if place.building), "")
            if reader is None:
                room.take(lesson, building)
            else:
                room.hear(lesson, building, reader.read(lesson.text, context))


def _place(turn: Turn, lesson: Lesson) -> Labelled | None:
    """The words that say where; only messages about tickets are labelled with them."""
    if not lesson.tickets or lesson.unplaced:
        return None
    starts = ((turn.said.shown.find(place), len(place)) for place in lesson.places)
    right = sorted((start, start + length) for start, length in starts if start >= 0)
    apart = [span for index, span in enumerate(right) if not index or right[index - 1][1] <= span[0]]
    return Labelled(turn.said.plain, tuple((place.start, place.end) for place in turn.places), tuple(apart))
