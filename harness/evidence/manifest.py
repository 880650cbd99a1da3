"""The list of every file of a bundle with its size and SHA-256, and what differs from it on disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.evidence.serialise import EvidenceError, json_bytes, parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
ATTESTATION = "attestation.intoto.jsonl"
APPROVALS = "approvals.intoto.jsonl"
UNLISTED = frozenset({MANIFEST, ATTESTATION, APPROVALS})
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is not as the manifest says: names of files, sorted."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.removed)

    def __str__(self) -> str:
        kinds = {"changed": self.changed, "added": self.added, "removed": self.removed}
        return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in kinds.items() if names)


def digest(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def files_below(folder: Path) -> tuple[str, ...]:
    """Return the names of all files below `folder`, relative, with slashes, sorted; links are named too."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return tuple(sorted(path.relative_to(folder).as_posix() for path in paths))


def make_manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of these files, but of itself and the signatures over it."""
    listed = {
        name: {"sha256": digest(files[name]), "size": len(files[name])} for name in sorted(files.keys() - UNLISTED)
    }
    return json_bytes({"format": FORMAT, "files": listed})


def compare(folder: Path, manifest: bytes) -> Difference:
    """Return what is different on disk from what `manifest` says."""
    listed = listed_files(manifest)
    present = {name for name in files_below(folder) if name not in UNLISTED}
    both = sorted(present & listed.keys())
    changed = [
        name for name in both if (folder / name).is_symlink() or digest((folder / name).read_bytes()) != listed[name]
    ]
    return Difference(
        changed=tuple(changed),
        added=tuple(sorted(present - listed.keys())),
        removed=tuple(sorted(listed.keys() - present)),
    )


def listed_files(manifest: bytes) -> Mapping[str, str]:
    """Return the SHA-256 of each file that `manifest` lists; raises EvidenceError where it is none."""
    document = parse_json(manifest, where=MANIFEST)
    try:
        if document["format"] != FORMAT:
            raise EvidenceError(
                f"{MANIFEST}: expected format {FORMAT}, found {document['format']!r}; a newer harness can read it"
            )
        return {str(name): str(entry["sha256"]) for name, entry in document["files"].items()}
    except (AttributeError, KeyError, TypeError) as error:
        raise EvidenceError(f"{MANIFEST}: expected files with their sha256, found something else: {error!r}") from error
