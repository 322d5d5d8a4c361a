"""CBOR in the strict profile of PROTOCOL.md: one value has one meaning, and nothing malformed gets through.

`cbor2` is not used even where it is installed: it accepts duplicate keys, indefinite lengths, longer-than-needed
integers and tags outside the profile, and it builds the value before anyone could refuse it.
"""
import struct
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

DEPTH_MAX = 64
INT_MIN, INT_MAX, UINT_MAX = -(2**63), 2**63 - 1, 2**64 - 1
DECIMAL_EXPONENT_MAX = 9999
BIGNUM_BYTES_MAX = 128
DECIMAL_DIGITS_MAX = 309  # of the greatest number in that many bytes
TIMESTAMP_SECONDS_MIN, TIMESTAMP_SECONDS_MAX = -62135596800, 253402300799  # the years 0001 to 9999
DURATION_SECONDS_MAX = 315576000000  # ten thousand years, as in protobuf
DATE_DAYS_MIN, DATE_DAYS_MAX = -719162, 2932896  # the years 0001 to 9999

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DOUBLE, _SINGLE, _HALF = struct.Struct(">d"), struct.Struct(">f"), struct.Struct(">e")
_BYTE_AND_16, _BYTE_AND_32, _BYTE_AND_64 = struct.Struct(">BH"), struct.Struct(">BI"), struct.Struct(">BQ")
_TAG_BIGNUM, _TAG_NEGATIVE_BIGNUM, _TAG_DECIMAL, _TAG_EMBEDDED, _TAG_UUID = 2, 3, 4, 24, 37
_TAG_DATE, _TAG_TIMESTAMP, _TAG_DURATION = 100, 1001, 1002


class Malformed(ValueError):
    """Bytes outside the profile. `reason` is the word that the vectors use."""

    def __init__(self, reason: str, detail: str):
        super().__init__(detail)
        self.reason = reason


class Unencodable(ValueError):
    """A Python value that has no form in the profile. Its text never holds the value."""


@dataclass(frozen=True, order=True)
class Timestamp:
    """An instant to the nanosecond, for what `datetime` (microseconds) cannot hold."""

    seconds: int
    nanoseconds: int = 0

    @classmethod
    def of(cls, moment: datetime) -> "Timestamp":
        return cls(*_parts(moment - EPOCH))

    def datetime(self) -> datetime:
        """The same instant in UTC, cut to microseconds."""
        return EPOCH + timedelta(seconds=self.seconds, microseconds=self.nanoseconds // 1000)


@dataclass(frozen=True, order=True)
class Duration:
    """A length of time to the nanosecond: `seconds` may be negative, `nanoseconds` always counts upwards from it."""

    seconds: int
    nanoseconds: int = 0

    @classmethod
    def of(cls, length: timedelta) -> "Duration":
        return cls(*_parts(length))

    def timedelta(self) -> timedelta:
        """The same length, cut to microseconds."""
        return timedelta(seconds=self.seconds, microseconds=self.nanoseconds // 1000)


def _parts(length):
    return length.days * 86400 + length.seconds, length.microseconds * 1000


@dataclass(frozen=True)
class Embedded:
    """A CBOR value still in its bytes (tag 24): what a frame carries, so that a kernel can pass it on undecoded."""

    data: bytes


# ---- encoding -------------------------------------------------------------------------------------------------------


def encode(value) -> bytes:
    out = bytearray()
    _write(value, out, 0)
    return bytes(out)


def _write(value, out, depth):
    writer = _WRITERS.get(type(value)) or _writer_of_base(value)
    writer(value, out, depth)


def _writer_of_base(value):
    """A subclass (an IntEnum, a defaultdict) travels as what it extends."""
    for kind, writer in _WRITERS.items():
        if isinstance(value, kind):
            return writer
    raise Unencodable(f"{type(value).__name__} has no CBOR form")


def _write_head(major, number, out):
    major <<= 5
    if number < 24:
        out.append(major | number)
    elif number < 0x100:
        out.append(major | 24)
        out.append(number)
    elif number < 0x10000:
        out += _BYTE_AND_16.pack(major | 25, number)
    elif number < 0x100000000:
        out += _BYTE_AND_32.pack(major | 26, number)
    else:
        out += _BYTE_AND_64.pack(major | 27, number)


def _write_int(value, out, depth):
    if 0 <= value <= UINT_MAX:
        _write_head(0, value, out)
    elif INT_MIN <= value < 0:
        _write_head(1, -1 - value, out)
    else:
        raise Unencodable("an integer is outside int64 and uint64")


def _write_bytes(value, out, depth):
    _write_head(2, len(value), out)
    out += value


def _write_text(value, out, depth):
    data = _utf8(value)
    _write_head(3, len(data), out)
    out += data


def _utf8(text):
    try:
        return text.encode()
    except UnicodeEncodeError:
        # The original error prints the character, which is part of the value.
        raise Unencodable("a text holds half a surrogate pair") from None


def _write_list(value, out, depth):
    _check_depth(depth)
    _write_head(4, len(value), out)
    for item in value:
        _write(item, out, depth + 1)


def _write_map(value, out, depth):
    _check_depth(depth)
    _write_head(5, len(value), out)
    entries = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise Unencodable(f"a map key is {type(key).__name__}, not text")
        entries.append((_utf8(key), item))
    # Sorted by encoded bytes (so: by length first), that equal maps have equal bytes.
    entries.sort(key=lambda entry: (len(entry[0]), entry[0]))
    for key, item in entries:
        _write_head(3, len(key), out)
        out += key
        _write(item, out, depth + 1)


def _check_depth(depth):
    if depth >= DEPTH_MAX:
        raise Unencodable(f"a value is nested deeper than {DEPTH_MAX}")


def _write_decimal(value, out, depth):
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise Unencodable("a decimal is NaN or infinite")
    # From the digits: arithmetic on a Decimal would round to the precision of the caller's context.
    mantissa = int("".join(map(str, digits[: DECIMAL_DIGITS_MAX + 1])))
    if abs(exponent) > DECIMAL_EXPONENT_MAX or mantissa.bit_length() > BIGNUM_BYTES_MAX * 8:
        raise Unencodable("a decimal is outside the range of the protocol")
    _write_head(6, _TAG_DECIMAL, out)
    _write_head(4, 2, out)
    _write_int(exponent, out, depth)
    mantissa = -mantissa if sign else mantissa
    if INT_MIN <= mantissa <= UINT_MAX:
        _write_int(mantissa, out, depth)
    else:
        _write_head(6, _TAG_BIGNUM if mantissa > 0 else _TAG_NEGATIVE_BIGNUM, out)
        number = mantissa if mantissa > 0 else -1 - mantissa
        _write_bytes(number.to_bytes((number.bit_length() + 7) // 8, "big"), out, depth)


def _write_datetime(value, out, depth):
    if value.tzinfo is None or value.utcoffset() is None:
        raise Unencodable("a datetime has no time zone: write datetime.now(timezone.utc)")
    _write_timestamp(Timestamp.of(value), out, depth)


def _write_timestamp(value, out, depth):
    if not TIMESTAMP_SECONDS_MIN <= value.seconds <= TIMESTAMP_SECONDS_MAX:
        raise Unencodable("a timestamp is outside the years 0001 to 9999")
    _write_seconds(_TAG_TIMESTAMP, value, out, depth)


def _write_timedelta(value, out, depth):
    _write_duration(Duration.of(value), out, depth)


def _write_duration(value, out, depth):
    if abs(value.seconds) > DURATION_SECONDS_MAX:
        raise Unencodable("a duration is longer than ten thousand years")
    _write_seconds(_TAG_DURATION, value, out, depth)


def _write_seconds(tag, value, out, depth):
    if not 0 <= value.nanoseconds <= 999_999_999:
        raise Unencodable("nanoseconds are not between 0 and 999999999")
    _write_head(6, tag, out)
    out += b"\xa2\x01"
    _write_int(value.seconds, out, depth)
    out.append(0x28)  # the key -9: RFC 9581 names a fraction by its power of ten
    _write_int(value.nanoseconds, out, depth)


def _write_uuid(value, out, depth):
    _write_head(6, _TAG_UUID, out)
    _write_bytes(value.bytes, out, depth)


def _write_date(value, out, depth):
    _write_head(6, _TAG_DATE, out)
    _write_int(value.toordinal() - _EPOCH_DAY, out, depth)


def _write_embedded(value, out, depth):
    _write_head(6, _TAG_EMBEDDED, out)
    _write_bytes(value.data, out, depth)


# In this order a subclass stands before its base: bool before int, datetime before date.
_WRITERS = {
    type(None): lambda value, out, depth: out.append(0xF6),
    bool: lambda value, out, depth: out.append(0xF5 if value else 0xF4),
    int: _write_int,
    float: lambda value, out, depth: out.extend(
        b"\xfb" + _DOUBLE.pack(value) if value == value else b"\xfb\x7f\xf8\0\0\0\0\0\0"
    ),
    str: _write_text,
    bytes: _write_bytes,
    list: _write_list,
    dict: _write_map,
    Decimal: _write_decimal,
    datetime: _write_datetime,
    Timestamp: _write_timestamp,
    timedelta: _write_timedelta,
    Duration: _write_duration,
    UUID: _write_uuid,
    date: _write_date,
    Embedded: _write_embedded,
}
#: The Python types that travel as they are.
PLAIN = frozenset(_WRITERS) - {Embedded}


# ---- decoding -------------------------------------------------------------------------------------------------------


def decode(data: bytes, embedded: bool = False):
    """The one value that `data` is. `embedded` lets tag 24 through, which stands in frames and never in values."""
    value, end = _read(data, 0, 0, embedded)
    if end != len(data):
        raise Malformed("trailing", f"{len(data) - end} bytes follow the value")
    return value


def _read(data, at, depth, embedded):
    if at >= len(data):
        raise _truncated()
    initial = data[at]
    major, number = initial >> 5, initial & 31
    if major == 7:
        return _read_simple(data, at + 1, number)
    at += 1
    if number >= 24:
        number, at = _read_number(data, at, number)
    if major == 0:
        return number, at
    if major == 3 or major == 2:
        end = at + number
        if end > len(data):
            raise _truncated()
        return (_text(data[at:end]) if major == 3 else data[at:end]), end
    if major == 1:
        if number > INT_MAX:
            raise Malformed("integer", "an integer is below int64")
        return -1 - number, at
    if major == 6:
        return _read_tagged(data, at, number, embedded)
    if depth >= DEPTH_MAX:
        raise Malformed("depth", f"a value is nested deeper than {DEPTH_MAX}")
    # An item takes a byte at least, so a count that cannot be true is refused before anything is built for it.
    if number * (major - 3) > len(data) - at:
        raise _truncated()
    if major == 4:
        items = []
        for _ in range(number):
            item, at = _read(data, at, depth + 1, embedded)
            items.append(item)
        return items, at
    entries = {}
    for _ in range(number):
        if at < len(data) and data[at] >> 5 != 3:
            raise Malformed("key", "a map key is not text")
        key, at = _read(data, at, depth, False)
        if key in entries:
            raise Malformed("duplicate", "a map has the same key twice")
        entries[key], at = _read(data, at, depth + 1, embedded)
    return entries, at


def _read_number(data, at, low):
    """The argument after the initial byte: 1, 2, 4 or 8 bytes, and never more of them than the number needs."""
    if low > 27:
        if low == 31:
            raise Malformed("indefinite", "an item has no definite length")
        raise Malformed("reserved", f"additional information {low} is reserved")
    size = 1 << (low - 24)
    if at + size > len(data):
        raise _truncated()
    number = int.from_bytes(data[at : at + size], "big")
    if number < (24 if size == 1 else 1 << (size * 4)):
        raise Malformed("shortest", "a number is not in its shortest form")
    return number, at + size


def _read_simple(data, at, low):
    if low == 20 or low == 21:
        return low == 21, at
    if low == 22:
        return None, at
    form = {25: _HALF, 26: _SINGLE, 27: _DOUBLE}.get(low)
    if form is None:
        if low == 31:
            raise Malformed("indefinite", "an item has no definite length")
        raise Malformed("simple", "a simple value is neither null, false nor true")
    if at + form.size > len(data):
        raise _truncated()
    return form.unpack_from(data, at)[0], at + form.size


def _text(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Malformed("utf8", "a text is not valid UTF-8") from None


def _read_tagged(data, at, tag, embedded):
    if tag == _TAG_DECIMAL:
        return _read_decimal(data, at)
    if tag == _TAG_TIMESTAMP:
        seconds, nanoseconds, at = _read_seconds(data, at, "timestamp", TIMESTAMP_SECONDS_MIN, TIMESTAMP_SECONDS_MAX)
        value = Timestamp(seconds, nanoseconds)
        # `datetime` is what people use; the exact class only where `datetime` would lose digits.
        return (value if nanoseconds % 1000 else value.datetime()), at
    if tag == _TAG_DURATION:
        seconds, nanoseconds, at = _read_seconds(data, at, "duration", -DURATION_SECONDS_MAX, DURATION_SECONDS_MAX)
        value = Duration(seconds, nanoseconds)
        return (value if nanoseconds % 1000 else value.timedelta()), at
    if tag == _TAG_UUID:
        content, at = _read_of_major(data, at, 2, "uuid")
        if len(content) != 16:
            raise Malformed("uuid", "a uuid is not 16 bytes")
        return UUID(bytes=content), at
    if tag == _TAG_DATE:
        days, at = _read_integer(data, at, "date")
        if not DATE_DAYS_MIN <= days <= DATE_DAYS_MAX:
            raise Malformed("date", "a date is outside the years 0001 to 9999")
        return date.fromordinal(days + _EPOCH_DAY), at
    if tag == _TAG_EMBEDDED and embedded:
        content, at = _read_of_major(data, at, 2, "tag")
        return Embedded(content), at
    raise Malformed("tag", f"tag {tag} does not stand here")


def _read_of_major(data, at, major, reason):
    if at < len(data) and data[at] >> 5 != major:
        raise Malformed(reason, f"a {reason} holds an item of the wrong kind")
    return _read(data, at, 0, False)


def _read_integer(data, at, reason):
    if at < len(data) and data[at] >> 5 > 1:
        raise Malformed(reason, f"a {reason} holds something other than an integer")
    return _read(data, at, 0, False)


def _read_decimal(data, at):
    if at < len(data) and data[at] != 0x82:
        raise Malformed("decimal", "a decimal is not [exponent, mantissa]")
    exponent, at = _read_integer(data, at + 1, "decimal")
    if abs(exponent) > DECIMAL_EXPONENT_MAX:
        raise Malformed("decimal", f"the exponent of a decimal is beyond {DECIMAL_EXPONENT_MAX}")
    if at < len(data) and data[at] in (0xC0 | _TAG_BIGNUM, 0xC0 | _TAG_NEGATIVE_BIGNUM):
        negative = data[at] == 0xC0 | _TAG_NEGATIVE_BIGNUM
        content, at = _read_of_major(data, at + 1, 2, "decimal")
        number = int.from_bytes(content, "big")
        if number <= (INT_MAX if negative else UINT_MAX) or content[0] == 0:
            raise Malformed("shortest", "a bignum is longer than it needs to be")
        if len(content) > BIGNUM_BYTES_MAX:
            raise Malformed("decimal", f"the mantissa of a decimal is over {BIGNUM_BYTES_MAX} bytes")
        mantissa = -1 - number if negative else number
    else:
        mantissa, at = _read_integer(data, at, "decimal")
    # Through text: it is exact, where scaling would round to the precision of the caller's context.
    return Decimal(f"{mantissa}E{exponent}"), at


def _read_seconds(data, at, reason, least, most):
    if at < len(data) and data[at] not in (0xA1, 0xA2):
        raise Malformed(reason, f"a {reason} is not a map of seconds and nanoseconds")
    count, parts, at = data[at] & 31 if at < len(data) else 0, {}, at + 1
    for _ in range(count):
        key, at = _read_integer(data, at, reason)
        if key in parts:
            raise Malformed("duplicate", "a map has the same key twice")
        parts[key], at = _read_integer(data, at, reason)
    if at > len(data):
        raise _truncated()
    seconds, nanoseconds = parts.pop(1, None), parts.pop(-9, 0)
    if parts or seconds is None:
        raise Malformed(reason, f"a {reason} has other keys than 1 and -9")
    if not 0 <= nanoseconds <= 999_999_999 or not least <= seconds <= most:
        raise Malformed(reason, f"a {reason} is out of range")
    return seconds, nanoseconds, at


def _truncated():
    return Malformed("truncated", "the bytes end inside a value")
