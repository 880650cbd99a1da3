"""Uploads: the type by content, the size while streaming, and fields in their bounds."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from docx import Document
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter

from tests.reference_service.running import KNOWLEDGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.reference_service.running import Running, User

UPLOAD = f"{KNOWLEDGE}/upload"
LIMIT = 1024 * 1024
WORD = "wordprocessingml.document"


def picture(kind: str) -> bytes:
    """Return a small picture."""
    target = io.BytesIO()
    Image.new("RGB", (4, 4)).save(target, kind)
    return target.getvalue()


def docx() -> bytes:
    """Return a document with a paragraph."""
    target, document = io.BytesIO(), Document()
    document.add_paragraph("paragraph of a document")
    document.save(target)
    return target.getvalue()


def xlsx() -> bytes:
    """Return a sheet with a cell."""
    target, book = io.BytesIO(), Workbook()
    assert book.active is not None
    book.active["A1"] = "cell of a sheet"
    book.save(target)
    return target.getvalue()


def pdf() -> bytes:
    """Return an empty page."""
    target, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(target)
    return target.getvalue()


def archive(**members: bytes) -> bytes:
    """Return a ZIP archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return target.getvalue()


def package(content: bytes) -> bytes:
    """Return what looks like a DOCX."""
    return archive(**{"[Content_Types]_xml": b"<Types/>", "word__document_xml": content})


TYPES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "text": (lambda: b"plain words", "a.txt", "text/plain"),
    "markdown": (lambda: b"# words", "a.md", "text/markdown"),
    "pdf": (pdf, "a.pdf", "application/pdf"),
    "docx": (docx, "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (xlsx, "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "png": (lambda: picture("PNG"), "a.png", "image/png"),
    "jpeg": (lambda: picture("JPEG"), "a.jpg", "image/jpeg"),
    "webp": (lambda: picture("WEBP"), "a.webp", "image/webp"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_every_allowed_type_is_recognised_and_indexed(alice: User, kind: str) -> None:
    """By content: the name says .bin and the header says nothing of use."""
    make, name, expected = TYPES[kind]
    shown = name if kind == "markdown" else "a.bin"
    answer = alice.post(UPLOAD, files={"file": (shown, make(), "application/octet-stream")}, data={"title": "titled"})
    assert answer.status_code == 202, answer.text
    file = alice.wait_until_indexed(answer.json()["file_id"])
    assert (file["mime_type"], file["status"], file["chunks_count"]) == (expected, "indexed", 1)


@pytest.mark.parametrize(("make", "text"), [(docx, "paragraph of a document"), (xlsx, "cell of a sheet")])
def test_the_text_of_documents_is_found(alice: User, make: Callable[[], bytes], text: str) -> None:
    """Office documents are searched by their text."""
    alice.wait_until_indexed(alice.upload(make()))
    assert text in alice.search(text)[0]["text"]


REFUSED: dict[str, tuple[bytes, int]] = {
    "ELF": (b"\x7fELF\x02\x01\x01" + bytes(50), 415),
    "HTML": (b"<!DOCTYPE html><script>alert(1)</script>", 415),
    "SVG": (b'\xef\xbb\xbf <svg xmlns="http://www.w3.org/2000/svg"/>', 415),
    "zip": (archive(a=b"x"), 415),
    "GIF": (b"GIF89a" + bytes(20), 415),
    "binary": (bytes(range(256)), 415),
    "Latin-1": ("caf\xe9".encode("latin-1"), 415),
    "broken PDF": (b"%PDF-1.7 nothing of the kind", 400),
    "cut PNG": (picture("PNG")[:-8], 400),
    "flipped PNG": (picture("PNG")[:20] + b"\xff" + picture("PNG")[21:], 400),
    "cut JPEG": (picture("JPEG")[:-2], 400),
    "cut WebP": (picture("WEBP")[:-2], 400),
    "cut DOCX": (docx()[:-30], 400),
    "bomb": (package(bytes(5_000_000)), 400),
    "entities": (package(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), 400),
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_content_is_refused(alice: User, case: str) -> None:
    """415 for a type that is not allowed, 400 for one that is, but corrupt; name and header claim a PDF."""
    body, status = REFUSED[case]
    answer = alice.post(UPLOAD, files={"file": ("a.pdf", body, "application/pdf")})
    assert answer.status_code == status, answer.text
    assert alice.files() == []


def chunked(size: int) -> Iterator[bytes]:
    """Yield a multipart body without saying how long it is."""
    yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Length: 5\r\n\r\n'
    while size > 0:
        yield b"a" * min(size, 65536)
        size -= 65536
    yield b"\r\n--b--\r\n"


@pytest.mark.parametrize(("extra", "status"), [(-1, 202), (0, 202), (1, 413), (4 * LIMIT, 413)])
@pytest.mark.parametrize("declared", [True, False])
def test_the_limit_is_exact(alice: User, extra: int, status: int, declared: bool) -> None:
    """Also for bodies that do not declare their length."""
    if declared:
        answer = alice.post(UPLOAD, files={"file": ("a.txt", b"a" * (LIMIT + extra))})
    else:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = alice.post(UPLOAD, content=chunked(LIMIT + extra), headers=headers)
    assert answer.status_code == status, answer.text


def test_the_limit_of_a_deployment(start: Callable[..., AbstractContextManager[Running]]) -> None:
    """At the default limit, exactly 50 MiB pass, and a byte more does not."""
    size = 50 * 1024 * 1024
    with start(max_upload_bytes=size, index_delay_seconds=30) as service:
        user = service.user()
        assert user.post(UPLOAD, files={"file": ("a.txt", b"a" * size)}).status_code == 202
        assert user.post(UPLOAD, files={"file": ("a.txt", b"a" * (size + 1))}).status_code == 413


FIELDS: dict[str, tuple[dict[str, str], int]] = {
    "longest title": ({"title": "t" * 255}, 202),
    "long title": ({"title": "t" * 256}, 422),
    "longest description": ({"description": "d" * 1000}, 202),
    "long description": ({"description": "d" * 1001}, 422),
    "unknown source": ({"source": "fax"}, 422),
    "ten tags": ({"tags": json.dumps([f"t{n}" for n in range(10)])}, 202),
    "eleven tags": ({"tags": json.dumps([f"t{n}" for n in range(11)])}, 422),
    "odd tag": ({"tags": '["a b"]'}, 422),
    "empty tag": ({"tags": '[""]'}, 422),
    "long tag": ({"tags": json.dumps(["t" * 51])}, 422),
    "tags as text": ({"tags": "a,b"}, 422),
    "tags as object": ({"tags": "{}"}, 422),
    "metadata": ({"metadata": '{"a": [1, {"b": null}]}'}, 202),
    "metadata as list": ({"metadata": "[]"}, 422),
    "large metadata": ({"metadata": json.dumps({"a": "x" * 2048})}, 422),
    "duplicate key": ({"metadata": '{"a": 1, "a": 2}'}, 422),
    "deep metadata": ({"metadata": '{"a":' * 100 + "1" + "}" * 100}, 422),
    "NUL": ({"title": "a\0b"}, 422),
    "unknown field": ({"user_id": "bob"}, 422),
    "endless field": ({"title": "t" * 20_000}, 422),
}


@pytest.mark.parametrize("case", FIELDS)
def test_fields_have_bounds(alice: User, case: str) -> None:
    """Everything beside the file is checked too."""
    data, status = FIELDS[case]
    assert alice.post(UPLOAD, files={"file": ("a.txt", b"x")}, data=data).status_code == status


def test_a_body_that_is_no_upload_is_refused(alice: User) -> None:
    """No form, no file, two files, a file that is text, a broken form."""
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    answers = [
        alice.post(UPLOAD, json={"file": "x"}),
        alice.post(UPLOAD, data={"file": "x"}),
        alice.post(UPLOAD, files={"other": ("a.txt", b"x")}),
        alice.post(UPLOAD, files=[("file", ("a.txt", b"x")), ("file", ("b.txt", b"y"))]),
        alice.post(UPLOAD, content=b"garbage", headers=multipart),
        alice.post(UPLOAD, content=b"", headers=multipart),
        alice.post(UPLOAD, content=b"x", headers={"Content-Type": "multipart/form-data"}),
    ]
    assert [answer.status_code for answer in answers] == [422] * len(answers)


def test_a_file_without_title_is_called_by_its_name(alice: User) -> None:
    """The name is a label, without any folder."""
    alice.upload("x", "C:\\secret\\plan.txt")
    assert alice.get(f"{KNOWLEDGE}/files").json()["files"][0]["title"] == "plan.txt"
