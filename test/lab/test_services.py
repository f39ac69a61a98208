"""-sV against real servers, each on its standard port, on an odd one and inside TLS:
what the modules of servers/ declare is the truth. The table of what is not right is
printed whether the test passes or not (pytest -s, or in the failure)."""
import os

import pytest

import truth

# Of what can be known: shares, and how many lies are allowed.
SERVICES, PRODUCTS, VERSIONS, INVENTED = 1.0, 0.97, 0.97, 0
ENOUGH_SERVERS = 70
# What the answers of these prove to be wrong, and of no others.
WRONG = {
    "beanstalkd": {"beanstalkd-without-login"}, "dante": {"socks-no-authentication"},
    "distcc": {"distcc-open"}, "epmd": {"epmd-exposed"}, "gpsd": {"gpsd-open"},
    "java_rmi": {"jdwp-open"}, "memcached": {"memcached-udp", "memcached-without-login"},
    "microsocks": {"socks-no-authentication"}, "mosquitto": {"mqtt-anonymous"},
    "pymodbus": {"modbus-reachable"}, "redis": {"redis-without-password"},
    "redis_sentinel": {"redis-sentinel-without-password"}, "snmpd": {"snmp-public-readable"},
    "xvfb": {"x11-open-access"}, "xvnc": {"vnc-no-authentication"},
}
# Other machines have other kernels: a few servers may not start there, and are told.
STARTED = 0.97


def second_look(lab, portolan, rows):
    """Hundreds of servers on two processors: one that was too busy to answer in time is asked
    once more, alone with its like. What was said wrongly is not forgiven."""
    missed = [row for row in rows
              if row.wrong() and truth.INVENTED not in row.fields.values()]
    if not missed:
        return rows
    print(f"\nasked twice:\n{truth.misses(missed)}")
    wanted = [row.served for row in missed]
    again = truth.compare(wanted, lab.answers(portolan, wanted=wanted))
    return [row for row in rows if row not in missed] + again


@pytest.fixture(scope="module")
def rows(service_lab, portolan):
    found = truth.compare(service_lab.truth, service_lab.answers(portolan))
    found = second_look(service_lab, portolan, found)
    print(f"\n{len(found)} services of {service_lab.count()} servers: "
          f"{truth.score(found).text()}\n{truth.misses(found)}")
    return found


def test_every_server_starts(service_lab):
    told = "\n".join(f"{name}: {why}" for name, why in sorted(service_lab.failed.items()))
    tried = {one.server for one in service_lab.truth} | set(service_lab.failed)
    assert len(service_lab.failed) <= (1 - STARTED) * len(tried), f"\n{told}"
    if service_lab.failed:
        pytest.skip(f"{len(service_lab.failed)} SERVERS DID NOT START: {told}")


def test_nothing_is_left_out(service_lab):
    """Packages that cannot be had are told, aloud; without enough of them CI fails."""
    told = "\n".join(f"{name}: {why}" for name, why in sorted(service_lab.skipped.items()))
    if os.environ.get("CI") == "true" and not os.environ.get("SERVERS"):
        assert service_lab.count() >= ENOUGH_SERVERS, told
    if service_lab.skipped:
        pytest.skip(f"{len(service_lab.skipped)} SERVERS WERE NOT TRIED: {told}")


@pytest.mark.parametrize("variant", ["standard", "odd", "stunnel"])
def test_every_service_has_its_name(rows, variant):
    mine = [row for row in rows if row.served.variant == variant]
    assert mine, "there is nothing of that kind in the lab"
    assert truth.score(mine).share("service") >= SERVICES, f"\n{truth.misses(mine)}"


@pytest.mark.parametrize("field, share", [("product", PRODUCTS), ("version", VERSIONS)])
def test_products_and_versions_are_told(rows, field, share):
    found = truth.score(rows)
    assert found.known[field] and found.share(field) >= share, f"\n{truth.misses(rows)}"


def test_nothing_is_invented(rows):
    lies = [row for row in rows if truth.INVENTED in row.fields.values()]
    assert truth.score(rows).invented <= INVENTED, f"\n{truth.misses(lies)}"


def test_what_an_answer_proves_is_a_finding(rows):
    """Of the signature alone; the scripts of -sV may say more."""
    told = {}
    for row in rows:
        for finding in row.answer.findings:
            told.setdefault(row.served.server, set()).add(finding)
    started = {row.served.server for row in rows}
    assert told == {server: wrong for server, wrong in WRONG.items() if server in started}
