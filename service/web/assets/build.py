"""Takes GOV.UK Frontend's styles and script from node_modules, leaving out what only GOV.UK may show."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = HERE / "node_modules" / "govuk-frontend" / "dist" / "govuk"
STATIC = HERE.parent / "static"


def unbranded(css: str) -> str:
    """The same styles without GOV.UK's own typeface and crest, and so without any file to fetch."""
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = re.sub(r"""["']?GDS Transport["']?\s*,\s*""", "", css)
    return re.sub(r"[-\w]+:url\([^)]*\);?", "", css)


def without_map(text: str) -> str:
    """The maps are not served: a browser would ask for them in vain."""
    return re.sub(r"(/\*|//)# sourceMappingURL=[^\s*]*(\s*\*/)?", "", text)


def build(package: Path = PACKAGE, static: Path = STATIC) -> None:
    static.mkdir(exist_ok=True)
    css = unbranded((package / "govuk-frontend.min.css").read_text(encoding="utf-8"))
    js = (package / "govuk-frontend.min.js").read_text(encoding="utf-8")
    (static / "govuk-frontend.min.css").write_text(without_map(css), encoding="utf-8")
    (static / "govuk-frontend.min.js").write_text(without_map(js), encoding="utf-8")


if __name__ == "__main__":
    build()
