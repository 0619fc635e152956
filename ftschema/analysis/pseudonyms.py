"""Pseudonyms for strings, numbers and times: the same one for the same original everywhere, by a secret key.

Letters are replaced by letters and digits by digits, so that a pseudonym has the length and the form of its original.
Each replacement is a permutation: two originals never have the same pseudonym, and one key makes the same pseudonyms on
every machine. It is a Feistel network as in NIST SP 800-38G (format-preserving encryption), with HMAC-SHA-256.

Facts: the name of a trained model holds the organization, the suffix as a slug (`banking_intent` becomes
`banking-intent`) and an id, those on Azure the id of the job (captured 2023 to 2025). So names are replaced word by
word. Prose is replaced as a whole, because a word that always had the same pseudonym could be guessed.
"""

from __future__ import annotations

import hmac
import re
from bisect import bisect_right
from datetime import datetime, timedelta
from functools import lru_cache
from struct import unpack
from typing import TYPE_CHECKING, Any, Final

from ftschema.core.times import TOO_LATE, parse_epoch, parse_iso8601

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PREFIXES: Final = (
    *(
        "ftjob",
        "ft",
        "ftckpt",
        "ftevent",
        "file",
        "org",
        "proj",
        "user",
        "req",
        "eval",
        "evalrun",
        "batch",
        "wh",
        "evt",
    ),
    *("data", "http", "https"),
)
"""Words that are kept at the beginning of an id, a model or a URL: they say what it is."""

# Names of OpenAI's base models, with their dates. They end where the name of a trained model goes on.
_BASE_MODEL: Final = (
    r"(?:gpt-(?:3\.5|35|4\.1|4\.5|4o|4|5)(?:-turbo)?(?:-16k)?(?:-instruct)?|o[1-9]|davinci|babbage|curie|ada)"
    r"(?:-mini|-nano)?(?:-20\d\d-[01]\d-[0-3]\d|-\d{3,4})?(?=[:.]|$)"
)
# Every character beyond ASCII counts as a letter, except the signs of Latin-1.
_LETTERS: Final = "[0-9A-Za-z\u00c0-\U0010ffff]"
_WORD: Final = re.compile(
    rf"(?P<model>(?:\A|(?<=\Aft:)|(?<=[\s/]ft:)){_BASE_MODEL})"
    r"|ckpt-step-(?P<step>[1-9]\d{0,18})(?!\d)"
    rf"|(?P<prefix>(?:\A|(?<=[.:/\s]))(?:{'|'.join(PREFIXES)}))(?=[-_:])"
    rf"|(?P<word>{_LETTERS}+)"
)
# An id, or the name of a trained model, inside prose or the name of a file.
_ID: Final = re.compile(
    rf"(?<!{_LETTERS})(?:(?:ftjob|file|org|ftckpt|ftevent|proj)[-_]{_LETTERS}+|ft:{_LETTERS}[\w:.-]*)"
)
_PROSE: Final = 6
"""Number of words from which on a string counts as prose."""
_CACHED: Final = 10_000
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]{4,}")

# Scripts with more letters than a block of 128 code points; every other letter stays in its block.
_LARGE_SCRIPTS: Final = ((0x4E00, 20_992), (0xAC00, 11_172))
# The block of Latin-1; its first half holds control characters and signs.
_LATIN_1: Final = (0x80, 0xC0, 0x40)

_SHORT: Final = 3
"""Number of digits up to which a number is kept."""
# No number crosses these limits of the integers of contracts: of 32, 53 and 64 bits.
_EDGES: Final = (-(2**63), -(2**53), -(2**53) + 1, -(2**31), 2**31, 2**53, 2**63)
# The only number between two of them.
_BETWEEN: Final = -(2**53)

# The numbers of 32 bits in the result of SHA-256.
_BLOCK: Final = 8

_DAY: Final = 86_400
# Times move by one to four weeks: a job then still has the keys that jobs of its time have.
_SHIFT: Final = range(7 * _DAY, 28 * _DAY)
# Times do not cross these either: smaller numbers are not times, larger ones are milliseconds.
_TIME_EDGES: Final = (1_000, TOO_LATE)


class Pseudonyms:
    """Makes the pseudonyms of one key."""

    def __init__(self, key: str) -> None:
        self._key = hmac.digest(key.encode(), b"ftschema.anonymize", "sha256")
        # The same ids occur in many jobs.
        self._of_lower = lru_cache(maxsize=_CACHED)(self._of_word)
        self._shift = _SHIFT[self._numbers("shift", (), 1)[0] % len(_SHIFT)]

    # ---------------------------------------------------------------- strings

    def text(self, text: str) -> str:
        """Return the pseudonym of a string: of a time in ISO 8601, of prose, or of each word of a name."""
        if parse_iso8601(text):
            return self._iso8601(text)
        if len(text.split(None, _PROSE)) >= _PROSE:
            return self._prose(text)
        return self.name(text)

    def name(self, text: str) -> str:
        """Return a string in which each word has its pseudonym; the first words of ids and base models are kept."""
        return _WORD.sub(self._of_match, text)

    def ids(self, text: str) -> str:
        """Return a text in which the ids have their pseudonyms."""
        return _ID.sub(lambda match: self.name(match[0]), text)

    def _of_match(self, match: re.Match[str]) -> str:
        if match["word"]:
            return self._word(match["word"])
        if match["step"]:
            return f"ckpt-step-{self.integer(int(match['step']))}"
        return match[0]

    def _word(self, word: str) -> str:
        """Return the pseudonym of a word; words that differ in case only have pseudonyms that do."""
        pairs = zip(word, self._of_lower(_lower(word)), strict=True)
        return "".join(new.upper() if "A" <= old <= "Z" else new for old, new in pairs)

    def _of_word(self, word: str) -> str:
        is_hexadecimal = bool(_HEXADECIMAL.fullmatch(word))
        symbols = [_symbol(letter, 6 if is_hexadecimal else 26) for letter in word]
        return self._permuted("word", symbols, lambda text: is_hexadecimal or not _HEXADECIMAL.fullmatch(text))

    def _prose(self, text: str) -> str:
        """Return a text whose letters all depend on all others; the ids in it have their own pseudonyms."""
        pieces, end = [], 0
        for match in _ID.finditer(text):
            pieces += [(text[end : match.start()], False), (match[0], True)]
            end = match.end()
        pieces.append((text[end:], False))
        letters = [letter for piece, is_id in pieces if not is_id for letter in piece if _is_letter(letter)]
        replaced = iter(self._permuted("prose", [_symbol(letter) for letter in map(_lower, letters)]))
        return "".join(
            self.name(piece) if is_id else "".join(_in_case(old, replaced) for old in piece) for piece, is_id in pieces
        )

    # ---------------------------------------------------------------- numbers

    def number(self, number: float) -> float:
        """Return the pseudonym of a number, of the same JSON type and number of digits; up to three digits are kept."""
        if isinstance(number, int):
            return self.integer(number)
        mantissa, e, exponent = repr(number).partition("e")
        whole, _, fraction = mantissa.lstrip("-").partition(".")
        sign = "-" if mantissa.startswith("-") else ""
        if not e and fraction == "0":
            return float(sign + str(self.integer(int(whole))))
        if len((whole + fraction).strip("0")) <= _SHORT:
            return number
        fraction = self._permuted("number", [*map(_symbol, fraction)], lambda text: not text.endswith("0"))
        return float(f"{sign}{self.integer(int(whole))}.{fraction}{e}{exponent}")

    def integer(self, number: int) -> int:
        """Return the pseudonym of an integer."""
        if _is_short(number):
            return number
        sign, side, digits = -1 if number < 0 else 1, bisect_right(_EDGES, number), str(abs(number))
        # The integers of this number of digits between the two limits that the number is between.
        ends = (_EDGES[side - 1] if side else number * 10, _EDGES[side] - 1 if side < len(_EDGES) else number * 10)
        low = max(10 ** (len(digits) - 1), min(sign * end for end in ends))
        high = min(10 ** len(digits) - 1, max(sign * end for end in ends))
        first, last = int(str(low)[0]), int(str(high)[0])
        symbols = [(ord("0") + first, last - first + 1, int(digits[0]) - first), *map(_symbol, digits[1:])]
        return sign * int(self._permuted("number", symbols, lambda text: low <= int(text) <= high))

    # ---------------------------------------------------------------- times

    def time(self, number: float, edges: tuple[int, ...] = ()) -> float:
        """Return a time moved by the shift of the key, which is the same for all times; up to three digits are kept.

        Args:
            number: The time, in seconds or a smaller unit.
            edges: Times that the result must be on the same side of, besides those that every time must be.
        """
        if number != int(number):
            return self.number(number)
        whole = int(number)
        edges = tuple(sorted((*_EDGES, *_TIME_EDGES, *edges)))
        if _is_short(whole):
            return number
        side = bisect_right(edges, whole)
        parsed = parse_epoch(whole)
        shift = self._shift * (parsed.parts if parsed else 1)
        moved = whole - shift
        if bisect_right(edges, moved) != side:
            moved = whole + shift
        return type(number)(moved)

    def _iso8601(self, text: str) -> str:
        """Return a time in ISO 8601 moved by the shift, in the same notation."""
        date, rest = text[:10], text[10:]
        clock = re.match(r".\d\d:\d\d(:\d\d)?", rest)
        try:
            moment = datetime.fromisoformat(date + (clock[0] if clock else "")) - timedelta(seconds=self._shift)
        except OverflowError:
            # In the first weeks of year 1.
            return self.name(text)
        if not clock:
            return moment.date().isoformat()
        shown = moment.isoformat(rest[0], "seconds" if clock[1] else "minutes")
        return shown + rest[clock.end() :]

    # ---------------------------------------------------------------- the permutation

    def _permuted(
        self, use: str, symbols: Sequence[tuple[int, int, int]], fits: Callable[[str], bool] = lambda _: True
    ) -> str:
        """Return the letters of a permutation, which is applied until the result fits, as the original does."""
        firsts, sizes = [first for first, _, _ in symbols], [size for _, size, _ in symbols]
        values = [value for _, _, value in symbols]
        half = len(values) // 2
        left, right = slice(0, half), slice(half, None)
        rounds = [
            (f"{use} {number} {sizes}", *sides) for number, sides in enumerate(((right, left), (left, right)) * 2)
        ]
        while True:
            for use_of_round, changed, other in rounds:
                stream = self._numbers(use_of_round, values[other], len(values[changed]))
                values[changed] = [
                    (value + step) % size
                    for value, step, size in zip(values[changed], stream, sizes[changed], strict=True)
                ]
            text = "".join(map(chr, map(int.__add__, firsts, values)))
            if fits(text):
                return text

    def _numbers(self, use: str, values: Sequence[int], count: int) -> list[int]:
        """Return some numbers of 32 bits that depend on the key, a use and some values."""
        data = hmac.digest(self._key, f"{use}|{values}".encode(), "sha256")
        if count > _BLOCK:
            blocks = (hmac.digest(data, number.to_bytes(8), "sha256") for number in range(-(-count // _BLOCK)))
            data = b"".join(blocks)
        return [*unpack(f">{count}I", data[: 4 * count])]


def _is_short(number: int) -> bool:
    return abs(number) < 10**_SHORT or number == _BETWEEN


def _lower(text: str) -> str:
    """Return a text with the lower case of the letters of ASCII; that of other letters can have another length."""
    return text.lower() if text.isascii() else re.sub("[A-Z]+", lambda match: match[0].lower(), text)


def _is_letter(character: str) -> bool:
    return character >= "\u00c0" or (character.isascii() and character.isalnum())


def _in_case(old: str, replaced: Any) -> str:
    if not _is_letter(old):
        return old
    new: str = next(replaced)
    return new.upper() if "A" <= old <= "Z" else new


def _symbol(letter: str, letters: int = 26) -> tuple[int, int, int]:
    """Return the first letter of those that may replace a letter, their number, and the position of the letter."""
    code = ord(letter)
    if letter.isascii():
        first, size = (ord("0"), 10) if letter.isdecimal() else (ord("a"), letters)
    else:
        first, size = next(
            ((first, size) for first, size in _LARGE_SCRIPTS if first <= code < first + size), (code & ~0x7F, 0x80)
        )
        if first == _LATIN_1[0]:
            first, size = _LATIN_1[1:]
    return first, size, code - first
