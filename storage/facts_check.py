"""Computing all of the sums anew and comparing them with what is stored. Reads only.

Two steps that leave no gap: what each ticket has added against the ticket as it stands, and the sums against all that was
added. A ticket that still waits to be counted in may differ from what it has added; the sums may not.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC

from bot.domain.halfdays import FORTNIGHT, begin_of, fortnight
from storage.counting import Counting
from storage.repository import Pen, Repository
from storage.rollup import Key, roll_up

Place = tuple[str, int, str]  # unit, fortnight, code
AT_ONCE = 2000  # tickets
TOLD = 50  # faults in words; the rest are counted
STEP = 1_000_003  # part, whole and excluded as one number
AFTER = "SELECT id FROM ticket WHERE id > ? ORDER BY id LIMIT ?"
DUE = "SELECT ticket_id FROM fact_due WHERE ticket_id BETWEEN ? AND ?"
STORED = "SELECT unit, slot, category, code, part, whole, excluded FROM fact"


class Check(Repository):
    """One run over everything. Not every sum is held against its own: that would take gigabytes for a million tickets.

    Held are the differences of each unit, fortnight and code, and a mark in which each half day and category weighs
    differently: a number in the wrong place shows in it.
    """

    def __init__(self, pen: Pen, counting: Counting) -> None:
        super().__init__(pen)
        self._counting = counting
        self._differences: defaultdict[Place, list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def run(self) -> list[str]:
        """What is wrong, in words; at most TOLD sentences and the number of the others."""
        faults = [*self._tickets(), *self._sums()]
        rest = len(faults) - TOLD
        return [*faults[:TOLD], f"还有 {rest} 处"] if rest > 0 else faults

    def _tickets(self) -> Iterator[str]:
        for ids in self._batches():
            waiting = {row[0] for row in self._all(DUE, ids[0], ids[-1])}
            given = self._counting.given(ids)
            for key, numbers in roll_up((one, -1) for one in given.values()):
                self._add(key, numbers)
            for ticket_id, fresh in self._counting.fresh(ids):
                if ticket_id not in waiting and given.get(ticket_id) != fresh:
                    yield f"工单 {ticket_id}：计入汇总的与工单现状不符"

    def _batches(self) -> Iterator[Sequence[str]]:
        ids = [""]
        while ids := [row[0] for row in self._all(AFTER, ids[-1], AT_ONCE)]:
            yield ids

    def _add(self, key: Key, numbers: Sequence[int]) -> None:
        """The numbers themselves are those of half days over all categories; the others show in the mark."""
        unit, slot, category, code = key
        difference = self._differences[unit, slot if slot < 0 else fortnight(slot), code]
        difference[3] += hash((slot, category)) * _as_one(*numbers)
        if slot >= 0 and not category:
            for at, number in enumerate(numbers):
                difference[at] += number

    def _sums(self) -> Iterator[str]:
        for *key, part, whole, excluded in self._cursor.execute(STORED):
            self._add((key[0], key[1], key[2], key[3]), (part, whole, excluded))
        for place, difference in sorted(self._differences.items()):
            if any(difference):
                yield _sentence(place, difference)


def _as_one(part: int, whole: int, excluded: int) -> int:
    return (part * STEP + whole) * STEP + excluded


def _sentence(place: Place, difference: Sequence[int]) -> str:
    unit, number, code = place
    *numbers, _ = difference
    what = [f"{name}差 {wrong:+}" for name, wrong in zip(("分子", "分母", "剔除数"), numbers, strict=True) if wrong]
    where = f"{unit}，{begin_of((-number - 1) * FORTNIGHT, UTC):%Y-%m-%d} 起两周，{code}"
    return f"{where}：汇总的{'、'.join(what) or '分日、分类或小计对不上'}"
