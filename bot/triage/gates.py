"""Hard gates: what is never a ticket, whatever words it has."""

from bot.triage.lexicons import Lexicons
from bot.triage.normalise import Said


def gate(said: Said, lexicons: Lexicons) -> str:
    """The gate that stops a message: empty, small, chain, advert, code, notice; "" where none does."""
    plain = said.plain.strip()
    if not any(char.isalnum() for char in plain) and plain != "+1":
        return "empty"
    if len(plain) <= 8:
        return "small" if _any(plain, lexicons, "small") else ""
    return next((name for name in ("chain", "code", "notice", "advert") if _any(plain, lexicons, name)), "")


def _any(plain: str, lexicons: Lexicons, name: str) -> bool:
    return any(pattern.search(plain) for pattern in lexicons.gates[name])
