"""What a bundle is good for afterwards: fresh credentials for its scripts, replaying a finding, sweeping up."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from harness.commands import evidence
from harness.commands.starting import VerifyRequest, verify
from harness.errors import ConfigurationError
from harness.evidence.bundle import read_bundle
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from tests.harness.notebook import Notebook

CHECK = "isolation/list_foreign_objects"


def leak(notebook: Notebook) -> None:
    """Let the list show everybody's things."""

    def instead(request: Request) -> Response | None:
        if request.method != "GET" or request.url.path != "/things" or "authorization" not in request.headers:
            return None
        items = [{"id": key, "text": text} for key, (_, text) in notebook.things.items()]
        return JSONResponse({"items": items, "total": len(items)})

    notebook.instead = instead


def request(url: str, folder: Path) -> VerifyRequest:
    """Return a verification of the scenario in a folder, which its bundle goes to."""
    return VerifyRequest(
        url=url,
        scenario=folder / "notebook.toml",
        users=(),
        document=None,
        profile="quick",
        seed=1,
        only=(CHECK,),
        skip=(),
        allowed=frozenset(),
        serve=False,
        flaws="",
        dry_run=False,
        json=False,
        key=None,
        artifacts=folder / "artifacts",
        command="harness verify",
    )


@pytest.fixture
def found(url: str, notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bundle of a run that found a leak."""
    monkeypatch.setenv("NOTEBOOK_SECRET", notebook.secret)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    scenario = tmp_path / "notebook.toml"
    scenario.write_text(TOML, encoding="utf-8")
    leak(notebook)
    assert asyncio.run(verify(request(url, tmp_path))) == 1
    (bundle,) = (tmp_path / "artifacts").iterdir()
    return bundle


def test_a_finding_comes_back_until_it_is_fixed(
    found: Path, notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 while the target leaks, 0 once it does not, 10 where nothing can be said."""
    name = read_bundle(found).run.verdict.findings[0].id
    assert asyncio.run(evidence.replay(found, name, None)) == 1
    assert f"{name} comes back" in capsys.readouterr().out
    notebook.instead = lambda _request: None
    assert asyncio.run(evidence.replay(found, name, None)) == 0
    assert "does not come back" in capsys.readouterr().out
    assert asyncio.run(evidence.replay(found, name, "http://127.0.0.1:9")) == 10
    assert "nothing can be said" in capsys.readouterr().out
    with pytest.raises(ConfigurationError, match=rf"ISO-000000: no such finding in this bundle; it has .*{name}"):
        asyncio.run(evidence.replay(found, "ISO-000000", None))


def test_fresh_credentials_are_exported_for_the_users_of_findings(
    found: Path, url: str, notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line can be evaluated by a shell; each token is accepted, and is none of those of the run."""
    before = set(notebook.tokens)
    capsys.readouterr()
    assert asyncio.run(evidence.environment(found, None)) == 0
    lines = dict(line.removeprefix("export ").split("=", 1) for line in capsys.readouterr().out.splitlines())
    known = {f"HARNESS_{name}_{what}" for name in ("ALICE", "BOB") for what in ("TOKEN", "SUBJECT")}
    assert set(lines) == {*known, "BASE_URL"}
    assert lines["BASE_URL"] == url
    assert lines["HARNESS_ALICE_TOKEN"] not in before
    assert lines["HARNESS_ALICE_TOKEN"].count(".") == 2


def test_tokens_whose_keys_nobody_publishes_any_more_are_not_exported(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the harness was the issuer the bundle's user is sent to replay, which publishes keys again."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    minted = f'algorithm = "ES256"\npublished = {{ port = {port} }}'
    text = TOML.replace('algorithm = "HS256"\nsecret = "env:NOTEBOOK_SECRET"', minted)
    (tmp_path / "notebook.toml").write_text(text, encoding="utf-8")
    assert asyncio.run(verify(request(url, tmp_path))) == 10  # a notebook does not ask for published keys
    (bundle,) = (tmp_path / "artifacts").iterdir()
    with pytest.raises(ConfigurationError, match="harness replay shows a finding again"):
        asyncio.run(evidence.environment(bundle, None))


def test_what_a_killed_run_left_is_swept_by_its_journal(
    found: Path, notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    """Objects are deleted as their owner, who is brought back; what cannot be known is said; all is done once."""
    notebook.instead = lambda _request: None
    notebook.things["left"] = ("alice-lost-1", "text")
    lines = [
        {"event": "intended", "entry": 900, "user": "alice:alice-lost-1", "resource": "thing", "marker": "m1"},
        {"event": "created", "entry": 900, "id": "left", "delete": {"method": "DELETE", "target": "/things/left"}},
        {"event": "intended", "entry": 901, "user": "alice:alice-lost-1", "resource": "thing", "marker": "m2"},
    ]
    lines[0]["cleanup"] = lines[2]["cleanup"] = None
    lines[1]["delete"] |= {"headers": [], "body": "", "operation": None}  # type: ignore[operator]  # likewise
    with (found / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.writelines(json.dumps(line) + "\n" for line in lines)
    scenario = found.parents[1] / "notebook.toml"
    url = read_bundle_url(found)
    capsys.readouterr()
    assert asyncio.run(evidence.sweep(found, url, scenario, ())) == 0
    shown = capsys.readouterr().out
    assert "left" not in notebook.things
    assert "deleted" in shown
    assert "its marker is m2" in shown
    assert asyncio.run(evidence.sweep(found, url, scenario, ())) == 0
    assert "0 of 0 objects are gone" in capsys.readouterr().out


def read_bundle_url(folder: Path) -> str:
    """Return the URL that a bundle is about, whatever has been done to it since."""
    return str(json.loads((folder / "verdict.json").read_text(encoding="utf-8"))["target"]["base_url"])
