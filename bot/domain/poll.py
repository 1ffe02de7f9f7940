"""The satisfaction poll: one vote a person and round, and what the votes together mean (product.md §6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

RATINGS = (5, 4, 3, 2, 1)
CONTENT_FROM = 3  # 基本满意 and better
THIRD = 3  # a third of the votes cast that say "not solved" is rework


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's vote of a round. ``rating`` is None where only "not solved" was said; ``from_words`` marks a reading."""

    account: str
    round: int
    at: datetime
    rating: int | None
    solved: bool
    from_words: bool = False


def vote(
    account: str, round_: int, at: datetime, rating: int | None, solved: bool | None = None, *, words: bool
) -> Vote:
    """A vote; without a word on solved, 3–5 means solved."""
    if rating is not None and rating not in RATINGS:
        raise ValueError(f"rating {rating} is not 1 to 5")
    says = solved if solved is not None else rating is not None and rating >= CONTENT_FROM
    return Vote(account, round_, at, rating, says, words)


def outcome(votes: Sequence[Vote], reporter: str) -> str:
    """``rework``, ``close`` or ``open``: what the votes cast so far mean.

    Any "not solved" of the reporter, or of a third of the voters, is rework; a rating of 1 or 2 of the reporter too. The
    reporter's content vote closes; silence decides nothing.
    """
    against = [v for v in votes if not v.solved]
    mine = next((v for v in votes if v.account == reporter), None)
    discontent = mine is not None and mine.rating is not None and mine.rating < CONTENT_FROM
    if mine in against or discontent or (against and len(against) * THIRD >= len(votes)):
        return "rework"
    return "close" if mine is not None else "open"
