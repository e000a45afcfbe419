"""The description of the interface is true: whatever is sent, the answer is one that it describes."""

import json
from typing import Any

import httpx
import pytest
import schemathesis
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from central.access.lanes import Lanes
from central.program.main import main
from central.program.server import create_app, description
from tests.central.centre import HTTP, an_identity

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = sorted(path for path, found in description()["paths"].items() if "post" in found)
QUESTIONS = sorted(path for path, found in description()["paths"].items() if "get" in found)
FEW = settings(
    max_examples=6,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_every_address_for_kiosks_is_described():
    nothing: Any = None
    routes: list[Any] = create_app(Lanes.of(nothing), nothing, nothing).routes
    served = {route.path_format for route in routes}
    known = {path for path in served if path.startswith("/v1/")}
    assert known == set(description()["paths"]) | {"/v1/openapi.json"}


def test_the_description_says_how_requests_are_signed_and_what_may_be_answered():
    events = description()["paths"]["/v1/events"]["post"]
    assert events["security"] == [{"signature": []}]
    assert {"200", "400", "401", "403", "413", "429", "503"} <= set(events["responses"])
    schemas = description()["components"]["schemas"]
    assert schemas["Delivery"]["properties"]["events"]["items"] == {"$ref": "#/components/schemas/Event"}
    assert "seal-wrong" in schemas["Refusal"]["properties"]["code"]["enum"]
    assert "\\A" not in json.dumps(description())


def test_the_centre_and_the_command_give_the_same_description(centre):
    printed = json.loads(
        CliRunner().invoke(main, ["openapi"]).stdout
    )  # first: the centre logs what it serves
    served = HTTP.get(f"{centre.url}/v1/openapi.json").json()
    assert served == printed == json.loads(json.dumps(description()))


@pytest.mark.parametrize("path", OPERATIONS)
def test_whatever_a_kiosk_sends_the_answer_is_as_described(centre, path):
    identity = centre.enrol(an_identity())
    operation = schemathesis.openapi.from_dict(description())[path]["post"]

    @FEW
    @given(case=operation.as_strategy())
    def sends(case):
        body = json.dumps(case.body).encode()
        url = f"{centre.url}{path}"
        headers = {"Content-Type": "application/json", **identity.sign("POST", url, body)}
        answer = HTTP.post(url, content=body, headers=headers)
        case.validate_response(answer, checks=CHECKS)

    sends()


@pytest.mark.parametrize("path", QUESTIONS)
def test_whatever_a_kiosk_asks_the_answer_is_as_described(centre, path):
    identity = centre.enrol(an_identity())
    operation = schemathesis.openapi.from_dict(description())[path]["get"]

    @FEW
    @given(case=operation.as_strategy())
    def asks(case):
        url = httpx.URL(centre.url + path.format(**(case.path_parameters or {})))
        answer = HTTP.get(url, headers=identity.sign("GET", str(url), b""))
        case.validate_response(answer, checks=CHECKS)

    asks()


def test_a_number_in_an_address_may_have_any_length(centre):
    identity = centre.enrol(an_identity())
    url = f"{centre.url}/v1/feeds/outlets/e/{'9' * 5000}-1"
    answer = HTTP.get(url, headers=identity.sign("GET", url, b""))
    assert answer.status_code == 404


@pytest.mark.parametrize("path", OPERATIONS)
def test_whatever_is_sent_without_a_signature_is_refused(centre, path):
    headers = {"Content-Type": "application/json"}
    for body in (b"", b"{}", b"[]", b"\xff", b'{"install_epoch": "e", "events": []}'):
        answer = HTTP.post(f"{centre.url}{path}", content=body, headers=headers)
        assert answer.status_code in (400, 401), body
        assert answer.json()["code"] in ("signature-wrong", "bad-request")
