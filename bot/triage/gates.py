"""Hard gates: what is never a ticket, whatever words it has."""

from collections.abc import Sequence

from bot.triage.lexicons import Hit, Lexicons
from bot.triage.normalise import STOPS, Said

SHORT = 8  # a greeting or an acknowledgement is not longer


def opened(said: Said, lexicons: Lexicons) -> str:
    """The gate that the beginning of a message falls to: empty, small, chain, code, notice; "" where none does."""
    plain = said.plain.strip()
    if not any(char.isalnum() for char in plain):
        return "empty"
    for name, pattern in lexicons.openers.items():
        if (name != "small" or len(plain) <= SHORT) and pattern.match(plain):
            return name
    return ""


def uncommanded(said: Said, hits: Sequence[Hit], lexicons: Lexicons) -> Said:
    """What is left of a message without the sentences that command the bot: a real trouble may stand beside them."""
    spans = [(hit.start, hit.end) for hit in hits if hit.entry.kind == "gate"]
    if match := lexicons.openers["code"].match(said.plain):
        stops = [at for stop in STOPS if (at := said.plain.find(stop)) >= 0]
        spans.append((0, min([match.end(), *stops])))
    return said.without(spans)


def gate(hits: Sequence[Hit]) -> str:
    """The gate that something in a message falls to: chain, code, notice, advert; "" where none does."""
    return next((hit.entry.name for hit in hits if hit.entry.kind == "gate"), "")
