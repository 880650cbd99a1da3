"""What a body really is, judged by its content, and the text in it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from reference_service.errors import InvalidFile, UnsupportedType

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference_service.model import Upload

TEXT, MARKDOWN, PDF = "text/plain", "text/markdown", "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"

MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 5000
MAX_TEXT = 2_000_000
MAX_PAGES = 2000
MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|html|head|body|script|svg|iframe|\?xml|\?php)", re.IGNORECASE
)
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


class ContentSniffer:
    """Judges by content; name and header only tell Markdown from other text."""

    def judge(self, upload: Upload) -> str:
        """Return the media type; raise UnsupportedType or InvalidFile."""
        body = upload.body
        kind = signature(body) or self.textual(upload)
        CHECKS[kind](body)
        return kind

    def textual(self, upload: Upload) -> str:
        """Return the type of a body without a signature; raise UnsupportedType unless it is text."""
        body = upload.body
        if CONTROL.search(body) or MARKUP.match(body):
            raise UnsupportedType
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            raise UnsupportedType from None
        markdown = upload.file_name.lower().endswith((".md", ".markdown")) or upload.content_type == MARKDOWN
        return MARKDOWN if markdown else TEXT


def signature(body: bytes) -> str | None:
    """Return the type that the first bytes announce."""
    for magic, kind in SIGNATURES:
        if body.startswith(magic):
            return kind
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return WEBP
    return _package(body) if body.startswith(b"PK\x03\x04") else None


def _package(body: bytes) -> str:
    """Return which office format a ZIP archive is; raise UnsupportedType for any other archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, struct.error):
        raise InvalidFile from None
    kinds = [kind for part, kind in PARTS.items() if part in names and "[Content_Types].xml" in names]
    if len(kinds) != 1:
        raise UnsupportedType
    return kinds[0]


def _check_text(body: bytes) -> None:
    """Accept: the decoding was the check."""


def _check_pdf(body: bytes) -> None:
    from pypdf import PdfReader  # noqa: PLC0415 - takes long to import

    try:
        pages = len(PdfReader(io.BytesIO(body)).pages)
    except Exception:  # noqa: BLE001 - a hostile file may raise anything from a parser
        raise InvalidFile from None
    if not pages:
        raise InvalidFile


def _check_package(body: bytes) -> None:
    """Refuse damaged archives, bombs, and documents that declare entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > MAX_MEMBERS or unpacked > min(MAX_UNPACKED, MAX_RATIO * len(body)):
                raise InvalidFile("The file unpacks to more than this service accepts.")
            for member in members:
                if b"<!DOCTYPE" in archive.read(member)[:4096]:
                    raise InvalidFile
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error):
        raise InvalidFile from None


def _check_png(body: bytes) -> None:
    """Walk over the chunks: the header first, right checksums, an end (RFC 2083)."""
    at, kinds = 8, []
    while at + 12 <= len(body):
        (size,) = struct.unpack_from(">I", body, at)
        kind, end = body[at + 4 : at + 8], at + 12 + size
        if end > len(body) or struct.unpack_from(">I", body, end - 4)[0] != zlib.crc32(body[at + 4 : end - 4]):
            raise InvalidFile
        kinds.append(kind)
        at = end
        if kind == b"IEND":
            break
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise InvalidFile


def _check_jpeg(body: bytes) -> None:
    """Walk over the segments up to the image data, and require the end marker (ISO/IEC 10918-1)."""
    at = 2
    while at + 4 <= len(body) and body[at] == 0xFF:  # noqa: PLR2004 - the marker byte
        (size,) = struct.unpack_from(">H", body, at + 2)
        if body[at + 1] == 0xDA:  # noqa: PLR2004 - start of scan
            if body.rstrip(b"\0")[-2:] == b"\xff\xd9":
                return
            break
        at += 2 + max(size, 2)
    raise InvalidFile


def _check_webp(body: bytes) -> None:
    (size,) = struct.unpack_from("<I", body, 4)
    if size + 8 > len(body) or body[12:16] not in {b"VP8 ", b"VP8L", b"VP8X"}:
        raise InvalidFile


CHECKS: dict[str, Callable[[bytes], None]] = {
    TEXT: _check_text,
    MARKDOWN: _check_text,
    PDF: _check_pdf,
    DOCX: _check_package,
    XLSX: _check_package,
    PNG: _check_png,
    JPEG: _check_jpeg,
    WEBP: _check_webp,
}


class TextExtractor:
    """Reads the text out of every type that has any."""

    def text(self, body: bytes, media_type: str) -> str:
        """Return the text, without NUL and at most MAX_TEXT characters; empty for images. Raises InvalidFile."""
        read = READERS.get(media_type)
        if read is None:
            return ""
        try:
            return read(body).replace("\0", " ")[:MAX_TEXT]
        except Exception:  # noqa: BLE001 - a hostile file may raise anything from a parser
            raise InvalidFile from None


def _read_text(body: bytes) -> str:
    return body.decode("utf-8-sig")


def _read_pdf(body: bytes) -> str:
    from pypdf import PdfReader  # noqa: PLC0415 - takes long to import

    pages = PdfReader(io.BytesIO(body)).pages
    return "\n\n".join(page.extract_text() for page in pages[:MAX_PAGES])


def _read_docx(body: bytes) -> str:
    from docx import Document  # noqa: PLC0415 - takes long to import

    document = Document(io.BytesIO(body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def _read_xlsx(body: bytes) -> str:
    from openpyxl import load_workbook  # noqa: PLC0415 - takes long to import

    book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    try:
        rows = [
            "\t".join(str(value) for value in row if value is not None)
            for sheet in book.worksheets
            for row in sheet.iter_rows(values_only=True)
        ]
    finally:
        book.close()
    return "\n".join(row for row in rows if row)


READERS: dict[str, Callable[[bytes], str]] = {
    TEXT: _read_text,
    MARKDOWN: _read_text,
    PDF: _read_pdf,
    DOCX: _read_docx,
    XLSX: _read_xlsx,
}
