"""Settings say everything that is wrong with them at once, and never say a secret."""

from pathlib import Path
from typing import Any

import pytest

from service.config import ConfigError, Keys, Tls, generate_keys, load_settings

GOOD: dict[str, Any] = {
    "mode": "production",
    "base_url": "https://approvals.example",
    "database_url": "postgresql://assent@db/assent",
    "smtp_tls": "starttls",
    "secret_keys": generate_keys(),
}

SECRET = f"whsec_{'A' * 32}"
SIGNED = {"order_secrets": SECRET}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODE", "DATA_DIR", "DATABASE_URL", "SECRET_KEYS", "HANDBOOK", "BASE_URL", "CLOCK_START"):
        monkeypatch.delenv(f"ASSENT_{name}", raising=False)


def faults(**changes: Any) -> tuple[str, ...]:
    try:
        load_settings(**GOOD | changes).check()
    except ConfigError as error:
        return error.faults
    return ()


def test_settings_fit_for_production_are_accepted() -> None:
    assert faults() == ()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"secret_keys": ""}, "ASSENT_SECRET_KEYS"),
        ({"secret_keys": "k1:c2hvcnQ"}, "ASSENT_SECRET_KEYS"),
        ({"secret_keys": "k.1:" + "A" * 43}, "ASSENT_SECRET_KEYS"),
        ({"secret_keys": "k1:é"}, "ASSENT_SECRET_KEYS"),
        ({"base_url": "http://approvals.example"}, "ASSENT_BASE_URL"),
        ({"base_url": "https://approvals.example/assent"}, "ASSENT_BASE_URL"),
        ({"base_url": "approvals.example"}, "ASSENT_BASE_URL"),
        ({"database_url": ""}, "ASSENT_DATABASE_URL"),
        ({"database_url": "sqlite:///assent.db"}, "ASSENT_DATABASE_URL"),
        ({"smtp_tls": "none"}, "ASSENT_SMTP_TLS"),
        ({"smtp_tls": "perhaps"}, "ASSENT_SMTP_TLS"),
        ({"clock_start": "2004-06-01T09:00:00Z"}, "ASSENT_CLOCK_START"),
        ({"clock_start": "2004-06-01T09:00:00"}, "ASSENT_CLOCK_START"),
        ({"day_seconds": 2}, "ASSENT_DAY_SECONDS"),
        ({"day_seconds": 0}, "ASSENT_DAY_SECONDS"),
        ({"mail_folder": "mail"}, "ASSENT_MAIL_FOLDER"),
        ({"mode": "perhaps"}, "ASSENT_MODE"),
        ({"order_url": "http://orders.example/in", **SIGNED}, "ASSENT_ORDER_URL"),
        ({"order_url": "http://127.0.0.1:9000/in", **SIGNED}, "ASSENT_ORDER_URL"),
        ({"order_url": "https://127.0.0.1/in", **SIGNED}, "ASSENT_ORDER_URL"),
        ({"order_url": "https://169.254.169.254/in", **SIGNED}, "ASSENT_ORDER_URL"),
        ({"order_url": "https://[::1]/in", **SIGNED}, "ASSENT_ORDER_URL"),
        ({"order_url": "https://2130706433/in", **SIGNED}, "ASSENT_ORDER_URL"),
        ({"order_url": "https://localhost/in", **SIGNED}, "ASSENT_ORDER_URL"),
        ({"order_url": "https://orders.example/in"}, "ASSENT_ORDER_SECRETS"),
        ({"order_url": "https://orders.example/in", "order_secrets": "A" * 32}, "ASSENT_ORDER_SECRETS"),
        ({"order_url": "https://orders.example/in", "order_secrets": "whsec_"}, "ASSENT_ORDER_SECRETS"),
        ({"order_url": "https://orders.example/in", "order_secrets": "whsec_AAAA"}, "ASSENT_ORDER_SECRETS"),
        ({"order_url": "https://orders.example/in", "order_secrets": "whsec_é!"}, "ASSENT_ORDER_SECRETS"),
        ({"order_secrets": ",".join([SECRET] * 3)}, "ASSENT_ORDER_SECRETS"),
    ],
)
def test_what_is_not_safe_in_production_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    assert named in " ".join(faults(**changes))


def test_every_fault_is_named_at_once() -> None:
    found = faults(secret_keys="", base_url="http://x", database_url="", smtp_tls="none", day_seconds=2)
    assert len(found) == 5


def test_a_refused_value_is_not_repeated() -> None:
    assert "swordfish" not in " ".join(faults(smtp_password={"is": "swordfish"}))
    assert "swordfish" not in " ".join(faults(secret_keys="k1:swordfish"))
    assert "swordfish" not in " ".join(faults(order_secrets="whsec_swordfish"))
    assert "swordfish" not in " ".join(faults(order_url="https://me:swordfish@orders.example/", **SIGNED))


def test_practice_may_do_what_production_may_not() -> None:
    practice = {"mode": "demo", "base_url": "http://127.0.0.1:8000", "database_url": "", "smtp_tls": "none"}
    assert faults(**practice, clock_start="2004-06-01T09:00:00+01:00", day_seconds=2) == ()


def test_orders_go_to_one_https_address_and_in_practice_to_this_machine_too() -> None:
    both = {"order_secrets": f"{SECRET}, whsec_{'B' * 32}"}
    assert faults(order_url="https://orders.example:8443/in", **both) == ()
    assert faults(order_url="http://127.0.0.1:9000/in", mode="test", **SIGNED) == ()
    assert faults(order_url="http://10.0.0.1/in", mode="test", **SIGNED)
    settings = load_settings(**GOOD, order_url="https://orders.example:8443/in", **both)
    assert settings.order_host == "orders.example"
    assert settings.signing_secrets() == (SECRET, f"whsec_{'B' * 32}")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "MODE": "demo",
        "DATA_DIR": "/srv/assent",
        "HANDBOOK": "leicester, herefordshire",
        "BASE_URL": "",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"ASSENT_{name}", value)
    settings = load_settings()
    assert (settings.mode, settings.handbook) == ("demo", ("leicester", "herefordshire"))
    assert settings.database == f"sqlite:///{Path('/srv/assent/assent.db')}"
    assert (settings.host, settings.secure, settings.core_queue) == ("127.0.0.1", False, "assent-core")
    assert settings.smtp_tls is Tls.NONE
    assert load_settings(day_seconds=2).clock_rate == 43_200


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = Keys(generate_keys())
    made = {purpose: keys.current(purpose)[1] for purpose in ("links", "sessions", "codes", "audit", "csrf")}
    assert len(set(made.values())) == len(made)
    kid, key = keys.current("links")
    assert keys.named(kid, "links") == key
    assert keys.named("k0", "links") is None


def test_the_newest_key_is_used_and_older_ones_are_known() -> None:
    old, new = generate_keys(), generate_keys()
    keys = Keys(f"{new}, {old},")
    assert keys.current("links")[0] == new.partition(":")[0]
    assert [kid for kid, _ in keys.all("links")] == [new.partition(":")[0], old.partition(":")[0]]
    assert keys.named(old.partition(":")[0], "links") == Keys(old).current("links")[1]
