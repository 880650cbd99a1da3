"""Secrets by reference: from the environment or a file, and remembered so that they can be redacted."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import yaml

from harness import requests
from harness.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(kw_only=True)
class Vault:
    """Resolves `env:NAME`, `file:PATH` and `file:PATH#/pointer`; remembers every secret so that it can be redacted.

    `generated` overrides the environment (secrets that this run made for a service that it starts itself).
    """

    folder: Path
    generated: Mapping[str, str] = field(default_factory=dict, repr=False)
    remember: Callable[[str], None] = lambda _secret: None

    def resolve(self, reference: str, *, where: str) -> str:
        """Return the secret of the first reference that is there.

        Raises ConfigurationError that names the place, never a value.
        """
        problems = []
        for each in reference.split("|"):
            kind, _, name = each.partition(":")
            value, problem = self._environment(name) if kind == "env" else self._file(name)
            if value is not None and value.strip():
                self.remember(value)
                return value
            problems.append(problem or f"{each} is empty")
        message = f"{where}: {', and '.join(problems)}; expected the secret there"
        raise ConfigurationError(message)

    def _environment(self, name: str) -> tuple[str | None, str]:
        return self.generated.get(name) or os.environ.get(name), f"the environment variable {name} is not set"

    def _file(self, name: str) -> tuple[str | None, str]:
        name, _, place = name.partition("#")
        path = self.folder / Path(name).expanduser()
        try:
            text = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError, RuntimeError) as error:
            return None, f"{name} cannot be read ({getattr(error, 'strerror', None) or error})"
        found = within(text, place, is_toml=path.suffix == ".toml") if place else text
        return found, "" if found is not None else f"{name} has nothing at {place}"


def within(text: str, place: str, *, is_toml: bool = False) -> str | None:
    """Return what a JSON pointer names in a YAML, JSON or TOML text; it may lead on into a JSON text or a form."""
    try:
        node: Any = tomllib.loads(text) if is_toml else yaml.safe_load(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError):
        return None
    for step in place.split("/")[1:]:
        if isinstance(node, str):
            inner = requests.parsed(node.encode())
            node = dict(parse_qsl(node)) if inner is requests.MISSING else inner
        node = requests.pointer(node, f"/{step}")
    return None if node is None else str(node)
