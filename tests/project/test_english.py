"""The package, the schemas and the pages are written in plain English, in the words of the glossary."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from support.rows import for_each

_ROOT = Path(__file__).parents[2]
_FILES = (
    *("README.md", ".github/*.md", "ftschema/**/*.md", "schemas/**/*.md", "tests/texts/README.md"),
    *("ftschema/**/*.py", "ftschema/**/*.pyi", "schemas/**/*.json", "tests/pages/*.py", "pyproject.toml"),
)

pytestmark = pytest.mark.skipif(not (_ROOT / "README.md").exists(), reason="these tests stand apart from the project")

# By what to write instead. A blank stands for any white space, the end of a line included.
_PHRASES = {
    "requires, required": r'\basked\b|(?<![.=`])\basks\b(?! ?[=:,(]|" if)',
    "is": r"\b(stands?|stood)\b(?! for\b)|\b(lies|lay)\b",
    "is not a": r"(?<!there )\b(is|are|was|were|be) no\b(?! longer| more| less|-)",
    "a noun first": r'"""(What|How(?! many| often)|Where|Which|Such|Of)\b|\bwhat nothing\b',
    "the": r"\b(return|yield|raise)s? what\b",
    "one that": r"\bsuch (with|as are|that)\b",
    "if it": r"\bwhere it\b",
    "unchanged": r"\bas it is\b(?! shown)",
    "whose": r"\bof which\b",
    "that many": r"\bso many\b",
    "present": r"\bthat (is|are) there\b",
    "modeled on": r"\btwins?\b",
    "repair": r"\bmend(s|ed|ing)?\b",
    "proved": r"\bquickly seen\b|\bseen to be\b|\blook(s|ed)? (closer|through)\b",
    "is valid for, satisfies": r"\bkeeps? to\b",
    "no one, must, without success, again": r"\bnobody\b|\bshall\b|\bin vain\b|\banew\b",
    "the American spelling": (
        r"\b\w*(behaviour|colour|favour|honour|labelled|labelling|licence|centre|grey|artefact|judgement|modelled)\w*"
        r"|\b\w*(analy|normali|recogni|optimi|organi|seriali|summari|tokeni|initiali|finali|minimi|maximi|speciali"
        r"|synchroni|randomi|parametri|categori|memori|capitali|generali)s(e|es|ed|ing|er|ation|ations)\b"
    ),
}


@cache
def _text(path: Path) -> str:
    """Return the text of a file with each line's indentation, comment sign and splitting of a string left out."""
    text = re.sub(r'(?<!")" *\n *r?f?"(?!")', "\n", path.read_text(encoding="utf-8"))
    return re.sub(r"\n *#? *", "\n", text)


@for_each("instead", _PHRASES)
def test_phrases(instead: str) -> None:
    """These phrases are nowhere: plain English says each of them in another way."""
    phrase = re.compile(_PHRASES[instead].replace(" ", r"\s"), re.IGNORECASE | re.MULTILINE)
    hits = []
    for path in (path for pattern in _FILES for path in sorted(_ROOT.glob(pattern))):
        text = _text(path)
        for hit in phrase.finditer(text):
            line = text.count("\n", 0, hit.start()) + 1
            hits.append(f"{path.relative_to(_ROOT)}:{line}: {hit[0]!r}")
    assert not hits, "\n".join([f"Instead of these, write {instead!r}:", *hits])
