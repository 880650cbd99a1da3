"""Finding checks: decorators return a value and register nothing; discovery walks the package and the entry points."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from harness.errors import ConfigurationError
from harness.model import Check, Needs, Observation, Severity, Watcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
    from types import ModuleType

PACKAGE = ENTRY_POINTS = "harness.checks"  # by name: the registry is a layer below the checks


def check(
    *,
    severity: Severity,
    catches: Sequence[str],
    needs: Needs | None = None,
    owasp: str | None = None,
    cwe: int | None = None,
    mode: str = "http",
) -> Callable[[Callable[[Any], AsyncIterator[Observation]]], Check]:
    """Make a probe of an async generator that takes a Lab and yields observations.

    Its id is the path of its module below the package of checks, its title the docstring of the function, its
    explanation that of the module.
    """

    def decorate(run: Callable[[Any], AsyncIterator[Observation]]) -> Check:
        return Check(
            **_about(run, catches),
            severity=severity,
            needs=needs or Needs(),
            owasp=owasp,
            cwe=cwe,
            mode=mode,
            run=run,
        )

    return decorate


def watcher(
    *,
    severity: Severity,
    catches: Sequence[str],
    needs: Needs | None = None,
    owasp: str | None = None,
    cwe: int | None = None,
) -> Callable[[Callable[[Any], Watcher]], Check]:
    """Make a watching check of a callable (usually a class) that takes a Lab and returns a Watcher."""

    def decorate(watch: Callable[[Any], Watcher]) -> Check:
        return Check(
            **_about(watch, catches),
            severity=severity,
            needs=needs or Needs(users=0, writes=False),
            owasp=owasp,
            cwe=cwe,
            watch=watch,
        )

    return decorate


def _about(subject: Callable[..., object], catches: Sequence[str]) -> dict[str, Any]:
    """Return what its place and its words say of a check."""
    module, name = inspect.getmodule(subject), subject.__module__
    if not catches:
        raise ConfigurationError(f"{name}: a check must name the weaknesses it catches")
    return {
        "id": "/".join(name.split(".")[-2:]),
        "title": _first_line(subject.__doc__, name),
        "explanation": inspect.cleandoc((module.__doc__ if module else None) or ""),
        "catches": tuple(catches),
    }


def _first_line(docstring: str | None, name: str) -> str:
    if not docstring:
        message = f"{name}: a check needs a docstring, it is its title"
        raise ConfigurationError(message)
    return inspect.cleandoc(docstring).splitlines()[0].rstrip(".")


def discover() -> tuple[Check, ...]:
    """Return every check: exactly one in each module below PACKAGE, and those of installed plugins, by id."""
    found = [_only_check(module) for module in _modules(importlib.import_module(PACKAGE))]
    found += [_plugin(entry.name, entry.load()) for entry in entry_points(group=ENTRY_POINTS)]
    names = [each.id for each in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"two checks have the same id: {', '.join(twice)}"
        raise ConfigurationError(message)
    return tuple(sorted(found, key=lambda each: each.id))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not info.ispkg and not info.name.rpartition(".")[2].startswith("_"):
            yield importlib.import_module(info.name)


def _only_check(module: ModuleType) -> Check:
    checks = [value for value in vars(module).values() if isinstance(value, Check)]
    if len(checks) != 1:
        message = f"{module.__name__}: expected exactly one check in the module, found {len(checks)}"
        raise ConfigurationError(message)
    return checks[0]


def _plugin(name: str, value: object) -> Check:
    if not isinstance(value, Check):
        message = f"entry point {name!r} of {ENTRY_POINTS}: expected a Check, found {type(value).__name__}"
        raise ConfigurationError(message)
    return value


def select(checks: Iterable[Check], *, only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[Check, ...]:
    """Return the checks whose id or family begins with one of `only` (all, if empty) and with none of `skip`.

    Raises ConfigurationError for a name that matches nothing.
    """
    every = tuple(checks)
    for name in (*only, *skip):
        if not any(_matches(each, name) for each in every):
            message = f"{name!r} matches no check; `harness checks` lists them"
            raise ConfigurationError(message)
    wanted = [each for each in every if not only or any(_matches(each, name) for name in only)]
    return tuple(each for each in wanted if not any(_matches(each, name) for name in skip))


def _matches(each: Check, name: str) -> bool:
    return name in {each.id, each.family} or each.id.startswith(name.rstrip("/") + "/")
