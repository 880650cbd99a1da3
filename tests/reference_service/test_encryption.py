"""Layer 3: a ciphertext out of place is no ciphertext."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.cipher import AuthenticatedCipher
from reference_service.errors import Mismatch
from reference_service.metrics import Metrics
from reference_service.model import Binding, Sealed
from tests.reference_service.running import KNOWLEDGE, MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.reference_service.running import Running, User

HERE = Binding(user_id="alice", object_id="1", column="title")
texts = st.text(max_size=20)


def cipher(**keys: bytes) -> AuthenticatedCipher:
    """Return a cipher; by default with one key."""
    return AuthenticatedCipher(keys or {"k1": bytes(32)}, Metrics())


@given(plaintext=st.binary(max_size=200), binding=st.builds(Binding, user_id=texts, object_id=texts, column=texts))
def test_what_is_sealed_opens_only_in_its_place(plaintext: bytes, binding: Binding) -> None:
    """The same binding opens; any other does not."""
    made = cipher()
    sealed = made.seal(plaintext, binding)
    assert made.open(sealed, binding) == plaintext
    if binding != HERE:
        with pytest.raises(Mismatch):
            made.open(sealed, HERE)


@given(position=st.integers(0, 1000), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed(position: int, bit: int) -> None:
    """Nonce, body and tag are all authentic or not at all."""
    made = cipher()
    sealed = made.seal(b"attack at dawn", HERE)
    data = bytearray(sealed.data)
    data[position % len(data)] ^= 1 << bit
    with pytest.raises(Mismatch):
        made.open(Sealed(key_id="k1", data=bytes(data)), HERE)


def test_bindings_cannot_be_shifted() -> None:
    """Moving a character from one part of the binding to the next makes another binding."""
    made = cipher()
    sealed = made.seal(b"x", Binding(user_id="ab", object_id="c", column="t"))
    with pytest.raises(Mismatch):
        made.open(sealed, Binding(user_id="a", object_id="bc", column="t"))


def test_nonces_do_not_repeat() -> None:
    """Ten thousand ciphertexts, ten thousand nonces."""
    made = cipher()
    assert len({made.seal(b"x", HERE).data[:12] for _ in range(10_000)}) == 10_000


def test_keys_rotate() -> None:
    """The first key seals; older ones still open; an unknown or swapped key id does not; digests stay equal."""
    old, new = cipher(k1=bytes(32)), cipher(k2=os.urandom(32), k1=bytes(32))
    sealed = old.seal(b"x", HERE)
    assert new.open(sealed, HERE) == b"x"
    assert new.seal(b"x", HERE).key_id == "k2"
    for key_id in ("k2", "k3"):
        with pytest.raises(Mismatch):
            new.open(Sealed(key_id=key_id, data=sealed.data), HERE)
    assert old.digest("alice", "tag") == new.digest("alice", "tag") != new.digest("bob", "tag")


@pytest.mark.parametrize("column", ["title", "tags"])
@pytest.mark.parametrize("change", ["re-owned", "copied", "flipped", "key"])
def test_a_file_that_is_not_authentic_does_not_exist(service: Running, column: str, change: str) -> None:
    """Re-owned, copied, flipped or under another key: 404 on every route, absent from list and search, and counted."""
    alice, bob = service.user(), service.user()
    victim, healthy = alice.upload("words", title="one"), alice.upload("words", title="two")
    for file_id in (victim, healthy):
        alice.wait_until_indexed(file_id)
    reader = alice
    if change == "re-owned":
        for table in ("files", "file_chunks"):
            service.sql(f"UPDATE {table} SET user_id = $1 WHERE file_id = $2", bob.name, victim)
        reader = bob
    elif change == "copied":
        service.sql(
            f"UPDATE files SET {column} = (SELECT {column} FROM files WHERE file_id = $1) WHERE file_id = $2",
            healthy,
            victim,
        )
    elif change == "flipped":
        flip = f"set_byte({column}, 14, 255 - get_byte({column}, 14))"
        service.sql(f"UPDATE files SET {column} = {flip} WHERE file_id = $1", victim)
    else:
        service.sql("UPDATE files SET key_id = 'k9' WHERE file_id = $1", victim)
    before = service.metric("security_aad_mismatch_total")
    missing = reader.get(f"{KNOWLEDGE}/files/{victim}")
    unknown = reader.get(f"{KNOWLEDGE}/files/00000000-0000-4000-8000-000000000000")
    assert missing.status_code == 404
    assert missing.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert service.metric("security_aad_mismatch_total") > before
    assert victim not in reader.files()
    if column == "title" or change in {"re-owned", "key"}:
        assert victim not in {hit["file_id"] for hit in reader.search("words")}
    assert reader.delete(f"{KNOWLEDGE}/files/{victim}").status_code == 404
    assert healthy in alice.files()


def test_a_memory_that_is_not_authentic_does_not_exist(service: Running, alice: User, bob: User) -> None:
    """Metadata copied from another memory makes it vanish; its neighbour stays."""
    first, second = (alice.post(MEMORY, json={"text": "x", "metadata": {"n": n}}).json()["memory_id"] for n in range(2))
    service.sql("UPDATE memory_chunks SET user_id = $1 WHERE id = $2", bob.name, first)
    assert bob.get(f"{MEMORY}/{first}").status_code == 404
    assert bob.get(MEMORY).json()["memories"] == []
    assert bob.post(f"{MEMORY}/query", json={"query": "x"}).json()["results"] == []
    assert alice.get(f"{MEMORY}/{second}").json()["metadata"] == {"n": 1}


def test_nothing_of_a_file_lies_about_in_the_clear(
    start: Callable[..., AbstractContextManager[Running]], tmp_path: Path
) -> None:
    """Neither the tables nor the stored body hold a word of what was uploaded."""
    with start(storage_url=str(tmp_path / "bodies")) as service:
        user = service.user()
        word = "unmistakable"
        fields = {"title": word, "description": word, "tags": f'["{word}"]', "metadata": f'{{"a": "{word}"}}'}
        user.wait_until_indexed(user.upload(f"{word} text", f"{word}.txt", **fields))
        rows = service.sql("SELECT * FROM files") + service.sql("SELECT * FROM file_chunks")
        stored = [path.read_bytes() for path in (tmp_path / "bodies").rglob("*") if path.is_file()]
        assert len(rows) == 2
        assert len(stored) == 1
        assert word.encode() not in b"".join(bytes(v) for row in rows for v in row.values() if isinstance(v, bytes))
        assert word not in str(rows)
        assert word.encode() not in stored[0]
        (result,) = user.search(word)
        assert (result["file_title"], result["metadata"]) == (word, {"a": word})


def test_stored_names_come_from_ids(start: Callable[..., AbstractContextManager[Running]], tmp_path: Path) -> None:
    """A file name that climbs up stays a label."""
    with start(storage_url=str(tmp_path / "bodies")) as service:
        user = service.user()
        file_id = user.upload("x", "../../../evil.txt")
        names = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
        assert names == [f"bodies/bodies/{file_id}"]
        assert user.get(f"{KNOWLEDGE}/files/{file_id}").json()["title"] == "evil.txt"
