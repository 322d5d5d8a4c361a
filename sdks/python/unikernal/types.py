"""What a hint means: its type in UDL, and how values pass between the wire and Python under it."""
import collections.abc
import dataclasses
import json
import re
import types
import typing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from . import cbor
from .cbor import Duration, Timestamp

_UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))
_LISTS = (list, tuple, collections.abc.Sequence)
_MAPS = (dict, collections.abc.Mapping)
_STREAMS = (
    collections.abc.Iterator,
    collections.abc.Generator,
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
)
_KINDS = {
    type(None): "null",
    bool: "bool",
    int: "int",
    float: "double",
    str: "string",
    bytes: "bytes",
    list: "list",
    dict: "map",
    Decimal: "decimal",
    datetime: "timestamp",
    Timestamp: "timestamp",
    timedelta: "duration",
    Duration: "duration",
    UUID: "uuid",
    date: "date",
}
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?", re.ASCII)
_WORD = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_ABSENT = object()


class Unsupported(Exception):
    """A hint that has no type in UDL."""


class Refused(Exception):
    """A value from the wire that breaks a rule. Holds where and which rule, never the value."""

    def __init__(self, rule: str):
        super().__init__(rule)
        self.rule, self.path = rule, ""

    def inside(self, step: str) -> "Refused":
        self.path = step + self.path
        return self

    def __str__(self):
        return f"{self.path.lstrip('.')}: {self.rule}" if self.path else self.rule


class Mismatch(Exception):
    """A value from the program that is not what its hint says. Holds where and both types, never the value."""

    def __init__(self, found: str, wanted: str):
        super().__init__(found, wanted)
        self.found, self.wanted, self.path = found, wanted, ""

    def inside(self, step: str) -> "Mismatch":
        self.path = step + self.path
        return self

    def __str__(self):
        where = f" at `{self.path.lstrip('.')}`" if self.path else ""
        return f"{self.found}{where} where its hint says {self.wanted}"


def wire_name(name: str) -> str:
    """`from_` travels as `from`: Python reserves words that other languages do not."""
    return name[:-1] if name.endswith("_") and len(name) > 1 else name


def label(hint) -> str:
    """A hint as a person wrote it."""
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__name__
    return re.sub(r"\b[\w.]+\.", "", str(hint))


class Shape:
    """One hint. `take` turns a value from the wire into Python's, `give` turns Python's into one for the wire."""

    text = "any"

    def take(self, value):
        return value

    def give(self, value):
        return plain(value)


class _Scalar(Shape):
    def __init__(self, text, hint, take, give):
        self.text, self.hint, self._take, self._give = text, hint, take, give

    def take(self, value):
        taken = self._take(value)
        if taken is _ABSENT:
            raise Refused(f"needs {self.text}, got {_KINDS[type(value)]}")
        return taken

    def give(self, value):
        given = self._give(value)
        if given is _ABSENT:
            raise Mismatch(type(value).__name__, label(self.hint))
        return given


class _Choice(Shape):
    """An Enum or a Literal: text on the wire."""

    def __init__(self, hint, members):
        self.hint, self._members = hint, members
        self._texts = {member: text for text, member in members.items()}
        # A text that is not a plain word is quoted, that a comma in it separates nothing.
        self.text = f"enum({', '.join(m if _WORD.fullmatch(m) else json.dumps(m) for m in members)})"

    def take(self, value):
        if type(value) is not str:
            raise Refused(f"needs {self.text}, got {_KINDS[type(value)]}")
        if value not in self._members:
            raise Refused(f"needs {self.text}, got another text")
        return self._members[value]

    def give(self, value):
        wanted = self.hint if isinstance(self.hint, type) else str
        if not isinstance(value, wanted):
            raise Mismatch(type(value).__name__, label(self.hint))
        if value not in self._texts:
            raise Mismatch("another text", label(self.hint))
        return self._texts[value]


class _Optional(Shape):
    def __init__(self, inner):
        self._inner = inner
        self.text = inner.text if inner.text in ("any", "null") else inner.text + "?"

    def take(self, value):
        return None if value is None else self._inner.take(value)

    def give(self, value):
        return None if value is None else self._inner.give(value)


class _List(Shape):
    def __init__(self, hint, item):
        self.hint, self._item = hint, item
        self._build = tuple if typing.get_origin(hint) is tuple else list
        self.text = f"list({item.text})"

    def take(self, value):
        if type(value) is not list:
            raise Refused(f"needs {self.text}, got {_KINDS[type(value)]}")
        return self._build(_each(value, self._item.take))

    def give(self, value):
        if not isinstance(value, (list, tuple)):
            raise Mismatch(type(value).__name__, label(self.hint))
        return _each(value, self._item.give)


def _each(values, convert):
    converted = []
    try:
        for value in values:
            converted.append(convert(value))
    except (Refused, Mismatch) as wrong:
        raise wrong.inside(f"[{len(converted)}]")
    return converted


class _Map(Shape):
    def __init__(self, hint, item):
        self.hint, self._item = hint, item
        self.text = f"map(string, {item.text})"

    def take(self, value):
        if type(value) is not dict:
            raise Refused(f"needs {self.text}, got {_KINDS[type(value)]}")
        return self._convert(value, self._item.take)

    def give(self, value):
        if not isinstance(value, collections.abc.Mapping):
            raise Mismatch(type(value).__name__, label(self.hint))
        for key in value:
            if not isinstance(key, str):
                raise Mismatch(f"a key of type {type(key).__name__}", label(self.hint))
        return self._convert(value, self._item.give)

    @staticmethod
    def _convert(value, convert):
        try:
            return {key: convert(item) for key, item in value.items()}
        except (Refused, Mismatch) as wrong:
            raise wrong.inside("[…]")  # the key is data too, so it is not told


class _Field(typing.NamedTuple):
    attribute: str
    wire: str
    shape: Shape
    may_be_absent: bool
    when_absent: object  # _ABSENT: leave it to the class


class _Record(Shape):
    """A dataclass, or a TypedDict. Fields it does not have are left aside, as the kernel's projection does."""

    def __init__(self, hint):
        self.hint, self.text = hint, hint.__name__
        self.fields: "list[_Field]" = []

    def take(self, value):
        if type(value) is not dict:
            raise Refused(f"needs {self.text}, got {_KINDS[type(value)]}")
        arguments = {}
        for field in self.fields:
            found = value.get(field.wire, _ABSENT)
            if found is not _ABSENT:
                try:
                    arguments[field.attribute] = field.shape.take(found)
                except Refused as refused:
                    raise refused.inside("." + field.wire)
            elif not field.may_be_absent:
                raise Refused("is missing").inside("." + field.wire)
            elif field.when_absent is not _ABSENT:
                arguments[field.attribute] = field.when_absent
        try:
            return self.hint(**arguments)
        except Exception as refusal:
            # The text of the exception may quote the value, so only its type is told.
            raise Refused(f"{self.text} refused it with {type(refusal).__name__}") from refusal

    def give(self, value):
        if dataclasses.is_dataclass(self.hint):
            if not isinstance(value, self.hint):
                raise Mismatch(type(value).__name__, self.text)
            entries = {field.attribute: getattr(value, field.attribute) for field in self.fields}
        else:
            if not isinstance(value, dict):
                raise Mismatch(type(value).__name__, self.text)
            entries = value
            if not entries.keys() <= {field.attribute for field in self.fields}:
                raise Mismatch("a dict with an unknown key", self.text)
        given = {}
        for field in self.fields:
            found = entries.get(field.attribute, _ABSENT)
            if found is _ABSENT and field.may_be_absent:
                continue
            try:
                if found is _ABSENT:
                    raise Mismatch("nothing", field.shape.text)
                travels = field.shape.give(found)
            except Mismatch as mismatch:
                raise mismatch.inside("." + field.wire)
            # An optional field without a value is absent on the wire, not null.
            if travels is not None or not isinstance(field.shape, _Optional):
                given[field.wire] = travels
        return given


class Types:
    """The shapes of one program. Its records are named, so each is built once and may refer to itself."""

    def __init__(self):
        self.records: "dict[str, _Record]" = {}

    def described(self) -> dict:
        """`types`, and `defaults` where a record has fields that the program fills."""
        fields = {name: {f.wire: f.shape.text for f in record.fields} for name, record in self.records.items()}
        defaults = {
            name: filled
            for name, record in self.records.items()
            if dataclasses.is_dataclass(record.hint)
            and (filled := [f.wire for f in record.fields if f.may_be_absent and f.when_absent is _ABSENT])
        }
        return {"types": fields, "defaults": defaults} if defaults else {"types": fields}

    def result(self, hint) -> "tuple[Shape, bool]":
        """The shape of what a function returns, and whether it is a stream of that."""
        if typing.get_origin(hint) in _STREAMS or hint in _STREAMS:
            items = typing.get_args(hint)
            return self.shape(items[0] if items else typing.Any), True
        return self.shape(hint), False

    def shape(self, hint) -> Shape:
        if hint in (typing.Any, object, dataclasses.MISSING):
            return Shape()
        if hint in _SCALARS:
            return _SCALARS[hint]
        if hasattr(hint, "__supertype__"):
            return self.shape(hint.__supertype__)
        if typing.get_origin(hint) is None and isinstance(hint, type):
            if issubclass(hint, Enum):
                return _Choice(hint, _members(hint))
            if dataclasses.is_dataclass(hint) or issubclass(hint, dict) and hasattr(hint, "__total__"):
                return self._record(hint)
        return self._generic(hint, typing.get_origin(hint) or hint, typing.get_args(hint))

    def _generic(self, hint, origin, items):
        if origin is typing.Literal and all(type(item) is str for item in items):
            return _Choice(hint, {item: item for item in items})
        if origin in _UNIONS and len(items) == 2 and type(None) in items:
            return _Optional(self.shape(items[0] if items[1] is type(None) else items[1]))
        if origin is tuple and items and (len(items) != 2 or items[1] is not Ellipsis):
            raise Unsupported(f"{label(hint)} has no type in UDL: only tuple[T, ...] has, as a list")
        if origin in _LISTS:
            return _List(hint, self.shape(items[0] if items else typing.Any))
        if origin in _MAPS:
            if items and items[0] not in (str, typing.Any):
                raise Unsupported(f"{label(hint)} has no type in UDL: keys of maps are str")
            return _Map(hint, self.shape(items[1] if items else typing.Any))
        if origin in _STREAMS:
            raise Unsupported(f"{label(hint)} may stand only as the whole result of a function")
        raise Unsupported(f"{label(hint)} has no type in UDL")

    def _record(self, hint):
        known = self.records.get(hint.__name__)
        if known is not None:
            if known.hint is not hint:
                raise Unsupported(f"two records are called {hint.__name__}")
            return known
        record = self.records[hint.__name__] = _Record(hint)  # before its fields, which may refer to it
        hints = typing.get_type_hints(hint)
        if dataclasses.is_dataclass(hint):
            fields = [
                (f.name, f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING)
                for f in dataclasses.fields(hint)
                if f.init
            ]
        else:
            fields = [(name, name not in hint.__required_keys__) for name in hints]
        for name, filled in fields:
            record.fields.append(self._field(hint, name, hints[name], filled))
        if len({field.wire for field in record.fields}) < len(record.fields):
            raise Unsupported(f"two fields of {hint.__name__} have the same name without the underscore")
        return record

    def _field(self, record, name, hint, filled):
        shape = self.shape(hint)
        optional = isinstance(shape, _Optional)
        if filled and not optional and not dataclasses.is_dataclass(record):
            # A TypedDict does not fill what is missing, so a key that may be missing is `T?`, not a default.
            return _Field(name, wire_name(name), _Optional(shape), True, _ABSENT)
        return _Field(name, wire_name(name), shape, filled or optional, _ABSENT if filled else None)


def _members(hint):
    by_value = all(isinstance(member.value, str) for member in hint)
    return {member.value if by_value else member.name: member for member in hint}


# ---- scalars --------------------------------------------------------------------------------------------------------


def _exactly(kind):
    return lambda value: value if type(value) is kind else _ABSENT


def _instance(kind):
    return lambda value: value if isinstance(value, kind) else _ABSENT


def _int_in(value):
    if type(value) is not int:
        return _ABSENT
    if value > cbor.INT_MAX:
        raise Refused("needs int, got a number beyond int64")
    return value


def _int_out(value):
    if not isinstance(value, int) or isinstance(value, bool):
        return _ABSENT
    if not cbor.INT_MIN <= value <= cbor.INT_MAX:
        raise Mismatch("a number beyond int64", "int")
    return int(value)


def _double_in(value):
    if type(value) is int:
        if float(value) != value:
            raise Refused("needs double, got an integer that a double cannot hold")
        return float(value)
    return value if type(value) is float else _ABSENT


def _double_out(value):
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > 2**1023 or float(value) != value:
            raise Mismatch("an integer that a double cannot hold", "float")
        return float(value)
    return float(value) if isinstance(value, float) else _ABSENT


def _decimal_in(value):
    return Decimal(value) if type(value) is int else value if type(value) is Decimal else _ABSENT


def _decimal_out(value):
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else _ABSENT


def _time_in(value):
    if type(value) is not str:
        return _ABSENT
    parts = _TIME.fullmatch(value)
    try:
        hour, minute, second, fraction = parts.groups()
        return time(int(hour), int(minute), int(second), int((fraction or "").ljust(6, "0")[:6]))
    except (AttributeError, ValueError):
        raise Refused("needs time, got a text that is not HH:MM:SS[.fffffffff]") from None


def _time_out(value):
    if not isinstance(value, time):
        return _ABSENT
    if value.tzinfo is not None:
        raise Mismatch("a time with a time zone", "time")
    return value.isoformat().rstrip("0") if value.microsecond else value.isoformat()


def _moment_in(value):
    return value.datetime() if type(value) is Timestamp else value if type(value) is datetime else _ABSENT


def _timestamp_in(value):
    return Timestamp.of(value) if type(value) is datetime else value if type(value) is Timestamp else _ABSENT


def _length_in(value):
    return value.timedelta() if type(value) is Duration else value if type(value) is timedelta else _ABSENT


def _duration_in(value):
    return Duration.of(value) if type(value) is timedelta else value if type(value) is Duration else _ABSENT


def _date_out(value):
    return value if isinstance(value, date) and not isinstance(value, datetime) else _ABSENT


def _nothing(value):
    return None if value is None else _ABSENT


_SCALARS = {
    hint: _Scalar(text, hint, take, give)
    for hint, text, take, give in (
        (str, "string", _exactly(str), _instance(str)),
        (bool, "bool", _exactly(bool), _instance(bool)),
        (int, "int", _int_in, _int_out),
        (float, "double", _double_in, _double_out),
        (bytes, "bytes", _exactly(bytes), _instance(bytes)),
        (Decimal, "decimal", _decimal_in, _decimal_out),
        (UUID, "uuid", _exactly(UUID), _instance(UUID)),
        (datetime, "timestamp", _moment_in, _instance(datetime)),
        (Timestamp, "timestamp", _timestamp_in, _instance(Timestamp)),
        (date, "date", _exactly(date), _date_out),
        (time, "time", _time_in, _time_out),
        (timedelta, "duration", _length_in, _instance(timedelta)),
        (Duration, "duration", _duration_in, _instance(Duration)),
        (type(None), "null", _nothing, _nothing),
    )
}


# ---- values without a hint ------------------------------------------------------------------------------------------


def plain(value, depth: int = 0):
    """A value without a hint as the codec takes it: dataclasses as maps, tuples as lists, enums as text."""
    if depth > cbor.DEPTH_MAX:
        raise cbor.Unencodable(f"a value is nested deeper than {cbor.DEPTH_MAX}")
    kind = type(value)
    if kind is dict or isinstance(value, collections.abc.Mapping):
        return {key: plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, depth + 1) for item in value]
    if kind in cbor.PLAIN:
        return value
    if isinstance(value, Enum):
        return plain(_Choice(kind, _members(kind)).give(value), depth)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {wire_name(field.name): getattr(value, field.name) for field in dataclasses.fields(value)}
        return {name: plain(item, depth + 1) for name, item in fields.items()}
    if kind is time:
        return _time_out(value)
    return value  # the codec says what is wrong with it
