"""Finding checks: one in each module, with what it needs to be told of, and chosen by name."""

from __future__ import annotations

import sys
import textwrap
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from harness import registry
from harness.errors import ConfigurationError
from tests.harness.bench import probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from harness.lab import Lab
    from harness.model import Observation

GOOD = '''
"""Why it matters.

And what else is to be said.
"""

from harness.model import Severity
from harness.registry import check


@check(severity=Severity.HIGH, catches=["a.b"], cwe=7)
async def found(lab):
    """The title of the check.

    More.
    """
    yield lab
'''


async def _nothing(_lab: Lab) -> AsyncIterator[Observation]:
    none: tuple[Observation, ...] = ()
    for observation in none:
        yield observation


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let discovery walk a package of these modules, given as family__check=text."""

    def write(**modules: str) -> None:
        name = f"checks_{tmp_path.name}"
        for place, text in modules.items():
            family, _, check = place.partition("__")
            folder = tmp_path / name / family
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "__init__.py").touch()
            (folder / f"{check}.py").write_text(textwrap.dedent(text), encoding="utf-8")
        (tmp_path / name / "__init__.py").touch()
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setattr(registry, "PACKAGE", name)
        for loaded in [each for each in sys.modules if each.startswith(name)]:
            monkeypatch.delitem(sys.modules, loaded)

    return write


def test_a_check_says_who_it_is_by_its_place_and_its_words(package: Callable[..., None]) -> None:
    """Its id is its path, its title the function's docstring, its explanation the module's."""
    package(family__some_check=GOOD, family___helper="x = 1")
    (check,) = registry.discover()
    assert (check.id, check.family, check.title) == ("family/some_check", "family", "The title of the check")
    assert check.explanation == "Why it matters.\n\nAnd what else is to be said."
    assert (check.catches, check.cwe, check.watch) == (("a.b",), 7, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "expected exactly one check in the module, found 0"),
        (GOOD + GOOD.replace("found", "another"), "expected exactly one check in the module, found 2"),
        (GOOD.replace('["a.b"]', "[]"), "a check must name the weaknesses it catches"),
        (GOOD.replace('"""The title of the check.\n\n    More.\n    """', ""), "a check needs a docstring"),
    ],
)
def test_a_module_that_is_no_check_is_refused_by_name(package: Callable[..., None], text: str, said: str) -> None:
    """None, two, or one that says too little: the module and what is wrong with it."""
    package(family__wrong=text)
    with pytest.raises(ConfigurationError, match=said) as caught:
        registry.discover()
    assert "family.wrong" in str(caught.value)


def test_plugins_are_found_by_their_entry_point(package: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed packages add checks; one of an id that exists, or that is no check, is refused."""
    package(family__some_check=GOOD)
    monkeypatch.setattr(sys.modules[__name__], "plugged", probe("family/plugged", _nothing), raising=False)
    monkeypatch.setattr(sys.modules[__name__], "twin", probe("family/some_check", _nothing), raising=False)

    def install(value: str) -> None:
        entry = EntryPoint(name=value, value=f"{__name__}:{value}", group=registry.ENTRY_POINTS)
        monkeypatch.setattr(registry, "entry_points", lambda **_: [entry])

    install("plugged")
    assert [check.id for check in registry.discover()] == ["family/plugged", "family/some_check"]
    install("twin")
    with pytest.raises(ConfigurationError, match="two checks have the same id: family/some_check"):
        registry.discover()
    install("GOOD")
    with pytest.raises(ConfigurationError, match=r"entry point 'GOOD' of .*: expected a Check, found str"):
        registry.discover()


CHECKS = tuple(probe(name, _nothing) for name in ("tokens/expiry", "tokens/expiry_late", "limits/exact"))


@pytest.mark.parametrize(
    ("only", "skip", "left"),
    [
        ((), (), ("tokens/expiry", "tokens/expiry_late", "limits/exact")),
        (("tokens",), (), ("tokens/expiry", "tokens/expiry_late")),
        (("tokens/",), (), ("tokens/expiry", "tokens/expiry_late")),
        (("tokens/expiry",), (), ("tokens/expiry",)),
        ((), ("tokens/expiry",), ("tokens/expiry_late", "limits/exact")),
        (("tokens", "limits"), ("tokens",), ("limits/exact",)),
    ],
)
def test_checks_are_chosen_by_id_or_family(only: tuple[str, ...], skip: tuple[str, ...], left: tuple[str, ...]) -> None:
    """A name is a whole id or a whole family, never the beginning of another check's name."""
    assert tuple(check.id for check in registry.select(CHECKS, only=only, skip=skip)) == left


@pytest.mark.parametrize("name", ["token", "tokens/exp", "", "limits/exact/deeper"])
def test_a_name_that_matches_nothing_is_a_mistake(name: str) -> None:
    """A misspelt `--skip` must not leave a check in, nor a misspelt `--only` all of them out."""
    for chosen in ({"only": (name,)}, {"skip": (name,)}):
        with pytest.raises(ConfigurationError, match="matches no check"):
            registry.select(CHECKS, **chosen)


def test_our_own_checks_are_found_once_each() -> None:
    """The package that is shipped can be walked, and every title reads as a sentence."""
    checks = registry.discover()
    assert len({check.id for check in checks}) == len(checks) > 20
    assert all(check.title[0].isupper() and check.explanation for check in checks)
    assert all((check.run is None) != (check.watch is None) for check in checks)
