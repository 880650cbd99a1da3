"""A request outside of the scope never leaves, whoever would send it: counted at a server that must not be hit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harness.errors import OutOfScope
from harness.model import ANONYMOUS, Request
from tests.acceptance.leaky import SCENARIO, Decoy, tempting
from tests.acceptance.running import bundle, harness
from tests.harness.clients import open_client

if TYPE_CHECKING:
    from pathlib import Path

    from tests.targets.common.running import Stage

OUTSIDE = ("http://{decoy}/x", "//{decoy}/x", "http:/{decoy}/x", "*", "{decoy}", "", "@{decoy}/", "\\\\{decoy}/x")


def test_probes_generators_and_raw_bytes_stay_on_the_target(theatre: Stage, decoy_stage: Stage, tmp_path: Path) -> None:
    """Another server in the document, in redirects and in links to pages gets nothing from anything that sends."""
    decoy = Decoy()
    notebook = tempting(decoy_stage.show(decoy))
    url = theatre.show(notebook)
    (tmp_path / "tempting.toml").write_text(SCENARIO, encoding="utf-8")
    chosen = ("isolation", "tokens", "limits", "tracing", "contract/fuzz", "load/tail_latency")
    only = [word for name in chosen for word in ("--only", name)]
    ended = harness("verify", url, "-s", "tempting.toml", *only, folder=tmp_path, NOTEBOOK_SECRET=notebook.secret)
    assert ended.code in {1, 10}, ended.shown
    document = json.loads((bundle(tmp_path) / "verdict.json").read_text(encoding="utf-8"))
    outcomes = {check["id"]: check["outcome"] for check in document["checks"]}
    assert outcomes["contract/fuzz"] in {"passed", "failed"}, ended.shown
    assert outcomes["load/tail_latency"] in {"passed", "failed", "inconclusive"}
    assert "GET /moved" in notebook.asked
    assert notebook.asked.count("GET /things") > 40
    assert decoy.hits == {}


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("target", OUTSIDE)
async def test_no_form_of_another_address_leaves(theatre: Stage, decoy_stage: Stage, raw: bool, target: str) -> None:
    """Absolute, scheme-relative or malformed targets are refused before the first byte, by both transports."""
    decoy = Decoy()
    authority = decoy_stage.show(decoy).removeprefix("http://")
    request = Request(method="GET", target=target.format(decoy=authority))
    async with open_client(theatre.show(tempting("http://127.0.0.1:9"))) as client:
        if request.target.startswith("//"):
            await client.send(ANONYMOUS, request, raw=raw)
        else:
            with pytest.raises(OutOfScope):
                await client.send(ANONYMOUS, request, raw=raw)
    assert decoy.hits == {}
