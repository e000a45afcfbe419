"""The description of the interface (OpenAPI 3.1), from the very types that the requests are read with."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.convertors import Convertor, IntegerConvertor
from starlette.routing import Route

from central.access.endpoint import contract_of
from sync.protocol.messages import NAME, Event
from sync.protocol.refusals import REFUSALS, Refusal

FORMS = {"sha256": "^[0-9a-f]{64}$"}
ANY_NAME = f"^{NAME}$"
LARGEST = 2**53
"""What parts of an address may be."""
PLACE = "#/components/schemas/{name}"
SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    "description": "RFC 9421 over @method, @authority, @path, @query and Content-Digest (RFC 9530), with"
    " Signature-Input: created, keyid (kiosk/fingerprint), alg, nonce, tag. docs/sync.md",
}


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the description of ``routes``."""
    contracts = [contract_of(route) for route in routes]
    said = [each for contract in contracts for each in (contract.message, contract.answer)]
    messages = [each for each in said if each is not None and not _is_file(each)]
    details = list(dict.fromkeys(kind.details for kind in REFUSALS.values() if kind.details))
    found, schemas = msgspec.json.schema_components([*messages, Event, Refusal, *details], ref_template=PLACE)
    schema_of = dict(zip(map(str, messages), found, strict=False))
    schemas["Refusal"]["properties"]["code"]["enum"] = list(REFUSALS)
    schemas["Refusal"]["properties"]["details"] = {"anyOf": list(found[-len(details) :])}
    described: dict[str, Any] = _ecma(
        {
            "openapi": "3.1.0",
            "info": {"title": "Centre of the branch kiosks", "version": "1"},
            "paths": {route.path_format: _path(route, schema_of) for route in routes},
            "components": {
                "schemas": schemas,
                "responses": _refusals(),
                "securitySchemes": {"signature": SIGNATURE},
            },
        }
    )
    return described


def _path(route: Route, schema_of: dict[str, Any]) -> dict[str, Any]:
    contract = contract_of(route)
    content = {contract.answer: {}} if _is_file(contract.answer) else _json(schema_of[str(contract.answer)])
    operation: dict[str, Any] = {
        "summary": contract.summary,
        "responses": {"200": {"description": "Done", "content": content}},
    }
    operation["responses"] |= {str(status): {"description": why} for status, why in contract.also.items()}
    if route.param_convertors:
        operation["parameters"] = [_parameter(*each) for each in route.param_convertors.items()]
    if contract.message is not None:
        message = _json(schema_of[str(contract.message)])
        operation["requestBody"] = {"required": True, "content": message}
        operation["x-refusals"] = sorted(contract.refusals)
    if contract.signed:
        operation["security"] = [{"signature": []}]
        operation["responses"] |= {
            status: {"$ref": f"#/components/responses/{status}"} for status in _refusals()
        }
    return {"post" if "POST" in (route.methods or ()) else "get": operation}


def _parameter(name: str, convertor: Convertor[Any]) -> dict[str, Any]:
    if isinstance(convertor, IntegerConvertor):
        schema: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": LARGEST}
    else:
        schema = {"type": "string", "pattern": FORMS.get(name, ANY_NAME)}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _is_file(answer: Any) -> bool:
    """Return whether an answer is a file, named by its media type."""
    return isinstance(answer, str)


def _refusals() -> dict[str, Any]:
    """Return each way to say no, by its HTTP status."""
    codes = defaultdict(list)
    for code, kind in REFUSALS.items():
        codes[str(kind.status)].append(code)
    refusal = _json({"$ref": PLACE.format(name="Refusal")})
    return {
        status: {"description": ", ".join(found), "content": refusal}
        for status, found in sorted(codes.items())
    }


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _ecma(value: Any) -> Any:
    r"""Write the patterns as JSON Schema has them: ``^`` and ``$`` for ``\A`` and ``\Z``."""
    if isinstance(value, dict):
        return {
            key: inner.replace(r"\A", "^").replace(r"\Z", "$") if key == "pattern" else _ecma(inner)
            for key, inner in value.items()
        }
    return [_ecma(each) for each in value] if isinstance(value, list) else value
