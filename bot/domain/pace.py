"""How often may be spoken: token buckets for a whole account and for each chat. Pure; instants are seconds of any clock."""

from dataclasses import dataclass, field

KEPT = 10_000  # chats whose pace is remembered


@dataclass
class Bucket:
    """So many at once, then one every ``every`` seconds."""

    every: float
    burst: int
    _free_at: float = 0.0  # when all that went has been made up for

    def wait(self, now: float) -> float:
        """Seconds until one more may go; 0 for at once."""
        return max(0.0, self._free_at - now - (self.burst - 1) * self.every)

    def take(self, now: float, parts: int = 1) -> None:
        """So many go now."""
        self._free_at = max(self._free_at, now) + parts * self.every


@dataclass
class Pace:
    """The rates of one platform; 0 for none."""

    per_second: float = 0.0
    chat_per_minute: float = 0.0
    _account: Bucket | None = field(init=False)
    _chats: dict[str, Bucket] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """The account's own bucket: evenly, so that no second holds more."""
        self._account = Bucket(1 / self.per_second, 1) if self.per_second else None

    def wait(self, chat: str, now: float) -> float:
        """Seconds until one more message may go to a chat; 0 for at once."""
        return max((bucket.wait(now) for bucket in self._buckets(chat)), default=0.0)

    def take(self, chat: str, now: float, parts: int = 1) -> None:
        """A message goes to a chat now, in so many parts: what comes after it makes up for them."""
        for bucket in self._buckets(chat):
            bucket.take(now, parts)

    def _buckets(self, chat: str) -> list[Bucket]:
        return [bucket for bucket in (self._account, self._chat(chat)) if bucket is not None]

    def _chat(self, chat: str) -> Bucket | None:
        if not self.chat_per_minute:
            return None
        if chat not in self._chats:
            if len(self._chats) >= KEPT:
                self._chats.clear()
            burst = max(1, int(self.chat_per_minute / 4))  # at once; the rest of the minute's share follows evenly
            self._chats[chat] = Bucket(60 / (self.chat_per_minute - burst + 1), burst)
        return self._chats[chat]
