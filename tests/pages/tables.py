"""The tables of the pages, generated from the source.

`PYTHONPATH=tests python -m pages.tables` writes them into the pages.
"""

from __future__ import annotations

import ast
import inspect
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

import ftschema
from ftschema import converters, coverage, defects, fixtures, strategies
from ftschema.analysis.anonymize import KEPT
from ftschema.cli.main import main
from ftschema.core import codes, literals
from ftschema.schemas.catalogue import KINDS, entry
from ftschema.schemas.rules import RULES
from pages import comparison, history, tools
from support.data import read, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "ftschema" / "README.md",
    ROOT / "schemas" / "README.md",
    ROOT / "schemas" / "published" / "README.md",
    ROOT / "tests" / "texts" / "README.md",
)


def _lines(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a table, in Markdown."""
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(' '.join(cell.split()) for cell in row)} |"


def _contracts() -> Iterator[str]:
    rows = ((f"[`{name}`]({entry(name).file})", entry(name).about, entry(name).source) for name in ftschema.contracts())
    return _lines(("contract", "content", "source"), rows)


def _summary(documented: object) -> str:
    """Return the first paragraph of a docstring, without its reference to another."""
    paragraph = (inspect.getdoc(documented) or "").partition("\n\n")[0]
    return re.sub(r"; see `[\w.]+`(?=\.$)", "", paragraph)


def _call(name: str, function: Callable[..., Any]) -> str:
    """Return the signature of a function without its types."""
    signature = inspect.signature(function)
    bare = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
    text = str(signature.replace(parameters=bare, return_annotation=signature.empty)).replace("'", '"')
    return f"`{name}{re.sub(r'<object object at .*?>', '…', text)}`"


def _functions() -> Iterator[str]:
    functions = {name: getattr(ftschema, name) for name in ftschema.__all__}
    rows = (
        (_call(name, function), f"`{inspect.signature(function).return_annotation}`", _summary(function))
        for name, function in functions.items()
        if inspect.isfunction(function)
    )
    return _lines(("function", "result", "description"), rows)


def _generators() -> Iterator[str]:
    functions = {
        f"{module.__name__.removeprefix('ftschema.')}.{name}": function
        for module in (fixtures, strategies, defects, converters, coverage)
        for name, function in vars(module).items()
        if inspect.isfunction(function) and name[0] != "_"
        if function.__module__ == module.__name__ or name in getattr(module, "__all__", ())
    }
    rows = ((_call(name, function), _summary(function)) for name, function in functions.items())
    return _lines(("function", "description"), rows)


def _types() -> Iterator[str]:
    types = {name: getattr(ftschema, name) for name in ftschema.__all__}
    rows = (
        (f"`{name}`", _summary(cls), " ".join(f"`{attribute}`" for attribute in _attributes(cls)))
        for name, cls in types.items()
        if inspect.isclass(cls) and name != "Absent"
    )
    return _lines(("type", "description", "attributes"), [*rows, *_aliases()])


def _aliases() -> Iterator[tuple[str, str, str]]:
    """Yield a row for each name of words that type checkers know, with the docstring below it."""
    body = ast.parse(Path(literals.__file__).read_text(encoding="utf-8")).body
    for alias, documented in pairwise(body):
        match alias, documented:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield f"`{name}`", text, ""


def _attributes(cls: type) -> list[str]:
    """Return the public attributes of a class: its fields in their order, then the others."""
    names = [name for name in dir(cls) if name[0] != "_" and not hasattr(BaseException, name)]
    fields = [field.name for field in attrs.fields(cls)] if attrs.has(cls) else []
    return [*(name for name in fields if name in names), *(name for name in names if name not in fields)]


_KEYWORDS = (
    "the JSON Schema keyword that the value violates; a wrong JSON type is always `type`, and a missing key is "
    "`required` at the object that lacks it"
)


def _codes() -> Iterator[str]:
    keywords = " ".join(f"`{keyword}`" for keyword in codes.KEYWORDS)
    others = ((f"`{code}`", meaning) for code, meaning in (codes.JSON | codes.CONVERSION | codes.UNKNOWN).items())
    return _lines(("code", "meaning"), [(keywords, _KEYWORDS), *others])


def _rules() -> Iterator[str]:
    rows = ((f"`{rule.id}`", rule.requires, rule.severity) for rule in RULES)
    return _lines(("rule", "requirement", "severity"), rows)


def _commands() -> Iterator[str]:
    context = click.Context(main, info_name="ftschema", **main.context_settings)
    rows = []
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        usage = " ".join(["ftschema", name, *command.collect_usage_pieces(inner)])
        rows.append((usage, (command.help or "").partition("\n\n")[0]))
        records = (parameter.get_help_record(inner) for parameter in command.params)
        rows += [(f"… {record[0]}", record[1]) for record in records if record and record[1]]
    # The names of the contracts have a table of their own.
    names = ": " + ", ".join(ftschema.contracts())
    cells = ((f"`{usage}`", text.replace(names, "")) for usage, text in rows)
    return _lines(("command", "description"), ((usage.replace("|", r"\|"), text) for usage, text in cells))


def _kinds() -> Iterator[str]:
    rows = []
    for kind in KINDS.values():
        names = ", ".join(f"`{name}`" for name in getattr(ftschema, kind.name).contracts())
        rows.append((f"`{kind.name}`", kind.about, f"`{kind.root}`", names))
    return _lines(("kind", "object", "class", "contracts"), rows)


def _readers() -> Iterator[str]:
    rows = (
        (
            case.about,
            f"`{case.said['code']}`" if case.said["code"] else "accepts",
            *("accepts" if case.said[reader] else "rejects" for reader in ("json", "orjson")),
            case.said["why"],
        )
        for case in texts("differences").values()
    )
    return _lines(("text", "ftschema", "`json`", "`orjson`", "reason"), rows)


_TOOLS = {
    "ajv": "validates, with the option `discriminator: true`",
    "vscode-json-languageservice": "validates in editors, completes words such as the statuses, shows descriptions",
    "zod": "validates with the schema that `fromJSONSchema` makes",
    "datamodel-code-generator": "models of pydantic, with `--use-missing-sentinel`; strict mode refuses 3.0 for 3",
    "json-schema-to-typescript": "types, compiled with `--strict`; a `number` may be a fraction",
    "quicktype-core": "classes in twenty languages; tagged objects become one class, whose keys are optional",
    "json-schema-faker": "random jobs",
    "jsf": "random jobs",
}


def _tools() -> Iterator[str]:
    facts = read(tools.FACTS)
    rows = (
        (f"{name} {facts[name]['version']}", does, *_results(facts[name]), ", ".join(facts[name].get("misses", ())))
        for name, does in _TOOLS.items()
    )
    return _lines(("tool", "does or makes", "live jobs", "invalid jobs", "not noticed"), rows)


def _results(facts: dict[str, Any]) -> tuple[str, str]:
    if "valid" in facts:
        return (f"{facts['valid']} of {tools.DRAWS} are valid", "")
    return ("accepts all", f"refuses {facts['refuses']}")


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "beside": comparison.table,
    "codes": _codes,
    "commands": _commands,
    "contracts": _contracts,
    "functions": _functions,
    "generators": _generators,
    "history": history.lines,
    "kinds": _kinds,
    "kept": lambda: _lines(("kept by `anonymize`", "examples"), KEPT),
    "readers": _readers,
    "rules": _rules,
    "tools": _tools,
    "types": _types,
}
"""The functions that yield the lines of each table, by the comment before the table."""


def written(page: str) -> str:
    """Return a page with each table between its comment and the comment `end`."""

    def table(mark: re.Match[str]) -> str:
        lines = TABLES[mark[1]]() if mark[1] in TABLES else [mark[2].strip()]
        return "\n".join([f"<!-- {mark[1]} -->", *lines, "<!-- end -->"])

    return re.sub("<!-- ([a-z]+) -->(.*?)<!-- end -->", table, page, flags=re.DOTALL)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
