"""From a run to observations, and from what Schemathesis wrote to a run: no child process here."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import ConfigurationError
from harness.fuzz import RULES, WEAKNESSES, FuzzError, FuzzFinding, FuzzRun, Tally, observations
from harness.fuzz.report import Report
from harness.fuzz.routes import Routes
from harness.fuzz.settings import CONFIGURATION, DOCUMENT, environment, handle_headers, write_settings
from harness.model import DeclaredResponse, Identity, Observation, Operation, Outcome, Severity
from harness.openapi import parse_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

READ = Operation(method="GET", path="/things/{id}", responses=(DeclaredResponse(status="200"),))
MOVED = Operation(method="GET", path="/moved", responses=(DeclaredResponse(status="302"),))
FINDING = FuzzFinding(
    operation=READ.id,
    check="response_schema_conformance",
    code="ST108",
    title="Response violates schema",
    message='"name" is a required property\n\nSchema:\n\n    {}',
    case_id="c1",
    status=200,
    exchanges=("x1", "x2"),
    count=3,
)


def _run(statuses: Mapping[int, int], *, operation: Operation = READ, **more: Any) -> FuzzRun:
    return dataclasses.replace(
        FuzzRun(seed=1, completed=True, cases=9, per_operation={operation.id: Tally(statuses)}), **more
    )


def _one(run: FuzzRun, operation: Operation = READ, **more: Any) -> Observation:
    (said,) = observations(run, [operation], **more)
    return said


@pytest.mark.parametrize(
    ("statuses", "outcome", "reason"),
    [
        ({200: 1, 404: 50}, Outcome.PASSED, None),
        ({404: 50, 422: 3}, Outcome.INCONCLUSIVE, "no-success"),
        ({401: 50}, Outcome.INCONCLUSIVE, "no-success"),
        ({302: 50}, Outcome.INCONCLUSIVE, "no-success"),
        ({200: 10, 429: 2}, Outcome.INCONCLUSIVE, "quota"),
        ({200: 18, 429: 2}, Outcome.PASSED, None),
        ({429: 10}, Outcome.INCONCLUSIVE, "quota"),
        ({}, Outcome.INCONCLUSIVE, "not-reached"),
    ],
)
def test_an_operation_passes_when_it_was_reached(
    statuses: dict[int, int], outcome: Outcome, reason: str | None
) -> None:
    """Only an operation that answered with success, and was hardly limited, has passed; the reason tells why not."""
    said = _one(_run(statuses))
    assert (said.outcome, said.reason, said.operation) == (outcome, reason, READ.id)


def test_success_is_what_the_document_declares() -> None:
    """An operation that only redirects has succeeded with 3xx; one that the user must not reach, with any refusal."""
    assert _one(_run({302: 5}, operation=MOVED), MOVED).outcome is Outcome.PASSED
    assert _one(_run({403: 5}), denied=[READ.id]).outcome is Outcome.PASSED
    assert _one(_run({}), denied=[READ.id]).reason == "not-reached"


def test_a_finding_fails_its_operation() -> None:
    """The sentence has the first paragraph of the message; nothing generated is in what identifies the finding."""
    said = _one(_run({200: 5}, findings=(FINDING,)))
    assert said.outcome is Outcome.FAILED
    assert said.sentence == ('GET /things/{id}: Response violates schema (3 times). "name" is a required property')
    assert (said.severity, said.exchanges) == (Severity.MEDIUM, ("x1", "x2"))
    again = dataclasses.replace(FINDING, case_id="c9", message="other", exchanges=(), count=1)
    assert (again.id, again.subject) == (FINDING.id, said.subject)


def test_the_status_tells_findings_apart_where_it_matters() -> None:
    """Two undeclared statuses are two findings; one ignored token is one, whatever was answered."""
    assert dataclasses.replace(FINDING, status=404).id != FINDING.id
    ignored = dataclasses.replace(FINDING, check="ignored_auth", code="ST401")
    assert dataclasses.replace(ignored, status=404).id == dataclasses.replace(ignored, status=422).id != ignored.id


@pytest.mark.parametrize(
    ("status", "severity"),
    [(200, Severity.MEDIUM), (302, Severity.MEDIUM), (404, Severity.LOW), (500, Severity.MEDIUM)],
)
def test_a_refusal_that_the_document_does_not_name_is_mild(status: int, severity: Severity) -> None:
    """Clients know a refusal by its class; a success or a redirect of another kind they do not expect."""
    undeclared = dataclasses.replace(FINDING, check="status_code_conformance", status=status)
    assert _one(_run({200: 5}, findings=(undeclared,))).severity is severity


@pytest.mark.parametrize(("status", "severity"), [(200, Severity.CRITICAL), (404, Severity.LOW), (422, Severity.LOW)])
def test_nobody_is_let_in_by_another_refusal(status: int, severity: Severity) -> None:
    """A request without a credential that is answered 404 where the document says 401 is no way in."""
    ignored = dataclasses.replace(FINDING, check="ignored_auth", code="ST401", status=status)
    assert _one(_run({200: 5}, findings=(ignored,))).severity is severity


def test_an_advisory_finding_is_told_and_does_not_count() -> None:
    """That a service refuses more than its document says is no failure: documents cannot say everything."""
    refused = dataclasses.replace(FINDING, check="positive_data_acceptance", code="ST202")
    said = _one(_run({200: 5}, findings=(refused,)))
    assert (said.outcome, "refused 3" in said.sentence) == (Outcome.PASSED, True)


def test_an_incomplete_run_passes_nothing() -> None:
    """What was stopped or broke is INCONCLUSIVE, for the run with the cause and for each operation; findings stay."""
    stopped = list(observations(_run({200: 5}, completed=False, stopped="no time left"), [READ]))
    assert [said.outcome for said in stopped] == [Outcome.INCONCLUSIVE] * 2
    assert "no time left" in stopped[0].sentence
    broken = _run({200: 5}, completed=False, errors=(FuzzError(operation=None, message="down"),), findings=(FINDING,))
    assert [said.outcome for said in observations(broken, [READ])] == [Outcome.FAILED, Outcome.INCONCLUSIVE]


def test_an_error_of_one_operation_is_its_own() -> None:
    """An operation that could not be fuzzed to the end is INCONCLUSIVE although the run is complete."""
    said = _one(_run({200: 5}, errors=(FuzzError(operation=READ.id, message="Network\nerror"),)))
    assert (said.outcome, said.reason) == (Outcome.INCONCLUSIVE, "error")


def test_an_excluded_operation_is_skipped() -> None:
    """What the scenario excludes is neither passed nor inconclusive."""
    assert _one(_run({}, excluded=frozenset({READ.id}))).outcome is Outcome.SKIPPED


def test_every_failing_check_has_a_weakness() -> None:
    """The table covers each check that Schemathesis runs for us, with a dotted name."""
    from schemathesis.checks import CHECKS, load_all_checks  # noqa: PLC0415 - slow to import

    load_all_checks()
    assert set(RULES) == set(CHECKS.get_all_names()) - {"object_level_authorization"}
    assert all(weakness.count(".") == 1 for weakness in WEAKNESSES)


@pytest.mark.parametrize(
    ("method", "target", "operation"),
    [
        ("GET", "/things/7?x=/things/me", "GET /things/{id}"),
        ("get", "/things/a%2Fb", None),
        ("DELETE", "/things/me", "DELETE /things/me"),
        ("DELETE", "/things/%6De/", "DELETE /things/me"),
        ("DELETE", "//things/./x/../me", "DELETE /things/me"),
        ("DELETE", "/things/7", "DELETE /things/{id}"),
        ("GET", "/things/me", "GET /things/{id}"),
        ("POST", "/things/7", None),
        ("GET", "/things/7/parts/8.json", "GET /things/{id}/parts/{part}.json"),
        ("GET", "/", None),
    ],
)
def test_a_request_is_found_whatever_its_spelling(method: str, target: str, operation: str | None) -> None:
    """Literal segments win over parameters, and no spelling of a path gets past the operation that it asks for."""
    ids = ["GET /things/{id}", "DELETE /things/{id}", "DELETE /things/me", "GET /things/{id}/parts/{part}.json"]
    operations = [Operation(method=name.split()[0], path=name.split()[1]) for name in ids]
    assert Routes(operations).find(method, target) == operation


FORM = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "/v1"}],
    "components": {"schemas": {"Text": {"type": "string"}}},
    "paths": {
        "/upload": {
            "post": {
                "servers": [{"url": "http://elsewhere"}],
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "file": {"type": "string", "format": "binary"},
                                    "title": {"$ref": "#/components/schemas/Text"},
                                    "kind": {"type": "string", "enum": ["a"]},
                                    "size": {"type": "integer"},
                                },
                            }
                        }
                    }
                },
                "responses": {"200": {"description": "y"}},
            }
        }
    },
}


def _events(folder: Path, *events: Mapping[str, Any]) -> Path:
    path = folder / "events.ndjson"
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return path


def _scenario(code: str, check: str, *mutations: Mapping[str, Any]) -> dict[str, Any]:
    failure = {"operation": "POST /upload", "code": code, "title": "t", "message": "m", "case_id": None}
    case = {"media_type": "multipart/form-data", "meta": {"phase": {"data": {"mutations": list(mutations)}}}}
    return {
        "ScenarioFinished": {
            "recorder": {
                "cases": {"parent": {"value": {}}, "c1": {"value": case, "parent_id": "parent"}},
                "checks": {"c1": [{"name": check, "status": "failure", "failure_info": {"failure": failure}}]},
                "interactions": {"c1": {"response": {"status_code": 200}}},
            }
        }
    }


def _report(path: Path, sent_to: str | None = None) -> Report:
    document = parse_document(json.dumps(FORM), where="test")
    exchanges = {"parent": ["x1"], "c1": ["x2"]}
    return Report(document=document, exchanges=exchanges, sent_to={"x2": sent_to}).read(path)


def _mutation(name: str, *keywords: str) -> dict[str, Any]:
    return {"path": [name], "keywords": list(keywords or ("type",))}


@pytest.mark.parametrize(
    ("mutations", "kept"),
    [
        ([_mutation("file")], False),
        ([_mutation("file"), _mutation("title")], False),
        ([_mutation("kind")], True),
        ([_mutation("size")], True),
        ([_mutation("file"), _mutation("size")], True),
        ([_mutation("title", "maxLength")], True),
        ([_mutation("unknown")], True),
        ([], True),
    ],
)
def test_the_type_of_a_text_in_a_form_is_no_finding(tmp_path: Path, mutations: list[Any], kept: bool) -> None:
    """Accepted "invalid" data is dropped only when nothing but the type of free text or a file was changed."""
    path = _events(tmp_path, _scenario("ST201", "negative_data_rejection", *mutations))
    assert bool(_report(path).findings) is kept


@pytest.mark.parametrize(("operation", "kept"), [("OPTIONS /upload", False), ("POST /upload", True)])
def test_options_may_answer_whatever_a_parameter_holds(tmp_path: Path, operation: str, kept: bool) -> None:
    """OPTIONS asks what a path offers (RFC 9110, section 9.3.7): nothing acts on data that are not valid."""
    event = _scenario("ST201", "negative_data_rejection")
    event["ScenarioFinished"]["recorder"]["checks"]["c1"][0]["failure_info"]["failure"]["operation"] = operation
    assert bool(_report(_events(tmp_path, event)).findings) is kept


def test_a_declared_request_is_no_undeclared_method(tmp_path: Path) -> None:
    """A probe of another method that met a declared operation says nothing; one that met none does."""
    path = _events(tmp_path, _scenario("ST204", "unsupported_method"))
    assert not _report(path, sent_to="GET /v1/{any}").findings
    (finding,) = _report(path).findings.values()
    assert (finding.operation, finding.exchanges, finding.status) == ("POST /v1/upload", ("x1", "x2"), 200)


def _phase(name: str, status: str) -> dict[str, Any]:
    return {"PhaseFinished": {"phase": {"name": name}, "status": status}}


COVERAGE, FUZZING = _phase("coverage", "success"), _phase("fuzzing", "failure")
END = {"EngineFinished": {"stop_reason": "completed"}}
ERROR = {"NonFatalError": {"label": "POST /upload", "value": {"type": "Timeout", "message": "m"}}}


@pytest.mark.parametrize(
    ("events", "sound"),
    [
        ([COVERAGE, FUZZING, END], True),
        ([COVERAGE, FUZZING, ERROR, END], True),
        ([COVERAGE, FUZZING], False),
        ([COVERAGE, END], False),
        ([COVERAGE, _phase("fuzzing", "skip"), END], False),
        ([COVERAGE, _phase("fuzzing", "interrupted"), END], False),
        ([COVERAGE, FUZZING, {"EngineFinished": {"stop_reason": "interrupted"}}], False),
        ([COVERAGE, FUZZING, {"NonFatalError": {"label": "Server", "value": "gone"}}, END], False),
        ([COVERAGE, FUZZING, {"FatalError": {"exception": {"type": "E", "message": "m"}}}, END], False),
        ([], False),
    ],
)
def test_a_run_is_sound_when_every_phase_ran_to_its_end(tmp_path: Path, events: list[Any], sound: bool) -> None:
    """Skipped or interrupted phases and errors of the whole make a run unsound; an error of one operation does not."""
    assert _report(_events(tmp_path, *events)).sound is sound


def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """Findings before the cut stay, and the run is not sound."""
    path = _events(tmp_path, COVERAGE, FUZZING, _scenario("ST101", "not_a_server_error"), END)
    path.write_text(path.read_text(encoding="utf-8") + '{"Scenario', encoding="utf-8")
    report = _report(path)
    assert (len(report.findings), report.sound) == (1, False)


def _write(folder: Path, **more: Any) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - of these tests only

    given: dict[str, Any] = {"exclude": (), "values": {}, "headers": {"X-Key": "handle-1"}} | more
    document = parse_document(json.dumps(FORM), where="test")
    write_settings(folder, document, url="http://127.0.0.1:1", seed=7, cases=3, **given)
    return tomllib.loads((folder / CONFIGURATION).read_text(encoding="utf-8"))


def test_the_document_names_no_server(tmp_path: Path) -> None:
    """Servers are taken out of the document at every level, and the path of the first is in the base URL."""
    settings = _write(tmp_path)
    assert "servers" not in (tmp_path / DOCUMENT).read_text(encoding="utf-8")
    assert settings["base-url"] == "http://127.0.0.1:1/v1"


def test_nobody_makes_up_a_proof_against_forged_requests(tmp_path: Path) -> None:
    """The gateway adds the one of the session; the document that requests are generated from does not speak of it."""
    asked = {"name": "X-CSRF-Token", "in": "header", "required": True, "schema": {"type": "string"}}
    page = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    paths = {"/a": {"parameters": [{"$ref": "#/components/parameters/proof"}], "post": {"parameters": [asked, page]}}}
    values = FORM | {"paths": paths, "components": {"parameters": {"proof": asked}}}
    document = parse_document(json.dumps(values), where="test")
    write_settings(tmp_path, document, url="http://127.0.0.1:1", seed=7, cases=3, exclude=(), values={}, headers={})
    item = json.loads((tmp_path / DOCUMENT).read_text(encoding="utf-8"))["paths"]["/a"]
    assert item == {"parameters": [], "post": {"parameters": [page]}}


def test_operations_are_named_as_schemathesis_names_them(tmp_path: Path) -> None:
    """Ids lose the path of the server; existing values become dictionaries of their parameter."""
    values = {"POST /v1/upload": {"thing": [1, 2], "body.other": ["a"], "none": []}}
    settings = _write(tmp_path, values=values)
    assert settings["dictionaries"] == {"pool0": {"values": [1, 2]}, "pool1": {"values": ["a"]}}
    assert [(each["include-name"], sorted(each["parameters"])) for each in settings["operations"]] == [
        ("POST /upload", ["body.other", "path.thing"])
    ]
    assert _write(tmp_path, exclude=["POST /v1/upload"], values=values)["operations"] == [
        {"include-name": "POST /upload", "enabled": False}
    ]


def test_values_of_an_unknown_operation_are_an_error(tmp_path: Path) -> None:
    """A misspelt operation is named."""
    with pytest.raises(ConfigurationError, match="GET /nowhere"):
        _write(tmp_path, values={"GET /nowhere": {"id": [1]}})


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=3))
def test_whatever_a_header_holds_the_configuration_is_toml(
    tmp_path_factory: pytest.TempPathFactory, headers: dict[str, str]
) -> None:
    """Quotes, control characters and line breaks survive the way through TOML."""
    assert _write(tmp_path_factory.mktemp("settings"), headers=headers)["headers"] == headers


def test_a_handle_goes_where_the_credential_would() -> None:
    """The scheme before a credential stays, so that the generator knows the header for what it is."""
    identity = Identity(name="a", headers=(("Authorization", "Bearer x"), ("X-Key", "y")), cookies=(("sid", "z"),))
    assert handle_headers(identity, "h") == {"Authorization": "Bearer h", "X-Key": "h", "Cookie": "sid=h"}


def test_a_proof_beside_a_session_is_no_credential() -> None:
    """Without the session it is nobody's, so it does not stand for a user: the gateway adds it to the session."""
    headers, cookies = (("X-CSRF-Token", "p"),), (("sid", "s"), ("csrftoken", "p"))
    assert handle_headers(Identity(name="a", headers=headers, cookies=cookies), "h") == {"Cookie": "sid=h"}


def test_the_child_inherits_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever secret is in our environment stays there."""
    monkeypatch.setenv("SOME_SECRET", "value")
    assert "SOME_SECRET" not in environment(tmp_path)
    assert environment(tmp_path)["HOME"] == str(tmp_path)
