"""The house style that can be measured: no long module, no long function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PROGRAM = (CHECKOUT / 'main.py', *CHECKOUT.glob('cpo/**/*.py'), *CHECKOUT.glob('simulator/**/*.py'))
SOURCES = sorted(PROGRAM)
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 30
"""Without the signature: one with many settings of its own takes a line for each."""


def long_functions(source: str) -> Iterator[str]:
    """The functions of a source with more lines than allowed, docstring and comments included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno is not None:
            lines = node.end_lineno - node.body[0].lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f'{node.name}: {lines} lines'


def test_each_module_and_its_functions_are_read_in_one_go() -> None:
    too_long = []
    for path in SOURCES:
        source, name = path.read_text(encoding='utf-8'), path.relative_to(CHECKOUT)
        if (lines := len(source.splitlines())) > MAX_MODULE_LINES:
            too_long.append(f'{name}: {lines} lines')
        too_long += [f'{name}: {function}' for function in long_functions(source)]
    assert too_long == []


def test_a_long_function_is_found_and_a_long_signature_is_not() -> None:
    body = '        x = 1\n' * MAX_FUNCTION_LINES
    assert list(long_functions('def short(\n' + '    a,\n' * 9 + f') -> None:\n{body}')) == []
    assert list(long_functions(f'class A:\n    async def long():\n{body}        x = 2\n')) == ['long: 31 lines']
