"""Writing a bundle that appears whole or not at all, and reading one back."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from harness.evidence import attestation
from harness.evidence.document import read_verdict, verdict_document
from harness.evidence.facts import VERDICT, Bundle, core_files, read_facts, required
from harness.evidence.keys import key_id
from harness.evidence.manifest import ATTESTATION, MANIFEST, UNLISTED, compare, files_below, make_manifest
from harness.evidence.recompute import differences
from harness.evidence.serialise import EvidenceError, json_bytes, parse_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from harness.evidence.redact import Redactor
    from harness.model import Run, Verdict

JOURNAL, BROKEN = "journal.jsonl", "reports-not-written.txt"
__all__ = ["Bundle", "Renderer", "Written", "read_bundle", "verified", "write_bundle"]

Renderer = Callable[[Bundle], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A bundle that was just written, and its folder."""

    folder: Path
    bundle: Bundle


def write_bundle(
    run: Run,
    folder: Path,
    *,
    redactor: Redactor,
    key: Ed25519PrivateKey | None = None,
    extra_files: Mapping[str, bytes] | None = None,
    renderers: Iterable[Renderer] = (),
) -> Written:
    """Write `folder`/<run id>/ and return where that is, and what it states.

    1. The facts are written, without secrets, into a folder of another name.
    2. They are read back, the verdict is computed from them, and it must decide as `run` does.
    3. The reports are rendered from what was read back, never from memory.
    4. The manifest lists the digests of what was read and rendered; the statements over it are signed.
    5. What is on disk must have these digests, and the signatures must fit; only then it gets its name.

    Raises EvidenceError when a verification fails; what was written is then left below `<run id>.unverified`.
    A renderer that fails costs its own files only, and is named in `reports-not-written.txt`.
    """
    final = folder / run.id
    _refuse_existing(final)
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{run.id}.", dir=folder))
    try:
        journal = {JOURNAL: (final / JOURNAL).read_bytes()} if (final / JOURNAL).exists() else {}
        facts = core_files(run, signer=None if key is None else key_id(key.public_key()))
        _write(work, {**journal, **(extra_files or {}), **facts}, redactor)
        bundle = _judged(work, run.verdict, redactor)
        bundle = _with(bundle, _write(work, _render(bundle, renderers), redactor, durable=False))
        _seal(work, bundle, key)
        _verify_seal(work, key)
    except EvidenceError:
        work.replace(_unused(folder / f"{run.id}.unverified"))
        raise
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    _publish(work, final)
    return Written(folder=final, bundle=bundle)


def read_bundle(folder: Path) -> Bundle:
    """Return what the bundle in `folder` states; raises EvidenceError naming the file that is missing or wrong."""
    bundle = read_facts({name: (folder / name).read_bytes() for name in files_below(folder)})
    return replace(bundle, run=replace(bundle.run, verdict=_stated(bundle)))


def verified(folder: Path) -> Bundle:
    """Return what the bundle in `folder` states; raises EvidenceError where that does not follow from its facts."""
    return _following(read_facts({name: (folder / name).read_bytes() for name in files_below(folder)}))


def _stated(bundle: Bundle) -> Verdict:
    document = parse_json(required(bundle.files, VERDICT), where=VERDICT)
    return read_verdict(document, bundle.run.results, where=VERDICT)


def _following(bundle: Bundle) -> Bundle:
    """Return the bundle if it states the verdict that was computed from its facts."""
    stated = _stated(bundle)
    if different := differences(stated, bundle.run.verdict):
        raise EvidenceError(f"{VERDICT}: does not follow from the observations: {'; '.join(different)}")
    return replace(bundle, run=replace(bundle.run, verdict=stated))


def _with(bundle: Bundle, files: Mapping[str, bytes]) -> Bundle:
    return replace(bundle, files={**bundle.files, **files})


def _judged(work: Path, stated: Verdict, redactor: Redactor) -> Bundle:
    """Return what the facts on disk say, with the verdict that follows from them, and write its document."""
    bundle = read_facts({name: (work / name).read_bytes() for name in files_below(work)})
    computed = bundle.run.verdict
    if stated.decision is not computed.decision:
        found = "; ".join(differences(stated, computed))
        raise EvidenceError(f"the run states {stated.decision}, which does not follow from what it recorded: {found}")
    document = {VERDICT: json_bytes(verdict_document(bundle.run))}
    return _following(_with(bundle, _write(work, document, redactor)))


def _render(bundle: Bundle, renderers: Iterable[Renderer]) -> dict[str, bytes]:
    rendered: dict[str, bytes] = {}
    broken: list[str] = []
    for renderer in renderers:
        try:
            rendered.update(renderer(bundle))
        except Exception as error:  # noqa: BLE001 - evidence must not be lost to a report about it
            broken.append(f"{getattr(renderer, '__module__', renderer)}: {type(error).__name__}: {error}\n")
    if taken := sorted(rendered.keys() & (bundle.files.keys() | UNLISTED)):
        raise EvidenceError(f"{taken[0]}: a report must not replace a fact")
    return {**rendered, BROKEN: "".join(broken).encode()} if broken else rendered


def _seal(work: Path, bundle: Bundle, key: Ed25519PrivateKey | None) -> None:
    manifest = make_manifest(bundle.files)
    (work / MANIFEST).write_bytes(manifest)
    if key is not None:
        document = parse_json(bundle.files[VERDICT], where=VERDICT)
        made = attestation.statements(bundle.run, manifest=manifest, document=document, files=bundle.files)
        (work / ATTESTATION).write_bytes(attestation.sign(made, key))


def _verify_seal(work: Path, key: Ed25519PrivateKey | None) -> None:
    if difference := compare(work, (work / MANIFEST).read_bytes()):
        raise EvidenceError(f"{MANIFEST}: does not fit what is on disk: {difference}")
    if key is not None:
        attestation.verify((work / ATTESTATION).read_bytes(), key.public_key(), where=ATTESTATION)


def _write(work: Path, files: Mapping[str, bytes], redactor: Redactor, *, durable: bool = True) -> dict[str, bytes]:
    """Write the files without secrets, and return what was written; facts are on disk before the folder gets its name.

    Names may hold slashes but lead nowhere else.
    """
    written = {name: redactor.data(data) for name, data in files.items()}
    for name, data in written.items():
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or name in UNLISTED:
            raise EvidenceError(f"{name}: no name for a file of a bundle")
        path = work / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if path.suffix == ".sh":
            path.chmod(0o755)
    return written


def _refuse_existing(final: Path) -> None:
    if final.exists() and any(path.name != JOURNAL for path in final.iterdir()):
        raise EvidenceError(
            f"{final}: exists already; a bundle is never overwritten, move it away or choose another folder"
        )


def _publish(work: Path, final: Path) -> None:
    """The journal of a run may stand where the bundle goes: it is part of the bundle, and replaced by it."""
    if final.exists():
        (final / JOURNAL).unlink(missing_ok=True)
        final.rmdir()
    work.chmod(0o755)
    work.replace(final)


def _unused(path: Path) -> Path:
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate
