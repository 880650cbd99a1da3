"""The command line: every exit code, one clear text for every mistake, and machine output alone on standard output."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, Response

from harness import cli
from harness.commands import catalogue
from harness.evidence.inspect import inspect
from tests.harness.notebook import TOML

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.harness.notebook import Notebook

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notebook: Notebook) -> Path:
    """A folder with a scenario in it, to work in; the secret is in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NOTEBOOK_SECRET", notebook.secret)
    monkeypatch.setenv("COLUMNS", "400")
    (tmp_path / "notebook.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


def harness(*arguments: str) -> int:
    """Run the command line in this process, and return its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["harness", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    return int(ended.value.code or 0)


def bundle(folder: Path) -> Path:
    """Return the one bundle that a run has left."""
    (found,) = [path for path in (folder / "artifacts").iterdir() if (path / "verdict.json").exists()]
    return found


class TestExitCodes:
    """What each code is, proved by a run that ends with it."""

    def test_1_no_go(self, url: str, notebook: Notebook, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A list that shows everybody's things: the finding is told with its users, and how to replay it."""

        def leak(request: Request) -> Response | None:
            if request.method == "GET" and request.url.path == "/things" and "authorization" in request.headers:
                items = [{"id": key, "text": text} for key, (_, text) in notebook.things.items()]
                return JSONResponse({"items": items, "total": len(items)})
            return None

        notebook.instead = leak
        assert harness("verify", url, "-s", "notebook.toml", "--only", "isolation/list_foreign_objects") == 1
        shown = capsys.readouterr().out
        assert "VERDICT  NO-GO" in shown
        assert "harness replay" in shown
        assert inspect(bundle(folder)).sound

    def test_10_hold(self, url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Too little was asked to say GO: the gates without an answer are named."""
        assert harness("verify", url, "-s", "notebook.toml", "--only", "isolation/list_foreign_objects") == 10
        assert "VERDICT  HOLD" in capsys.readouterr().out
        assert harness("inspect", str(bundle(folder))) == 0

    def test_11_refused_for_safety(
        self, url: str, notebook: Notebook, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Production is not touched without being told to."""
        text = TOML.replace('environment = "test"', 'environment = "production"')
        (folder / "notebook.toml").write_text(text, encoding="utf-8")
        assert harness("verify", url, "-s", "notebook.toml") == 11
        assert "--allow production" in capsys.readouterr().err
        assert notebook.asked == []

    def test_5_nothing_to_test(
        self, url: str, notebook: Notebook, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A plan without a check ends before the first request."""
        assert harness("verify", url, "-s", "notebook.toml", "--only", "limits/exact_limit") == 5
        assert "nothing to test" in capsys.readouterr().err
        assert notebook.asked == []

    def test_3_a_bug(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """A bug is never mistaken for a NO-GO, which is Python's own code for it."""
        monkeypatch.setattr(catalogue, "list_checks", lambda *_args, **_more: 1 / 0)
        assert harness("checks") == 3
        assert "this is a bug of the harness" in capsys.readouterr().err

    def test_0(self, url: str, notebook: Notebook, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A plan that is only printed sends nothing, and leaves nothing."""
        assert harness("verify", url, "-s", "notebook.toml", "--dry-run") == 0
        assert "nothing was sent" in capsys.readouterr().out
        assert notebook.asked == []
        assert list((folder / "artifacts").iterdir()) == []


SECRET_ON_THE_LINE = "alice=eyJhbGciOi.a-token-in-the.clear"
MISTAKES: list[tuple[list[str], str]] = [
    (["verify"], "nothing to verify: give a URL"),
    (["verify", "--serve"], "nothing to verify: give a URL"),
    (["verify", "ftp://x", "-s", "notebook.toml"], "expected an http:// or https:// URL"),
    (["verify", "http://u:p@x", "-s", "notebook.toml"], "holds a user name or password"),
    (["verify", "http://127.0.0.1:99999", "-s", "notebook.toml"], "not a URL (Port out of range"),
    (["verify", "-s", "notebook.toml"], "no URL: give one"),
    (["verify", "-s", "notebook.toml", "--serve"], "the scenario has no [service]"),
    (["verify", "http://127.0.0.1:9", "-s", "none.toml"], "none.toml: cannot read the scenario"),
    (["verify", "http://127.0.0.1:9", "-s", "."], "cannot read the scenario (Is a directory)"),
    (["verify", "http://127.0.0.1:9", "-s", "wrong.toml"], "wrong.toml: target.base_ulr: unknown key; did you mean"),
    (["verify", "http://127.0.0.1:9", "-s", "gate.toml"], "expected"),
    (["verify", "http://127.0.0.1:9", "-s", "unset.toml"], "NO_SUCH_SECRET is not set"),
    (["verify", "http://127.0.0.1:9", "--profile", "slow"], "expected one of quick, ci, full"),
    (["verify", "http://127.0.0.1:9", "--user", SECRET_ON_THE_LINE], "--user alice=...: expected NAME=env:VAR"),
    (["verify", "http://127.0.0.1:9", "--user", "bob"], "--user bob=...: expected NAME=env:VAR"),
    (["verify", "http://127.0.0.1:9", "--only", "isolatoin"], "'isolatoin' matches no check"),
    (["verify", "http://127.0.0.1:9", "--skip", "isolatoin"], "'isolatoin' matches no check"),
    (["verify", "http://127.0.0.1:9", "--key", "none.pem"], "none.pem: cannot read the key"),
    (["verify", "http://127.0.0.1:9", "--key", "notebook.toml"], "expected an unencrypted Ed25519 private key"),
    (["verify", "http://127.0.0.1:9", "--artifacts", "notebook.toml"], "notebook.toml"),
    (["verify", "http://127.0.0.1:9", "--seed", "many"], "--seed"),
    (["verify", "http://127.0.0.1:9", "--bogus"], "No such option: --bogus"),
    (["verfy"], "No such command 'verfy'"),
    (["checks", "-s", "wrong.toml"], "did you mean 'base_url'?"),
    (["explain", "isolation/none"], "is no check"),
    (["explain"], "Missing argument"),
    (["inspect", "none"], "none: expected a bundle"),
    (["inspect", "."], ".: expected a bundle"),
    (["env", "none"], "none: expected the folder of a bundle"),
    (["replay", "none", "ISO-1"], "none: expected the folder of a bundle"),
    (["sweep", "none"], "none: expected the folder of a run"),
    (["init", "http://127.0.0.1:9"], "no OpenAPI document found"),
    (["init", "http://127.0.0.1:9", "-o", "notebook.toml"], "notebook.toml: exists already"),
    (["calibrate", "--flaws-from", "none"], "--flaws-from none: expected a folder"),
    (["calibrate", "-s", "none.toml"], "none.toml: cannot read the scenario"),
]


@pytest.mark.parametrize(("arguments", "said"), MISTAKES, ids=[" ".join(each)[:60] for each, _ in MISTAKES])
def test_a_mistake_is_one_clear_text_and_4(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """What was expected and found, on standard error; no traceback, no secret, and nothing is made on the way."""
    (folder / "wrong.toml").write_text('name = "x"\n[target]\nbase_ulr = "http://x"\n', encoding="utf-8")
    (folder / "gate.toml").write_text('gates = ["p95 is good"]\n' + TOML, encoding="utf-8")
    (folder / "unset.toml").write_text(TOML.replace("NOTEBOOK_SECRET", "NO_SUCH_SECRET"), encoding="utf-8")
    assert harness(*arguments) == 4
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.out + shown.err
    assert "in-the.clear" not in shown.out + shown.err
    assert not (folder / "none").exists()
    assert shown.out == "" or "harness 0." in shown.out


def test_json_is_alone_on_standard_output(url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict document can be piped; people read standard error."""
    assert harness("verify", url, "-s", "notebook.toml", "--only", "isolation/list_foreign_objects", "--json") == 10
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert document == json.loads((bundle(folder) / "verdict.json").read_text(encoding="utf-8"))
    assert "VERDICT" in shown.err


def test_the_catalogue_can_be_read_by_machines_and_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Lists, one explanation, and the schema of scenarios."""
    assert harness("checks", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"id", "title", "catches", "needs", "severity"} <= set(rows[0])
    assert harness("explain", rows[0]["id"]) == 0
    assert rows[0]["title"] in capsys.readouterr().out
    assert harness("schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Scenario"
    assert harness("checks", "-s", str(REPOSITORY / "scenarios" / "knowledge.toml")) == 0
    assert len(capsys.readouterr().out.splitlines()) <= len(rows) + 1


def test_a_seed_repeats_the_run(url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command that is shown has the seed in it."""
    harness("verify", url, "-s", "notebook.toml", "--only", "isolation/list_foreign_objects", "--seed", "4211")
    assert "seed 4211" in capsys.readouterr().out
    assert json.loads((bundle(folder) / "verdict.json").read_text(encoding="utf-8"))["run"]["seed"] == 4211


def test_help_tells_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Without arguments as with --help."""
    assert harness("--help") == 0
    shown = capsys.readouterr().out
    for name in ("verify", "init", "checks", "explain", "inspect", "env", "replay", "sweep", "calibrate", "schema"):
        assert name in shown
