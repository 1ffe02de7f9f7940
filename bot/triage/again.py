"""又放那么大声: that a trouble is back, said by somebody who does not name it. Data in ``data/commands.toml``."""

import re
from collections.abc import Sequence

_AGAIN = "又"
_EDGE = " \t\r\n,.!?~、。…"


class Again:
    """The words of a return. Texts come folded."""

    def __init__(self, leads: Sequence[str], back: Sequence[str], denied: str, idle: str) -> None:
        some = "|".join(re.escape(lead) for lead in sorted(leads, key=len, reverse=True))
        self._start = re.compile(f"(?:(?:@[^\\s,]+|{some})?[{re.escape(_EDGE)}]*)*{_AGAIN}")
        self._back, self._denied, self._idle = tuple(back), denied, idle

    def rest(self, said: str) -> str | None:
        """A text from its 又 on, if nothing but time stands before it."""
        found = self._start.match(said) if _AGAIN in said else None
        return said[found.end() - 1 :] if found else None

    def means(self, said: str, told: str) -> bool:
        """Whether it says nothing but that, or repeats a word of what was told: 不亮, else the first character."""
        rest = self.rest(said)
        if rest is None:
            return False
        if rest.startswith(self._back):
            return True
        word = rest[1:3] if rest[1:2] in self._denied else rest[1:2]
        return bool(word.strip(_EDGE)) and word not in self._idle and word in told
