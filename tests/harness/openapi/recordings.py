"""A session with the projects service as a browser or a client would save it: HAR, Postman, Insomnia 4 and 5."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import yaml

KEY = "key-of-alice"
PERSONAL = "the diary of alice liddell"


@dataclass
class Session:
    """What one user sent, and what came back."""

    url: str
    seen: list[httpx.Response] = field(default_factory=list)

    def send(self, method: str, path: str, **options: Any) -> Any:
        """Send a request with the key of alice and remember it."""
        response = httpx.request(method, self.url + path, headers={"X-Api-Key": KEY}, trust_env=False, **options)
        self.seen.append(response)
        return response.json() if response.content else None


def session(url: str) -> Session:
    """Create, list, read, change and delete a project and a note, as a person would."""
    made = Session(url)
    made.send("GET", "/v2/me")
    project = f"/v2/projects/{made.send('POST', '/v2/projects', json={'name': PERSONAL, 'description': 'x y'})['id']}"
    note = f"{project}/notes/{made.send('POST', f'{project}/notes', json={'title': PERSONAL, 'body': 'A b'})['id']}"
    for path in ("/v2/projects", f"{project}/notes"):
        page = made.send("GET", path, params={"page_size": "1"})
        made.send("GET", path, params={"page_size": "1", "cursor": page["paging"]["next"] or "none"})
    made.send("GET", "/v2/notes", params={"q": "diary"})
    for path, name in ((project, "name"), (note, "title")):
        made.send("GET", path)
        made.send("PATCH", path, json={name: PERSONAL})
    made.send("POST", f"{project}/archive")
    made.send("DELETE", note)
    made.send("DELETE", project)
    return made


def har(made: Session) -> str:
    """Return the session as an HTTP Archive, with what a browser would have loaded beside it."""
    page = {
        "request": {"method": "GET", "url": f"{made.url}/app.js", "headers": []},
        "response": {"status": 200, "headers": [], "content": {"mimeType": "text/javascript", "text": "1"}},
    }
    other = {
        "request": {"method": "POST", "url": "https://telemetry.example.net/collect", "headers": []},
        "response": {"status": 204, "headers": [], "content": {"mimeType": "", "text": ""}},
    }
    return json.dumps({"log": {"version": "1.2", "entries": [page, other, *map(_entry, made.seen)]}})


def _entry(seen: httpx.Response) -> dict[str, Any]:
    request = seen.request
    body = request.read().decode()
    posted = {"postData": {"mimeType": request.headers.get("content-type", ""), "text": body}} if body else {}
    return {
        "request": {"method": request.method, "url": str(request.url), "headers": _pairs(request.headers), **posted},
        "response": {
            "status": seen.status_code,
            "headers": _pairs(seen.headers),
            "content": {"mimeType": seen.headers.get("content-type", ""), "text": seen.text},
        },
    }


def _pairs(headers: httpx.Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def postman(made: Session) -> str:
    """Return the session as a collection, with folders, variables, an inherited key and saved answers."""
    folder = {"name": "everything", "item": [_item(made, one) for one in made.seen]}
    return json.dumps(
        {
            "info": {"name": "p", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
            "auth": {
                "type": "apikey",
                "apikey": [
                    {"key": "key", "value": "X-Api-Key"},
                    {"key": "value", "value": KEY},
                    {"key": "in", "value": "header"},
                ],
            },
            "variable": [{"key": "baseUrl", "value": made.url}],
            "item": [folder],
        }
    )


def _item(made: Session, seen: httpx.Response) -> dict[str, Any]:
    request = seen.request
    body = request.read().decode()
    raw = str(request.url).replace(made.url, "{{baseUrl}}")
    given = {"body": {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}}} if body else {}
    answer = {"code": seen.status_code, "header": [], "body": seen.text}
    return {"name": "one", "request": {"method": request.method, "url": {"raw": raw}, **given}, "response": [answer]}


def insomnia(made: Session, version: int) -> str:
    """Return the requests as an export, which holds no answers; identifiers are variables there."""
    requests = [_request(made, one) for one in made.seen]
    key = {"type": "apikey", "key": "X-Api-Key", "value": KEY, "addTo": "header"}
    if version == 5:
        tree = [{"name": "all", "authentication": key, "children": requests}]
        data = {"name": "base", "data": {"base_url": made.url}}
        return yaml.safe_dump({"type": "collection.insomnia.rest/5.0", "collection": tree, "environments": data})
    resources = [{"_type": "request", "parentId": "group", **one} for one in requests]
    group = {"_id": "group", "_type": "request_group", "authentication": key}
    environment = {"_type": "environment", "data": {"base_url": made.url}}
    return json.dumps({"_type": "export", "__export_format": 4, "resources": [environment, group, *resources]})


def _request(made: Session, seen: httpx.Response) -> dict[str, Any]:
    request = seen.request
    parts = request.url.path.split("/")
    named = [f"{{{{ _.{parts[at - 1][:-1]}_id }}}}" if one.isdigit() else one for at, one in enumerate(parts)]
    body = request.read().decode()
    given = {"body": {"mimeType": "application/json", "text": body}} if body else {}
    parameters = [{"name": name, "value": value} for name, value in request.url.params.items()]
    url = "{{ _.base_url }}" + "/".join(named)
    return {"name": "one", "method": request.method, "url": url, "parameters": parameters, "headers": [], **given}
