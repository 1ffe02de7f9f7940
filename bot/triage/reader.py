"""The first engine of triage: rules over vocabulary that is data. Pure: same words and context, same reading."""

from collections.abc import Callable, Iterable, Mapping

from bot.ports import Reading, ReadingContext
from bot.triage import linking, opening
from bot.triage.evidence import Evidence, examine
from bot.triage.gates import gate, opened, uncommanded
from bot.triage.lexicons import Lexicons
from bot.triage.normalise import hear
from bot.triage.place import Gazetteer, may_be_place
from bot.triage.turn import Turn

TELLING = frozenset({"state", "trouble", "danger"})
ACTS = frozenset({
    "urge", "nudge", "metoo", "support", "agree", "resolved", "followup", "laud", "thanks", "report", "wrong", "answer",
    "file", "official", "frame",
})  # fmt: skip  # cues that a rule begins with by themselves
WISHES = frozenset({"ask", "fix", "also", "suggest", "asks", "question"})  # and those that need something to be about


class RuleReader:
    """Reads messages by asking one rule after the other; the first that knows wins."""

    def __init__(self, lexicons: Lexicons) -> None:
        self._lexicons = lexicons
        self._gazetteer = Gazetteer(lexicons.places, lexicons.hints, lexicons.numerals)

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read one message, or the parts of one case joined by line breaks."""
        turn = self.hear(text, context)
        if isinstance(turn, Reading):
            return turn
        tells = context.quoted is not None or _tells(turn.evidence, context)
        return self.ask(turn) if tells or (context.recent and may_be_place(turn.said)) else _CHAT

    def hear(self, text: str, context: ReadingContext) -> Turn | Reading:
        """A message ready to be asked about, without what it says to machines; a reading where a hard gate stops it."""
        said = hear(text, self._lexicons.hearing)
        stopped = None if context.quoted is not None else opened(said, self._lexicons)
        if stopped in _SILENT:
            return _SILENT[stopped]
        evidence = examine(said, self._lexicons)
        if context.quoted is None:
            stopped = stopped or gate(evidence.hits)
        if stopped == "code":
            said = uncommanded(said, evidence.hits, self._lexicons)
            evidence = examine(said, self._lexicons)
        elif stopped:
            return _SILENT[stopped]
        return Turn(said, evidence, context, self._lexicons, self._gazetteer)

    @property
    def hearing(self) -> Mapping[int, int]:
        """The folding of characters that words are compared in."""
        return self._lexicons.hearing

    def may_alarm(self, plain: str, grams: Iterable[str]) -> bool:
        """Whether a text has a word without which it tells of no danger; ``grams`` are its n-grams."""
        alarms = self._lexicons.alarms
        return alarms.may_hit(grams) and bool(alarms.hits(plain))

    def turn(self, text: str, context: ReadingContext) -> Turn:
        """A message with what its words hit, before any rule is asked."""
        said = hear(text, self._lexicons.hearing)
        return Turn(said, examine(said, self._lexicons), context, self._lexicons, self._gazetteer)

    def ask(self, turn: Turn) -> Reading:
        """What the first rule says that knows."""
        return next((reading for rule in RULES if (reading := rule(turn))), _CHAT)


def _tells(evidence: Evidence, context: ReadingContext) -> bool:
    """Whether the words hit anything that a rule acts on: small talk ends here."""
    names, kinds = evidence.marks.keys(), {hit.entry.kind for hit in evidence.hits}
    if not (kinds.isdisjoint(TELLING) and names.isdisjoint(ACTS)):
        return True
    if names.isdisjoint(WISHES):
        return False
    about = "thing" in kinds or "topic" in kinds or context.articles or context.recent
    return bool(about or context.private or context.addressed)


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
    linking.quoted, staff, opening.report, opening.danger, linking.numbered, linking.resolved, linking.urge, linking.metoo,
    linking.followup, opening.suggestion, opening.praise, opening.trouble,
    opening.inquiry, opening.asked_for, opening.hinted, opening.framed, opening.filed, linking.answer, thanks,
)  # fmt: skip
_CHAT = Reading("chat")
_SILENT = {"empty": _CHAT, "small": _CHAT, "chain": _CHAT, "advert": _CHAT, "notice": Reading("notice")}
