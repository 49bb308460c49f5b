"""Schemas compiled into Python functions that read and write single-object bodies. Strict, and resolving older and newer versions to the one wanted.

Why generated source: a fact is read in a third of the time that a tree of closures takes, or the library's reader followed by a conversion. It is
written as `dataclasses` writes its methods: straight-line code, in which a schema's names stand as literals only.

Why not the library's reader: it accepts a union branch of -1, a boolean of 2, a varint of any length and a false block size, so that two readers could
see two events in the same bytes. The library and Apache's own are the oracles of the tests.

Nothing is allocated by a length that the bytes do not bear out: a slice ends with its buffer, and an array has a byte an item at least. A position past
the end is met by the next byte's IndexError, or at the end of the body.

Two forms of values. *Plain*: dict, list, str, int, bool, bytes, None; a date is ISO 8601 text. *Typed*, where a type hint is given: a dataclass for a
record, a tuple for an array, a member for a vocabulary's symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from enum import StrEnum
from typing import Any, get_args

from events.binary import Malformed, TrailingBytes, read_array_head, read_date, read_length, read_long, write_date, write_integer, write_long
from events.resolution import Schema, kind_of, takes_a_byte
from events.typed import hints_of, optional_of, to_typed

Plain = Any
"""`Any`, because every value is checked by its schema, where mypy cannot follow."""
Reader = Callable[[bytes], Any]
"""Takes a whole value, its header included. Raises Malformed, TrailingBytes, IndexError, KeyError (an unknown symbol) or UnicodeDecodeError."""
JoiningReader = Callable[[bytes, Mapping[str, Any]], Any]
"""As `Reader`; takes the fields that are not in the bytes as well."""
Writer = Callable[[bytearray, Any], None]
"""Appends the body. Raises ValueError, TypeError, KeyError or AttributeError where the value does not fit the schema."""

HEADER_BYTES = 10
"""Mark and fingerprint, before the body."""

_NOTHING: Mapping[str, Any] = {}


class _Source:
    """Lines of one function, and the objects they name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "Malformed": Malformed,
            "TrailingBytes": TrailingBytes,
            "read_array_head": read_array_head,
            "read_date": read_date,
            "read_length": read_length,
            "read_long": read_long,
            "write_date": write_date,
            "write_integer": write_integer,
            "write_long": write_long,
        }
        self._used = 0

    def add(self, depth: int, *lines: str) -> None:
        self.lines.extend("    " * depth + line for line in lines)

    def variable(self) -> str:
        self._used += 1
        return f"v{self._used}"

    def constant(self, value: Any) -> str:
        self._used += 1
        name = f"C{self._used}"
        self.names[name] = value
        return name

    def function(self, head: str) -> Any:
        """The function `run` with these lines for its body."""
        exec(compile("\n".join([head, *self.lines]), "<schema>", "exec"), self.names)  # noqa: S102
        return self.names["run"]


def compile_reader(written: Schema, wanted: Schema, hints: Mapping[str, Any] = _NOTHING) -> Reader:
    """A reader of bytes of the record `written` that yields the record `wanted` as a dict; both inlined, and compatible as the check has proved.

    Fields with a hint are typed, the others plain. A field that only `written` has is skipped, one that only `wanted` has takes its default.
    """
    reader: Reader = _reader("def run(b):", written, wanted, hints, lambda found: "{" + ", ".join(f"{n!r}: {v}" for n, v in found.items()) + "}")
    return reader


def compile_typed_reader(written: Schema, wanted: Schema, kind: type) -> JoiningReader:
    """As `compile_reader`, but yields the dataclass `kind`. Fields of it that `wanted` has not are taken from the second argument."""
    source_of = {name: f"c[{name!r}]" for name in hints_of(kind)}

    def build(found: dict[str, str]) -> str:
        return "kind(" + ", ".join((source_of | found)[name] for name in source_of) + ")"

    reader: JoiningReader = _reader("def run(b, c):", written, wanted, hints_of(kind), build, kind=kind)
    return reader


def _reader(head: str, written: Schema, wanted: Schema, hints: Mapping[str, Any], build: Callable[[dict[str, str]], str], **names: Any) -> Any:
    source = _Source()
    source.names |= names
    source.add(1, f"p = {HEADER_BYTES}")
    found = _read_fields(source, 1, written, wanted, hints)
    source.add(1, f"r = {build(found)}", "if p != len(b):", "    raise TrailingBytes if p < len(b) else Malformed", "return r")
    return source.function(head)


def _read_fields(source: _Source, depth: int, written: Schema, wanted: Schema, hints: Mapping[str, Any]) -> dict[str, str]:
    """Emits the reading of a record's fields. Gives the expression for each field of `wanted`."""
    target = {field["name"]: field for field in wanted["fields"]}
    found: dict[str, str] = {}
    for field in written["fields"]:
        name = field["name"]
        kept = name in target
        value = _read(source, depth, field["type"], target[name]["type"] if kept else field["type"], hints.get(name) if kept else None)
        if kept:
            found[name] = value
    for name, field in target.items():
        if name not in found:
            found[name] = _default(source, field["default"], hints.get(name))
    return found


def _default(source: _Source, default: Any, hint: Any) -> str:
    if default == [] and hint is None:
        return "[]"
    convert = None if hint is None else to_typed(hint)
    return source.constant(default if convert is None else convert(default))


def _read(source: _Source, depth: int, written: Schema, wanted: Schema, hint: Any) -> str:
    """Emits the reading of one value from the buffer `b` at `p`. Gives the variable that holds it."""
    kind = kind_of(written)
    if kind != kind_of(wanted):
        raise TypeError(f"{kind} is not read as {kind_of(wanted)}")
    v = source.variable()
    match kind:
        case "null":
            source.add(depth, f"{v} = None")
        case "boolean":
            source.add(depth, "k = b[p]", "p += 1", "if k > 1:", "    raise Malformed", f"{v} = k == 1")
        case "long":
            source.add(depth, "k = b[p]", "if k < 128:", f"    {v} = k >> 1 ^ -(k & 1)", "    p += 1", "else:", f"    {v}, p = read_long(b, p)")
        case "date":
            source.add(depth, f"{v}, p = read_date(b, p)")
        case "string" if isinstance(hint, type) and issubclass(hint, StrEnum):
            symbols = source.constant({member.value.encode(): member for member in hint})
            _read_length(source, depth)
            source.add(depth, f"{v} = {symbols}[b[p - k:p]]")
        case "string":
            _read_length(source, depth)
            source.add(depth, f"{v} = b[p - k:p].decode()", f"if '\\0' in {v}:", "    raise Malformed")
        case "bytes":
            _read_length(source, depth)
            source.add(depth, f"{v} = b[p - k:p]")
        case "fixed":
            source.add(depth, f"p += {written['size']}", f"{v} = b[p - {written['size']}:p]")
        case "union":
            _check_union(written)
            _check_union(wanted)
            source.add(depth, "k = b[p]", "p += 1", "if k == 2:")
            inner = _read(source, depth + 1, written[1], wanted[1], None if hint is None else optional_of(hint))
            source.add(depth, f"    {v} = {inner}", "elif k == 0:", f"    {v} = None", "else:", "    raise Malformed")
        case "array":
            _read_array(source, depth, v, written, wanted, hint)
        case "record":
            found = _read_fields(source, depth, written, wanted, _NOTHING if hint is None else hints_of(hint))
            source.add(depth, f"{v} = {_built(source, found, hint)}")
        case _:
            raise TypeError(f"a schema here may not use the type {kind}")
    return v


def _built(source: _Source, found: dict[str, str], hint: Any) -> str:
    """A nested record's expression: a dict, or a dataclass with exactly these fields."""
    if hint is None:
        return "{" + ", ".join(f"{name!r}: {value}" for name, value in found.items()) + "}"
    if found.keys() != hints_of(hint).keys():
        raise TypeError(f"the fields of {hint.__name__} are not those of its schema")
    return f"{source.constant(hint)}({', '.join(found[name] for name in hints_of(hint))})"


def _read_length(source: _Source, depth: int) -> None:
    """Emits the reading of a length into `k`, and sets `p` to the end of what is that long. An end past the buffer shows later."""
    source.add(depth, "k = b[p]", "if k & 129:", "    k, p = read_length(b, p)", "    p += k", "else:", "    k >>= 1", "    p += k + 1")


def _read_array(source: _Source, depth: int, v: str, written: Schema, wanted: Schema, hint: Any) -> None:
    if not takes_a_byte(written["items"]):
        raise TypeError("an item of an array must take a byte at least, or a count alone could fill the memory")
    count, end = source.variable(), source.variable()
    source.add(depth, f"{v} = []", "while b[p]:", f"    {count}, {end}, p = read_array_head(b, p)", f"    for _ in range({count}):")
    item = _read(source, depth + 2, written["items"], wanted["items"], None if hint is None else get_args(hint)[0])
    source.add(depth + 2, f"{v}.append({item})")
    source.add(depth, f"    if {end} is not None and p != {end}:", "        raise Malformed", "p += 1")
    if hint is not None:
        source.add(depth, f"{v} = tuple({v})")


def compile_writer(schema: Schema) -> Writer:
    """A writer of plain dicts with exactly the record's fields."""
    source = _Source()
    source.add(1, f"if len(x) != {len(schema['fields'])}:", "    raise ValueError('a field too many')")
    for field in schema["fields"]:
        _write(source, 1, field["type"], f"x[{field['name']!r}]", None)
    source.add(1, "return None")
    writer: Writer = source.function("def run(out, x):")
    return writer


def compile_typed_writer(schema: Schema, kind: type) -> Writer:
    """A writer of the record's fields out of the dataclass `kind`, which may have others beside them."""
    hints, source = hints_of(kind), _Source()
    for field in schema["fields"]:
        _write(source, 1, field["type"], f"x.{field['name']}", hints[field["name"]])
    source.add(1, "return None")
    writer: Writer = source.function("def run(out, x):")
    return writer


def _write(source: _Source, depth: int, schema: Schema, value: str, hint: Any) -> None:
    """Emits the writing of the expression `value`."""
    v = source.variable()
    source.add(depth, f"{v} = {value}")
    match kind_of(schema):
        case "null":
            source.add(depth, f"if {v} is not None:", "    raise TypeError('not null')")
        case "boolean":
            source.add(depth, f"if {v} is not True and {v} is not False:", "    raise TypeError('not a boolean')", f"out.append({v})")
        case "long":
            source.add(depth, f"write_integer(out, {v})")
        case "date":
            source.add(depth, f"write_date(out, {v})")
        case "string":
            source.add(depth, f"k = {v}.encode()", "if 0 in k:", "    raise ValueError('U+0000 in a text')", "write_long(out, len(k))", "out += k")
        case "bytes":
            source.add(depth, f"if type({v}) is not bytes:", "    raise TypeError('not bytes')", f"write_long(out, len({v}))", f"out += {v}")
        case "fixed":
            source.add(
                depth, f"if type({v}) is not bytes or len({v}) != {schema['size']}:", "    raise TypeError('not its number of bytes')", f"out += {v}"
            )
        case "union":
            _check_union(schema)
            source.add(depth, f"if {v} is None:", "    out.append(0)", "else:", "    out.append(2)")
            _write(source, depth + 1, schema[1], v, None if hint is None else optional_of(hint))
        case "array":
            item = source.variable()
            source.add(depth, f"k = len({v})", "if k:", "    write_long(out, k)", f"    for {item} in {v}:")
            _write(source, depth + 2, schema["items"], item, None if hint is None else get_args(hint)[0])
            source.add(depth, "out.append(0)")
        case "record":
            typed = hint is not None and is_dataclass(hint)
            for field in schema["fields"]:
                name = field["name"]
                _write(source, depth, field["type"], f"{v}.{name}" if typed else f"{v}[{name!r}]", hints_of(hint)[name] if typed else None)
            if not typed:
                source.add(depth, f"if len({v}) != {len(schema['fields'])}:", "    raise ValueError('a field too many')")
        case kind:
            raise TypeError(f"a schema here may not use the type {kind}")


def _check_union(schema: Schema) -> None:
    if len(schema) != 2 or schema[0] != "null":
        raise TypeError("a union here is null and one other type, in this order")
