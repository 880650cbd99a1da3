"""The child on its own, without the parent that checks before it."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from harness.load import Lease, run
from harness.load.lease import encode
from harness.load.wire import Refusal, decode
from tests.harness.load.conftest import hello, lease, shot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.load.conftest import Serve


async def start(order: Lease) -> asyncio.subprocess.Process:
    """Start a child and hand it the lease; its standard input stays open."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "harness.load.child"), stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert child.stdin is not None
    child.stdin.write(encode(order))
    await child.stdin.drain()
    return child


async def test_the_child_itself_refuses_another_host(serve: Serve) -> None:
    """A lease that reaches beyond its host is refused by the child too, with no request and no secret in its output."""
    server, other = await serve(hello), await serve(hello)
    order = lease(server.base_url, shot(f"@{other.base_url.removeprefix('http://')}/things"))
    child = await start(order)
    output, complaints = await asyncio.wait_for(child.communicate(), 20)
    assert child.returncode == 2
    refusal = decode(output.splitlines()[0])
    assert isinstance(refusal, Refusal)
    assert "on the pinned host" in refusal.reason
    assert server.received == other.received == []
    assert b"sesame" not in output + complaints


async def test_the_child_dies_with_its_parent(serve: Serve) -> None:
    """When its standard input ends, the child ends, and with it the load; what it said holds no secret."""
    server = await serve(hello)
    child = await start(lease(server.base_url, rate=100, seconds=60))
    await server.hit.wait()
    assert child.stdin is not None
    child.stdin.close()
    output, complaints = await asyncio.wait_for(child.communicate(), 5)
    assert child.returncode == 3
    assert b"sesame" not in output + complaints
    sent = len(server.received)
    await asyncio.sleep(0.2)
    assert len(server.received) == sent


async def test_certificates_are_verified(serve: Serve, tmp_path: Path) -> None:
    """Over https, an unknown authority is an error for each arrival, a named one or an explicit waiver is not."""
    context, authority = certified(tmp_path)
    server = await serve(hello, tls=context)
    plain = lease(server.base_url, rate=20)
    for order, kind in (
        (plain, "error"),
        (replace(plain, ca=str(authority)), "ok"),
        (replace(plain, verify=False), "ok"),
    ):
        load = await run(order)
        assert load.error is None
        assert {sample.kind for sample in load.samples} == {kind}


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server context for 127.0.0.1 and the file of the certificate that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    both = folder / "both.pem"
    authority = folder / "authority.pem"
    authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(private + authority.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, authority
