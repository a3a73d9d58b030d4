"""How our own files look: sizes, names, purity. What ruff, mypy and import-linter cannot see."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MOST_LINES_OF_A_MODULE = 500
MOST_LINES_OF_A_FUNCTION = 50  # without its docstring, which is there for the reader
# A folder that is named for what nobody could place gathers what nobody wants to find.
NAMES_OF_NO_PLACE = {"base", "common", "core", "helper", "helpers", "lib", "manager", "misc", "util", "utils"}
PURE_FOLDERS = ("methods", "disclosure", "study", "permit")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked(*suffixes: str) -> list[Path]:
    """The files that git tracks or would track, relative to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [Path(name) for name in listed.stdout.split("\0") if name]
    there = [path for path in paths if (ROOT / path).is_file()]
    return sorted(path for path in there if not suffixes or path.suffix in suffixes)


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def lines_without_docstring(function: Function) -> int:
    assert function.end_lineno is not None
    first = function.body[0]
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def test_no_module_is_too_long() -> None:
    lengths = {str(path): read(path).count("\n") for path in tracked(".py", ".css", ".js", ".j2")}
    assert {path: n for path, n in lengths.items() if n > MOST_LINES_OF_A_MODULE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{path}:{function.lineno} {function.name}": lines_without_docstring(function)
        for path in tracked(".py")
        for function in functions(ast.parse(read(path)))
    }
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_OF_A_FUNCTION} == {}


def test_length_of_a_function_leaves_out_its_docstring() -> None:
    tree = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    x = 1\n    return x\n')
    assert [lines_without_docstring(function) for function in functions(tree)] == [3]


def test_every_file_and_folder_is_named_for_what_it_holds() -> None:
    misnamed = [
        str(path)
        for path in tracked(".py")
        if {part.removesuffix(".py") for part in path.parts} & NAMES_OF_NO_PLACE
    ]
    assert misnamed == []


def test_every_folder_of_the_package_says_what_it_is() -> None:
    silent = [
        str(path)
        for path in tracked(".py")
        if path.parts[0] == "src" and ast.get_docstring(ast.parse(read(path))) is None
    ]
    assert silent == []


# ---------------------------------------------------------------- purity
# import-linter sees what a pure folder imports; these see what it calls without importing.
IMPURE_CALLS = {"open", "input", "print", "exec", "eval", "compile", "__import__", "breakpoint"}
IMPURE_METHODS = {
    "read_text", "write_text", "read_bytes", "write_bytes",  # files
    "tofile", "fromfile", "loadtxt", "savetxt", "genfromtxt", "savez", "memmap",  # files, by numpy
    "now", "utcnow", "today",  # the clock
}  # fmt: skip


def impure_calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) if name in IMPURE_CALLS:
                yield f"line {node.lineno}: {name}()"
            case ast.Attribute(attr=name) if name in IMPURE_METHODS:
                yield f"line {node.lineno}: .{name}()"
            case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="load" | "save" as name):
                yield f"line {node.lineno}: np.{name}()"
            case (ast.Attribute(attr="default_rng") | ast.Name(id="default_rng")) if not node.args:
                yield f"line {node.lineno}: chance without a seed"


@pytest.mark.parametrize("folder", PURE_FOLDERS)
def test_pure_folders_neither_read_nor_write_nor_look_at_the_clock(folder: str) -> None:
    modules = [path for path in tracked(".py") if path.parts[:3] == ("src", "helseanalyse", folder)]
    assert modules, f"There is no folder {folder}: has it moved?"
    impure = {str(path): list(impure_calls(ast.parse(read(path)))) for path in modules}
    assert {path: calls for path, calls in impure.items() if calls} == {}


@pytest.mark.parametrize(
    "text",
    ["open('x')", "path.read_text()", "date.today()", "np.load(f)", "np.random.default_rng()", "print(1)"],
)
def test_an_impure_call_is_seen(text: str) -> None:
    assert len(list(impure_calls(ast.parse(text)))) == 1


@pytest.mark.parametrize("text", ["opened('x')", "np.random.default_rng(7)", "basket.load(f)", "dates.year"])
def test_a_pure_call_is_left_alone(text: str) -> None:
    assert list(impure_calls(ast.parse(text))) == []


def test_chance_always_has_a_seed() -> None:
    unseeded = [
        f"{path}: {call}"
        for path in tracked(".py")
        if path.name != Path(__file__).name
        for call in impure_calls(ast.parse(read(path)))
        if "chance" in call
    ]
    assert unseeded == []
