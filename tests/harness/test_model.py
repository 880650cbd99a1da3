"""The nouns: worst outcome, fingerprints, secrets, declared responses and what an exchange says of itself."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import (
    ANONYMOUS,
    Check,
    Decision,
    DeclaredResponse,
    Exchange,
    Finding,
    Identity,
    Observation,
    Operation,
    Outcome,
    Request,
    Response,
    Result,
    Sample,
    Secret,
    Severity,
    Verdict,
    fingerprint,
)

outcomes = st.sampled_from(list(Outcome))
CHECK = Check(id="isolation/read", title="T", explanation="E", severity=Severity.HIGH, catches=())
SEEN = Observation(subject="GET /x", outcome=Outcome.FAILED, sentence="S.", users=("alice", "bob"))


@given(st.lists(outcomes), st.lists(outcomes))
def test_worst_is_associative_and_ignores_order(left: list[Outcome], right: list[Outcome]) -> None:
    """The worst of everything is the worst of the worst of its parts, in any order and number of repeats."""
    assert Outcome.worst(left + right) is Outcome.worst(right + left + left)
    if left and right:
        assert Outcome.worst([Outcome.worst(left), Outcome.worst(right)]) is Outcome.worst(left + right)


@given(st.lists(outcomes))
def test_skipped_is_neutral(seen: list[Outcome]) -> None:
    """SKIPPED changes the worst of nothing but of no outcomes at all."""
    if seen:
        assert Outcome.worst([*seen, Outcome.SKIPPED]) is Outcome.worst(seen)


def test_worst_has_its_order() -> None:
    """FAILED > ERROR > INCONCLUSIVE > PASSED > SKIPPED, and nothing at all is INCONCLUSIVE."""
    order = [Outcome.SKIPPED, Outcome.PASSED, Outcome.INCONCLUSIVE, Outcome.ERROR, Outcome.FAILED]
    for index, outcome in enumerate(order):
        assert Outcome.worst(order[: index + 1]) is outcome
    assert Outcome.worst([]) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("seen", "error", "outcome"),
    [
        ([], None, Outcome.INCONCLUSIVE),
        ([], "boom", Outcome.ERROR),
        ([Outcome.PASSED], "boom", Outcome.ERROR),
        ([Outcome.FAILED], "boom", Outcome.FAILED),
        ([Outcome.PASSED, Outcome.SKIPPED], None, Outcome.PASSED),
    ],
)
def test_a_result_is_the_worst_of_its_observations(seen: list[Outcome], error: str | None, outcome: Outcome) -> None:
    """A broken check is an ERROR, except where it had already shown a failure."""
    observations = tuple(dataclasses.replace(SEEN, outcome=one) for one in seen)
    assert Result(check=CHECK, observations=observations, error=error).outcome is outcome


@pytest.mark.parametrize(
    "changed",
    [
        {"sentence": "Other."},
        {"exchanges": ("e1",)},
        {"outcome": Outcome.PASSED},
        {"severity": Severity.LOW},
        {"reason": "quota"},
    ],
)
def test_a_fingerprint_survives_what_a_run_generates(changed: dict[str, Any]) -> None:
    """Sentences, exchanges and outcomes differ between runs; the fingerprint of a fact does not."""
    assert fingerprint(CHECK, dataclasses.replace(SEEN, **changed)) == fingerprint(CHECK, SEEN)


@pytest.mark.parametrize(
    "changed", [{"subject": "GET /y"}, {"operation": "GET /x"}, {"users": ("bob", "alice")}, {"users": ()}]
)
def test_a_fingerprint_tells_facts_apart(changed: dict[str, Any]) -> None:
    """Another subject, operation or attacker is another fact."""
    assert fingerprint(CHECK, dataclasses.replace(SEEN, **changed)) != fingerprint(CHECK, SEEN)


def test_a_finding_has_a_short_stable_name() -> None:
    """Three letters of the family and six digits of the fingerprint."""
    key = fingerprint(CHECK, SEEN)
    finding = Finding(check=CHECK, observation=SEEN, severity=Severity.HIGH, fingerprint=key)
    assert finding.id == f"ISO-{key[:6]}"
    assert len(key) == 16


def test_a_secret_shows_nowhere() -> None:
    """Neither repr, str, format nor the repr of what holds it tell the value."""
    secret = Secret(value="hunter2")
    identity = Identity(name="alice", headers=(("Authorization", "Bearer hunter2"),), token=secret, password=secret)
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret}", repr(identity), str(identity)):
        assert "hunter2" not in shown
    assert ANONYMOUS.headers == ()


@pytest.mark.parametrize(
    ("status", "declared"), [(200, "200"), (404, "4xx"), (422, "422"), (503, "default"), (201, "default")]
)
def test_the_closest_declaration_covers_a_status(status: int, declared: str) -> None:
    """An exact status before its range, its range before default, whatever the case."""
    responses = tuple(DeclaredResponse(status=name) for name in ("default", "4xx", "200", "422"))
    found = Operation(method="GET", path="/x", responses=responses).declared(status)
    assert found is not None
    assert found.status == declared
    assert Operation(method="GET", path="/x").declared(status) is None


@pytest.mark.parametrize(("status", "ok"), [(199, False), (200, True), (299, True), (300, False), (404, False)])
def test_an_exchange_is_ok_with_2xx(status: int, ok: bool) -> None:
    """Only 2xx is ok; an exchange without a response has no status, no body and is not ok."""
    request = Request(method="GET", target="/x", headers=(("X-One", "1"), ("x-one", "2")))
    exchange = Exchange(id="e1", user="alice", request=request, response=Response(status=status, body=b"b"))
    assert (exchange.ok, exchange.status, exchange.body) == (ok, status, b"b")
    lost = Exchange(id="e2", user="alice", request=request, error="reset")
    assert (lost.ok, lost.status, lost.body) == (False, None, b"")
    assert request.header("X-ONE") == "1"


def test_headers_are_found_in_any_case_and_order() -> None:
    """The first of a repeated header, or all of them as received."""
    response = Response(status=200, headers=(("A", "1"), ("b", "2"), ("a", "3")))
    assert (response.header("a"), response.all("A"), response.header("c")) == ("1", ("1", "3"), None)


def test_small_words() -> None:
    """Names and truths that others print or count."""
    assert Operation(method="GET", path="/x/{id}").id == "GET /x/{id}"
    assert CHECK.family == "isolation"
    assert [severity.blocks for severity in Severity] == [True, True, False, False, False]
    assert [Sample(operation="o", intended=0, kind=kind).ok for kind in ("ok", "limited", "timeout")] == [
        True,
        False,
        False,
    ]
    verdict = Verdict(decision=Decision.HOLD, reasons=(), gates=(), findings=())
    assert verdict.exit_code == 10
