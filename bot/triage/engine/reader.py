"""The trained engine of triage: a cheap gate for small talk, heads that decide, kin to attach to, rules for what is certain.

Where rules and heads disagree: danger, knowledge base and what is said to the bot itself stay with the rules; a trouble that
the rules see whole stays one unless the heads are sure that it is talk; what only the heads see has to be likelier to open
a ticket by itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.ports import Matter, Reading, ReadingContext
from bot.triage.engine.features import ECHOES, message_features, talk_features
from bot.triage.engine.kinship import Features, Pair, pairs
from bot.triage.engine.logistic import with_act
from bot.triage.engine.model import ACTIONABLE, ACTS, Heads, Model
from bot.triage.engine.ngrams import ngrams
from bot.triage.matters import matter_of, matters
from bot.triage.normalise import hear
from bot.triage.opening import mocks
from bot.triage.reader import RuleReader
from bot.triage.turn import Turn

LABELS = ("nature", "category", "urgency")
JOINS = ("metoo", "followup", "urge")
SAID_OF = frozenset({"answer", "resolved"})  # acts that may name their ticket's thing: 路灯换好了
QUESTIONS = frozenset({"question", "asks"})  # cues without which no article answers
ACCUSING = frozenset({"report", "wrong"})  # cues without which nobody is accused
CHAT = Reading("chat")

KIN = 0.3  # a message belongs to the likeliest open ticket from this probability on
LIKELY = 0.4  # a trouble that the rules see stays one from here on
ALONE = 0.7  # what only the heads see
NEARLY = 0.1  # and from this one on a person is asked whether it does
JOINED = 0.65  # the same, to add a voice to a ticket
ALIKE = 0.1  # shares words with a ticket
STORY = 12  # characters without which no other trouble is told
ANEW = 0.65  # from here on the heads know a new trouble better than one word of the rules does
BREATH = 0.7  # seven minutes: after a pause, who shares nothing with what was said before begins something else
BACK = 0.3  # the ticket was talked about at most two messages ago
ASKING = 0.1  # below this nothing is asked that an article could answer
TINY = 4  # characters that say nothing by themselves
CLEAR = 0.8  # what the rules see whole and the heads believe is said clearly
IDLE = 1.0  # staff speak of a ticket where that is so much likelier than talk
TOLD = 8  # characters without which nothing is told that a stranger would understand
SURE = 0.95  # what the heads alone need to open a ticket at once
UNSURE = 0.7  # the most that a message scores of which the rules know nothing: a steward is asked
RULED = 0.25  # how much a label of the rules counts beside a probability
ACCUSED = 0.6  # the same where they see somebody accused of wrongdoing: in doubt it is not said in the group
GRAVE = 0.7  # an emergency that only the heads see
CALM = 1.01  # the same where the rules see a trouble, and no danger


@dataclass(frozen=True)
class TrainedReader:
    """Reads messages with trained heads; what a rule knows for certain stays its own."""

    rules: RuleReader
    model: Model

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read one message, or the parts of one case joined by line breaks."""
        if context.quoted is not None or context.private or context.addressed:
            return self.rules.read(text, context)
        plain = hear(text, self.rules.hearing).plain
        said = ngrams(plain)
        look = self.model.look(said)
        small = self.model.worth(look, talk_features(context)) < self.model.least
        alarmed = self.rules.may_alarm(plain, said)
        if small and not alarmed:
            return CHAT
        turn = self.rules.hear(text, context)
        if isinstance(turn, Reading):
            return turn
        if turn.said.plain != plain:  # what it says to machines is left out, and must not be judged either
            look = self.model.look(ngrams(turn.said.plain))
            small = small or len(turn.said.plain.strip()) <= TINY
        if small:
            return ruled if (ruled := self.rules.ask(turn)).hotlines else CHAT
        around = pairs(turn)
        heads = self.model.heads(look, message_features(turn, around))
        return _Decision(self, turn, around, heads, alarmed).reading()


@dataclass(frozen=True)
class _Decision:
    """One message: what the rules say, what the heads say, and which it is to be."""

    reader: TrainedReader
    turn: Turn
    around: Sequence[Pair]
    heads: Heads
    alarmed: bool  # there is a word without which nobody tells of danger

    @cached_property
    def ruled(self) -> Reading:
        """What the rules say: asked only where it matters, they cost more than the heads."""
        return self.reader.rules.ask(self.turn)

    @cached_property
    def acts(self) -> dict[str, float]:
        """The probability of each act."""
        return self.heads.chances("act")

    @cached_property
    def asked(self) -> float:
        """How likely staff have to do something about it."""
        return sum(self.acts[act] for act in ACTIONABLE)

    def reading(self) -> Reading:
        """What the message is."""
        if self._is_certain():
            return self.ruled
        if self.turn.context.staff:
            return self._of_staff()
        if self._is_over():
            return self.ruled if any(matter.nature == "praise" for matter in self.ruled.matters) else CHAT
        if self.asked >= ALONE or (self.asked >= LIKELY and self._is_ruled()):
            return self._asking()
        act = max((act for act in ACTS if act not in ACTIONABLE), key=self.acts.__getitem__)
        if act in {"resolved", "answer"}:
            kin = self._kin(act)
            return Reading(act, ticket_id=kin.ticket.id) if kin else CHAT
        return Reading(act)

    def _is_certain(self) -> bool:
        """Danger, answers from the knowledge base, tickets named by number: the rules know."""
        if self.alarmed and self.turn.evidence.dangers and self.ruled.hotlines:
            return True
        if not self.turn.context.articles or self.asked < ASKING or QUESTIONS.isdisjoint(self.turn.evidence.marks):
            return False
        return any(matter.article for matter in self.ruled.matters)

    def _is_over(self) -> bool:
        """Whether nothing is told but what was bad once, who is spared, or thanks to a neighbour."""
        evidence = self.turn.evidence
        if evidence.points or evidence.has("suggest"):
            return False
        return evidence.has("bygone", "spared") or (evidence.has("fellow") and not evidence.has("staffword", "laud"))

    def _is_ruled(self) -> bool:
        return self.ruled.act == "new" or self.ruled.act in JOINS

    def _of_staff(self) -> Reading:
        """Who has a duty here answers, announces or chats; a trouble of his own opens with 报事."""
        acts = self.acts
        answers = acts["answer"] + self.asked + acts["resolved"]
        if acts["notice"] > max(answers, acts["chat"]):
            return Reading("notice")
        kin = self._kin("answer") if answers > IDLE * (acts["chat"] + acts["thanks"]) else None
        return Reading("answer", ticket_id=kin.ticket.id) if kin else CHAT

    def _asking(self) -> Reading:
        """Something is asked for: of a ticket that is open, or new."""
        act = max(ACTIONABLE, key=self.acts.__getitem__)
        if self.ruled.act in JOINS and self.ruled.ticket_id and not self._begins(self.ruled.ticket_id):
            return self.ruled
        if self._echoes_talk():
            return CHAT
        kin = self._kin(act) if act in JOINS else None
        if kin is not None and not self._speaks_of_another(kin):
            return self._joined(act, kin) if self._is_close(kin) else CHAT
        if act in JOINS and self.ruled.act != "new" and (kin is None or act == "urge"):
            return self._perhaps(act)  # urging never opens anything
        return self._new()

    def _perhaps(self, act: str) -> Reading:
        """A voice that may belong to a ticket: in doubt somebody is asked; a voice on nothing that is open is talk."""
        near = max(self.around, key=lambda pair: self._nearness(act, pair), default=None)
        if near is None or act == "urge" or self.asked < JOINED or self._nearness(act, near) < NEARLY:
            return CHAT
        matter = replace(matter_of(self.turn, self.turn.evidence), near=near.ticket.id)
        return Reading("new", round(min(self.asked, UNSURE), 3), (matter,), reason=(f"像 {near.ticket.text[:12]}",))

    def _echoes_talk(self) -> bool:
        """我家也是, 昨晚烧到39度: like what was said just before, and that was no ticket."""
        marks = self.turn.evidence.marks
        echo = any(hit.start == 0 for name in ECHOES for hit in marks.get(name, ()))
        return echo and not self.turn.at_hand and self.ruled.act == "chat"

    def _is_close(self, kin: Pair) -> bool:
        """Whether there is more to it than that a ticket is open: its words or things, or talk about it just now."""
        told, turn = kin.features, self.turn
        if len(turn.said.plain) <= TINY:  # +1 is said of what was said last
            return bool(told["voice"]) or kin.ticket.id == turn.at_hand
        alike = told["same thing"] or told["same category"] or told["alike"] > ALIKE
        near = alike or told["voice"] or (told["back"] >= BACK and self._is_said_on(told))
        return bool(near) and (self.ruled.act != "chat" or self.asked >= JOINED)

    def _begins(self, ticket_id: str) -> bool:
        """Whether a word of the rules (没人管, 在家) leads to a ticket, where the heads see another trouble told."""
        told = next((pair.features for pair in self.around if pair.ticket.id == ticket_id), None)
        asks = len(self.turn.said.plain) < STORY or not QUESTIONS.isdisjoint(self.turn.evidence.marks)
        if (
            told is None
            or asks
            or self.acts["new"] < ANEW
            or told["voice"]
            or told["same thing"]
            or told["same category"]
        ):
            return False
        return bool(told["other category"]) or told["alike"] <= ALIKE

    def _is_said_on(self, told: Features) -> bool:
        """Whether words that share nothing with what was said last still go on with it: in the same breath, or as an echo."""
        return told["burst"] >= BREATH or not ECHOES.isdisjoint(self.turn.evidence.marks)

    def _speaks_of_another(self, kin: Pair) -> bool:
        """Whether the rules see a whole trouble, and nothing of it is the ticket's."""
        if kin.apart:
            return True
        alike = kin.features["same thing"] or kin.features["same category"]
        return self.ruled.act == "new" and self.ruled.score >= CLEAR and not alike

    def _kin(self, act: str) -> Pair | None:
        """The ticket that is likeliest meant; of several that an answer may be of, one whose thing it names."""
        near = [pair for pair in self.around if self._nearness(act, pair) >= KIN]
        named = [pair for pair in near if pair.features["same thing"]] if act in SAID_OF else []
        return max(named or near, key=lambda pair: self._nearness(act, pair), default=None)

    def _nearness(self, act: str, pair: Pair) -> float:
        weights = self.reader.model.kinship
        total = sum(weights.get(name, 0.0) * value for name, value in with_act(pair.features, act).items())
        return 1 / (1 + math.exp(-total))

    def _joined(self, act: str, kin: Pair) -> Reading:
        ticket, matter = kin.ticket, matter_of(self.turn, self.turn.evidence)
        matter = replace(self._placed(matter), nature=ticket.nature, category=ticket.category, urgency="routine")
        matter = replace(matter, ticket_id=ticket.id)
        return Reading(act, round(self.asked, 3), (matter,), ticket.id, (f"像 {ticket.text[:12]}",))

    def _new(self) -> Reading:
        found = matters(self.turn) if self.turn.evidence.points else (matter_of(self.turn, self.turn.evidence),)
        if len(found) == 1:
            found = (self._labelled(self._placed(found[0])),)
        told = len(self.turn.said.plain) >= TOLD and self.asked >= SURE
        seen = self.ruled.act == "new" or bool(self.turn.evidence.points) or told
        score = max(self.asked, self.ruled.score) if seen else min(self.asked, UNSURE)
        reason = self.ruled.reason or tuple(hit.word for hit in self.turn.evidence.hits[:3])
        return Reading("new", round(score, 3), found, reason=reason)

    def _placed(self, matter: Matter) -> Matter:
        """The words that say where, as they are learnt; a building that patterns found stays with them."""
        spans = self.reader.model.tagger.spans(self.turn.said.plain, [(one.start, one.end) for one in self.turn.places])
        if not spans:
            return matter
        words = [self.turn.said.words(start, end) for start, end in spans]
        best = next((one for one in words if matter.place and matter.place in one), words[0])
        if matter.building and not matter.guessed_place and matter.place not in best:
            return matter
        building = "" if matter.guessed_place else matter.building
        return replace(matter, place=best, building=building, guessed_place=False)

    def _labelled(self, matter: Matter) -> Matter:
        """The likeliest labels; what the rules say counts with them, and a danger that they see stays one."""
        said = {"nature": matter.nature, "category": matter.category, "urgency": matter.urgency}
        nature, category, urgency = (self._label(name, said[name]) for name in LABELS)
        if matter.urgency == "emergency":
            urgency = "emergency"
        if nature == "praise" and mocks(self.turn.evidence):
            nature = "complaint"
        return replace(matter, nature=nature, category=category, urgency=urgency)

    def _accuses(self) -> bool:
        """Whether the rules see somebody accused of wrongdoing."""
        cued = not ACCUSING.isdisjoint(self.turn.evidence.marks)
        return cued and any(matter.nature == "report" for matter in self.ruled.matters)

    def _label(self, head: str, ruled: str) -> str:
        chances = self.heads.chances(head)
        if head == "nature" and self._accuses():
            chances["report"] += ACCUSED
        elif self.turn.evidence.points and ruled in chances:
            chances[ruled] += RULED
        if chances.get("emergency", 0.0) < (CALM if self.turn.evidence.points else GRAVE):
            chances.pop("emergency", None)
        return max(chances, key=chances.__getitem__)
