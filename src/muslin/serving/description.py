"""What the server can be asked, as OpenAPI 3.1: written by hand, and held against the routes by a test.

https://spec.openapis.org/oas/v3.1.0
"""

from html import escape
from typing import Any

from muslin.serving.batching import MOST_PICTURES
from muslin.serving.protocol import version_of
from muslin.serving.service import Service
from muslin.version import __version__
from muslin.web.page import files_of_page

__all__ = ["description_of", "page_of"]

Schema = dict[str, Any]

NUMBER, TEXT, WHOLE = {"type": "number"}, {"type": "string"}, {"type": "integer"}
PIXEL = {"type": "integer", "minimum": 0, "maximum": 255}
PICTURE = {"type": "string", "format": "uri", "contentMediaType": "image/png"}
ROW = {"type": "array", "minItems": 1, "items": {"anyOf": [PIXEL, {"type": "array", "items": PIXEL}]}}
ERROR = {"type": "object", "required": ["error"], "properties": {"error": TEXT}}
TRIED_AGAIN = {
    "description": "so much waits that it would not be answered in time, or the server ends; to be tried again",
    "headers": {"Retry-After": {"schema": WHOLE}},
    "content": {"application/json": {"schema": ERROR}},
}


def description_of(service: Service) -> Schema:
    """Returns the description of a server, for `json.dumps`."""
    paths = {
        "/": {"get": operation("A page to ask by hand.", {"200": page_answer()})},
        "/page/{path}": {"get": page_file(service)},
        "/predict": {"post": picture_operation("What a picture shows.", prediction())},
        "/explain": {"post": picture_operation("What a picture shows, and why.", explanation())},
        "/live": {"get": health("Whether the server lives.")},
        "/ready": {"get": health("Whether it takes more requests.")},
        "/openapi.json": {"get": operation("This description.", {"200": answered({"type": "object"})})},
        "/docs": {"get": operation("This description, to be read.", {"200": page_answer()})},
        "/v2": {"get": operation("The server's name, version and extensions.", {"200": answered({"type": "object"})})},
        "/v2/health/live": {"get": health("Whether the server lives.")},
        "/v2/health/ready": {"get": health("Whether it takes more requests.")},
    }
    for path in ("/v2/models/{name}", "/v2/models/{name}/versions/{version}"):
        paths |= {
            path: {"get": named(service, path, operation("What the model takes and gives.", model_answers()))},
            f"{path}/ready": {"get": named(service, path, health("Whether the model is ready."))},
            f"{path}/infer": {"post": named(service, path, infer_operation(service))},
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "A Muslin run",
            "version": __version__,
            "description": f"It tells {len(service.model.spec.classes)} classes apart.",
        },
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{}, {"token": []}],
        "paths": paths,
    }


def operation(summary: str, responses: Schema, **more: Any) -> Schema:
    """Returns an operation that may also be refused."""
    return {"summary": summary, "responses": {**responses, "4XX": answered(ERROR, "refused, and why")}, **more}


def answered(schema: Schema, description: str = "the answer") -> Schema:
    """Returns a response of JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def page_answer() -> Schema:
    """Returns the response that is a page."""
    return {"description": "a page", "content": {"text/html": {"schema": TEXT}}}


def page_file(service: Service) -> Schema:
    """Returns the operation of what the page loads."""
    kinds = {"text/css": {"schema": TEXT}, "text/javascript": {"schema": TEXT}}
    files = operation("What that page loads.", {"200": {"description": "a file", "content": kinds}})
    return named(service, "{path}", files)


def health(summary: str) -> Schema:
    """Returns the operation of a question that is answered by its status."""
    is_so = {"type": "object"}
    return operation(summary, {"200": answered(is_so, "it is so"), "503": answered(is_so, "not any more")})


def named(service: Service, path: str, given: Schema) -> Schema:
    """Returns an operation with the parameters that stand in its path, and the values that each may have."""
    values = {"name": [service.name], "version": [version_of(service)], "path": list(files_of_page("muslin.serving"))}
    return given | {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": TEXT | {"enum": known}}
            for name, known in values.items()
            if f"{{{name}}}" in path
        ]
    }


def prediction() -> Schema:
    """Returns what is said of a picture."""
    return {
        "type": "object",
        "required": ["label", "probability", "runner_up", "is_sure", "probabilities", "views", "notes"],
        "properties": {
            "label": TEXT,
            "probability": NUMBER,
            "runner_up": {"type": ["string", "null"]},
            "is_sure": {"type": "boolean", "description": "false where 'not sure' is the better answer"},
            "probabilities": {"type": "object", "additionalProperties": NUMBER},
            "views": WHOLE,
            "notes": {"type": "array", "items": TEXT},
        },
    }


def explanation() -> Schema:
    """Returns what is said of a picture, and why."""
    evidence = {
        "type": "object",
        "required": ["label", "layer", "picture"],
        "properties": {"label": TEXT, "layer": TEXT, "picture": PICTURE | {"description": "brighter is more evidence"}},
    }
    neighbour = {
        "type": "object",
        "required": ["label", "distance", "picture"],
        "properties": {"label": TEXT, "distance": NUMBER, "picture": PICTURE},
    }
    unlike = {
        "type": "object",
        "required": ["is_unlike", "distance", "usual", "warning"],
        "properties": {
            "is_unlike": {"type": "boolean"},
            "distance": NUMBER | {"description": "to the nearest training picture"},
            "usual": NUMBER | {"description": "what that is at most for 99 of 100 test pictures"},
            "warning": {"type": ["string", "null"]},
        },
    }
    why = {
        "seen": PICTURE | {"description": "the picture as the model sees it"},
        "map": said_or(evidence),
        "neighbours": said_or({"type": "array", "items": neighbour}),
        "unlike": said_or(unlike),
        "is_complete": {"type": "boolean", "description": "false while training pictures are still being looked at"},
    }
    said = prediction()
    return said | {"required": [*said["required"], *why], "properties": said["properties"] | why}


def said_or(schema: Schema) -> Schema:
    """Returns the schema of what may be a sentence on why it is not there."""
    return {"anyOf": [schema, TEXT]}


def picture_operation(summary: str, answer: Schema) -> Schema:
    """Returns an operation that a picture is sent to."""
    in_base64 = {
        "type": "object", "required": ["picture"], "additionalProperties": False,
        "properties": {"picture": {"type": "string", "contentEncoding": "base64", "description": "a picture's file"}},
    }  # fmt: skip
    in_numbers = {
        "type": "object", "required": ["pixels"], "additionalProperties": False,
        "properties": {"pixels": {"type": "array", "minItems": 1, "items": ROW}},
    }  # fmt: skip
    body = {
        "required": True,
        "content": {"image/*": {}, "application/json": {"schema": {"oneOf": [in_base64, in_numbers]}}},
    }
    return operation(summary, {"200": answered(answer), "503": TRIED_AGAIN}, requestBody=body)


def model_answers() -> Schema:
    """Returns the responses with a model's metadata."""
    return {"200": answered({"type": "object", "required": ["name", "versions", "platform", "inputs", "outputs"]})}


def infer_operation(service: Service) -> Schema:
    """Returns the operation of inference."""
    shape = [1, *service.model.shape]
    tensor = {
        "type": "object",
        "required": ["name", "shape", "datatype"],
        "properties": {
            "name": {"const": "images"},
            "datatype": {"const": "UINT8"},
            "shape": {
                "type": "array", "minItems": 4, "maxItems": 4, "items": WHOLE, "examples": [shape],
                "description": f"(N, C, H, W), N up to {MOST_PICTURES}",
            },
            "data": {"type": "array", "description": "flat or nested"},
            "parameters": {"type": "object"},
        },
    }  # fmt: skip
    asked = {
        "type": "object",
        "required": ["inputs"],
        "properties": {
            "id": TEXT,
            "inputs": {"type": "array", "minItems": 1, "maxItems": 1, "items": tensor},
            "outputs": {"type": "array", "maxItems": 1, "items": {"type": "object"}},
            "parameters": {"type": "object"},
        },
    }
    said = {"type": "object", "required": ["model_name", "model_version", "outputs"]}
    body = {"required": True, "content": {"application/json": {"schema": asked}, "application/octet-stream": {}}}
    answer = answered(said)
    answer["content"]["application/octet-stream"] = {}
    return operation("Probabilities of pictures.", {"200": answer, "503": TRIED_AGAIN}, requestBody=body)


def page_of(description: Schema) -> str:
    """Returns a description as a page that needs nothing else."""
    rows = [
        f"<tr><td>{method.upper()}</td><td><code>{escape(path)}</code></td><td>{escape(one['summary'])}</td></tr>"
        for path, operations in description["paths"].items()
        for method, one in operations.items()
    ]
    title = escape(description["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<main><h1>{title}</h1><p>{escape(description['info']['description'])} "
        'For programs: <a href="openapi.json">openapi.json</a>.</p>'
        f"<table><thead><tr><th>Method<th>Path<th>What it is</tr></thead><tbody>{''.join(rows)}</tbody></table></main>"
        "</html>"
    )
