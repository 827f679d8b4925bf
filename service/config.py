"""Settings: the only place that reads the environment, and the keys that stay out of the database."""

import base64
import binascii
import hmac
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from notifications.addresses import unfit

_KID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_KEY_BYTES = 32
_ORDER_SECRET = "whsec_"
_ORDER_SECRET_BYTES = range(24, 65)
"""How many bytes Standard Webhooks wants a secret to have."""


class ConfigError(Exception):
    """The settings cannot be used; `faults` names every reason at once."""

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class Tls(StrEnum):
    """How the connection to the mail server is kept private."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Keys:
    """The installation's master keys, newest first, and the key of each purpose made from them."""

    def __init__(self, secret_keys: str) -> None:
        self._masters = dict(_parsed(secret_keys))
        if not self._masters:
            raise ConfigError("ASSENT_SECRET_KEYS is missing: run `assent keys` to make one.")

    def current(self, purpose: str) -> tuple[str, bytes]:
        """Return the id and the key with which new things of a purpose are made."""
        kid = next(iter(self._masters))
        return kid, _derived(self._masters[kid], purpose)

    def named(self, kid: str, purpose: str) -> bytes | None:
        """Return the key of that id, or None if it is retired or was never ours."""
        master = self._masters.get(kid)
        return _derived(master, purpose) if master else None

    def all(self, purpose: str) -> tuple[tuple[str, bytes], ...]:
        """Return every live key of a purpose, newest first."""
        return tuple((kid, _derived(master, purpose)) for kid, master in self._masters.items())

    def __repr__(self) -> str:
        return f"Keys({', '.join(self._masters)})"


def generate_keys() -> str:
    """Return a fresh key as ASSENT_SECRET_KEYS wants it; put it before older ones to rotate."""
    return f"k{secrets.token_hex(3)}:{secrets.token_urlsafe(_KEY_BYTES)}"


@cache
def _derived(master: bytes, purpose: str) -> bytes:
    return hmac.new(master, purpose.encode(), sha256).digest()


def _parsed(secret_keys: str) -> Iterator[tuple[str, bytes]]:
    for entry in filter(None, (part.strip() for part in secret_keys.split(","))):
        kid, _, encoded = entry.partition(":")
        if not _KID.fullmatch(kid):
            raise ConfigError("ASSENT_SECRET_KEYS: each key is `id:base64url`, the id of letters and digits.")
        try:
            master = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        except (binascii.Error, ValueError):
            raise ConfigError(f"ASSENT_SECRET_KEYS: key {kid} is not base64url.") from None
        if len(master) < _KEY_BYTES:
            raise ConfigError(f"ASSENT_SECRET_KEYS: key {kid} is shorter than {_KEY_BYTES} bytes.")
        yield kid, master


class Settings(BaseSettings):
    """What an installation is told by its environment, each as ASSENT_<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix="ASSENT_", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    mode: Literal["production", "demo", "test"] = "production"
    data_dir: Path = Path("data")
    """The folder of everything kept outside PostgreSQL."""
    database_url: str = ""
    """Without one, SQLite in the data folder."""
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_cli: Path | None = None
    """The `temporal` program, where it is not the one installed beside us."""
    task_queue: str = "assent"
    """The first part of the queues' names."""
    base_url: str = "http://127.0.0.1:8000"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: Tls = Tls.NONE
    mail_from: str = "Assent <assent@assent.example>"
    mail_folder: Path | None = None
    """Where the mail catcher keeps what it caught (demo and test)."""
    secret_keys: SecretStr = SecretStr("")
    """`id:base64url,id:base64url`, newest first."""
    order_url: str = ""
    """Where orders are sent: the one address there is. Without one they are raised, and sent nowhere."""
    order_secrets: SecretStr = SecretStr("")
    """`whsec_base64` that signs orders; two with a comma, newest first, while one follows the other."""
    handbook: Annotated[tuple[str, ...], NoDecode] = ("leicester", "herefordshire")
    """Handbooks by name, by name and edition (`leicester/framework-2004`) or by folder, separated by commas.

    The first is the installation's own, under whose name people who are not known yet are met.
    """
    clock_start: datetime | None = None
    """Where the Clock begins (demo and test)."""
    day_seconds: float | None = Field(default=None, gt=0)
    """Real seconds in a day of the Clock (demo and test)."""

    @field_validator("handbook", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @field_validator("clock_start")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("give the time zone too, such as 2004-06-01T09:00:00+01:00")
        return value

    @property
    def database(self) -> str:
        """The database's URL: the one given, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'assent.db'}"

    @property
    def core_queue(self) -> str:
        """The queue of everything but letters."""
        return f"{self.task_queue}-core"

    @property
    def host(self) -> str:
        """The host in the installation's own addresses."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def secure(self) -> bool:
        """Browsers reach us over https."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def clock_rate(self) -> float:
        """Clock seconds in a real second."""
        return 86_400 / self.day_seconds if self.day_seconds else 1.0

    @property
    def order_host(self) -> str:
        """Whose orders are sent to, as people may read it; empty if they are sent nowhere."""
        return urlsplit(self.order_url).hostname or ""

    def keys(self) -> Keys:
        """Return the installation's keys."""
        return Keys(self.secret_keys.get_secret_value())

    def signing_secrets(self) -> tuple[str, ...]:
        """Return the secrets that sign orders, newest first."""
        return tuple(filter(None, map(str.strip, self.order_secrets.get_secret_value().split(","))))

    def check(self) -> None:
        """Refuse settings that are not safe to run with, naming every fault at once."""
        faults = [*self._key_faults(), *self._address_faults(), *self._order_faults()]
        if self.mode == "production":
            faults += self._production_faults()
        if faults:
            raise ConfigError(*faults)

    def _key_faults(self) -> Iterator[str]:
        try:
            self.keys()
        except ConfigError as error:
            yield from error.faults

    def _address_faults(self) -> Iterator[str]:
        address = urlsplit(self.base_url)
        if address.scheme not in ("http", "https") or not address.hostname:
            yield "ASSENT_BASE_URL must be a full address, such as https://approvals.example.gov.uk."
        elif address.path not in ("", "/") or address.query or address.fragment:
            yield "ASSENT_BASE_URL must end with the host: no path, query or fragment."

    def _order_faults(self) -> Iterator[str]:
        secrets = self.signing_secrets()
        if self.order_url and (wrong := unfit(self.order_url, loopback=self.mode != "production")):
            yield f"ASSENT_ORDER_URL {wrong}."
        if self.order_url and not secrets:
            yield "ASSENT_ORDER_SECRETS is missing: orders are signed with it."
        if len(secrets) > 2 or not all(map(_signs, secrets)):
            yield "ASSENT_ORDER_SECRETS must be one or two secrets, each whsec_ and 24 to 64 bytes in base64."

    def _production_faults(self) -> Iterator[str]:
        if not self.secure:
            yield "ASSENT_BASE_URL must be https in production."
        if not self.database.startswith("postgresql"):
            yield "ASSENT_DATABASE_URL must be PostgreSQL in production."
        if self.smtp_tls is Tls.NONE:
            yield "ASSENT_SMTP_TLS must be starttls or tls in production."
        if self.clock_start or self.day_seconds:
            yield "ASSENT_CLOCK_START and ASSENT_DAY_SECONDS are for practice: production keeps real time."
        if self.mail_folder:
            yield "ASSENT_MAIL_FOLDER is for practice: production has no mail catcher."


def _signs(secret: str) -> bool:
    """Say whether a secret has the form of Standard Webhooks."""
    try:
        key = base64.b64decode(secret.removeprefix(_ORDER_SECRET), validate=True)
    except (binascii.Error, ValueError):
        return False
    return secret.startswith(_ORDER_SECRET) and len(key) in _ORDER_SECRET_BYTES


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment; an override wins over it."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        faults = (
            f"ASSENT_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}." for fault in error.errors()
        )
        raise ConfigError(*faults) from None


def process_environment(settings: Settings) -> dict[str, str]:
    """Return the environment in which another process of this installation finds these settings."""
    told: dict[str, str] = {}
    for name, value in settings:
        if isinstance(value, SecretStr):
            told[f"ASSENT_{name.upper()}"] = value.get_secret_value()
        elif isinstance(value, tuple):
            told[f"ASSENT_{name.upper()}"] = ",".join(value)
        elif value is not None:
            told[f"ASSENT_{name.upper()}"] = value.isoformat() if isinstance(value, datetime) else str(value)
    return {**os.environ, **told}
