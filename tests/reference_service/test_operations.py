"""Readiness, health, version, metrics, sign-up, errors and headers."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reference_service.flaws import _shared
from reference_service.seeding import Flaw
from tests.reference_service.running import KNOWLEDGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from reference_service.parts import Parts
    from reference_service.stack import Servers
    from tests.reference_service.running import Running, User

LIST = f"{KNOWLEDGE}/files"
CHECKS = {"telemetry", "templates", "filesystem", "database", "redis"}


def test_a_ready_service_says_so(service: Running) -> None:
    """All five checks hold."""
    answer = service.visitor().get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "checks": dict.fromkeys(CHECKS, True)})


@pytest.mark.parametrize(("stop", "lost"), [("redis", "redis"), ("postgres", "database")])
def test_a_lost_server_is_told_and_survived(
    start: Callable[..., AbstractContextManager[Running]], servers: Servers, stop: str, lost: str
) -> None:
    """503 naming what is missing, private requests answer 503 too, and everything recovers by itself."""
    with start() as service:
        user = service.user()
        servers.members[stop].stop()
        try:
            began = time.monotonic()
            ready, request = user.get("/ready"), user.get(LIST)
            assert time.monotonic() - began < 5
        finally:
            servers.members[stop].start()
        assert ready.status_code == 503
        assert ready.json()["ready"] is False
        assert {name for name, good in ready.json()["checks"].items() if not good} == {lost}
        assert (request.status_code, request.json()["error_code"]) == (503, "DEPENDENCY_DOWN")
        assert int(request.headers["Retry-After"]) >= 1
        assert user.get("/ready").status_code == 200
        assert user.get(LIST).status_code == 200


def test_health_and_version(service: Running) -> None:
    """Alive; and what is running, since when, without flaws."""
    visitor = service.visitor()
    assert visitor.get("/health").json() == {"status": "ok"}
    version = visitor.get("/version").json()
    assert version["flaws"] == []
    assert re.fullmatch(r"[0-9a-f]{40}|unknown", version["commit"])


def counted(service: Running, route: str, method: str, status: int) -> float:
    """Return how many requests were counted."""
    wanted = f'http_requests_total{{method="{method}",route="{route}",status="{status}"}} '
    lines = service.visitor().get("/metrics").text.splitlines()
    return next((float(line.removeprefix(wanted)) for line in lines if line.startswith(wanted)), 0.0)


def test_requests_are_counted_by_route_method_and_status(service: Running, alice: User) -> None:
    """Successes, errors and refusals alike; labels hold templates, never ids or users."""
    route = f"{LIST}/{{file_id}}"
    before = {status: counted(service, route, "GET", status) for status in (200, 401, 404, 422)}
    file_id = alice.upload()
    alice.get(f"{LIST}/{file_id}")
    alice.get(f"{LIST}/00000000-0000-4000-8000-000000000000")
    alice.get(f"{LIST}/odd")
    service.visitor().get(f"{LIST}/{file_id}")
    assert {status: counted(service, route, "GET", status) - before[status] for status in before} == dict.fromkeys(
        before, 1.0
    )
    text = service.visitor().get("/metrics").text
    assert file_id not in text
    assert alice.name not in text


def test_unknown_methods_do_not_become_labels(service: Running) -> None:
    """An exotic method is counted as OTHER."""
    service.visitor().request("PROPFIND", "/nowhere")
    assert counted(service, "unmatched", "OTHER", 404) >= 1


def test_anonymous_sign_up_is_limited_per_address(start: Callable[..., AbstractContextManager[Running]]) -> None:
    """A new user and a token that works; then 429, and no header helps."""
    with start(sign_up_per_address="2/3600s") as service:
        visitor = service.visitor()
        made = [visitor.post("/api/v1/stream/auth/anon") for _ in range(2)]
        assert [answer.status_code for answer in made] == [201, 201]
        assert len({answer.json()["user_id"] for answer in made}) == 2
        token = made[0].json()["access_token"]
        assert visitor.get(LIST, headers={"Authorization": f"Bearer {token}"}).status_code == 200
        refused = visitor.post("/api/v1/stream/auth/anon", headers={"X-Forwarded-For": "10.0.0.1"})
        assert (refused.status_code, refused.json()["error_code"]) == (429, "RATE_LIMIT_EXCEEDED")
        assert int(refused.headers["Retry-After"]) > 0


def test_anonymous_sign_up_is_limited_in_all(start: Callable[..., AbstractContextManager[Running]]) -> None:
    """The common bucket refuses too, without taking from that of the address."""
    with start(sign_up_per_address="9/3600s", sign_up_total="1/3600s") as service:
        statuses = [service.visitor().post("/api/v1/stream/auth/anon").status_code for _ in range(3)]
        assert statuses == [201, 429, 429]


PROBES: list[tuple[int, str, str, dict[str, Any]]] = [
    (401, "GET", LIST, {"headers": {"Authorization": "Bearer x"}}),
    (404, "GET", "/nowhere", {}),
    (404, "GET", f"{LIST}/00000000-0000-4000-8000-000000000000", {}),
    (404, "GET", f"{LIST}/", {}),
    (405, "PATCH", LIST, {}),
    (405, "OPTIONS", LIST, {"headers": {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}}),
    (413, "POST", f"{KNOWLEDGE}/upload", {"files": {"file": ("a", b"a" * 1_100_000)}}),
    (415, "POST", f"{KNOWLEDGE}/upload", {"files": {"file": ("a", b"\x7fELF")}}),
    (400, "POST", f"{KNOWLEDGE}/upload", {"files": {"file": ("a", b"%PDF-")}}),
    (422, "POST", f"{KNOWLEDGE}/search", {"json": {}}),
]


@pytest.mark.parametrize(("status", "method", "path", "options"), PROBES)
def test_every_error_has_one_shape(alice: User, status: int, method: str, path: str, options: dict[str, Any]) -> None:
    """Code, detail, request id and suggestion; the headers of every response; nothing of the inside."""
    answer = alice.request(method, path, **options)
    body = answer.json()
    assert answer.status_code == status
    assert set(body) == {"error_code", "detail", "request_id", "suggestion"}
    assert all(isinstance(value, str) and value for value in body.values())
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    assert not {"server", "x-powered-by", "access-control-allow-origin"} & set(answer.headers)
    assert not re.search(r"Traceback|asyncpg|SELECT|pydantic|/usr|site-packages|fastapi", answer.text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(LIST, "GET"), (f"{LIST}/x", "DELETE, GET"), (f"{KNOWLEDGE}/search", "POST"), ("/api/v1/memory", "GET, POST")],
)
def test_a_wrong_method_is_told_the_right_ones(service: Running, path: str, allowed: str) -> None:
    """Allow names all methods of the path, and no token is asked for."""
    answer = service.visitor().put(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("offered", ["abc-1.2_3", "x" * 128])
def test_a_valid_request_id_is_echoed(service: Running, offered: str) -> None:
    """In the header and in the error body."""
    answer = service.visitor().get("/nowhere", headers={"X-Request-ID": offered})
    assert answer.headers["X-Request-ID"] == answer.json()["request_id"] == offered


@pytest.mark.parametrize("offered", ["", "x" * 129, "a b", "a;b", "\xe9", "<x>"])
def test_any_other_request_id_is_replaced(service: Running, offered: str) -> None:
    """By a new one, different every time."""
    headers = {b"X-Request-ID": offered.encode("latin-1")}
    made = {service.visitor().get("/health", headers=headers).headers["X-Request-ID"] for _ in range(3)}
    assert len(made) == 3
    assert all(re.fullmatch(r"[0-9a-f]{32}", value) for value in made)


def test_two_request_ids_are_none(service: Running) -> None:
    """Exactly one id comes back."""
    answer = service.visitor().get("/health", headers=[("X-Request-ID", "a"), ("X-Request-ID", "b")])
    assert answer.headers.get_list("X-Request-ID")[0] not in {"a", "b"}


def test_listed_origins_and_no_others_may_call(start: Callable[..., AbstractContextManager[Running]]) -> None:
    """An exact list; look-alikes and `null` get nothing."""
    with start(cors_origins="https://app.example.com") as service:
        user = service.user()

        def allowed(origin: str) -> str | None:
            header: str | None = user.get(LIST, headers={"Origin": origin}).headers.get("Access-Control-Allow-Origin")
            return header

        assert allowed("https://app.example.com") == "https://app.example.com"
        for origin in ("null", "https://evil.com", "https://app.example.com.evil.com", "http://app.example.com"):
            assert allowed(origin) is None


def broken(parts: Parts) -> None:
    """Let the list fail in a way that nobody foresaw."""

    async def fail(*_: object) -> None:
        raise ValueError("postgresql://user:hunter2@host/db")

    parts.files.page = fail  # type: ignore[method-assign,assignment]
    parts.chunkers = dict(parts.chunkers)


def test_a_defect_is_a_plain_500(start: Callable[..., AbstractContextManager[Running]]) -> None:
    """The body tells nothing of what happened; the next request works."""
    flaw = Flaw(name="broken", weakness="x.y", mode="http", title="", apply=broken, ddl=None)
    with start(flaws=[flaw]) as service:
        user = service.user()
        answer = user.get(LIST)
        assert (answer.status_code, answer.json()["error_code"]) == (500, "INTERNAL_ERROR")
        assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
        assert "hunter2" not in answer.text
        assert user.get("/api/v1/memory").status_code == 200


def logging_to(lines: list[dict[str, Any]]) -> Flaw:
    """Collect the lines of the request log."""

    def apply(parts: Parts) -> None:
        parts.request_log = lambda fields: lines.append(dict(fields))

    return Flaw(name="log", weakness="x.y", mode="http", title="", apply=apply, ddl=None)


def test_every_request_is_one_line_of_the_log(start: Callable[..., AbstractContextManager[Running]]) -> None:
    """With its id, status and user; what a caller sent cannot begin a line of its own."""
    lines: list[dict[str, Any]] = []
    with start(flaws=[logging_to(lines)]) as service:
        user = service.user()
        user.get(LIST, headers={"X-Request-ID": "mine"})
        httpx.get(f"{service.url}/a%0Ab", trust_env=False)
    assert [(line["status"], line["route"]) for line in lines] == [(200, LIST), (404, "unmatched")]
    assert (lines[0]["request_id"], lines[0]["user_id"], lines[1]["user_id"]) == ("mine", user.name, "anonymous")
    assert "\n" not in json.dumps(lines[1])


def test_the_helpers_of_flaws_find_owners(service: Running, alice: User) -> None:
    """The job table tells who owns a file, which flaws use and the service does not."""
    file_id = alice.upload()
    assert service.sql("SELECT user_id FROM index_jobs WHERE file_id = $1", file_id) == [{"user_id": alice.name}]
    assert _shared.signed_with(service.token(), b"another") is False
