"""What is sent out goes to public addresses only, however they are written and whatever they stand for."""

from email.headerregistry import Address
from ipaddress import ip_address

import pytest

from notifications.addresses import forbidden, mailbox, unfit
from tests.support.addresses import NO_MAILBOXES

INSIDE = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "::",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::a00:1",
    "64:ff9b::a00:1",
    "2002:a00:1::1",
    "2001:0:a00:1::f5ff:fffe",
]
HERE = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_is_sent_into_a_network_of_ones_own_not_even_in_practice(address: str) -> None:
    assert forbidden(ip_address(address), loopback=False)
    assert forbidden(ip_address(address), loopback=True)


@pytest.mark.parametrize("address", HERE)
def test_only_practice_sends_to_this_machine(address: str) -> None:
    assert forbidden(ip_address(address), loopback=False)
    assert not forbidden(ip_address(address), loopback=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_sent_to(address: str) -> None:
    assert not forbidden(ip_address(address), loopback=False)


@pytest.mark.parametrize("address", [*INSIDE, *HERE])
def test_an_address_inside_is_refused_as_it_is_written(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    assert unfit(f"https://{host}/orders", loopback=False)


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://orders.example/in", "must begin with https://"),
        ("ftp://orders.example/in", "must begin with https://"),
        ("//orders.example/in", "must begin with https://"),
        ("orders.example/in", "is not an address that can be read"),
        ("https:///in", "is not an address that can be read"),
        ("https://orders.example:0/", "is not an address that can be read"),
        ("https://orders.example:99999/", "is not an address that can be read"),
        ("https://orders.example/a b", "is not an address that can be read"),
        ("https://orders.example/\r\nHost: x", "is not an address that can be read"),
        ("https://[::1/", "is not an address that can be read"),
        ("https://user:secret@orders.example/", "must not hold a name or password"),
        ("https://orders.example@127.0.0.1/", "must not hold a name or password"),
        ("https://orders.example/#part", "must not have a part after #"),
        ("https://2130706433/", "has a number in the place of a host"),
        ("https://0x7f000001/", "has a number in the place of a host"),
        ("https://0x7f.1/", "has a number in the place of a host"),
        ("https://017700000001/", "has a number in the place of a host"),
        ("https://127.1/", "has a number in the place of a host"),
        ("https://127.0.0.1./", "has a number in the place of a host"),
        ("https://①②⑦.⓪.⓪.①/", "has a host that is no name"),
        ("https://-orders.example/", "has a host that is no name"),
        ("https://orders..example/", "has a host that is no name"),
        ("https://orders.example%00.evil/", "has a host that is no name"),
        ("https://localhost/", "must not be inside a network of one's own"),
        ("https://LOCALHOST./", "must not be inside a network of one's own"),
        ("https://orders.localhost/", "must not be inside a network of one's own"),
        ("https://metadata.google.internal/", "must not be inside a network of one's own"),
        ("https://printer.local/", "must not be inside a network of one's own"),
        ("https://orders/", "must not be inside a network of one's own"),
        ("https://[fe80::1%25eth0]/", "must not be inside a network of one's own"),
        ("https://orders.example/in?key=1", ""),
        ("https://orders.example:8443/in", ""),
        ("https://xn--mnchen-3ya.example/", ""),
        ("https://8.8.8.8/", ""),
    ],
)
def test_how_an_address_may_be_written(url: str, wrong: str) -> None:
    assert unfit(url, loopback=False) == wrong


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost:9000", "[::1]:9000"])
def test_practice_may_send_to_this_machine_without_tls(host: str) -> None:
    assert unfit(f"http://{host}/in", loopback=True) == ""
    assert unfit(f"http://{host}/in", loopback=False) == "must begin with https://"


@pytest.mark.parametrize("host", ["10.0.0.1", "orders.example", "2130706433", "[::ffff:10.0.0.1]"])
def test_practice_sends_nowhere_else_without_tls(host: str) -> None:
    assert unfit(f"http://{host}/in", loopback=True) == "must begin with https://"


@pytest.mark.parametrize(
    "address",
    [
        "cd-rc@leicester.example",
        "O'Neil.x+ict_1@a-b.leicester.example",
        f"{'a' * 64}@b.example",
        f"a@{'b' * 63}.example",
        "1!#$%&'*+/=^_`{|}~-?@1.example",
    ],
)
def test_a_letter_can_be_addressed_to_a_mailbox(address: str) -> None:
    assert mailbox(address)
    assert Address("A name", addr_spec=address).addr_spec == address


@pytest.mark.parametrize("address", [*NO_MAILBOXES, "a@b.example ", "a@b.example\n", "a\x7f@c.example"])
def test_what_cannot_be_written_on_a_letter_is_no_mailbox(address: str) -> None:
    assert not mailbox(address)
