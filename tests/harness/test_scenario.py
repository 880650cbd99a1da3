"""Scenario files: what is wrong is said with its key path and what was expected, and never shows a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harness.errors import ConfigurationError
from harness.scenario import load_scenario, parse_scenario, scenario_schema, write_scenario
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from collections.abc import Callable

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
WRONG = {
    'name = "x"\n[target]\nbase_ulr = "http://a"': "s.toml: target.base_ulr: unknown key; did you mean 'base_url'?",
    'name = "x"\n[target]\nqqqq = 1': "s.toml: target.qqqq: unknown key; expected one of base_url, baseline,",
    'name = "x"\n[[resource]]\nname = "a"\nread = { operation = "GET /a", pth = {} }': "resource[0].read.pth: unknown",
    'name = "x"\n[[resource]]\nname = "a"\nread = { }': "resource[0].read.operation: missing, and needed",
    'name = "x"\n[[resource]]\nname = "a"\nread = { operation = "fetch it" }': "resource[0].read.operation: ",
    'name = "x"\nsafety = { requests = 0 }': "safety.requests: ",
    'name = "x"\nsafety = { requests = "many" }': "found 'many'",
    'name = "x"\nresource = { name = "a" }': "resource: ",
    'name = "x"\n[[resource]]\nname = "a"\n[[resource]]\nname = "a"': "two resources are called 'a'",
    'name = "x"\n[[resource]]\nname = "a"\nparent = "b"': "has the parent 'b', expected one of ['a']",
    'name = "x"\n[[resource]]\nname = "a"\ncreate = { operation = "POST /a", json = 1, form = {} }': "at most one of",
    'name = "Big Name"': "s.toml: name: ",
    "": "s.toml: name: missing, and needed",
    "name = ": "s.toml: not valid TOML: ",
    'name = "x"\nextends = "y.toml"': "s.toml: extends: only a file can extend another one",
    'name = "x"\n[users.minted]\nclaims = {}': "users.minted: expected one of secret and published",
    'name = "x"\n[users.minted]\nclaims = {}\npublished = {}': "users.minted: published: expected RS256 or ES256",
    'name = "x"\nwaivers = [{ fingerprint = "abcdef", reason = "short", owner = "o", expires = "2026-01-01" }]': (
        "waivers[0].reason: "
    ),
}


@pytest.mark.parametrize(("text", "said"), WRONG.items())
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    """An error names the file, the key path, and what was expected."""
    with pytest.raises(ConfigurationError) as caught:
        parse_scenario(text, where="s.toml")
    assert said in str(caught.value)
    assert caught.value.exit_code == 4


def test_every_mistake_is_said_at_once() -> None:
    """Two mistakes are two lines, so that nobody has to run twice to learn of both."""
    with pytest.raises(ConfigurationError) as caught:
        parse_scenario('name = "x"\none = 1\n[target]\ntwo = 2', where="s.toml")
    assert str(caught.value).count("unknown key") == 2


@pytest.mark.parametrize(
    "text",
    [
        'name = "x"\n[users.minted]\nclaims = {{}}\nsecret = "{0}"',
        'name = "x"\n[users.tokens]\nalice = "{0}"',
        'name = "x"\n[users.accounts.alice]\nusername = "a"\npassword = "{0}"',
    ],
)
def test_a_secret_written_into_the_scenario_is_refused_and_not_shown(text: str) -> None:
    """Only references to secrets are taken; the message does not repeat what stood there."""
    with pytest.raises(ConfigurationError) as caught:
        parse_scenario(text.format("hunter2-in-the-clear"), where="s.toml")
    assert "hunter2" not in str(caught.value)
    assert "env:NAME" in str(caught.value)


@given(st.binary(max_size=60))
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Whatever bytes follow a wrong first one, there is one error that names the file."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(b"?" + data)
    with pytest.raises(ConfigurationError) as caught:
        load_scenario(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _path: None, "No such file"),
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.write_bytes(b"name = '\xff'"), "expected UTF-8 text, found bytes that are not at offset 8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    """Missing, a folder, or no text: the path and the reason."""
    path = tmp_path / "scenario.toml"
    make(path)
    with pytest.raises(ConfigurationError, match=said) as caught:
        load_scenario(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_shipped_scenarios_are_read_and_written_without_loss(path: Path) -> None:
    """Reading, writing as TOML and reading again gives the same scenario."""
    scenario, text = load_scenario(path)
    original = path.read_text(encoding="utf-8")
    assert text == original or "\nextends = " in original
    assert parse_scenario(text, where="again") == parse_scenario(write_scenario(scenario), where="again") == scenario


def test_a_scenario_extends_another_by_whole_keys_of_the_top_level(tmp_path: Path) -> None:
    """What it does not say is as in the other file, which may extend a third; its text for the bundle has it all."""
    (tmp_path / "first.toml").write_text('name = "first"\ngates = ["p95 <= 1 s"]\n[target]\nready = "GET /ready"\n')
    (tmp_path / "second.toml").write_text('extends = "first.toml"\nname = "second"\ndescription = "two"\n')
    (tmp_path / "third.toml").write_text('extends = "second.toml"\nname = "third"\n[target]\nversion = "GET /v"\n')
    scenario, text = load_scenario(tmp_path / "third.toml")
    assert (scenario.name, scenario.description, scenario.gates) == ("third", "two", ["p95 <= 1 s"])
    assert (scenario.target.ready, scenario.target.version) == (None, "GET /v")
    assert "extends" not in text
    assert parse_scenario(text, where="bundle") == scenario


@pytest.mark.parametrize(
    ("extends", "said"),
    [
        ("none.toml", "none.toml: cannot read the scenario"),
        ("a.toml", "a.toml: extends: a.toml extends this file"),
        ("b.toml", "extends: a.toml extends this file"),
        ("../a.toml", "a.toml: extends: "),
        ("broken.toml", "broken.toml: not valid TOML"),
    ],
)
def test_what_cannot_be_extended_is_named(tmp_path: Path, extends: str, said: str) -> None:
    """A file that is not there, is none, lies elsewhere, or goes round in a circle."""
    (tmp_path / "a.toml").write_text(f'name = "a"\nextends = "{extends}"\n')
    (tmp_path / "b.toml").write_text('name = "b"\nextends = "a.toml"\n')
    (tmp_path / "broken.toml").write_text("name = ")
    with pytest.raises(ConfigurationError) as caught:
        load_scenario(tmp_path / "a.toml")
    assert said in str(caught.value)


def test_the_json_schema_accepts_what_the_reader_accepts() -> None:
    """Editors that use the published schema agree with the harness, on keys too."""
    schema = scenario_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    data = parse_scenario(TOML, where="notebook").model_dump(mode="json", by_alias=True, exclude_none=True)
    assert list(validator.iter_errors(json.loads(json.dumps(data)))) == []
    assert not validator.is_valid({**data, "nmae": "x"})


def test_calls_are_found_by_verb() -> None:
    """A resource has the verbs that it has calls for; update and action may have several."""
    thing = parse_scenario(TOML, where="notebook").resource[0]
    assert thing.verbs == {"create", "read", "list", "delete"}
    assert [each.operation for each in thing.calls("list")] == ["GET /things"]
    assert thing.calls("update") == thing.calls("search") == ()
