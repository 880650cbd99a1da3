"""Three ways to cut a text into pieces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_service.embedding import hashed
from reference_service.model import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIZE = 1000
"""Largest piece, in characters; the overlap is at most half of it."""
BOUNDARIES = re.compile(r"\n\s*\n|(?<=[.!?])\s+|\n")
UNRELATED = 0.1
"""Below this cosine two neighbouring sentences are taken to be about different things."""


class FixedSize:
    """Pieces of equal size."""

    def chunks(self, text: str, overlap: int) -> Sequence[Chunk]:
        """Return the pieces in order."""
        return list(_kept(_windows(text, 0, len(text), overlap)))


class Smart:
    """Pieces that end where a paragraph or a sentence ends, if there is such a place in their second half."""

    def chunks(self, text: str, overlap: int) -> Sequence[Chunk]:
        """Return the pieces in order."""
        pieces = []
        start = 0
        while start < len(text):
            end = self._end(text, start)
            pieces.append(Chunk(text=text[start:end], position=start))
            start = end if end == len(text) else max(start + 1, end - overlap)
        return list(_kept(pieces))

    @staticmethod
    def _end(text: str, start: int) -> int:
        if len(text) - start <= SIZE:
            return len(text)
        stops = [match.end() for match in BOUNDARIES.finditer(text, start + SIZE // 2 + 1, start + SIZE)]
        return stops[-1] if stops else start + SIZE


class Semantic:
    """Pieces that end where two neighbouring sentences have little in common."""

    def chunks(self, text: str, overlap: int) -> Sequence[Chunk]:
        """Return the pieces in order."""
        pieces: list[Chunk] = []
        for start, end in self._topics(text):
            pieces += _windows(text, start, end, overlap)
        return list(_kept(pieces))

    @staticmethod
    def _topics(text: str) -> Iterator[tuple[int, int]]:
        begin, previous = 0, None
        for start, end in _sentences(text):
            vector = hashed(text[start:end])
            near = previous is None or sum(a * b for a, b in zip(previous, vector, strict=True)) >= UNRELATED
            if start > begin and (not near or end - begin > SIZE):
                yield begin, start
                begin = start
            previous = vector
        if begin < len(text):
            yield begin, len(text)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in BOUNDARIES.finditer(text):
        if match.end() > start:
            yield start, match.end()
            start = match.end()
    if start < len(text):
        yield start, len(text)


def _windows(text: str, begin: int, end: int, overlap: int) -> Iterator[Chunk]:
    """Cut one stretch into windows that begin before the previous one ended."""
    start = begin
    while start < end:
        stop = min(start + SIZE, end)
        yield Chunk(text=text[start:stop], position=start)
        start = stop if stop == end else stop - overlap


def _kept(chunks: Sequence[Chunk] | Iterator[Chunk]) -> Iterator[Chunk]:
    return (chunk for chunk in chunks if chunk.text.strip())
