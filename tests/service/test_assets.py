"""The pages' styles: GOV.UK's components without what only GOV.UK may show."""

from pathlib import Path

from service.web.assets.build import STATIC, unbranded

TRANSPORT = '@font-face{font-family:"GDS Transport";src:url("/assets/fonts/a.woff2")}'


def test_the_typeface_licensed_to_govuk_is_left_out() -> None:
    css = TRANSPORT + '.a{font-family:"GDS Transport",arial,sans-serif}.b{font-family:GDS Transport,arial}'
    assert unbranded(css) == ".a{font-family:arial,sans-serif}.b{font-family:arial}"


def test_the_crest_is_left_out_and_its_rule_stays_valid() -> None:
    css = ".a:before{content:'';background-image:url(/assets/images/govuk-crest.svg);width:1px}"
    assert unbranded(css) == ".a:before{content:'';width:1px}"


def test_the_built_styles_fetch_nothing() -> None:
    css = Path(STATIC / "govuk-frontend.min.css").read_text(encoding="utf-8")
    assert ".govuk-button" in css
    assert not any(word in css for word in ("GDS", "@font-face", "url(", "@import"))
