"""-sV against real servers, each on its standard port, on an odd one and inside TLS:
what the modules of servers/ declare is the truth. The table of what is not right is
printed whether the test passes or not (pytest -s, or in the failure)."""
import os

import pytest

import truth

# Of what can be known: shares, and how many lies are allowed.
SERVICES, PRODUCTS, VERSIONS, INVENTED = 1.0, 0.97, 0.97, 0
ENOUGH_SERVERS = 70


@pytest.fixture(scope="module")
def rows(service_lab, portolan):
    found = truth.compare(service_lab.truth, service_lab.answers(portolan))
    print(f"\n{len(found)} services of {service_lab.count()} servers: "
          f"{truth.score(found).text()}\n{truth.misses(found)}")
    return found


def test_every_server_starts(service_lab):
    told = "\n".join(f"{name}: {why}" for name, why in sorted(service_lab.failed.items()))
    assert not service_lab.failed, f"\n{told}"


def test_nothing_is_left_out(service_lab):
    """On a machine without the packages this skips, aloud; CI has them."""
    if service_lab.skipped:
        told = "\n".join(f"{name}: {why}" for name, why in sorted(service_lab.skipped.items()))
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must have every server:\n{told}")
        pytest.skip(f"{len(service_lab.skipped)} SERVERS WERE NOT TRIED: {told}")
    if not os.environ.get("SERVERS"):
        assert service_lab.count() >= ENOUGH_SERVERS


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
