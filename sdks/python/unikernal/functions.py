"""The public functions of a user's file: loading it, describing them, and calling one by name."""
import importlib.machinery
import importlib.util
import inspect
import os
import sys
import traceback
import typing
from typing import Any, Callable, NamedTuple

from .types import Refused, Shape, Types, Unsupported, wire_name

_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class Undescribable(Exception):
    """A function whose signature has no form in UDL."""

    def __init__(self, message: str, line: int):
        super().__init__(message)
        self.line = line


class Parameter(NamedTuple):
    attribute: str
    name: str
    shape: Shape
    has_default: bool


class Function:
    def __init__(self, name: str, call: Callable, types: Types):
        self.name, self.call, self.doc = name, call, inspect.getdoc(call)
        source = inspect.unwrap(call)
        self.is_coroutine = inspect.iscoroutinefunction(source)
        self.line = source.__code__.co_firstlineno
        try:
            self._read_signature(source, types)
        except (Unsupported, NameError, TypeError) as wrong:
            hide = f"start its name with _ if it is not to be called from outside: _{name}"
            raise Undescribable(f"function `{name}`: {wrong} ({hide})", self.line) from wrong

    def _read_signature(self, source, types):
        hints = typing.get_type_hints(source)
        self.parameters = []
        for parameter in inspect.signature(source).parameters.values():
            if parameter.kind not in _BY_NAME:
                raise Unsupported(f"parameter `{parameter}` has no name of its own on the wire")
            shape = types.shape(hints.get(parameter.name, Any))
            has_default = parameter.default is not parameter.empty
            self.parameters.append(Parameter(parameter.name, wire_name(parameter.name), shape, has_default))
        self._names = {parameter.name for parameter in self.parameters}
        if len(self._names) < len(self.parameters):
            raise Unsupported("two parameters have the same name without the underscore")
        self.returns, self.is_stream = types.result(hints.get("return", Any))

    def described(self) -> dict:
        params = [{"name": p.name, "type": p.shape.text, "optional": p.has_default} for p in self.parameters]
        returns = f"stream({self.returns.text})" if self.is_stream else self.returns.text
        found = {"name": self.name, "line": self.line, "params": params, "returns": returns}
        if self.doc:
            found["doc"] = self.doc
        if self.is_stream:
            found["stream"] = True
        return found

    def arguments(self, body) -> dict:
        """The arguments that a body gives. Raises Refused with the path and the rule that it breaks."""
        if type(body) is not dict:
            raise Refused("the body is not a map of named parameters")
        if not body.keys() <= self._names:
            raise Refused(f"unknown parameter; `{self.name}` takes {', '.join(sorted(self._names)) or 'none'}")
        arguments = {}
        for attribute, name, shape, has_default in self.parameters:
            if name in body:
                try:
                    arguments[attribute] = shape.take(body[name])
                except Refused as refused:
                    raise refused.inside(name)
            elif not has_default:
                if not shape.text.endswith("?"):
                    raise Refused("is missing").inside(name)
                arguments[attribute] = None
        return arguments


class Program:
    """A loaded file: what it offers, by name."""

    def __init__(self, module):
        types = Types()
        self.functions = {
            name: Function(name, value, types)
            for name, value in vars(module).items()
            if not name.startswith("_") and _is_own_function(value, module)
        }
        self._types = types

    def described(self) -> dict:
        functions = [function.described() for function in self.functions.values()]
        return {"functions": functions, **self._types.described()}


def _is_own_function(value, module):
    return getattr(value, "__module__", None) == module.__name__ and inspect.isfunction(
        inspect.unwrap(value) if callable(value) and not isinstance(value, type) else None
    )


class _FreshLoader(importlib.machinery.SourceFileLoader):
    """Never takes bytecode kept from before, which a change within one second that keeps the size would not replace."""

    def path_stats(self, path):
        raise OSError("not kept")


def load(file: str) -> Program:
    """Runs the user's file as a module, as `python3 FILE` would find its neighbours."""
    path = os.path.abspath(file)
    sys.path.insert(0, os.path.dirname(path))
    name = os.path.splitext(os.path.basename(path))[0]
    if name in sys.modules:
        name = f"unikernal_program_{name}"  # a file called json.py must not replace the library's
    # A loader of its own, that any suffix will do.
    loader = _FreshLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    sys.modules[name] = module  # dataclasses look their module up there while it still runs
    loader.exec_module(module)
    return Program(module)


def describe_error(file: str, error: BaseException) -> dict:
    """What is wrong with a file that does not load, and where in it."""
    path = os.path.abspath(file)
    found = {"message": str(error) or type(error).__name__, "file": path, "type": type(error).__name__}
    if isinstance(error, SyntaxError):
        found.update(message=error.msg, file=error.filename or path, line=error.lineno, column=error.offset)
    elif isinstance(error, Undescribable):
        found["line"] = error.line
    else:
        frames = traceback.extract_tb(error.__traceback__)
        # The last frame in the user's own file: what it called is not theirs to change.
        found["line"] = next((frame.lineno for frame in reversed(frames) if frame.filename == path), None)
    return {key: value for key, value in found.items() if value is not None}
