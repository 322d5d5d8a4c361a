"""Frames: a header of twelve bytes and one CBOR value. What each may hold is checked here, once, for every reader."""
import struct
from typing import Iterator, NamedTuple

from . import cbor
from .cbor import Embedded, Malformed

CALL, RESULT, ERROR, CANCEL, CHUNK, CREDIT = 1, 2, 3, 4, 5, 6
HELLO, WELCOME, PING, PONG, GOODBYE, REGISTER = 7, 8, 9, 10, 11, 12
FLAG_LAST, FLAG_OPTIONAL = 0x01, 0x80
MAX_FRAME = 16 * 1024 * 1024
ID_MAX = 2**31 - 1

_HEADER = struct.Struct(">IBBHI")
_LENGTH_OF_REST = _HEADER.size - 4  # `len` counts what follows itself, so these eight bytes too
_OF_THE_CONNECTION = frozenset((HELLO, WELCOME, PING, PONG, GOODBYE, REGISTER))


class Frame(NamedTuple):
    type: int
    flags: int
    id: int
    payload: object


def encode(type: int, id: int, payload, flags: int = 0) -> bytes:
    data = cbor.encode(payload)
    return _HEADER.pack(len(data) + _LENGTH_OF_REST, type, flags, 0, id) + data


class Reader:
    """Bytes in, frames out, in whatever pieces the bytes arrive."""

    def __init__(self, max_frame: int = MAX_FRAME):
        self.max_frame = max_frame
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that `data` completes. Raises Malformed at the first that may not stand."""
        self._bytes += data
        at = 0
        try:
            while len(self._bytes) - at >= _HEADER.size:
                length, type, flags, zero, id = _HEADER.unpack_from(self._bytes, at)
                self._check_header(length, type, flags, zero, id)
                end = at + 4 + length
                if end > len(self._bytes):
                    break
                payload = bytes(memoryview(self._bytes)[at + _HEADER.size : end])
                at = end
                if type in _CHECKS:
                    value = cbor.decode(payload, embedded=type in _MAY_EMBED)
                    if not _CHECKS[type](value):
                        raise Malformed("payload", f"a frame of type {type} holds something else than it may")
                    yield Frame(type, flags, id, value)
        finally:
            del self._bytes[:at]

    def _check_header(self, length, type, flags, zero, id):
        if not _LENGTH_OF_REST <= length <= self.max_frame:
            raise Malformed("length", f"a frame of {length} bytes, where 8 to {self.max_frame} may stand")
        if zero:
            raise Malformed("zero", "the two zero bytes of a header are not zero")
        if type not in _CHECKS:
            if flags & FLAG_OPTIONAL:
                return
            raise Malformed("type", f"a frame of the unknown type {type}")
        if id > ID_MAX or type != ERROR and (id == 0) != (type in _OF_THE_CONNECTION):
            raise Malformed("id", f"a frame of type {type} with the id {id}")


def _is_call(value):
    return (
        type(value) is list
        and len(value) == 3
        and type(value[0]) is str
        and type(value[1]) is dict
        and type(value[2]) is Embedded
    )


def _is_error(value):
    return type(value) is dict and type(value.get("code")) is str and type(value.get("message")) is str


def _is_map(value):
    return type(value) is dict


def _is_embedded(value):
    return type(value) is Embedded


_MAY_EMBED = frozenset((CALL, RESULT, CHUNK))
_CHECKS = {
    CALL: _is_call,
    RESULT: _is_embedded,
    ERROR: _is_error,
    CANCEL: lambda value: value is None,
    CHUNK: _is_embedded,
    CREDIT: lambda value: type(value) is int and value > 0,
    HELLO: _is_map,
    WELCOME: _is_map,
    PING: lambda value: True,
    PONG: lambda value: True,
    GOODBYE: _is_map,
    REGISTER: _is_map,
}
