"""A link is ours to the last bit, or it is nothing (A06)."""

import hmac
from collections.abc import Iterator

import pytest

from service.config import Keys, generate_keys
from service.links import Links

BASE = "https://approvals.example"
OLD, NEW, THIRD = (generate_keys() for _ in range(3))
ID = "0123456789abcdef0123456789abcdef"


def links(*keys: str) -> Links:
    return Links(Keys(",".join(keys)), BASE)


def token(made: Links, link_id: str = ID, kid: str = "") -> str:
    return made.to(link_id, kid or made.kid).removeprefix(f"{BASE}/a/")


def test_a_link_is_read_back_and_names_nobody_and_no_choice() -> None:
    made = links(NEW)
    assert made.to(ID, made.kid).startswith(f"{BASE}/a/{made.kid}.{ID}.")
    assert made.read(token(made)) == ID


def test_the_same_link_is_made_each_time() -> None:
    assert token(links(NEW)) == token(links(NEW))
    assert Links(Keys(NEW), f"{BASE}/").to(ID, "") == Links(Keys(NEW), BASE).to(ID, "")


def _flipped(whole: str) -> Iterator[str]:
    for place, sign in enumerate(whole):
        for bit in range(8):
            yield whole[:place] + chr(ord(sign) ^ 1 << bit) + whole[place + 1 :]


def test_no_bit_of_a_link_can_be_flipped() -> None:
    made = links(NEW, OLD)
    bent = list(_flipped(token(made)))
    assert len(bent) == 8 * len(token(made))
    assert [one for one in bent if made.read(one) is not None] == []


def test_no_part_of_a_link_can_be_left_out_or_added() -> None:
    made = links(NEW)
    whole = token(made)
    kid, link_id, mac = whole.split(".")
    bent = [
        *(whole[:end] for end in range(len(whole))),
        *(whole[start:] for start in range(1, len(whole))),
        *(f"{whole}{more}" for more in ("0", ".", "\n", " ", "/", "%00", ".0", "?x=1")),
        *(f"{more}{whole}" for more in ("0", ".", "\n", " ")),
        f"{kid}.{mac}",
        f"{kid}..{mac}",
        f"{kid}.{link_id}.",
        f".{link_id}.{mac}",
        f"{kid}.{mac}.{link_id}",
        f"{link_id}.{kid}.{mac}",
        whole.upper(),
        whole.replace(".", "/"),
        "",
    ]
    assert [one for one in bent if made.read(one) is not None] == []


def test_parts_of_two_links_make_none() -> None:
    made = links(NEW, OLD)
    old_kid = OLD.partition(":")[0]
    other = "f" * 32
    newer, older = token(made).split("."), token(made, kid=old_kid).split(".")
    foreign = token(made, other).split(".")
    assert made.read(".".join(older)) == ID
    swapped = [
        (older[0], ID, newer[2]),
        (newer[0], ID, older[2]),
        (newer[0], other, newer[2]),
        (newer[0], ID, foreign[2]),
    ]
    assert [made.read(".".join(parts)) for parts in swapped] == [None] * 4


def test_another_installation_s_link_is_none_of_ours() -> None:
    assert links(NEW).read(token(links(THIRD))) is None
    assert links(NEW).read(f"{links(NEW).kid}.{ID}.{token(links(THIRD)).rpartition('.')[2]}") is None


def test_a_key_of_another_purpose_makes_no_link() -> None:
    made = links(NEW)
    kid, master = Keys(NEW).current("sessions")
    mac = hmac.new(master, f"{kid}|{ID}|decide".encode(), "sha256").hexdigest()
    assert made.read(f"{kid}.{ID}.{mac}") is None


@pytest.mark.parametrize(
    ("now", "same", "readable"),
    [((OLD,), True, True), ((NEW, OLD), True, True), ((NEW,), False, False)],
)
def test_a_link_lasts_as_long_as_its_key(now: tuple[str, ...], same: bool, readable: bool) -> None:
    old_kid = OLD.partition(":")[0]
    before = token(links(OLD))
    later = links(*now)
    assert (token(later, kid=old_kid) == before) is same
    assert (later.read(before) == ID) is readable
    assert later.read(token(later, kid=old_kid)) == ID
