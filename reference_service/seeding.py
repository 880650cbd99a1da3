"""Seeded flaws and harmless variants: found by file, loaded only on request, and never in production."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reference_service.errors import SettingsError
from reference_service.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import ModuleType

    from reference_service.settings import Settings

OWN = Path(__file__).parent / "flaws"
HARMLESS = Path(__file__).parent / "benign"
BENIGN = "benign"
MODES = ("http", "many", "grey", "latency", BENIGN)
FIXED = frozenset({"settings", "started_at"})
KEY_SET = "key-set"
"""What a flaw needs that weakens the verifier of published keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One flaw: what it weakens, how it can be seen, and what it changes."""

    name: str
    weakness: str
    mode: str
    title: str
    apply: Callable[[Parts], None] | None
    ddl: str | None
    needs: str = ""


def find(outside: Path | None = None) -> dict[str, Path]:
    """Return the file of every flaw and variant by its name, ours and those in a folder from outside."""
    found: dict[str, Path] = {}
    for folder in (OWN, HARMLESS, *([outside] if outside else [])):
        if not folder.is_dir():
            raise SettingsError(f"--flaws-from: expected a folder, found {folder}")
        for path in sorted(folder.glob("*.py")):
            name = path.stem.replace("_", "-")
            if path.stem.startswith("_"):
                continue
            if name in found:
                raise SettingsError(f"flaw {name}: defined twice, in {found[name]} and {path}")
            found[name] = path
    return found


def load(path: Path) -> Flaw:
    """Load one flaw; raise SettingsError when its file does not say what a flaw must say."""
    module = _module(path)
    name = path.stem.replace("_", "-")
    weakness, mode = getattr(module, "weakness", None), getattr(module, "mode", None)
    apply, ddl = getattr(module, "apply", None), getattr(module, "ddl", None)
    if mode == BENIGN:
        weakness = ""
    elif not isinstance(weakness, str) or "." not in weakness:
        raise SettingsError(f"{path}: expected `weakness`, a dotted name such as 'isolation.list'")
    if mode not in MODES:
        raise SettingsError(f"{path}: expected `mode`, one of {', '.join(MODES)}, found {mode!r}")
    needs = getattr(module, "needs", "")
    if needs not in {"", KEY_SET}:
        raise SettingsError(f"{path}: expected `needs` to be {KEY_SET!r} if anything, found {needs!r}")
    if apply is None and not ddl:
        raise SettingsError(f"{path}: expected `apply(parts)`, `ddl` or both")
    title = (module.__doc__ or name).strip().splitlines()[0]
    return Flaw(name=name, weakness=weakness, mode=str(mode), title=title, apply=apply, ddl=ddl, needs=needs)


def _module(path: Path) -> ModuleType:
    own = path.parent in {OWN, HARMLESS}
    name = f"reference_service.{path.parent.name}.{path.stem}" if own else f"_outside_flaw_{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise SettingsError(f"{path}: cannot be loaded")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        raise SettingsError(f"{path}: {type(error).__name__}: {error}") from error
    return module


def choose(names: Iterable[str], outside: Path | None, settings: Settings) -> list[Flaw]:
    """Load the named flaws; raise SettingsError for an unknown one, and for any in production."""
    wanted = list(dict.fromkeys(names))
    if (wanted or outside) and settings.environment == "production":
        raise SettingsError("flaws: refused, because KNOWLEDGE_ENVIRONMENT is production")
    if not wanted:
        return []
    known = find(outside)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise SettingsError(f"--flaws: no such flaw: {', '.join(unknown)}; --list-flaws names them all")
    chosen = [load(known[name]) for name in wanted]
    for flaw in chosen:
        if flaw.needs == KEY_SET and settings.jwks_url is None:
            raise SettingsError(f"--flaws: {flaw.name} needs KNOWLEDGE_JWKS_URL")
    return chosen


def apply_flaws(parts: Parts, flaws: Sequence[Flaw]) -> None:
    """Switch flaws on; raise SettingsError when two of them replace the same part, or one replaces none."""
    replaced: dict[str, str] = {}
    for flaw in flaws:
        if flaw.apply is None:
            continue
        before = _snapshot(parts)
        flaw.apply(parts)
        changed = [name for name, value in _snapshot(parts).items() if value is not before[name]]
        if not changed or FIXED & set(changed):
            raise SettingsError(f"flaw {flaw.name}: expected that it replaces a part, found {changed or 'none'}")
        for name in changed:
            if name in replaced:
                raise SettingsError(f"flaws {replaced[name]} and {flaw.name}: both replace the part {name!r}")
            replaced[name] = flaw.name


def _snapshot(parts: Parts) -> dict[str, Any]:
    return {field.name: getattr(parts, field.name) for field in fields(Parts)}


def describe(name: str, path: Path) -> dict[str, Any]:
    """Return what a flaw says about itself, read from its text without running it.

    A harmless variant has no weakness; it may have a `scenario`, what is to be said of the service instead, and the
    families of checks that it `touches`.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {type(error).__name__}: {error}") from None
    values = _literals(tree)
    benign = values.get("mode") == BENIGN
    missing = [key for key in ("weakness", "mode") if not isinstance(values.get(key), str)]
    if missing and not (benign and missing == ["weakness"]):
        raise SettingsError(f"{path}: expected {' and '.join(missing)} as literal text")
    title = (ast.get_docstring(tree) or name).splitlines()[0]
    told = {"name": name, "weakness": values.get("weakness", ""), "mode": values["mode"], "title": title}
    more = ("scenario", "touches") if benign else ("needs",)
    return told | {key: values[key] for key in more if values.get(key)}


def _literals(tree: ast.Module) -> dict[str, Any]:
    """Return what is assigned to single names at the top, where that is literal."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            with contextlib.suppress(ValueError):
                found[node.targets[0].id] = ast.literal_eval(node.value)
    return found
