"""The first engine of triage: rules over vocabulary that is data. Pure: the same words and context give the same reading."""

from collections.abc import Callable

from bot.ports import Reading, ReadingContext
from bot.triage import linking, opening
from bot.triage.evidence import Evidence, examine
from bot.triage.gates import gate, opened
from bot.triage.lexicons import Lexicons
from bot.triage.normalise import hear
from bot.triage.place import Gazetteer
from bot.triage.turn import Turn

NOUNS = frozenset({"thing", "topic"})


class RuleReader:
    """Reads messages by asking one rule after the other; the first that knows wins."""

    def __init__(self, lexicons: Lexicons) -> None:
        self._lexicons = lexicons
        self._gazetteer = Gazetteer(lexicons.places, lexicons.hints, lexicons.numerals)

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read one message, or the parts of one case joined by line breaks."""
        said = hear(text, self._lexicons.fold)
        quoted = context.quoted is not None
        if not quoted and (stopped := opened(said, self._lexicons)):
            return _STOPPED.get(stopped, _CHAT)
        evidence = examine(said, self._lexicons)
        if not quoted and (stopped := gate(evidence.hits)):
            return _STOPPED.get(stopped, _CHAT)
        if not quoted and not context.recent and not _tells(evidence):
            return _CHAT
        turn = Turn(said, evidence, context, self._lexicons, self._gazetteer)
        return next((reading for rule in RULES if (reading := rule(turn))), _CHAT)


def _tells(evidence: Evidence) -> bool:
    """Whether the words hit anything beside nouns: small talk ends here."""
    return any(hit.entry.kind not in NOUNS for hit in evidence.hits)


def staff(turn: Turn) -> Reading | None:
    """Who has a duty here answers or announces; a trouble of his own opens with 报事."""
    if not turn.context.staff:
        return None
    if turn.evidence.has("official"):
        return Reading("notice")
    lately = min(turn.recent, key=lambda ticket: turn.recent[ticket], default=None)
    ticket = turn.last or (lately if turn.evidence.has("answer") else None)
    return Reading("answer" if ticket else "chat", ticket_id=ticket)


def thanks(turn: Turn) -> Reading | None:
    """Thanks, and nothing else."""
    return Reading("thanks", reason=turn.evidence.words("thanks")) if turn.evidence.has("thanks") else None


RULES: tuple[Callable[[Turn], Reading | None], ...] = (
    linking.quoted, staff, opening.report, opening.danger, linking.resolved, linking.urge, linking.metoo,
    linking.followup, opening.suggestion, opening.praise, opening.trouble, opening.inquiry, opening.asked_for,
    opening.filed, linking.answer, thanks,
)  # fmt: skip
_CHAT = Reading("chat")
_STOPPED = {"notice": Reading("notice")}
