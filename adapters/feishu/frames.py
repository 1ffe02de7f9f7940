"""Frames of the long connection: protobuf with few fields, read and written here. Bytes that are none raise ``ValueError``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

CONTROL, DATA = 0, 1  # what ``method`` says
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types; the groups of old are not spoken
_FIXED = {FIXED64: 8, FIXED32: 4}
_MASK64 = 2**64 - 1
LONGEST_VARINT = 10  # bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. ``headers`` tell its type, the message that it is a part of, and which part."""

    method: int
    service: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""
    seq_id: int = 0
    log_id: int = 0


def encode(frame: Frame) -> bytes:
    """A frame as bytes. All required fields are written, also where they are zero: the other side checks."""
    parts = [
        _number(1, frame.seq_id),
        _number(2, frame.log_id),
        _number(3, frame.service),
        _number(4, frame.method),
        *(_bytes(5, _bytes(1, key.encode()) + _bytes(2, value.encode())) for key, value in frame.headers.items()),
        _bytes(8, frame.payload),
    ]
    return b"".join(parts)


def decode(raw: bytes) -> Frame:
    """Bytes as a frame; fields that we do not know are passed over."""
    numbers = {1: 0, 2: 0, 3: 0, 4: 0}
    headers: dict[str, str] = {}
    payload = b""
    for tag, value in _fields(raw):
        if isinstance(value, int):
            numbers[tag] = value
        elif tag == 5:
            key, word = _header(value)
            headers[key] = word
        elif tag == 8:
            payload = value
    return Frame(_signed(numbers[4]), _signed(numbers[3]), headers, payload, numbers[1], numbers[2])


def _header(raw: bytes) -> tuple[str, str]:
    found = {tag: value for tag, value in _fields(raw) if isinstance(value, bytes)}
    return found.get(1, b"").decode(), found.get(2, b"").decode()


def _fields(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message with their numbers, in order."""
    place = 0
    while place < len(raw):
        key, place = _varint(raw, place)
        tag, wire = key >> 3, key & 7
        if wire == VARINT:
            value, place = _varint(raw, place)
            yield tag, value
            continue
        if wire == BYTES:
            length, place = _varint(raw, place)
        elif wire in _FIXED:
            length = _FIXED[wire]
        else:
            raise ValueError(f"wire type {wire}")
        if place + length > len(raw):
            raise ValueError("cut off")
        if wire == BYTES:
            yield tag, raw[place : place + length]
        place += length


def _varint(raw: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift, byte in enumerate(raw[place : place + LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value & _MASK64, place + shift + 1
    raise ValueError("an endless number")


def _signed(value: int) -> int:
    """The lower half of a number, as an int32: its negatives travel as ten bytes."""
    return ((value & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000


def _number(tag: int, value: int) -> bytes:
    return _as_varint(tag << 3 | VARINT) + _as_varint(value & _MASK64)


def _bytes(tag: int, value: bytes) -> bytes:
    return _as_varint(tag << 3 | BYTES) + _as_varint(len(value)) + value


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
