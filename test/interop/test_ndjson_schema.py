"""Every NDJSON event holds to data/schema/portolan-events.schema.json.

The events come from the unit test's fixture (test_ndjson --sample): a plain
run, one with hostile names, and a listing; and from the program itself, listing
names and scanning its own machine. PORTOLAN names the program.
"""
import base64
import copy
import json
import os
import pathlib
import subprocess

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORTOLAN = pathlib.Path(os.environ.get("PORTOLAN", ROOT / "build" / "portolan"))
SCHEMA = json.loads((ROOT / "data/schema/portolan-events.schema.json").read_text())


@pytest.fixture(scope="module")
def lines():
    sample = PORTOLAN.parent / "test" / "report_test_ndjson"
    if not sample.exists():
        pytest.skip(f"{sample} is not built")
    text = subprocess.run([sample, "--sample"], check=True, stdout=subprocess.PIPE).stdout.decode("utf-8")
    return text.splitlines()


@pytest.fixture(scope="module")
def events(lines):
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


def test_every_event_is_valid(events, validator):
    assert {event["type"] for event in events} == {"run", "skipped", "open", "service", "system", "path", "script", "finding", "host", "warning", "end"}
    for event in events:
        validator.validate(event)


def assert_described(value, definition):
    """ all fields of an object, and of those in it """
    properties = SCHEMA["$defs"][definition]["properties"] if isinstance(definition, str) else definition["properties"]
    assert set(value) <= set(properties)
    for key, inner in value.items():
        part = properties[key].get("$ref", "").split("/")[-1] or properties[key]
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                whole = SCHEMA["$defs"][part] if isinstance(part, str) else part
                assert_described(one, whole["items"] if isinstance(inner, list) else whole)


def test_every_field_of_services_is_described(events):
    detected = [event["detected"] for event in events if event["type"] == "service"]
    detected += [port["detected"] for event in events if event["type"] == "host"
                 for port in event.get("ports", []) if "detected" in port]
    assert len(detected) == 2
    for value in detected:
        assert_described(value, "detected")


@pytest.mark.parametrize("fact", ["system", "path"])
def test_every_field_of_systems_and_paths_is_described(events, fact):
    found = [event[fact] for event in events if fact in event]
    assert len(found) == 2 and found[0] == found[1]
    assert_described(found[0], fact)
    assert found[0]["evidence" if fact == "system" else "hops"]


@pytest.mark.parametrize("fact, fields", [("script", "value cut stopped took_us"), ("finding", "seen why remedy references source")])
def test_every_field_of_scripts_and_findings_is_described(events, fact, fields):
    at_once = next(event for event in events if event["type"] == fact)
    in_host = next(event[fact + "s"][0] for event in events if fact + "s" in event and event["type"] == "host")
    assert_described(in_host, fact)
    assert {key: at_once[key] for key in in_host} == in_host
    assert set(fields.split()) <= set(in_host)


def test_values_of_scripts_may_nest(validator, events):
    script = next(event for event in events if event["type"] == "script")
    assert script["value"][1]["value"][0] == {"value": -1.5e+20}
    for bad in ({"value": None}, [1], [{"key": "k"}], [{"value": {}}]):
        assert not validator.is_valid(dict(script, value=bad))


def test_every_field_is_described(events):
    """A field that the schema does not know has not been documented."""
    for event in events:
        known = dict(SCHEMA["properties"])
        part = SCHEMA["$defs"].get(event["type"] + "_found") or SCHEMA["$defs"][event["type"]]
        known.update(part["properties"])
        if "$ref" in part:
            known.update(SCHEMA["$defs"][part["$ref"].split("/")[-1]]["properties"])
        assert set(event) <= set(known), event["type"]
        for port in event.get("ports", []) if event["type"] == "host" else []:
            assert set(port) <= set(SCHEMA["$defs"]["open_port"]["properties"])
        for group in event.get("other_ports", []):
            assert set(group) <= set(SCHEMA["$defs"]["other_ports"]["properties"])


def test_new_fields_are_allowed_and_wrong_ones_are_not(events, validator):
    host = next(event for event in events if event["type"] == "host" and "counts" in event)
    more = dict(host, colour="blue")
    assert validator.is_valid(more)
    for field, bad in [("state", "sideways"), ("address", 7), ("index", -1), ("v", 2), ("type", "guest"),
                       ("incomplete", "no"), ("counts", {"ajar": 1}), ("other_ports", [{}])]:
        wrong = copy.deepcopy(host)
        wrong[field] = bad
        assert not validator.is_valid(wrong), field


def test_no_byte_of_a_hostile_name_is_lost(events):
    host = next(event for event in events if event["type"] == "host" and "name_b64" in event)
    assert base64.b64decode(host["name_b64"]) == b"=cmd|'/C calc'!A0,\"\x1b]0;pwned\x07\xff\xe2\x80\xae"
    assert host["name"].startswith("=cmd") and "\ufffd" in host["name"]


def test_no_line_can_move_a_terminal(lines):
    for line in lines:
        assert all(c.isprintable() or c == "\ufffd" for c in line)


@pytest.mark.parametrize("arguments, types", [
    (["-sL", "-n", "192.0.2.0/30", "2001:db8::1"], ["run"] + ["host"] * 5 + ["end"]),
    (["-sT", "-Pn", "-n", "-p", "9,99", "127.0.0.1"], ["run", "host", "end"]),
])
def test_the_programs_events_are_valid(arguments, types, validator):
    if not PORTOLAN.exists():
        pytest.skip(f"{PORTOLAN} is not built")
    done = subprocess.run([PORTOLAN, "--no-journal", *arguments, "-oJ", "-"], check=True, stdout=subprocess.PIPE)
    events = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    for event in events:
        validator.validate(event)
    assert [event["type"] for event in events if event["type"] != "open"] == types
