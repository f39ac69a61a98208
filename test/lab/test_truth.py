"""The judge of the lab of services: it must not be kind."""
import pytest

import truth
from servers import Served


def served(**fields):
    return Served(**{"server": "s", "transport": "tcp", "port": 1, "service": "http",
                     "product": "nginx", "version": "1.22.1", **fields})


def said(**fields):
    return truth.Answer(**{"state": "open", "probed": True, "service": "http", **fields})


def judged(field, answer, *, of):
    return truth.FIELDS[field](answer, of)


@pytest.mark.parametrize("version, known, found", [
    ("1.22.1", "1.22.1", "right"), ("1.22.1 Debian 3+u1", "1.22.1", "right"),
    ("v1.22.1", "1.22.1", "right"), ("9.2p1 Debian 2", "9.2p1", "right"),
    ("", "1.22.1", "missed"), ("1.22", "1.22.1", "missed"), ("1.x", "1.22.1", "missed"),
    ("1.2 or later", "1.22.1", "missed"), ("1.20 - 1.22", "1.22.1", "missed"),
    ("1.21", "1.22.1", "invented"), ("1.22.12", "1.22.1", "invented"), ("11.22.1", "1.22.1", "invented"),
    ("1.22.1.4", "1.22.1", "invented"), ("2.4.6", "2.4.62", "invented"),
    ("1.23 or later", "1.22.1", "invented"), ("1.20 - 1.21", "1.22.1", "invented"),
    ("1.22.1", None, "invented"), ("", None, ""),
])
def test_versions(version, known, found):
    assert judged("version", said(version=version), of=served(version=known)) == found


def test_a_version_that_is_not_revealed_may_be_guessed_right():
    hidden = served(version=None, hidden="2.5.13")
    assert judged("version", said(version="2.2.X - 2.5.X"), of=hidden) == ""
    assert judged("version", said(version="2.2.X - 2.3.X"), of=hidden) == "invented"


@pytest.mark.parametrize("product, known, found", [
    ("nginx", "nginx", "right"), ("Apache httpd", "Apache httpd", "right"),
    ("Redis", ("Redis key-value store",), "right"), ("Dovecot imapd", "Dovecot", "right"),
    ("nginxy", "nginx", "invented"), ("ngin", "nginx", "invented"), ("Apache Tomcat", "Apache httpd", "invented"),
    ("nginx", None, "invented"), ("", None, ""), ("", "nginx", "missed"),
])
def test_products(product, known, found):
    assert judged("product", said(product=product), of=served(product=known)) == found


@pytest.mark.parametrize("answer, of, found", [
    (said(), served(), "right"),
    (said(tunnel="ssl"), served(tls=True), "right"),
    (said(), served(tls=True), "missed"),
    (said(service="ssl"), served(tls=True), "missed"),
    (said(service="ssh"), served(), "invented"),
    (said(probed=False), served(), "missed"),
    (said(service="tcpwrapped"), served(), "missed"),
    (said(service="h2"), served(service=("http", "h2")), "right"),
    (said(service="x", probed=False), served(service=None), ""),
    (said(service="ssh"), served(service=None), "invented"),
])
def test_services(answer, of, found):
    assert judged("service", answer, of=of) == found


def test_what_a_report_does_not_mention_is_missed():
    rows = truth.compare([served(address="10.0.0.1")], {})
    assert truth.score(rows).text() == "service 0/1, product 0/1, version 0/1, invented 0"
    assert "nginx" in truth.misses(rows)
