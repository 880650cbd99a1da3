"""What watchers make of single responses, and when they may pass."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checks._disclosure import disclosed, first, given_away
from harness.checks._keys import KEYS, SHOWN
from harness.checks._watching import MALFORMED, StatusWatcher
from harness.checks.caching import no_store, shared
from harness.checks.contract import content_type, internal_field, schema, status
from harness.checks.errors import banner, secret, shape, sql_text, stack_trace
from harness.checks.exposure import secret as exposure_secret
from harness.checks.tracing import every_response
from harness.model import Check, Outcome, Severity
from harness.openapi import match, parse_document
from harness.scenario.schema import CredentialSpec, ErrorsSpec, TracingSpec
from tests.harness.checks.bench import DOCUMENT, JSON, PARSED, exchange, lab, seen

if TYPE_CHECKING:
    from types import ModuleType


GOOD = {"id": 1, "labels": []}
NOTHING = internal_field.describe(None, {})


def outcomes(watcher: StatusWatcher) -> list[tuple[Outcome, str | None]]:
    """Return how a watcher concludes."""
    return [(observation.outcome, observation.reason) for observation in watcher.conclude()]


def watcher_of_everything() -> StatusWatcher:
    """Return a watcher that finds every response good."""
    return StatusWatcher(lab=lab(), subject="s", claim="c", judge=lambda _seen: True)


def test_a_watcher_that_saw_nothing_is_inconclusive() -> None:
    """Nothing observed is never a pass."""
    assert (Outcome.INCONCLUSIVE, "nothing-observed") in outcomes(watcher_of_everything())


def test_a_declared_kind_that_was_never_seen_keeps_a_watcher_from_passing() -> None:
    """A 401 and a 404 are declared: both must have been looked at."""
    watcher = watcher_of_everything()
    watcher.see(exchange(200, GOOD))
    watcher.see(exchange(401, {}))
    found = list(watcher.conclude())
    assert Outcome.worst(each.outcome for each in found) is Outcome.INCONCLUSIVE
    assert "404" in next(each.subject for each in found if each.reason == "not-seen")
    watcher.see(exchange(404, {}))
    assert outcomes(watcher) == [(Outcome.PASSED, None)]


def test_what_no_declared_response_describes_is_not_offered() -> None:
    """A document without media types or schemas cannot be contradicted, and nobody waits for what it never says."""
    for described, expected in (
        (lambda _declared: False, [(Outcome.SKIPPED, "not-offered")]),
        (lambda declared: declared.status == "404", [(Outcome.INCONCLUSIVE, "nothing-observed")]),
    ):
        watcher = StatusWatcher(lab=lab(), subject="s", claim="c", judge=lambda _seen: False, described=described)
        watcher.see(exchange(200, GOOD))
        assert outcomes(watcher)[:1] == expected


def test_what_is_declared_without_a_description_has_to_be_seen_all_the_same() -> None:
    """A facade that never refuses anything is not praised for its media types."""
    watcher = watcher_of_everything()
    watcher.judge = lambda seen: not seen.response.is_error
    watcher.described = lambda declared: declared.status.startswith("2")
    watcher.see(exchange(200, GOOD))
    assert outcomes(watcher)[-1] == (Outcome.INCONCLUSIVE, "not-seen")
    watcher.see(exchange(401, {}))
    watcher.see(exchange(404, {}))
    assert outcomes(watcher) == [(Outcome.PASSED, None)]


def test_refusals_alone_are_no_answers() -> None:
    """A service that refuses everything to everybody has shown nothing that a cache could keep."""
    for answers, reasons in ((True, {"nothing-observed"}), (False, set())):
        watcher = StatusWatcher(lab=lab(), subject="s", claim="c", judge=lambda _seen: True, answers=answers)
        watcher.see(exchange(401, {}))
        watcher.see(exchange(404, {}))
        assert {reason for _, reason in outcomes(watcher)} - {None} == reasons
        watcher.see(exchange(200, GOOD))
        assert outcomes(watcher) == [(Outcome.PASSED, None)]


def test_a_kind_that_has_no_json_is_not_waited_for_by_who_judges_json() -> None:
    """A 401 that is documented as plain text can never have been judged by its schema."""
    said = {"responses": {"401": {"description": "", "content": {"text/plain": {"schema": {"type": "string"}}}}}}
    made = lab()
    made.session.document = parse_document(json.dumps({**DOCUMENT, "paths": {"/x": {"get": said}}}), where="test")
    for only_json, missed in ((True, 0), (False, 1)):
        watcher = StatusWatcher(lab=made, subject="s", claim="c", judge=lambda _seen: True, json=only_json)
        watcher.see(exchange(200, GOOD))
        assert [reason for _, reason in outcomes(watcher)].count("not-seen") == missed


def test_answers_to_what_is_no_http_are_not_judged() -> None:
    """What answers bytes that are no request may be a proxy, not the application."""
    watcher = watcher_of_everything()
    watcher.see(exchange(400, b"bad", purpose=MALFORMED))
    watcher.see(exchange(400, b"bad", target="/things/1?" + "a" * 70_000))
    watcher.see(exchange(400, b"bad", target="/things/\x001"))
    assert not watcher.counts.total()


@pytest.mark.parametrize("code", [502, 503, 504])
def test_what_a_balancer_answers_is_not_held_against_the_service(code: int) -> None:
    """A page in a form that the document does not have is judged only by those who look for what it gives away."""
    page = exchange(code, b"<h1>Unavailable</h1>", (("Content-Type", "text/html"),))
    plain, all_of_it = watcher_of_everything(), watcher_of_everything()
    all_of_it.front = True
    for watcher in (plain, all_of_it):
        watcher.see(page)
    assert (plain.counts.total(), all_of_it.counts.total()) == (0, 1)
    plain.see(exchange(500, b"<h1>Oh</h1>", (("Content-Type", "text/html"),)))
    assert plain.counts.total() == 1


@pytest.mark.parametrize("module", [banner, secret, sql_text, stack_trace])
def test_pages_of_a_balancer_are_searched_for_what_they_give_away(module: ModuleType) -> None:
    """Whoever answers, a secret is a secret."""
    page = (("Content-Type", "text/html"), ("X-Powered-By", "PHP/8.1"))
    text = getattr(module, "EXAMPLES", ("nothing",))[0]
    made = next(each for each in vars(module).values() if isinstance(each, Check)).watch
    assert made is not None
    watcher = made(lab())
    watcher.see(exchange(502, f"<pre>{text}</pre>".encode(), page))
    assert Outcome.FAILED in {each.outcome for each in watcher.conclude()}


def test_problems_of_one_subject_are_one_finding() -> None:
    """A finding says how often it was seen, and is not repeated."""
    watcher = StatusWatcher(lab=lab(), subject="s", claim="c", judge=status.judge)
    for _ in range(3):
        watcher.see(exchange(201, GOOD))
    failures = [each for each in watcher.conclude() if each.outcome is Outcome.FAILED]
    assert len(failures) == 1
    assert "3 times" in failures[0].sentence


@pytest.mark.parametrize(("code", "fine"), [(200, True), (201, False), (401, True), (418, True), (503, False)])
def test_a_success_that_is_not_declared_is_a_problem_and_default_covers_errors_only(code: int, fine: bool) -> None:
    """Where a document names its successes, `default` does not stand for another one; a 503 is not judged."""
    found = status.judge(seen(code, GOOD))
    assert (found is True) == fine
    assert (found is False) == (code == 503)


@pytest.mark.parametrize(
    ("body", "fine"),
    [(GOOD, True), ({"id": 1}, False), ({"id": 1, "labels": None}, False), ({**GOOD, "more": 1}, False), (b"{", False)],
)
def test_a_body_is_judged_by_its_schema(body: object, fine: bool) -> None:
    """A missing, null or additional member contradicts a closed schema, as does what is no JSON."""
    answer = seen(200, body)
    declared = answer.schema
    assert declared is not None
    assert (schema.judge_body(answer, declared, PARSED.root) is True) == fine


def test_a_schema_that_accepts_anything_says_nothing() -> None:
    """A status without a schema is not counted as validated."""
    assert seen(404, {"any": 1}).schema is None
    assert not schema.can_reject({}, PARSED.root)
    assert schema.can_reject({"type": "object", "required": ["id"]}, PARSED.root)


def test_the_media_type_is_that_of_the_document_or_of_the_scenario() -> None:
    """Parameters and case do not matter; where the document is silent, the scenario speaks for errors."""
    assert content_type.judge(seen(200, GOOD, (("content-type", "Application/JSON; charset=utf-8"),)), None) is True
    assert not isinstance(content_type.judge(seen(200, GOOD, (("Content-Type", "text/plain"),)), None), bool)
    assert content_type.judge(seen(404, {}), None) is False
    assert not isinstance(content_type.judge(seen(404, {}), "application/problem+json"), bool)


@pytest.mark.parametrize("body", [{"storage_path": "x"}, {"owner": {"password_hash": "x"}}, {"where": "/srv/bodies/1"}])
def test_internal_names_and_values_are_found_at_any_depth(body: object) -> None:
    """What the document does not describe and looks internal is a problem."""
    assert not isinstance(internal_field.judge(seen(200, body), NOTHING), bool)


def test_an_openapi_document_shows_no_fields_of_its_own() -> None:
    """The names in it are those of other answers; an answer that has a list of paths is none."""
    described = internal_field.Described(frozenset(), frozenset())
    for body, fine in (({"swagger": "2.0", "paths": {"password": 1}}, False), ({"paths": {"password": 1}}, None)):
        found = internal_field.judge(seen(200, body), described)
        assert (found if isinstance(found, bool) else None) is fine


@pytest.mark.parametrize("name", ["_links", "_embedded", "_schema", "_errors", "_id", "__v"])
def test_names_that_libraries_give_with_an_underscore_are_no_secret(name: str) -> None:
    """Links of HAL, errors of marshmallow, keys and versions of MongoDB; any other such name is from inside."""
    assert internal_field.judge(seen(200, {name: "x"}), NOTHING) is True
    assert not isinstance(internal_field.judge(seen(200, {f"{name}_row": "x"}), NOTHING), bool)


@pytest.mark.parametrize(
    ("name", "value", "severity"),
    [
        ("__entity", "UserEntity", Severity.MEDIUM),
        ("_count", 3, Severity.MEDIUM),
        ("_password_hash", "x", None),
        ("_where", "/srv/files/x", None),
        ("storage_path", "x", None),
    ],
)
def test_an_underscore_alone_stops_nothing(name: str, value: object, severity: Severity | None) -> None:
    """The name of a class and a count are told; what names a secret, or holds a path, is as severe as the check."""
    found = internal_field.judge(seen(200, {name: value}), NOTHING)
    assert not isinstance(found, bool)
    assert found.severity is severity


def test_what_the_paths_address_is_no_internal_name() -> None:
    """Where /things/{id} is a path, `thing` is a word of the service."""
    assert internal_field.things(lab()) == {"thing"}


def test_what_the_document_describes_or_the_caller_sent_is_not_internal() -> None:
    """A field is only internal if neither the document nor the request knows it."""
    assert internal_field.judge(seen(200, GOOD), NOTHING) is True
    echoed = seen(200, {"meta": {"file_path": "/srv/x"}}, sent=b'{"meta": {"file_path": "/srv/x"}}')
    assert internal_field.judge(echoed, NOTHING) is True
    kept = seen(200, {"_row": "x1"})
    assert internal_field.judge(kept, NOTHING, {("_row", "x1")}) is True
    assert not isinstance(internal_field.judge(kept, NOTHING, {("_row", "x2")}), bool)


@pytest.mark.parametrize(("code", "outcome"), [(400, Outcome.PASSED), (200, Outcome.FAILED)])
def test_an_error_says_what_is_wrong_by_the_names_of_fields(code: int, outcome: Outcome) -> None:
    """What some request of the document may hold is no secret of the service; a success does not show it for that."""
    change: dict[str, Any] = {
        "requestBody": {"content": {"application/json": {"schema": {"properties": {"old_password": {}}}}}}
    }
    document = deepcopy(DOCUMENT)
    document["paths"]["/things/new"]["post"] |= change
    bench = lab()
    bench.session.document = parse_document(json.dumps(document), where="test")
    watch = internal_field.internal_field.watch
    assert watch is not None
    watching = watch(bench)
    watching.see(exchange(200, GOOD))
    watching.see(exchange(code, {"old_password": ["This field is required."]}))
    assert outcome in {each.outcome for each in watching.conclude()}


def test_a_body_of_another_declared_media_type_is_not_judged_as_json() -> None:
    """Where a document is shown as YAML or as JSON, YAML is no broken JSON."""
    document = deepcopy(DOCUMENT)
    document["paths"]["/things/{id}"]["get"]["responses"]["200"]["content"]["application/yaml"] = {"schema": {}}
    operations = parse_document(json.dumps(document), where="test").operations
    answer = replace(
        seen(200, b"id: 1", (("Content-Type", "application/yaml"),)), operation=match(operations, "GET", "/things/1")
    )
    assert answer.schema is None
    plain = replace(seen(200, GOOD), operation=answer.operation)
    assert plain.schema is not None


@pytest.mark.parametrize("nullable", [False, True])
def test_names_that_callers_choose_are_not_internal(nullable: bool) -> None:
    """An object of any names is the caller's to fill, also for who reads it later; beside it all is as before."""
    chosen: dict[str, object] = {"type": "object", "additionalProperties": True}
    declared = {"properties": {"meta": {"anyOf": [chosen, {"type": "null"}]} if nullable else chosen}}
    described = internal_field.describe(declared, {})
    assert internal_field.judge(seen(200, {"meta": {"_key": {"db_row": 1}}}), described) is True
    assert not isinstance(internal_field.judge(seen(200, {"meta": {}, "_key": 1}), described), bool)
    assert not isinstance(internal_field.judge(seen(200, {"_key": 1}), internal_field.describe(chosen, {})), bool)


@pytest.mark.parametrize("module", [stack_trace, sql_text, secret])
def test_each_detector_finds_its_planted_examples_in_errors_only(module: ModuleType) -> None:
    """An example in a 500 is found, also when JSON escapes it; in a 200 it is none of this watcher's business."""
    examples, look = module.EXAMPLES, first(module.CLUES)
    for example in examples:
        assert not isinstance(disclosed(seen(500, {"detail": example}), "it", look), bool)
        assert disclosed(seen(200, {"detail": example}), "it", look) is False
        assert disclosed(seen(422, {"detail": example}, sent=example.encode()), "it", look) is True


@pytest.mark.parametrize("module", [stack_trace, sql_text, secret])
@given(data=st.data())
def test_no_match_is_without_the_words_of_its_clue(module: ModuleType, data: st.DataObject) -> None:
    """What a pattern matches is found: the words that are looked for first are in each of its matches."""
    for clue in module.CLUES:
        assert clue.find(data.draw(st.from_regex(clue.pattern))) is not None


@pytest.mark.parametrize(
    "text",
    ["Select a file from the list, then update it.", "at 10:30 the service restarts", "see https://example.com/home/a"],
)
def test_ordinary_words_are_no_disclosure(text: str) -> None:
    """Sentences for people are neither SQL nor traces nor secrets."""
    for module in (stack_trace, sql_text, secret):
        assert disclosed(seen(404, {"detail": text}), "it", first(module.CLUES)) is True


def test_a_secret_is_not_repeated_in_the_finding() -> None:
    """The sentence of a finding ends in every report: it must not carry the password."""
    found = disclosed(seen(500, {"detail": secret.EXAMPLES[0]}), "a secret", first(secret.CLUES), SHOWN)
    assert not isinstance(found, bool)
    assert "hunter2" not in found.sentence


@pytest.mark.parametrize("example", exposure_secret.EXAMPLES)
def test_a_key_in_an_answer_is_found_unless_it_was_sent(example: str) -> None:
    """Each of the examples, in a body and in a header; what a user has written may be shown again."""
    look = first(KEYS)
    assert not isinstance(given_away(seen(200, {"status": example}), "it", look), bool)
    assert not isinstance(given_away(seen(200, {}, (("X-Upstream", example),)), "it", look), bool)
    assert given_away(seen(200, {"status": example}, sent=example.encode()), "it", look) is True


KEY_ID = f"AKIA{'IOSFODNN7EXAMPLE'}"  # in two pieces: the repository holds nothing that looks like a key


@pytest.mark.parametrize(
    "text",
    [
        f"https://files.example/a.png?X-Amz-Credential={KEY_ID}/20261128/eu-west-1/s3/aws4_request",
        f"https://files.example/a.png?X-Amz-Credential={KEY_ID}%2F20261128%2Feu-west-1",
        "postgresql://service:***@db.internal:5432/things",
        "postgresql://{user}:{password}@{host}/{name}",
        "https://example.com:8443/@someone",
        "-----BEGIN PUBLIC KEY-----",
    ],
)
def test_what_opens_nothing_is_no_key(text: str) -> None:
    """Addresses that are signed for a while, masked passwords, placeholders and public keys are no secrets."""
    assert first(KEYS)(text) is None


@pytest.mark.parametrize(
    ("name", "value", "fine"),
    [
        ("Server", "nginx", True),
        ("Server", "nginx/1.25.3", False),
        ("server", "uvicorn", False),
        ("X-Powered-By", "x", False),
    ],
)
def test_a_proxy_may_say_its_name_but_no_version(name: str, value: str, fine: bool) -> None:
    """What runs the application, and any version, is a banner."""
    assert (banner.judge(seen(200, GOOD, ((name, value),))) is True) == fine


def test_each_field_of_an_error_must_hold_something() -> None:
    """A field that is empty, blank or null is as good as none."""
    spec = ErrorsSpec(fields=["code", "/error/hint"])
    assert shape.judge(seen(404, {"code": "x", "error": {"hint": "y"}}), spec) is True
    for body in ({"code": "x"}, {"code": " ", "error": {"hint": "y"}}, b"<html>"):
        assert not isinstance(shape.judge(seen(404, body), spec), bool)
    assert shape.judge(seen(404, b"", method="HEAD"), spec) is False


def test_private_answers_must_forbid_storing() -> None:
    """no-store or private for a user's data; a 429 must say no-store."""
    for value, code, fine in (
        ("no-store", 200, True),
        ("private", 200, True),
        ("max-age=5", 200, False),
        ("private", 429, False),
    ):
        found = no_store.judge_headers(seen(code, GOOD, (("Cache-Control", value),)))
        assert (found is True) == fine, value


def test_an_answer_to_a_condition_is_no_drift() -> None:
    """Any resource may answer 304 to who asks with a condition; the document need not say so."""
    assert status.judge(seen(304, b"")) is False


@pytest.mark.parametrize(
    ("code", "headers", "fine"),
    [
        (401, (), True),
        (404, (), True),
        (404, (("Last-Modified", "Thu, 26 Nov 2026 18:22:21 GMT"),), False),
        (401, (("Cache-Control", "max-age=60"),), False),
        (200, (), False),
    ],
)
def test_refusals_that_no_cache_keeps_need_say_nothing(
    code: int, headers: tuple[tuple[str, str], ...], fine: bool
) -> None:
    """RFC 9111, section 4.2.2: without any word on age nothing keeps them; a success may still be kept."""
    assert (no_store.judge_headers(seen(code, GOOD, headers)) is True) == fine


@pytest.mark.parametrize(
    ("control", "vary", "carrier", "kept"),
    [
        ("public, max-age=60", "", "Authorization", True),
        ("public, max-age=60", "Authorization", "Authorization", False),
        ("max-age=60", "", "Authorization", False),
        ("max-age=60", "", "X-Key", True),
        ("s-maxage=5", "", "Authorization", True),
        ("no-store, public", "", "Authorization", False),
    ],
)
def test_what_a_shared_cache_may_keep(control: str, vary: str, carrier: str, kept: bool) -> None:
    """RFC 9111, section 3.5: Authorization needs public or s-maxage; other carriers are not known to caches at all."""
    response = seen(200, GOOD, (("Cache-Control", control), ("Vary", vary))).response
    assert (shared.storable(response, CredentialSpec(header=carrier)) is not None) == kept


def test_every_response_has_one_request_id_which_its_body_repeats() -> None:
    """None, two, or another one in the body is a problem."""
    spec = TracingSpec(header="X-Trace", body="/trace")
    judged = [
        every_response.judge(seen(404, {"trace": "a"}, (*JSON, *(("X-Trace", value) for value in values))), spec)
        is True
        for values in (["a"], [], ["a", "a"], ["b"], [""])
    ]
    assert judged == [True, False, False, False, False]


def test_a_request_that_two_paths_fit_belongs_to_none() -> None:
    """GET /things/new fits /things/{id}, but routers may take it for POST's path: nothing is said about its answer."""
    session = lab().session
    operations = [
        session.operation_of(exchange(method=method, target=target).request)
        for method, target in (("GET", "/things/1?a=b"), ("GET", "/things/new"), ("POST", "/things/new"), ("PUT", "/x"))
    ]
    assert [operation.id if operation else None for operation in operations] == [
        "GET /things/{id}",
        None,
        "POST /things/new",
        None,
    ]
