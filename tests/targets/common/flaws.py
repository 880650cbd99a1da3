"""Find the seeded flaws of a target in a folder, one file each, and switch some of them on."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from _typeshed import DataclassInstance

P = TypeVar("P", bound="DataclassInstance")

BENIGN = "benign"
MODES = frozenset({"http", "many", "grey", "latency", BENIGN})
_WEAKNESS = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")


class FlawError(ValueError):
    """A flaw cannot be loaded or switched on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What `--list-flaws --json` says of one flaw.

    A harmless variant (mode `benign`) has no weakness; it may say what a scenario says of it instead, and which
    families of checks it `touches`.
    """

    name: str
    weakness: str
    mode: str
    title: str
    scenario: Mapping[str, Any] | None = None
    touches: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw(Generic[P]):
    """One deliberate weakness: `apply` returns the parts of the service with some of them replaced."""

    description: Description
    apply: Callable[[P], P]

    def as_json(self) -> dict[str, Any]:
        """Return the description as a JSON object."""
        return {name: value for name, value in asdict(self.description).items() if value is not None}


def load_flaws(folders: Iterable[Path]) -> dict[str, Flaw[Any]]:
    """Return every flaw of the folders by name; raises FlawError if a file is no flaw or a name is taken."""
    found: dict[str, Flaw[Any]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise FlawError(f"no folder of flaws at {folder}: name an existing folder")
        for path in sorted(folder.glob("[!_]*.py")):
            flaw = _load(path)
            if flaw.description.name in found:
                raise FlawError(f"two flaws are called {flaw.description.name}: rename {path}")
            found[flaw.description.name] = flaw
    return found


def switch_on(parts: P, names: Iterable[str], flaws: Mapping[str, Flaw[P]]) -> P:
    """Return the parts with the named flaws in them; raises FlawError when two of them replace the same part."""
    replaced_by: dict[str, str] = {}
    for name in names:
        if name not in flaws:
            raise FlawError(f"unknown flaw {name}: expected one of {', '.join(flaws)}")
        changed = flaws[name].apply(parts)
        for part in _differences(parts, changed, name):
            if part in replaced_by:
                raise FlawError(f"flaws {replaced_by[part]} and {name} both replace {part}: switch on one of them")
            replaced_by[part] = name
        parts = changed
    return parts


def _differences(before: P, after: P, name: str) -> list[str]:
    changed = [part.name for part in fields(before) if getattr(before, part.name) is not getattr(after, part.name)]
    if not changed:
        raise FlawError(f"flaw {name} replaces no part of the service")
    return changed


def _load(path: Path) -> Flaw[Any]:
    module = _import(path)
    weakness, mode, apply = (getattr(module, attribute, None) for attribute in ("weakness", "mode", "apply"))
    if mode == BENIGN:
        weakness = ""
    elif not isinstance(weakness, str) or not _WEAKNESS.fullmatch(weakness):
        raise FlawError(f"{path}: expected weakness = 'family.kind', found {weakness!r}")
    if mode not in MODES:
        raise FlawError(f"{path}: expected mode to be one of {sorted(MODES)}, found {mode!r}")
    if not callable(apply) or not module.__doc__:
        raise FlawError(f"{path}: expected a docstring and a function apply(parts)")
    name = path.stem.replace("_", "-")
    title = module.__doc__.strip().splitlines()[0]
    more = {key: getattr(module, key, None) for key in ("scenario", "touches")}
    return Flaw(description=Description(name=name, weakness=weakness, mode=mode, title=title, **more), apply=apply)


def _import(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"seeded_flaw_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise FlawError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise FlawError(f"{path}: cannot be imported: {error}") from error
    return module
