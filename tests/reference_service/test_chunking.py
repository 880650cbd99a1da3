"""Three ways to cut up a text, none of which loses anything."""

from __future__ import annotations

import pytest

from reference_service.chunking import SIZE, FixedSize, Semantic, Smart

TEXT = "Keys are rotated every month.\n\nThe cafeteria serves soup on Mondays. " + "Filler sentence number one. " * 90


@pytest.mark.parametrize("chunker", [Smart(), FixedSize(), Semantic()])
@pytest.mark.parametrize("overlap", [0, 100, 500])
@pytest.mark.parametrize("text", ["", "  \n ", "a", "a" * 5000, TEXT, "\n\n".join("wort " * n for n in range(90))])
def test_chunks_cover_the_text(chunker: Smart, overlap: int, text: str) -> None:
    """Every piece is where it says, none is too long, and together they leave out nothing but blanks."""
    chunks = chunker.chunks(text, overlap)
    covered = bytearray(len(text))
    for chunk in chunks:
        assert text[chunk.position : chunk.position + len(chunk.text)] == chunk.text
        assert len(chunk.text) <= SIZE
        covered[chunk.position : chunk.position + len(chunk.text)] = b"\1" * len(chunk.text)
    assert not "".join(char for char, seen in zip(text, covered, strict=True) if not seen).strip()
