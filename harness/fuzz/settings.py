"""What Schemathesis is told: the document without its servers, the configuration, the command line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from harness.errors import ConfigurationError
from harness.identities import proof_of
from harness.openapi.references import resolve
from harness.openapi.text import read_values
from harness.requests import CSRF
from harness.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from harness.model import Identity
    from harness.openapi import Document

OFF = ("object_level_authorization",)
POOL_SHARE = 0.7  # of generated values are taken from what really exists; the rest stays made up
BRIEF = {
    "stateful": {"enabled": False},
    "coverage": {"unexpected-methods": [], "generation": {"mode": "positive"}},
}
REQUEST_TIMEOUT = 30  # seconds, longer than that of the client behind the gateway, so that ours is the one that is seen
DOCUMENT, CONFIGURATION, EVENTS, SUMMARY = "openapi.json", "schemathesis.toml", "events.ndjson", "summary.json"
# Waits for the end of its standard input, which is the end of the parent, beside a plain `st run`.
LIFELINE = """
import os, runpy, sys, threading
sys.argv[0] = "st"
threading.Thread(target=lambda: (os.read(0, 1), os._exit(3)), daemon=True).start()
runpy.run_module("schemathesis.cli", run_name="__main__", alter_sys=True)
"""


def write_settings(
    folder: Path,
    document: Document,
    *,
    url: str,
    seed: int,
    cases: int,
    headers: Mapping[str, str],
    exclude: Collection[str],
    values: Mapping[str, Mapping[str, Sequence[str | int]]],
    brief: bool = False,
) -> list[str]:
    """Write the document and the configuration below `folder`; return the command, which holds no secret.

    Operations are named by id; `values` are existing values of path parameters, by operation and parameter. A `brief`
    run leaves out what checks of ours do with fewer requests, chains of operations and methods that are not declared,
    and of the systematic part what breaks the document: of that it has random cases only.
    """
    (folder / DOCUMENT).write_text(json.dumps(_as_generated_from(document)), encoding="utf-8")
    label = {operation.id: _label(operation.id, document.prefix) for operation in document.operations}
    unknown = [name for name in values if name not in label]
    if unknown:
        raise ConfigurationError(f"values are given for {unknown[0]!r}, which is not an operation of the document")
    settings = _settings(seed=seed, cases=cases, headers=headers, base_url=url + document.prefix)
    if brief:
        settings["phases"] = BRIEF
    settings["operations"] = [{"include-name": label[name], "enabled": False} for name in exclude if name in label]
    _add_pools(settings, {label[name]: pools for name, pools in values.items() if name not in exclude})
    lines = [f"{_toml(key)} = {_toml(value)}\n" for key, value in settings.items()]
    (folder / CONFIGURATION).write_text("".join(lines), encoding="utf-8")
    options = ["--no-color", "--report", "ndjson,json"]
    reports = ["--report-ndjson-path", str(folder / EVENTS), "--report-json-path", str(folder / SUMMARY)]
    return [sys.executable, "-c", LIFELINE, "run", str(folder / DOCUMENT), *options, *reports]


def environment(folder: Path) -> dict[str, str]:
    """Return the whole environment of the child: nothing of ours but where programs are.

    Hypothesis keeps its tables of characters in the user's state folder: to compute them takes seconds.
    """
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "COLUMNS": "120",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(state_folder() / "hypothesis"),
    }


def handle_headers(identity: Identity, handle: str) -> dict[str, str]:
    """Return the headers that carry the handle where the identity's own credential would be.

    What goes beside a session, against forged requests of other sites, is none: whoever takes the credential away and
    leaves that is nobody.
    """
    beside, kept = proof_of(identity)
    carriers = [pair for pair in identity.headers if pair not in beside]
    headers = {name: f"{scheme} {handle}" if (scheme := _scheme(value)) else handle for name, value in carriers}
    cookies = [f"{name}={handle}" for name, value in identity.cookies if (name, value) not in kept]
    return headers | ({"Cookie": "; ".join(cookies)} if cookies else {})


def _scheme(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return scheme if space else ""


def _label(operation_id: str, prefix: str) -> str:
    """Return the name that Schemathesis gives to an operation: without the path of the server."""
    method, _, path = operation_id.partition(" ")
    return f"{method} {path.removeprefix(prefix) or '/'}"


def _as_generated_from(document: Document) -> dict[str, Any]:
    """Return the document with no address in it, so that the gateway is the only place to go.

    Nor has it what users carry beside a session: that is not made up.
    """
    values: dict[str, Any] = read_values(document.text, where="the document")[0]
    paths = values.get("paths")
    items = [item for item in paths.values() if isinstance(item, dict)] if isinstance(paths, dict) else []
    operations = [operation for item in items for operation in item.values() if isinstance(operation, dict)]
    for holder in (values, *items, *operations):
        for key in ("servers", "host", "basePath", "schemes"):
            holder.pop(key, None)
        if isinstance(holder.get("parameters"), list):
            holder["parameters"] = [one for one in holder["parameters"] if not _is_proof(resolve(values, one))]
    return values


def _is_proof(parameter: Any) -> bool:
    """Whether a parameter is a proof that no other site has sent the request (CSRF)."""
    said = parameter if isinstance(parameter, dict) else {}
    return said.get("in") in {"header", "cookie"} and CSRF.search(str(said.get("name"))) is not None


def _settings(*, seed: int, cases: int, headers: Mapping[str, str], base_url: str) -> dict[str, Any]:
    return {
        "base-url": base_url,
        "seed": seed,
        "workers": 1,
        "continue-on-failure": True,
        "headers": dict(headers),
        "request-timeout": REQUEST_TIMEOUT,
        "max-redirects": 0,
        "cache": {"enabled": False},
        # A made-up credential beside the real one, which a cookie is, would be "invalid data that was accepted".
        "generation": {"max-examples": cases, "database": "none", "with-security-parameters": False},
        "checks": {name: {"enabled": False} for name in OFF},
        "warnings": {"fail-on": True},
    }


def _add_pools(settings: dict[str, Any], pools: Mapping[str, Mapping[str, Sequence[str | int]]]) -> None:
    dictionaries = settings["dictionaries"] = {}
    for label, parameters in pools.items():
        bound = {}
        for name, values in parameters.items():
            if values:
                dictionaries[key := f"pool{len(dictionaries)}"] = {"values": list(values)}
                bound[name if "." in name else f"path.{name}"] = {"dictionary": key, "probability": POOL_SHARE}
        if bound:
            settings["operations"].append({"include-name": label, "parameters": bound})


def _toml(value: Any) -> str:
    """Return a value as inline TOML; JSON strings are TOML strings, but for the delete character."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
