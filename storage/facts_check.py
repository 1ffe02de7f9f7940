"""Computing all of the sums anew and comparing them with what is stored. Reads only.

Two steps that leave no gap: what each ticket has added against the ticket as it stands, and the sums against all that was
added. A ticket that still waits to be counted in may differ from what it has added; the sums may not.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC

from bot.domain.halfdays import FORTNIGHT, begin_of, fortnight
from storage.counting import Counting
from storage.repository import Pen, Repository
from storage.rollup import Key, roll_up
from storage.sums import Names, codes_in, numbers, unpacked

Place = tuple[str, int]  # unit, fortnight
AT_ONCE = 2000  # tickets
TOLD = 50  # faults in words; the rest are counted
AFTER = "SELECT id FROM ticket WHERE id > ? ORDER BY id LIMIT ?"
DUE = "SELECT ticket_id FROM fact_due WHERE ticket_id BETWEEN ? AND ?"
STORED = "SELECT unit, slot, category, sums FROM fact"


class Check(Repository):
    """One run over everything, in the memory of a mark for each unit and fortnight.

    In a mark every half day, category and code weighs differently, so that a number in the wrong place shows in it, too.
    Only the places whose marks do not come to nothing are looked at code by code, in a second run.
    """

    def __init__(self, pen: Pen, counting: Counting, *, all_wait: bool, seen: Callable[[int], object]) -> None:
        super().__init__(pen)
        self._all_wait = all_wait  # an older program has counted, by other formulas
        self._counting, self._seen = counting, seen
        self._marks: defaultdict[Place, int] = defaultdict(int)

    def run(self) -> list[str]:
        """What is wrong, in words; at most TOLD sentences and the number of the others."""
        faults = list(self._tickets())
        for key, names in self._stored():
            self._mark(key, names, 1)
        wrong = sorted(place for place, mark in self._marks.items() if mark)
        faults += self._details(set(wrong[:TOLD])) if wrong else []
        rest = max(0, len(faults) - TOLD) + len(wrong[TOLD:])
        return [*faults[:TOLD], f"还有 {rest} 处"] if rest > 0 else faults

    def _tickets(self) -> Iterator[str]:
        count = 0
        for ids in self._batches():
            waiting = set(ids) if self._all_wait else {row[0] for row in self._all(DUE, ids[0], ids[-1])}
            given = self._counting.given(ids)
            for key, names in roll_up((one, 1) for one in given.values()).items():
                self._mark(key, names, -1)
            for ticket_id, fresh in self._counting.fresh(ids):
                if ticket_id not in waiting and given.get(ticket_id) != fresh:
                    yield f"工单 {ticket_id}：计入汇总的与工单现状不符"
            count += len(ids)
            self._seen(count)

    def _batches(self) -> Iterator[Sequence[str]]:
        ids = [""]
        while ids := [row[0] for row in self._all(AFTER, ids[-1], AT_ONCE)]:
            yield ids

    def _stored(self) -> Iterator[tuple[Key, Names]]:
        for unit, slot, category, text in self._cursor.execute(STORED):
            yield (unit, slot, category), unpacked(text)

    def _mark(self, key: Key, names: Names, sign: int) -> None:
        _, slot, category = key
        mark = sum(hash((slot, category, name)) * count for name, count in names.items())
        self._marks[_place(key)] += sign * mark

    def _details(self, wrong: set[Place]) -> Iterator[str]:
        """Code by code; the numbers told are those of half days over all categories, the others show as a mark."""
        differences: defaultdict[tuple[str, int, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        given = (self._counting.given(ids) for ids in self._batches())
        added = (item for some in given for item in roll_up((one, 1) for one in some.values()).items())
        for sign, rows in ((-1, added), (1, self._stored())):
            for key, names in rows:
                if _place(key) in wrong:
                    _tell_apart(differences, key, names, sign)
        for place, difference in sorted(differences.items()):
            if any(difference):
                yield _sentence(place, difference)


def _place(key: Key) -> Place:
    unit, slot, _ = key
    return unit, slot if slot < 0 else fortnight(slot)


def _tell_apart(differences: dict[tuple[str, int, str], list[int]], key: Key, names: Names, sign: int) -> None:
    _, slot, category = key
    for code in codes_in(names):
        difference = differences[(*_place(key), code)]
        for at, number in enumerate(numbers(names, code)):
            difference[3] += sign * hash((slot, category, at)) * number
            if slot >= 0 and not category:
                difference[at] += sign * number


def _sentence(place: tuple[str, int, str], difference: Sequence[int]) -> str:
    unit, number, code = place
    *numbers, _ = difference
    what = [f"{name}差 {wrong:+}" for name, wrong in zip(("分子", "分母", "剔除数"), numbers, strict=True) if wrong]
    where = f"{unit}，{begin_of((-number - 1) * FORTNIGHT, UTC):%Y-%m-%d} 起两周，{code}"
    return f"{where}：汇总的{'、'.join(what) or '分日、分类或小计对不上'}"
