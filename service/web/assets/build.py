"""Takes GOV.UK Frontend's styles and script from node_modules, leaving out what only GOV.UK may show."""

import re
import shutil
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = HERE / "node_modules" / "govuk-frontend" / "dist" / "govuk"
STATIC = HERE.parent / "static"


def unbranded(css: str) -> str:
    """The same styles without the GDS Transport typeface, which is licensed for GOV.UK alone."""
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = re.sub(r"""["']?GDS Transport["']?\s*,\s*""", "", css)
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)


def build(package: Path = PACKAGE, static: Path = STATIC) -> None:
    static.mkdir(exist_ok=True)
    css = unbranded((package / "govuk-frontend.min.css").read_text(encoding="utf-8"))
    shutil.copyfile(package / "govuk-frontend.min.js", static / "govuk-frontend.min.js")
    (static / "govuk-frontend.min.css").write_text(css, encoding="utf-8")


if __name__ == "__main__":
    build()
