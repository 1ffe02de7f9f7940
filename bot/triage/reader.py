"""The first engine of triage: rules over vocabulary that is data. Pure: the same words and context give the same reading."""

from collections.abc import Callable

from bot.ports import Reading, ReadingContext
from bot.triage import linking, opening
from bot.triage.evidence import examine
from bot.triage.gates import gate
from bot.triage.lexicons import Lexicons
from bot.triage.normalise import hear
from bot.triage.place import Gazetteer
from bot.triage.turn import Turn


class RuleReader:
    """Reads messages by asking one rule after the other; the first that knows wins."""

    def __init__(self, lexicons: Lexicons) -> None:
        self._lexicons = lexicons
        self._gazetteer = Gazetteer(lexicons.places, lexicons.numerals)

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read one message, or the parts of one case joined by line breaks."""
        said = hear(text, self._lexicons.fold)
        if context.quoted is None and (stopped := gate(said, self._lexicons)):
            return _STOPPED.get(stopped, _CHAT)
        turn = Turn(said, examine(said, self._lexicons), context, self._lexicons, self._gazetteer)
        if not turn.evidence.hits and not context.recent and context.quoted is None:
            return _CHAT
        return next((reading for rule in RULES if (reading := rule(turn))), _CHAT)


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
