"""The facts of a run as files, and the run that such files tell of; everything else in a bundle follows from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.evidence.recompute import judge
from harness.evidence.serialise import (
    EvidenceError,
    decode,
    decode_exchange,
    decode_results,
    encode,
    encode_exchange,
    encode_results,
    json_bytes,
    json_lines,
    parse_json,
    parse_lines,
)
from harness.model import Cleanup, Decision, LoadRun, Run, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1
RUN, OBSERVATIONS, EXCHANGES, LOAD, CLEANUP, VERDICT = (
    "run.json",
    "observations.jsonl",
    "exchanges.jsonl",
    "load.jsonl",
    "cleanup.jsonl",
    "verdict.json",
)
SCENARIO, DOCUMENT = "scenario.toml", "openapi.json"
_UNDECIDED = Verdict(decision=Decision.HOLD, reasons=(), gates=(), findings=())
_ELSEWHERE = frozenset({"results", "exchanges", "load", "cleanup", "verdict", "scenario_text", "document"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a bundle on disk holds: the run, the key said to sign it, and every other file by name."""

    run: Run
    signer: str | None
    files: Mapping[str, bytes]


def core_files(run: Run, *, signer: str | None) -> dict[str, bytes]:
    """Return the facts of `run`, from which everything else in a bundle follows."""
    core = {
        RUN: json_bytes({"format": FORMAT, "signer": signer, **_head(run)}),
        SCENARIO: run.scenario_text.encode(),
        OBSERVATIONS: json_lines(encode_results(run.results)),
        EXCHANGES: json_lines(encode_exchange(exchange) for exchange in run.exchanges),
        CLEANUP: json_lines(encode(item) for item in run.cleanup),
    }
    if run.load is not None:
        core[LOAD] = json_lines([encode(replace(run.load, samples=())), *map(encode, run.load.samples)])
    if run.document is not None:
        core[DOCUMENT] = run.document.encode()
    return core


def read_facts(files: Mapping[str, bytes]) -> Bundle:
    """Return the bundle that the facts in `files` make; its verdict is computed, `verdict.json` not read."""
    head = parse_json(required(files, RUN), where=RUN)
    if not isinstance(head, dict) or head.pop("format", None) != FORMAT:
        raise EvidenceError(f"{RUN}: expected an object of format {FORMAT}; a newer harness may have written it")
    signer = head.pop("signer", None)
    exchanges = enumerate(parse_lines(required(files, EXCHANGES), where=EXCHANGES), 1)
    cleanup = parse_lines(required(files, CLEANUP), where=CLEANUP)
    rest: dict[str, Any] = {
        "results": decode_results(parse_lines(required(files, OBSERVATIONS), where=OBSERVATIONS), where=OBSERVATIONS),
        "exchanges": tuple(decode_exchange(row, where=f"{EXCHANGES}:{number}") for number, row in exchanges),
        "cleanup": tuple(decode(Cleanup, row, where=CLEANUP) for row in cleanup),
        "load": _read_load(files),
        "verdict": _UNDECIDED,
        "scenario_text": required(files, SCENARIO).decode("utf-8", "replace"),
        "document": files[DOCUMENT].decode("utf-8", "replace") if DOCUMENT in files else None,
    }
    run = decode(Run, {**head, **rest}, where=RUN)
    return Bundle(run=replace(run, verdict=judge(run)), signer=signer, files=files)


def required(files: Mapping[str, bytes], name: str) -> bytes:
    """Return the file of that name; raises EvidenceError where there is none."""
    if name not in files:
        raise EvidenceError(f"{name}: missing; without it this is no bundle")
    return files[name]


def _head(run: Run) -> dict[str, Any]:
    """The run without its long parts; of an operation only what the document does not say better."""
    slim = tuple(replace(operation, parameters=(), bodies=(), responses=()) for operation in run.target.operations)
    bare = replace(
        run, target=replace(run.target, operations=slim), results=(), exchanges=(), cleanup=(), load=None, document=None
    )
    return {name: value for name, value in encode(bare).items() if name not in _ELSEWHERE}


def _read_load(files: Mapping[str, bytes]) -> LoadRun | None:
    if LOAD not in files:
        return None
    head, *samples = parse_lines(files[LOAD], where=LOAD) or [None]
    if not isinstance(head, dict):
        raise EvidenceError(f"{LOAD}: expected the head of a load run on the first line")
    return decode(LoadRun, {**head, "samples": samples}, where=LOAD)
