"""/docs: the OpenAPI description as one plain page. No script, no stylesheet from elsewhere: a hall may be offline."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
body{color:#1c1a17;background:#fbf7ef}
h1{margin-bottom:0}h2{margin-top:2.5rem;border-top:1px solid #d9cfbd;padding-top:1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#fff;border:1px solid #d9cfbd;padding:.8rem;overflow:auto}
.method{display:inline-block;min-width:4rem;font-weight:700}table{border-collapse:collapse}
td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}summary{cursor:pointer}
@media(prefers-color-scheme:dark){body{color:#f3ece0;background:#1c1a17}pre{background:#26231f;border-color:#4a443b}}
"""


def api_page(openapi: Mapping[str, Any]) -> str:
    """A whole HTML document; `openapi` as FastAPI makes it."""
    info = openapi["info"]
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>',
        '<meta name="viewport" content="width=device-width">',
        f"<style>{_STYLE}</style><h1>{escape(info['title'])}</h1>",
        f"<p>{escape(info['summary'])} Version {escape(info['version'])}.",
        'For programs: <a href="/openapi.json">openapi.json</a>.</p>',
    ]
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            parts.extend(_operation(path, method, operation))
    parts.append("<h2>Messages</h2>")
    for name, schema in openapi["components"]["schemas"].items():
        parts.append(
            f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>{_json(schema)}</details>'
        )
    parts.append("</html>")
    return "".join(parts)


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f'<h2><span class="method">{escape(method.upper())}</span> <code>{escape(path)}</code></h2>'
    yield f"<p><b>{escape(operation['summary'])}.</b> {escape(operation.get('description', ''))}</p>"
    for parameter in operation.get("parameters", ()):
        yield f"<p>Parameter <code>{escape(parameter['name'])}</code>: {escape(parameter.get('description', ''))}</p>"
        yield _json(parameter["schema"])
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Request: <code>{escape(media_type)}</code></p>{_json(content['schema'])}"
    yield "<table><tr><th>Status</th><th>Answer</th></tr>"
    for status, answer in operation["responses"].items():
        yield f"<tr><td>{escape(status)}</td><td>{_answer(answer)}</td></tr>"
    yield "</table>"


def _answer(answer: Mapping[str, Any]) -> str:
    links = [
        f'<a href="#{escape(name)}"><code>{escape(name)}</code></a>'
        for content in answer.get("content", {}).values()
        if (name := str(content["schema"].get("$ref", "")).rsplit("/", 1)[-1])
    ]
    return " ".join([escape(answer["description"]), *links])


def _json(schema: Mapping[str, Any]) -> str:
    return f"<pre>{escape(json.dumps(schema, indent=2, ensure_ascii=False))}</pre>"
