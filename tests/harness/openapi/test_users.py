"""How users authenticate and come to be, read off a document."""

from __future__ import annotations

from typing import Any

import pytest

from harness.openapi import InferredUsers, infer
from harness.scenario.schema import CredentialSpec
from tests.harness.openapi.documents import TEXT, operation, parsed, thing, variables

USER = thing("id", id=TEXT, email=TEXT)
TOKEN = thing("access_token", access_token=TEXT)
ENTRY = thing("username", "password", username=TEXT, password=TEXT)


def users(paths: dict[str, Any], scheme: dict[str, Any] | None = None) -> InferredUsers:
    """Return what is inferred about users."""
    schemes = {"securitySchemes": {"it": scheme}} if scheme else {}
    return infer(parsed(paths, components=schemes, **({"security": [{"it": []}]} if scheme else {}))).users


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ({"type": "http", "scheme": "bearer"}, CredentialSpec()),
        ({"type": "http", "scheme": "basic"}, CredentialSpec(template="Basic {credential}")),
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, CredentialSpec(header="X-Key", template="{credential}")),
        (
            {"type": "apiKey", "in": "cookie", "name": "sid"},
            CredentialSpec(header=None, cookie="sid", template="{credential}"),
        ),
        (
            {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "a valid JWT as `Token abc.def`",
            },
            CredentialSpec(template="Token {credential}"),
        ),
        (
            {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": 'Token-based authentication with required prefix "JWT"',
            },
            CredentialSpec(template="JWT {credential}"),
        ),
        ({"type": "oauth2", "flows": {"password": {"tokenUrl": "/token"}}}, CredentialSpec()),
        ({"type": "apiKey", "in": "query", "name": "k"}, None),
        ({"type": "mutualTLS"}, None),
    ],
)
def test_where_the_credential_goes(scheme: dict[str, Any], expected: CredentialSpec | None) -> None:
    """Security schemes tell header, cookie and template; what no header or cookie carries is not guessed."""
    assert users({"/a": {"get": operation()}}, scheme).credential == expected


def test_a_document_without_any_scheme_calls_nothing_public() -> None:
    """An empty `security` everywhere says that the document does not speak of credentials, not that none is needed."""
    silent = parsed({"/a": {"get": operation(security=[])}, "/b": {"get": operation()}})
    assert [one.secured for one in silent.operations] == [None, None]
    assert infer(silent).public == ()
    telling = parsed({"/a": {"get": operation(security=[])}, "/b": {"get": operation(security=[{"it": []}])}})
    assert infer(telling).public == ("GET /a",)


def test_the_proof_beside_a_session_is_not_made_up() -> None:
    """A required header against forged requests (CSRF) is what the session came with, whoever it is sent by."""
    proof = [{"name": "X-CSRF-Token", "in": "header", "required": True, "schema": TEXT}]
    change = {"put": operation(body=thing("password", password=TEXT), parameters=proof)}
    found = users({"/me/password": change}).change_password
    assert found is not None
    assert not found.headers


def test_who_ends_the_current_session_logs_out() -> None:
    """A session is not the account that it belongs to."""
    for path in ("/sessions/current", "/session", "/auth/sessions/me"):
        found = users({path: {"delete": operation()}, "/sessions": {"post": operation(body=ENTRY)}})
        assert found.delete_account is None, path
        assert found.logout is not None, path


def test_asking_for_a_password_by_mail_is_no_change_of_it() -> None:
    """What takes no password changes none; it may write to whomever an example names."""
    ask = {"post": operation(body=thing("email", email=TEXT))}
    change = {"post": operation(body=thing("password", password=TEXT))}
    assert users({"/auth/password/request": ask, "/password": ask}).change_password is None
    assert users({"/password": change}).change_password is not None


def test_a_sign_up_that_takes_no_name_is_none() -> None:
    """Nobody could log in with a password alone; in a wrapper it is found as well."""
    body = thing("data", data=thing("password", password=TEXT), permissions=thing())
    found = infer(parsed({"/accounts": {"post": operation(USER, body=body)}}))
    assert found.users.signup is None
    assert found.not_understood == {"POST /accounts": "it seems to sign up, but takes no name"}


def test_a_header_that_is_only_a_parameter() -> None:
    """A document without security schemes may still ask for the header."""
    header = [{"name": "authorization", "in": "header", "required": True, "schema": TEXT}]
    found = users({"/a": {"get": operation() | {"parameters": header}}})
    assert found.credential == CredentialSpec(header="authorization")


def test_a_log_in_a_sign_up_and_who_am_i() -> None:
    """Fields are filled by their names, and the answer tells where the credential is."""
    found = users(
        {
            "/auth/login": {"post": operation(TOKEN, body=ENTRY, security=[])},
            "/auth/register": {
                "post": operation(USER, body=thing("email", "password", email=TEXT, password=TEXT), security=[])
            },
            "/me": {"get": operation(thing(user=USER)), "delete": operation(status="204")},
            "/me/password": {"put": operation(body=thing(current_password=TEXT, new_password=TEXT, comment=TEXT))},
            "/auth/logout": {"post": operation()},
        },
        {"type": "http", "scheme": "bearer"},
    )
    assert found.login is not None
    assert (found.login.body, found.login.credential) == (
        {"username": "{username}@example.com", "password": "{password}"},
        "/access_token",
    )
    assert found.signup is not None
    assert found.signup.body == {"email": "{username}@example.com", "password": "{password}"}
    assert (found.signup.credential, found.signup.subject) == (None, "/id")
    assert [(one.call.operation, one.where) for one in found.who_am_i] == [("GET /me", "/user/id")]
    assert found.delete_account is not None
    assert found.delete_account.operation == "DELETE /me"
    assert found.logout is not None
    assert found.change_password is not None
    assert found.change_password.body == {"current_password": "{password}", "new_password": "{new_password}"}


def test_the_password_flow_of_oauth2() -> None:
    """The token URL names the operation; its form is filled with the grant type, and its host is never used."""
    form = thing("username", "password", grant_type=TEXT, username=TEXT, password=TEXT)
    post = operation(TOKEN, body=form, media="application/x-www-form-urlencoded", security=[])
    scheme = {"type": "oauth2", "flows": {"password": {"tokenUrl": "https://somebody.example/oauth/give"}}}
    found = users({"/oauth/give": {"post": post}}, scheme)
    assert found.login is not None
    assert found.login.operation == "POST /oauth/give"
    assert found.login.form == {"grant_type": "password", "username": "{username}", "password": "{password}"}


def test_a_session_cookie() -> None:
    """A cookie scheme tells where the log-in leaves the credential, which the answer does not."""
    found = users(
        {"/login": {"post": operation(USER, body=ENTRY, security=[])}},
        {"type": "apiKey", "in": "cookie", "name": "sid"},
    )
    assert found.login is not None
    assert found.login.credential == "cookie:sid"


def test_fields_in_a_wrapper() -> None:
    """Some services wrap what they take and answer in one object."""
    entry = thing("user", user=thing("email", "password", email=TEXT, password=TEXT))
    answer = thing(user=thing(token=TEXT, username=TEXT))
    found = users(
        {"/users/login": {"post": operation(answer, body=entry)}, "/users": {"post": operation(answer, body=entry)}}
    )
    assert found.login is not None
    assert found.login.body == {"user": {"email": "{username}@example.com", "password": "{password}"}}
    assert found.login.credential == "/user/token"
    assert found.signup is not None
    assert (found.signup.credential, found.signup.subject) == ("/user/token", "/user/username")


def test_terms_are_agreed_to() -> None:
    """No service takes a "no" for its terms; any other flag is as the document has it."""
    flag = {"type": "boolean"}
    names = {"accept_terms": flag, "privacyConsent": flag, "newsletter": flag}
    form = thing("username", "password", *names, username=TEXT, password=TEXT, **names)
    found = users({"/register": {"post": operation(USER, body=form)}})
    assert found.signup is not None
    assert {name: found.signup.body[name] for name in names} == {
        "accept_terms": True,
        "privacyConsent": True,
        "newsletter": False,
    }


def test_an_anonymous_sign_up_needs_no_body() -> None:
    """A token for a new user, for nothing."""
    found = users({"/auth/anonymous": {"post": operation(TOKEN)}})
    assert found.signup is not None
    assert (found.signup.body, found.signup.credential) == (None, "/access_token")


def test_administrators_routes_are_privileged() -> None:
    """Plain users must not reach what the path gives to administrators."""
    assert users({"/admin/users": {"get": operation()}}).privileged == ("GET /admin/users",)


def test_a_log_in_that_documents_another_answer_is_read_in_the_usual_places() -> None:
    """Generators show the body of the request as the answer; one that documents its credential goes first."""
    silent = operation(ENTRY, body=ENTRY)
    found = users({"/token/login/": {"post": silent}})
    assert found.login is not None
    assert {"/auth_token", "/access", "/key"} <= set(found.login.credential.split("|"))
    both = users({"/login": {"post": silent}, "/sessions": {"post": operation(TOKEN, body=ENTRY)}})
    assert both.login is not None
    assert (both.login.operation, both.login.credential) == ("POST /sessions", "/access_token")


@pytest.mark.parametrize(
    ("path", "key", "is_login"),
    [("/jwt/create/", "access", True), ("/token/obtain/", "access", True), ("/users/create", "id", False)],
)
def test_a_path_may_end_with_how_the_thing_is_had(path: str, key: str, *, is_login: bool) -> None:
    """Djoser makes a token at /jwt/create/; /users/create makes a user."""
    found = users({path: {"post": operation(thing(key, key=TEXT, **{key: TEXT}), body=ENTRY)}})
    assert (found.login is not None, found.signup is not None) == (is_login, not is_login)


def test_what_changes_an_account_that_the_path_names() -> None:
    """Users that sign up are not made by anybody: what their paths change is tried, what makes more is for a role."""
    change = thing(email=TEXT, full_name=TEXT, password=TEXT)
    found = users(
        {
            "/signup": {"post": operation(USER, body=ENTRY, security=[])},
            "/users/": {"post": operation(USER, body=ENTRY), "get": operation({"type": "array", "items": USER})},
            "/users/{user_id}": {
                "parameters": variables("user_id"),
                "get": operation(USER),
                "patch": operation(USER, body=change),
                "delete": operation(status="204"),
            },
            "/users/{user_id}/follow": {"parameters": variables("user_id"), "post": operation(USER)},
            "/users/{user_id}/password": {
                "parameters": variables("user_id"),
                "put": operation(status="204", body=thing("password", password=TEXT)),
            },
        },
        {"type": "http", "scheme": "bearer"},
    )
    assert found.privileged == ("POST /users/",)
    assert {one.operation: one.body for one in found.account} == {
        "PATCH /users/{user_id}": {"full_name": "h{nonce}"},
        "DELETE /users/{user_id}": None,
        "PUT /users/{user_id}/password": {"password": "{new_password}"},
    }


@pytest.mark.parametrize(
    ("path", "names", "body", "paths"),
    [
        ("/password/forgot", (), thing("email", email=TEXT), [{}]),
        ("/api/v{version}/forgot-password", ("version",), thing("username", username=TEXT), [{"version": "1"}]),
        ("/password-recovery/{email}", ("email",), None, [{"email": "{username}@example.com"}]),
    ],
)
def test_asking_for_a_new_password(path: str, names: tuple[str, ...], body: Any, paths: list[dict[str, str]]) -> None:
    """Who has forgotten a password is named in the body or in the path; what sets the new one is another operation."""
    asked = {"parameters": variables(*names), "post": operation(body=body, security=[])}
    sets = operation(body=thing("code", "password", code=TEXT, password=TEXT), security=[])
    found = users({path: asked, "/password/reset": {"post": sets}}, {"type": "http", "scheme": "bearer"})
    assert [one.path for one in found.forgot_password] == paths
    assert {one.operation for one in found.forgot_password} == {f"POST {path}"}
