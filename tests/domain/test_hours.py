from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.hours import DAY_NAMES, DEFAULT_HOURS, OfficeHours

OFFICE = (8 * 60 + 30, 17 * 60 + 30)
SPLIT = ((8 * 60 + 30, 12 * 60), (14 * 60 + 30, 17 * 60 + 30))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Mon-Fri 08:30-17:30", "Mon-Fri 08:30-17:30"),
        ("mon - friday 8:30 – 17:30", "Mon-Fri 08:30-17:30"),
        ("Mon-Fri 08:30-12:00,14:30-17:30; Sat 09:00-12:00", "Mon-Fri 08:30-12:00,14:30-17:30; Sat 09:00-12:00"),
        ("Mon-Fri 08:30-12:00;14:30-17:30", "Mon-Fri 08:30-12:00,14:30-17:30"),
        ("Mon-Sun 00:00-24:00", "Mon-Sun 00:00-24:00"),
        ("全天", "Mon-Sun 00:00-24:00"),
        ("每天 24小时", "Mon-Sun 00:00-24:00"),
        ("Sat 09:00-12:00", "Sat 09:00-12:00"),
        ("Mon, Wed 09:00-10:00", "Mon 09:00-10:00; Wed 09:00-10:00"),
        ("Sat-Mon 09:00-10:00", "Mon 09:00-10:00; Sat-Sun 09:00-10:00"),
        ("周一至周五 8:30-17:30", "Mon-Fri 08:30-17:30"),
        ("周一至五 8：30～17：30", "Mon-Fri 08:30-17:30"),
        ("星期一到星期五8:30至12:00，14:30至17:30", "Mon-Fri 08:30-12:00,14:30-17:30"),
        ("工作日 8:30-17:30；周六、周日 9:00-12:00", "Mon-Fri 08:30-17:30; Sat-Sun 09:00-12:00"),
        ("工作日 8:30-17:30", "Mon-Fri 08:30-17:30"),
        ("周天 9:00-10:00", "Sun 09:00-10:00"),
        ("Mon-Sun 22:00-06:00", "Mon-Sun 00:00-06:00,22:00-24:00"),
        ("Sun 22:00-06:00", "Mon 00:00-06:00; Sun 22:00-24:00"),
        ("Mon 22:00-00:00", "Mon 22:00-24:00"),
        ("Mon 08:00-12:00,11:00-14:00,14:00-15:00", "Mon 08:00-15:00"),
    ],
)  # fmt: skip
def test_what_people_write_has_one_canonical_form(text: str, canonical: str) -> None:
    hours = OfficeHours.parse(text)
    assert str(hours) == canonical
    assert OfficeHours.parse(str(hours)) == hours


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no times"),
        ("Mon-Fri", "no times"),
        ("Mon 09:00-10:00; Tue", "no times"),
        ("08:30-17:30", "names no days"),
        ("Mon-Fri 9-17", "not a span"),
        ("Mon-Fri 08:30-17:30 extra", "not a span"),
        ("Mon-Fri 25:00-26:00", "not a time of day"),
        ("Mon-Fri 08:60-09:00", "not a span"),
        ("Mon-Fri 24:00-08:00", "not a time of day"),
        ("Mon-Fri 08:00-08:00", "is empty"),
        ("Monkey 08:00-09:00", "not a day"),
        ("周八 08:00-09:00", "not a day"),
        ("Mon--Fri 08:00-09:00-10:00", "not a span"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        OfficeHours.parse(text)


@pytest.mark.parametrize(
    ("text", "local", "inside"),
    [
        ("Mon-Fri 08:30-17:30", "2026-09-18T08:29", False),
        ("Mon-Fri 08:30-17:30", "2026-09-18T08:30", True),
        ("Mon-Fri 08:30-17:30", "2026-09-18T17:29:59", True),
        ("Mon-Fri 08:30-17:30", "2026-09-18T17:30", False),
        ("Mon-Fri 08:30-17:30", "2026-09-19T10:00", False),
        ("Mon-Fri 08:30-12:00,14:30-17:30", "2026-09-18T13:00", False),
        ("Mon-Sun 22:00-06:00", "2026-09-18T23:00", True),
        ("Mon-Sun 22:00-06:00", "2026-09-19T05:59", True),
        ("Mon-Sun 22:00-06:00", "2026-09-19T06:00", False),
        ("Fri 22:00-06:00", "2026-09-19T01:00", True),
        ("Fri 22:00-06:00", "2026-09-18T01:00", False),
        ("Mon-Sun 00:00-24:00", "2026-09-20T23:59:59", True),
    ],
)
def test_includes(text: str, local: str, inside: bool) -> None:
    assert OfficeHours.parse(text).includes(datetime.fromisoformat(local)) is inside


def test_the_default_is_office_hours() -> None:
    assert OfficeHours.parse("Mon-Fri 08:30-17:30") == DEFAULT_HOURS
    assert DEFAULT_HOURS.spans(0) == (OFFICE,)
    assert DEFAULT_HOURS.spans(5) == ()


def test_around_the_clock() -> None:
    assert OfficeHours.parse("Mon-Sun 00:00-24:00").always
    assert not OfficeHours.parse("Mon-Sun 00:00-23:59").always


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Mon-Fri 08:30-17:30", (OFFICE,)),
        ("Mon-Thu 08:30-12:00,14:30-17:30; Fri 08:30-17:30; Sat 09:00-12:00", SPLIT),
        ("Sat-Sun 08:30-17:30", (OFFICE,)),
    ],
)
def test_an_ordinary_day_is_the_most_frequent_weekday(text: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert OfficeHours.parse(text).ordinary == spans


_minutes = st.integers(min_value=0, max_value=24 * 60 - 1)


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.tuples(st.sampled_from(DAY_NAMES), _minutes, _minutes).filter(lambda p: p[1] != p[2]), min_size=1))
def test_every_set_of_spans_survives_its_canonical_form(parts: list[tuple[str, int, int]]) -> None:
    text = "; ".join(f"{day} {a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for day, a, b in parts)
    hours = OfficeHours.parse(text)
    assert OfficeHours.parse(str(hours)) == hours
    assert all(start < end <= 24 * 60 for day in hours.week for start, end in day)


@settings(deadline=None)  # a busy machine is no fault
@given(st.text())
def test_any_text_parses_or_is_refused(text: str) -> None:
    with suppress(ValueError):
        assert any(OfficeHours.parse(text).week)
