"""PDF: a template of ours, filled with what is handed to it as data, which is never part of the template.

Tagged as PDF/UA has it, so that it can be read aloud. What no font at hand can show is named by its number.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from tempfile import TemporaryDirectory
from typing import Any

import typst

AT_ONCE = 2
"""How many are made side by side; whoever comes after them waits."""
_ROUNDS = 12
"""How many signs are looked up one by one, before all that is unusual is named by its number."""
_LONGEST_WORD, _BROKEN_AFTER = 70, 40
_LONG = re.compile(rf"\S{{{_LONGEST_WORD},}}")
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# The fonts that come with the typesetter show all of Latin, and these.
_UNUSUAL = re.compile(r"[^\n\x20-\x7e\u00a0-\u017f\u2010-\u2027£€\u200b]")

_SIGNS = b"""#set document(title: "Signs")
#set text(font: "Libertinus Serif", lang: "en")
#json(bytes(sys.inputs.data))
"""

_turn = threading.BoundedSemaphore(AT_ONCE)


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a PDF made from a template and its data, the same bytes for the same data."""
    source = _source(template)
    shown = _clean(dict(data))
    with _turn, TemporaryDirectory() as nothing:
        # An empty folder is all that it could read.
        compiler = typst.Compiler(root=nothing, font_paths=_fonts())
        # Signs are tried on a page of their own first, for each that no font has costs a whole run.
        unusual = "".join(sorted(set(_UNUSUAL.findall(json.dumps(shown, ensure_ascii=False)))))
        _, shown = _tried(compiler, _SIGNS, unusual, shown) if unusual else (b"", shown)
        made, _ = _tried(compiler, source, shown, shown)
        return made


def _tried(compiler: typst.Compiler, source: bytes, data: Any, shown: Any) -> tuple[bytes, Any]:
    """Make a PDF of data without what no font has; return it, and the other data with that named."""
    for _ in range(_ROUNDS):
        try:
            return _made(compiler, source, data), shown
        except typst.TypstError as error:
            missing = _missing(str(error))
            if not missing:
                raise
            signs = re.compile(f"[{re.escape(missing)}]")
            data, shown = _named(data, signs), _named(shown, signs)
    return _made(compiler, source, _named(data, _UNUSUAL)), _named(shown, _UNUSUAL)


def _made(compiler: typst.Compiler, source: bytes, data: Any) -> bytes:
    made = compiler.compile(
        source, format="pdf", sys_inputs={"data": json.dumps(data)}, pdf_standards=["ua-1"], timestamp=0
    )
    assert isinstance(made, bytes)
    return made


def _missing(error: str) -> str:
    """Return the signs that an error says no font has."""
    found = _MISSING.search(error)
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1]) if found else ""


def _named(value: Any, signs: re.Pattern[str]) -> Any:
    """Put the number of each of these signs in its place, so that nothing is silently lost."""
    return _each(value, lambda text: signs.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", text))


def _clean(value: Any) -> Any:
    """Take out what cannot be seen, and let a word that is longer than a line be broken."""
    return _each(value, lambda text: _LONG.sub(_broken, "".join(map(_seen, text))))


def _seen(sign: str) -> str:
    """Return a sign as it is printed: nothing for one that only turns text round or joins it."""
    kind = unicodedata.category(sign)
    if sign == "\n" or kind not in ("Cc", "Cf", "Zl", "Zp"):
        return sign
    return "" if kind == "Cf" else " "


def _broken(word: re.Match[str]) -> str:
    text = word[0]
    return "\u200b".join(text[at : at + _BROKEN_AFTER] for at in range(0, len(text), _BROKEN_AFTER))


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each(inner, change) for inner in value]
    return value


@cache
def _source(template: str) -> bytes:
    return resources.files("service.web").joinpath("templates", template).read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
