"""Our codec of frames, beside protobuf's own."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feishu.frames import CONTROL, Frame, decode, encode
from adapters.feishu.stream import Parts
from tests.peers.feishu_wire import FRAME, frame_of

INT32, UINT64 = st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**64 - 1)
FRAMES = st.builds(
    Frame, INT32, INT32, st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=4), st.binary(max_size=300),
    UINT64, UINT64,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(frame=FRAMES)
def test_protobuf_reads_what_we_write_and_the_other_way_round(frame: Frame) -> None:
    raw = encode(frame)
    theirs = FRAME.FromString(raw)

    assert (theirs.method, theirs.service, theirs.payload) == (frame.method, frame.service, frame.payload)
    assert (theirs.SeqID, theirs.LogID) == (frame.seq_id, frame.log_id)
    assert {header.key: header.value for header in theirs.headers} == frame.headers
    assert decode(theirs.SerializeToString()) == frame == decode(raw)


@settings(max_examples=500, deadline=None)
@given(raw=st.binary(max_size=60))
def test_bytes_that_are_no_frame_are_refused_in_words(raw: bytes) -> None:
    with suppress(ValueError):
        decode(raw)


@settings(max_examples=300, deadline=None)
@given(frame=FRAMES, cut=st.integers(0, 400), place=st.integers(0, 400), bit=st.integers(0, 7))
def test_frames_that_are_cut_or_bent_never_break_us(frame: Frame, cut: int, place: int, bit: int) -> None:
    raw = bytearray(encode(frame))
    raw[place % len(raw)] ^= 1 << bit
    with suppress(ValueError):
        decode(bytes(raw[:cut]))


def test_unknown_fields_are_passed_over() -> None:
    raw = encode(Frame(CONTROL, 33, {"type": "ping"}))

    assert decode(raw + b"\x4a\x02id" + b"\x51" + bytes(8) + b"\x5d" + bytes(4)) == Frame(CONTROL, 33, {"type": "ping"})


@pytest.mark.parametrize("raw", [b"\xff" * 11, b"\x2a\x05ab", b"\x0b", b"\x42\xff\xff\xff\xff\x0f"])
def test_endless_numbers_and_lengths_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"number|cut|wire"):
        decode(raw)


def part(id_: str, seq: int, of: int, payload: bytes) -> Frame:
    return decode(frame_of(1, {"message_id": id_, "sum": str(of), "seq": str(seq)}, payload))


def test_parts_come_in_any_order_and_twice() -> None:
    parts = Parts()

    assert parts.whole(part("m", 2, 3, b"c")) is None
    assert parts.whole(part("m", 0, 3, b"a")) is None
    assert parts.whole(part("m", 0, 3, b"a")) is None
    assert parts.whole(part("m", 1, 3, b"b")) == b"abc"
    assert parts.whole(part("n", 0, 1, b"x")) == b"x"


def test_parts_that_never_come_whole_do_not_pile_up() -> None:
    parts = Parts()

    for number in range(200):
        assert parts.whole(part(f"m{number}", 0, 2, b"a")) is None

    assert parts.whole(part("m199", 1, 2, b"b")) == b"ab"
    assert parts.whole(part("m0", 1, 2, b"b")) is None
    assert parts.whole(part("x", 7, 5, b"")) is None
    assert parts.whole(part("x", 0, 10_000, b"")) is None
