"""What a user gets wrong, or a target is down with, ends in HOLD: one sentence that says what to fix, and a bundle."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import redis
from starlette.responses import JSONResponse

from harness.engine import preflight
from tests.acceptance.running import KNOWLEDGE, Service, harness, readable, reference_service, start

if TYPE_CHECKING:
    from pathlib import Path

    from tests.targets.common.running import Stage

GIVEN = ("--scenario", str(KNOWLEDGE), "--user", "alice=env:A", "--user", "bob=env:B")


def held(folder: Path, url: str, *arguments: str, **variables: str) -> list[str]:
    """Verify a target, assert that it ends in HOLD with a readable bundle, and return the reasons."""
    ended = harness("verify", url, *arguments, folder=folder, **variables)
    assert ended.code == 10, ended.shown
    document = readable(folder)
    reasons: list[str] = document["reasons"]
    assert document["decision"] == "HOLD"
    assert reasons[0] in ended.out
    return reasons


@pytest.mark.parametrize("known", [GIVEN, GIVEN[2:]], ids=["scenario", "no-scenario"])
def test_nothing_listens_there(tmp_path: Path, known: tuple[str, ...]) -> None:
    """The URL is named, and that the service has to be started or the URL corrected."""
    reason = held(tmp_path, "http://127.0.0.1:9", *known, A="for-alice", B="for-bob")[0]
    assert "nothing usable answers at http://127.0.0.1:9" in reason
    assert "start the service or correct the URL" in reason


def test_the_token_of_bob_has_expired(service: Service, tmp_path: Path) -> None:
    """Bob is named, and that his token has to be looked at."""
    reason = held(tmp_path, service.url, *GIVEN, A=service.token("a"), B=service.token("b", lifetime=-60))[0]
    assert "bob is refused" in reason
    assert "check that the token is valid and not expired" in reason


@pytest.mark.parametrize("known", [GIVEN, GIVEN[2:]], ids=["scenario", "no-scenario"])
def test_both_tokens_are_those_of_one_user(service: Service, tmp_path: Path, known: tuple[str, ...]) -> None:
    """The subject is named; two users have to be given."""
    tokens = {"A": service.token("the-same", tier="free"), "B": service.token("the-same", tier="pro")}
    assert (
        "both tokens name the subject 'the-same'; give tokens of two users"
        in held(tmp_path, service.url, *known, **tokens)[0]
    )


@pytest.mark.parametrize("known", [GIVEN, GIVEN[2:]], ids=["scenario", "no-scenario"])
def test_every_answer_is_200_and_empty(theatre: Stage, tmp_path: Path, known: tuple[str, ...]) -> None:
    """It is asked whether this is the right service."""
    url = theatre.show(JSONResponse({}))
    assert "is this the right service?" in held(tmp_path, url, *known, A="for-alice", B="for-bob")[0]


def test_its_redis_is_down(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the target says of itself is passed on, and it has to be made ready first."""
    monkeypatch.setattr(preflight.wait_until_ready, "__kwdefaults__", {"within": 1.0})
    with reference_service(tmp_path_factory.mktemp("without-redis")) as service:
        with redis.Redis.from_url(service.endpoints["redis_url"]) as store:
            store.shutdown(nosave=True)
        deadline = time.monotonic() + 15
        while httpx.get(service.url + "/ready", trust_env=False).is_success and time.monotonic() < deadline:
            time.sleep(0.1)
        reason = held(tmp_path, service.url, *GIVEN, A=service.token("a"), B=service.token("b"))[0]
    assert "make the service ready first" in reason
    assert "redis" in reason


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--scenario", "wrong.toml"], "wrong.toml: resource[0].lst: unknown key; did you mean 'list'?"),
        (["--scenraio", "wrong.toml"], "No such option: --scenraio"),
    ],
)
def test_a_wrong_key_or_option_is_a_usage_error(tmp_path: Path, arguments: list[str], said: str) -> None:
    """4, with where it is and what was expected; no bundle, since nothing was run."""
    (tmp_path / "wrong.toml").write_text('name = "x"\n[[resource]]\nname = "a"\nlst = {}\n', encoding="utf-8")
    ended = harness("verify", "http://127.0.0.1:9", *arguments, folder=tmp_path)
    assert (ended.code, ended.out) == (4, "")
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_an_interruption_in_the_middle_leaves_a_bundle_and_no_objects(service: Service, tmp_path: Path) -> None:
    """2; what was created is deleted on the target; what did not run is told."""
    scenario = ("--scenario", str(KNOWLEDGE), "--only", "isolation")
    running = start("verify", service.url, *scenario, folder=tmp_path, KNOWLEDGE_JWT_SECRET=service.secret)
    created: list[dict[str, Any]] = []
    deadline = time.monotonic() + 60
    while len(created) < 10 and time.monotonic() < deadline:
        time.sleep(0.05)
        created = [event for event in _journal(tmp_path) if event["event"] == "created"]
    running.process.send_signal(signal.SIGINT)
    ended = running.end()
    assert ended.code == 2, ended.shown
    assert "interrupted" in ended.out
    document = readable(tmp_path)
    assert document["run"]["interrupted"] == "interrupted by the user"
    subjects = {event["user"].partition(":")[2] for event in _journal(tmp_path) if event["event"] == "intended"}
    assert subjects
    for subject in subjects:
        token = service.token(subject, tier="enterprise")
        assert service.get("/api/v1/knowledge/files", token).json()["total"] == 0
        assert service.get("/api/v1/memory", token).json()["total"] == 0


def _journal(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in folder.glob("artifacts/*/journal.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
        if line.endswith("\n")
    ]
