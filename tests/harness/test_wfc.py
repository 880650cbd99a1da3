"""Authentication files of Web Fuzzing Commons: fixed headers and log-ins; secrets stay where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import ConfigurationError
from harness.identities import Vault
from harness.scenario import Scenario, write_scenario
from harness.scenario.schema import CredentialSpec, UsersSpec
from harness.scenario.wfc import wfc_users

if TYPE_CHECKING:
    from pathlib import Path

FIXED = """
auth:
  - name: FOO
    fixedHeaders: [{name: Authorization, value: "Bearer sesame-of-foo"}]
  - name: BAR
    fixedHeaders: [{name: Authorization, value: "Bearer sesame-of-bar"}]
configs: {maxTime: 5m}
"""
LOGIN = """
auth:
  - name: foo
    loginEndpointAuth:
      payloadRaw: '{"username": "foo", "password": "sesame-of-foo"}'
  - name: bar
    loginEndpointAuth:
      payloadUserPwd: {username: bar, password: "sesame-of-bar", usernameField: username, passwordField: password}
authTemplate:
  loginEndpointAuth:
    endpoint: /login
    verb: POST
    contentType: application/json
"""
COOKIES = LOGIN + "    expectCookies: true\n"
OLD = LOGIN + "    token: {extractFromField: /token/it, httpHeaderName: X-Auth, headerPrefix: 'JWT '}\n"
NEW = f"{LOGIN}    token: {{extractFrom: body, extractSelector: /it, sendName: X-Auth, sendTemplate: 'T {{token}}'}}\n"


def users(text: str, folder: Path, known: UsersSpec | None = None) -> UsersSpec:
    """Return the users of a file with this text."""
    path = folder / "auth.yaml"
    path.write_text(text, encoding="utf-8")
    return wfc_users(path, known or UsersSpec())


def test_fixed_headers_are_tokens(tmp_path: Path) -> None:
    """The header and its scheme are how a credential is carried; the token itself is found where it stands."""
    found = users(FIXED, tmp_path)
    assert (found.credential.header, found.credential.template) == ("Authorization", "Bearer {credential}")
    secrets = [Vault(folder=tmp_path).resolve(found.tokens[name], where="it") for name in ("FOO", "BAR")]
    assert secrets == ["Bearer sesame-of-foo", "Bearer sesame-of-bar"]


@pytest.mark.parametrize(
    ("text", "credential", "header", "template"),
    [
        (COOKIES, "cookie:*", "Authorization", "Bearer {credential}"),
        (OLD, "/token/it", "X-Auth", "JWT {credential}"),
        (NEW, "/it", "X-Auth", "T {credential}"),
    ],
    ids=["cookies", "the older schema", "the newer schema"],
)
def test_a_log_in_has_accounts(text: str, credential: str, header: str, template: str, tmp_path: Path) -> None:
    """A raw payload and one by fields are the same request, with each user's own name and password."""
    found = users(text, tmp_path)
    assert found.login is not None
    assert (found.login.operation, found.login.credential) == ("POST /login", credential)
    assert found.login.body == {"username": "{username}", "password": "{password}"}
    assert (found.credential.header, found.credential.template) == (header, template)
    assert {name: one.username for name, one in found.accounts.items()} == {"foo": "foo", "bar": "bar"}
    vault = Vault(folder=tmp_path)
    passwords = [vault.resolve(one.password, where="it") for one in found.accounts.values()]
    assert passwords == ["sesame-of-foo", "sesame-of-bar"]


def test_the_cookie_that_is_known_is_expected(tmp_path: Path) -> None:
    """Where a document tells the name of the cookie, no other is taken."""
    known = UsersSpec(credential=CredentialSpec(header=None, cookie="session", template="{credential}"))
    found = users(COOKIES, tmp_path, known)
    assert found.login is not None
    assert found.login.credential == "cookie:session"


@pytest.mark.parametrize("text", [FIXED, COOKIES, OLD])
def test_no_secret_leaves_the_file(text: str, tmp_path: Path) -> None:
    """The scenario that a run keeps holds references only."""
    written = write_scenario(Scenario(name="it", users=users(text, tmp_path)))
    assert "sesame" not in written
    assert "file:" in written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("auth: []", "expected a list of users"),
        ("[1", "cannot be read"),
        ("- a", "expected a mapping"),
        ("auth: [{name: a}]", "either fixedHeaders or loginEndpointAuth"),
        (FIXED.replace("Authorization", "X-A", 1), "the same header"),
        (FIXED + "authTemplate: {loginEndpointAuth: {endpoint: /login}}", "either fixedHeaders or loginEndpointAuth"),
        (LOGIN.replace("endpoint: /login", "externalEndpointURL: https://id.example.com/login"), "only the host"),
        (LOGIN.replace("/login", "login"), "expected a path"),
        (LOGIN.replace("password", "colour", 1), "a payloadRaw with a name and a password"),
    ],
)
def test_what_cannot_be_used_is_said(text: str, said: str, tmp_path: Path) -> None:
    """The error names the place and never a secret."""
    with pytest.raises(ConfigurationError, match=said) as caught:
        users(text, tmp_path)
    assert "sesame" not in str(caught.value)
