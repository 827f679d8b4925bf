"""Limits: how often something may be done in a stretch of real time."""

import hmac
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import bindparam, select, update

from service.store import canonical
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import ALLOWANCES

_HITS = select(ALLOWANCES.c.hits).where(ALLOWANCES.c.bucket == bindparam("bucket")).with_for_update()
_COUNT = update(ALLOWANCES).where(ALLOWANCES.c.bucket == bindparam("its_bucket"))


def allow(tx: Tx, bucket: str, limit: int, per_seconds: float) -> bool:
    """Count one more and say whether it is within the limit. What is refused is not counted.

    The bucket may name a person or an address: only a keyed hash of it is kept.
    """
    _, key = tx.keys.current("sessions")
    name = hmac.new(key, bucket.encode(errors="replace"), sha256).hexdigest()
    new = {"bucket": name, "hits": "[]", "expires_real": tx.real}
    insert_new(tx.connection, ALLOWANCES, [new])
    hits = tx.value(_HITS, bucket=name)
    now = int(tx.real.timestamp() * 1000)
    recent = [hit for hit in canonical.loads(hits) if hit > now - per_seconds * 1000]
    if len(recent) >= limit:
        return False
    counted = {
        "hits": canonical.dumps([*recent, now]),
        "expires_real": tx.real + timedelta(seconds=per_seconds),
    }
    tx.run(_COUNT, {"its_bucket": name} | counted)
    return True
