"""Whoever steals the database finds nothing in it that opens a door."""

from pathlib import Path

from service.config import Keys, generate_keys
from service.store import Store, codes, limits, sessions, tokens
from service.store.letters import get as letter
from tests.service.store import samples, story


def test_no_secret_is_in_the_database_file(sqlite_url: str) -> None:
    secret_keys = f"{generate_keys()},{generate_keys()}"
    store = Store(sqlite_url, Keys(secret_keys))
    story.tell(store)
    with store.writing() as tx:
        begun = sessions.begin(tx, person="p-hall")
        rotated = sessions.rotate(tx, begun.token, raised=True)
        code = codes.issue(
            tx,
            person="p-hall",
            purpose="decide",
            about="l1",
            browser=rotated.token,
            asked="typed@council.example",
        )
        token = tokens.create(tx, post="pmo", person="p-pmo", scopes=["read:case"], by="p-pmo").token
        limits.allow(tx, "codes:typed@council.example", 3, 900)
        planted = letter(tx, samples.request(story.STEP, "hall").key)
    assert planted is not None
    stored = everything(Path(sqlite_url.removeprefix("sqlite:///")))
    store.close()
    assert planted.message_id.encode() in stored, "what is kept is found"
    secrets = {
        "a session's cookie": begun.token.partition(".")[2],
        "the rotated cookie": rotated.token.partition(".")[2],
        "a form's token": rotated.session.csrf,
        "a code": f'"{code}"',
        "an API token": token.split("_")[2],
        "an address somebody typed": "typed@council.example",
    }
    for number, key in enumerate(secret_keys.split(",")):
        secrets[f"master key {number}"] = key.partition(":")[2]
    for name, secret in secrets.items():
        assert secret.encode() not in stored, name


def test_keys_do_not_show_themselves() -> None:
    secret_keys = generate_keys()
    keys = Keys(secret_keys)
    assert secret_keys.partition(":")[2] not in repr(keys)
    assert secret_keys.partition(":")[0] in repr(keys)


def everything(file: Path) -> bytes:
    """Return the database and what is not yet written back into it."""
    return b"".join(found.read_bytes() for found in sorted(file.parent.glob(f"{file.name}*")))
