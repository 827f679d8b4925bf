"""Links in letters: made from the record's link id and a key that is not in the record.

A link is `<base url>/a/<kid>.<link id>.<mac>`. It names nobody and no choice, and it can be made
again for the same letter at any time, so no link is ever stored.
"""

import hmac
import re
from hashlib import sha256

from service.config import Keys

_PURPOSE = "links"
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,32})\.([0-9a-f]{32})\.([0-9a-f]{64})")


class Links:
    """Makes links and reads them back."""

    def __init__(self, keys: Keys, base_url: str) -> None:
        self._keys = keys
        self._base_url = base_url.rstrip("/")

    @property
    def kid(self) -> str:
        """The key under which a new link is issued."""
        return self._keys.current(_PURPOSE)[0]

    def to(self, link_id: str, kid: str) -> str:
        """Return the address of a link: the same each time, until its key is retired."""
        key = self._keys.named(kid, _PURPOSE)
        if key is None:
            kid, key = self._keys.current(_PURPOSE)
        return f"{self._base_url}/a/{kid}.{link_id}.{_mac(key, kid, link_id)}"

    def read(self, token: str) -> str | None:
        """Return the link id of an address's last part, or None if one bit of it is not ours."""
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            return None
        kid, link_id, mac = parts.groups()
        key = self._keys.named(kid, _PURPOSE)
        # A retired key costs the same work as a live one.
        expected = _mac(key or b"retired", kid, link_id)
        return link_id if hmac.compare_digest(mac, expected) and key else None

    def page(self, path: str) -> str:
        """Return the address of an ordinary page."""
        return page_at(self._base_url, path)


def page_at(base_url: str, path: str) -> str:
    """Return the address of an ordinary page of an installation; no key is needed for one."""
    return f"{base_url.rstrip('/')}/{path.lstrip('/')}"


def _mac(key: bytes, kid: str, link_id: str) -> str:
    return hmac.new(key, f"{kid}|{link_id}|decide".encode(), sha256).hexdigest()
