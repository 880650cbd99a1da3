"""From what the command line says to a scenario and a URL."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError
from harness.scenario import Scenario, load_scenario, write_scenario
from harness.scenario.wfc import wfc_users

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

USER = re.compile(r"^([A-Za-z][A-Za-z0-9_-]*)=((?:env|file):.+)$")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a target: the scenario, its text, and the folder that its files are relative to.

    `unclear` are the operations that inference did not understand, with the reason; None where nothing was inferred.
    """

    scenario: Scenario
    text: str
    folder: Path
    unclear: Mapping[str, str] | None = None


def load(path: Path | None) -> Known:
    """Return what the scenario file says; raises ConfigurationError for a file that is none."""
    if path is None:
        message = "nothing to verify: give a URL, a --scenario with target.base_url, or --serve with a --scenario"
        raise ConfigurationError(message)
    scenario, text = load_scenario(path)
    return Known(scenario=scenario, text=text, folder=path.resolve().parent)


def with_users(scenario: Scenario, users: Sequence[str]) -> Scenario:
    """Return the scenario with the users of the command line in place of its own source of users.

    Raises ConfigurationError for anything but NAME=env:VAR or NAME=file:PATH.
    """
    if not users:
        return scenario
    tokens: dict[str, str] = {}
    for given in users:
        found = USER.match(given)
        if found is None:
            shown = given.partition("=")[0]
            message = (
                f"--user {shown}=...: expected NAME=env:VAR or NAME=file:PATH;"
                " a token itself never belongs on a command line"
            )
            raise ConfigurationError(message)
        tokens[found[1]] = found[2]
    spec = scenario.users.model_copy(
        update={"tokens": tokens, "minted": None, "signup": None, "login": None, "accounts": {}}
    )
    return scenario.model_copy(update={"users": spec})


def with_sources(scenario: Scenario, users: Sequence[str], auth: Path | None) -> Scenario:
    """Return the scenario with the users of the command line, or those of a WFC file, in place of its own.

    Raises ConfigurationError for both at once.
    """
    if auth is None:
        return with_users(scenario, users)
    if users:
        raise ConfigurationError("--user and --auth: expected one of them")
    return scenario.model_copy(update={"users": wfc_users(auth, scenario.users)})


def with_given(known: Known, users: Sequence[str], auth: Path | None) -> Known:
    """Return what is known with the given users in place of its own, as `with_sources` says."""
    scenario = with_sources(known.scenario, users, auth)
    return replace(known, scenario=scenario, text=known.text if auth is None else write_scenario(scenario))


def operations(document: str | None, source: Path | None) -> str | None:
    """Return where the operations are described: at the place `--document` names, or in the file `--from` names.

    Raises ConfigurationError for both at once, and for a file that is not there.
    """
    if source is None:
        return document
    if document is not None:
        raise ConfigurationError("--from and --document: expected one of them")
    if not source.is_file():
        raise ConfigurationError(f"--from {source}: no such file; expected OpenAPI, HAR, Postman or Insomnia")
    return str(source.resolve())


def url_of(given: str | None, scenario: Scenario) -> str:
    """Return the URL of the command line, else that of the scenario; raise ConfigurationError where there is none."""
    url = given or scenario.target.base_url
    if url is None:
        message = (
            "no URL: give one (harness verify https://staging.example.com),"
            " put target.base_url into the scenario, or use --serve"
        )
        raise ConfigurationError(message)
    return url
