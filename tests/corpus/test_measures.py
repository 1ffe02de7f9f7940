"""The measures, on answers made by hand."""

from collections.abc import Sequence

import pytest

from corpus.measures import Judged, Line, b_cubed, headline, intervals, overlap, per_class, tally, total

HELP = {"nature": "help", "category": "facilities", "urgency": "routine"}


def new(ticket: str = "1", places: tuple[str, ...] = (), **labels: str) -> Line:
    told = {**HELP, **labels}
    return Line("new", told["nature"], told["category"], told["urgency"], places, ticket)


CHAT = Line("chat")


def read_as(gold: Sequence[Line], read: Sequence[Line]) -> dict[str, float | None]:
    return headline(tally(Judged(tuple(gold), tuple(read))))


def test_all_right() -> None:
    lines = [new(places=("3栋",)), Line("metoo", ticket="1"), Line("answer", ticket="1"), CHAT, Line("thanks")]
    found = read_as(lines, lines)
    assert found.pop("false alarms per 100 chat") == 0.0
    assert set(found.values()) == {1.0}


def test_nothing_at_all() -> None:
    found = headline(total([]))
    assert set(found.values()) == {None}
    assert read_as([CHAT], [CHAT]) == found | {"false alarms per 100 chat": 0.0}


def test_requests() -> None:
    """Two of three found, one of three wrong; an answer taken for a request is no alarm among chat."""
    gold = [new("1"), new("2"), Line("urge", ticket="1"), CHAT, CHAT, CHAT, Line("thanks"), Line("answer")]
    read = [new("a"), CHAT, Line("metoo", ticket="a"), CHAT, CHAT, CHAT, CHAT, new("b")]
    found = read_as(gold, read)
    assert found["request precision"] == found["request recall"] == found["request F1"] == pytest.approx(2 / 3)
    assert found["recall on new"] == 0.5
    assert found["false alarms per 100 chat"] == 0.0
    assert read_as(gold[3:7], [new("a"), CHAT, CHAT, CHAT])["false alarms per 100 chat"] == 25.0


def test_labels_count_where_a_new_request_was_found() -> None:
    gold = [new("1"), new("2", category="noise"), new("3"), Line("metoo", ticket="1")]
    read = [new("a"), new("b", nature="complaint"), CHAT, Line("metoo", "report", "other", "complex", ticket="a")]
    found = read_as(gold, read)
    assert (found["nature, new"], found["category, new"], found["urgency, new"]) == (0.5, 0.5, 1.0)


def test_classes() -> None:
    gold = [new("1"), new("2"), new("3", category="noise")]
    read = [new("a"), new("b", category="noise"), new("c", category="noise")]
    counts = tally(Judged(tuple(gold), tuple(read))).counts
    assert [(one.precision, one.recall, one.rows) for one in per_class(counts, "category", ["facilities", "noise", "other"])] == [
        (1.0, 0.5, 2), (0.5, 1.0, 1), (None, None, 0),
    ]  # fmt: skip


def test_places() -> None:
    gold = [new(str(at), ("3号楼2单元",)) for at in range(4)]
    read = [new("a", ("3号楼2单元",)), new("b", ("2单元",)), new("c", ("5栋",)), new("d")]
    found = read_as(gold, read)
    assert (found["place exact"], found["place overlapping"]) == (0.25, 0.5)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("东门", "小区东门口", True),
        ("3栋2单元", "2单元门口", True),
        ("3栋", "5栋", False),
        ("门", "东门", True),
    ],
)
def test_overlapping_places(one: str, other: str, same: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is same


def tickets(gold: str, read: str) -> Judged:
    """A letter a message: its ticket, "-" for none; the first of a gold ticket opens it."""

    def lines(names: str) -> tuple[Line, ...]:
        acts = ["new" if name not in names[:at] else "followup" for at, name in enumerate(names)]
        return tuple(CHAT if name == "-" else Line(act, ticket=name) for name, act in zip(names, acts, strict=True))

    return Judged(lines(gold), lines(read))


@pytest.mark.parametrize(
    ("gold", "read", "precision", "recall"),
    [
        ("aab", "xxy", 1, 1),
        ("aabb", "xxxx", 0.5, 1),
        ("aaaa", "xxyy", 1, 0.5),
        ("aa", "--", 1, 0.5),  # what was given no ticket stands alone
        ("aab-", "xyy-", (1 + 0.5 + 0.5) / 3, (0.5 + 0.5 + 1) / 3),
    ],
)
def test_b_cubed(gold: str, read: str, precision: float, recall: float) -> None:
    found = b_cubed(tickets(gold, read))
    assert found[:2] == pytest.approx((precision * found[2], recall * found[2]))


@pytest.mark.parametrize(
    ("gold", "read", "attached", "kept"),
    [
        ("aaab", "xxxy", 1, 1),
        ("aaab", "xx-x", 0.5, 0.5),
        ("aab", "-xx", 0, 0.5),
        ("ab", "xx", None, 0.5),
        ("aa", "--", 0, 0),
    ],
)
def test_later_messages_and_new_tickets(gold: str, read: str, attached: float | None, kept: float) -> None:
    found = headline(tally(tickets(gold, read)))
    assert (found["later messages attached"], found["new tickets kept new"]) == (attached, kept)


def test_conversations_add_up() -> None:
    """Tickets of two conversations may have the same name."""
    one, other = tickets("aab", "xxy"), tickets("aab", "xyy")
    both = total([tally(one), tally(other)])
    assert [*both.b3, both.counts["opens"]] == [3 + 2, 3 + 2, 6, 4]


def test_intervals_hold_the_value_and_repeat_themselves() -> None:
    tallies = [tally(tickets("aab", read)) for read in ("xxy", "xyy", "xxx", "x-y", "xxy")]
    found = intervals(tallies, draws=50)
    assert found == intervals(tallies, draws=50)
    known = {name: value for name, value in headline(total(tallies)).items() if value is not None}
    assert all(found[name].low <= value <= found[name].high for name, value in known.items())
    assert found["tickets B³ F"].low < found["tickets B³ F"].high
