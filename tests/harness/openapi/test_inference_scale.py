"""An inference from a document of the size of large public APIs."""

from __future__ import annotations

import json
from typing import Any

from harness.openapi import infer, parse_document
from tests.harness.openapi.documents import NUMBER, TEXT, document, ref, thing
from tests.harness.openapi.test_inference import FLAT


def test_a_thousand_operations_in_seconds() -> None:
    """The size of large public documents is no problem, and every operation is accounted for."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    words = ("alpha", "beta", "gamma", "delta", "omega")
    for index in range(170):
        name = f"{words[index % 5]}{'x' * (index // 5)}thing"
        schemas[name] = thing("title", id=NUMBER, title=TEXT, **{f"field{n}": ref(name) for n in range(20)})
        for path, item in FLAT.items():
            text = json.dumps(item).replace("schemas/Note", f"schemas/{name}")
            paths[path.replace("notes", f"{name}s")] = json.loads(text)
    found = infer(parse_document(json.dumps(document(paths, schemas=schemas)), where="big"))
    assert len(found.understood) + len(found.not_understood) == 170 * 8 > 1000
    assert len(found.resources) == 170
    assert found.share == 1.0
