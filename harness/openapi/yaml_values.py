"""YAML 1.2 (core schema, and merge keys) to plain values, event by event: no recursion, no objects, no dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]{1,4000}\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True}
_WORDS |= {"false": False, "False": False, "FALSE": False}
MAX_NESTING = 1000
MAX_MERGED = 1_000_000


@dataclass(slots=True)
class _Frame:
    """A collection that is being read; `key` is the last key seen of a mapping that has no value yet."""

    value: dict[str, Any] | list[Any]
    anchor: str | None = None
    key: str | None = None
    merges: list[Any] = field(default_factory=list)


class _Reader:
    """Consumes parser events and builds the values of the one document."""

    def __init__(self) -> None:
        self.frames: list[_Frame] = []
        self.anchors: dict[str, Any] = {}
        self.lines: dict[tuple[str, str], int] = {}
        self.result: Any = None
        self.documents = 0
        self.merged = 0

    def read(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.AliasEvent():
                if event.anchor not in self.anchors:
                    raise _wrong(f"alias *{event.anchor} has no finished anchor", event)
                self._add(self.anchors[event.anchor], event)
            case yaml.MappingStartEvent():
                self._open({}, event)
            case yaml.SequenceStartEvent():
                self._open([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(event)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise _wrong("expected one document, found a second", event)

    def _scalar(self, event: Any) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            frame.key = event.value
            if event.anchor:
                self.anchors[event.anchor] = event.value
            if len(self.frames) == 3 and self.frames[0].key == "paths":  # noqa: PLR2004 - document, paths, path item
                self.lines.setdefault((self.frames[1].key or "", event.value), event.start_mark.line + 1)
            return
        value = _plain(event.value) if event.implicit[0] and event.tag is None else event.value
        if event.anchor:
            self.anchors[event.anchor] = value
        self._add(value, event)

    def _open(self, value: dict[str, Any] | list[Any], event: Any) -> None:
        if len(self.frames) >= MAX_NESTING:
            raise _wrong("nested too deeply", event)
        if self.frames and isinstance(self.frames[-1].value, dict) and self.frames[-1].key is None:
            raise _wrong("expected a text as key, found a collection", event)
        self.anchors.pop(event.anchor, None)
        self.frames.append(_Frame(value, event.anchor))

    def _close(self, event: Any) -> None:
        frame = self.frames.pop()
        if isinstance(frame.value, dict):
            for source in frame.merges:
                self.merged += len(source)
                if self.merged > MAX_MERGED:
                    raise _wrong("too many merged keys", event)
                for key, value in source.items():
                    frame.value.setdefault(key, value)
        if frame.anchor:
            self.anchors[frame.anchor] = frame.value
        self._add(frame.value, event)

    def _add(self, value: Any, event: Any) -> None:
        if not self.frames:
            self.result = value
            return
        frame = self.frames[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        if frame.key is None:
            if not isinstance(value, str):
                raise _wrong("expected a text as key", event)
            frame.key = value
            return
        if frame.key == "<<" and (sources := _mappings(value)):
            frame.merges += sources
        else:
            frame.value[frame.key] = value
        frame.key = None


def yaml_values(text: str) -> tuple[Any, dict[tuple[str, str], int]]:
    """Return the values of one YAML document, and the line of each (path, method) below `paths`.

    Keys are always texts; aliases share one value (the caller bounds their expansion).
    Raises yaml.YAMLError or ValueError.
    """
    reader = _Reader()
    loader = _LOADER(text)
    try:
        while loader.check_event():
            reader.read(loader.get_event())
    finally:
        loader.dispose()
    return reader.result, reader.lines


def _wrong(problem: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if text[:1] not in "+-.0123456789":
        return text
    if _INTEGER.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text


def _mappings(value: Any) -> list[dict[str, Any]]:
    sources = value if isinstance(value, list) else [value]
    return sources if all(isinstance(source, dict) for source in sources) else []
