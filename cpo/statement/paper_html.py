"""A statement as a page made to print on A4, in one file that loads nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from cpo.statement.paper import COLUMNS, SUM_COLUMNS, Line, Paper, Table

STYLE = """
@page { size: A4; margin: 14mm 12mm 16mm; }
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 13px/1.4 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; color: #16181d; background: #fff;
  max-width: 980px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 26px; margin: 0 0 12px; }
h2 { font-size: 16px; margin: 24px 0 6px; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0 0 16px; }
dt { color: #555b66; }
dd { margin: 0; overflow-wrap: anywhere; }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
table.sums { width: auto; min-width: 50%; }
thead { display: table-header-group; }
th { text-align: left; font-weight: 600; font-size: 11px; color: #555b66; border-bottom: 1px solid #16181d;
  padding: 3px 8px 3px 0; }
td { padding: 4px 8px 0 0; vertical-align: top; white-space: nowrap; }
td.any { white-space: normal; overflow-wrap: anywhere; min-width: 60px; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tbody { break-inside: avoid; }
tbody tr:last-child td { padding-bottom: 4px; border-bottom: 1px solid #d5d8de; }
td.below { color: #555b66; font-size: 11px; padding-top: 0; white-space: normal; overflow-wrap: anywhere; }
tfoot { display: table-row-group; }
tfoot td, tr.sum td { font-weight: 700; padding: 5px 8px 5px 0; }
ul { color: #555b66; font-size: 11px; margin: 20px 0 0; padding-left: 16px; }
button { font: inherit; padding: 8px 18px; border: 0; border-radius: 20px; background: #16181d; color: #fff;
  cursor: pointer; float: right; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 9.5px; }
  h1 { font-size: 20px; } h2 { font-size: 12px; } th, td.below, ul { font-size: 8px; }
  button { display: none; } div.wide { overflow: visible; }
}
"""
PRINT_SCRIPT = "<script>document.querySelector('button').onclick = () => print();</script>"
"""The only script of the page; a saved page runs it too."""
NUMBERS = (*range(3, 8),)
"""The columns with numbers, which stand at the right."""


def html_of(paper: Paper) -> bytes:
    """The page as a file."""
    return '\n'.join(_page(paper)).encode(errors='replace') + b'\n'


def _page(paper: Paper) -> Iterator[str]:
    yield '<!doctype html>'
    yield f'<html lang="en"><head><meta charset="utf-8"><title>{escape(paper.title)}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<style>{STYLE}</style></head><body><main>'
    yield '<button type="button">Print</button>'
    yield f'<h1>{escape(paper.title)}</h1><dl>'
    yield from (f'<dt>{escape(name)}</dt><dd>{escape(value)}</dd>' for name, value in paper.facts)
    yield '</dl><table class="sums">' + _head(SUM_COLUMNS, (1, 2, 3)) + '<tbody>'
    yield from (_row(line.cells, (1, 2, 3), (0,)) for line in paper.sums[:-1])
    yield '</tbody><tfoot>' + _row(paper.sums[-1].cells, (1, 2, 3), (0,)) + '</tfoot></table>'
    for table in paper.tables:
        yield from _table(table)
    if not paper.tables:
        yield '<p>No session ended in this period.</p>'
    yield '<ul>'
    yield from (f'<li>{escape(remark)}</li>' for remark in paper.remarks)
    yield f'</ul></main>{PRINT_SCRIPT}</body></html>'


def _table(table: Table) -> Iterator[str]:
    yield f'<h2>{escape(table.heading)}</h2><div class="wide"><table>' + _head(COLUMNS, NUMBERS)
    yield from (_session(line) for line in table.lines)
    yield '<tfoot>' + _row(table.sum.cells, NUMBERS, (2,)) + '</tfoot></table></div>'


def _session(line: Line) -> str:
    below = f'<tr><td class="below" colspan="{len(line.cells)}">{escape(line.below)}</td></tr>'
    return '<tbody>' + _row(line.cells, NUMBERS, (2,)) + below + '</tbody>'


def _head(columns: Sequence[str], numbers: Sequence[int]) -> str:
    tags = ('th' if name else 'td' for name in columns)
    cells = (f'<{t}{_kind(i, numbers)}>{escape(columns[i])}</{t}>' for i, t in enumerate(tags))
    return '<thead><tr>' + ''.join(cells) + '</tr></thead>'


def _row(cells: Sequence[str], numbers: Sequence[int], any_length: Sequence[int]) -> str:
    return (
        '<tr>' + ''.join(f'<td{_kind(i, numbers, any_length)}>{escape(c)}</td>' for i, c in enumerate(cells)) + '</tr>'
    )


def _kind(index: int, numbers: Sequence[int], any_length: Sequence[int] = ()) -> str:
    return ' class="number"' if index in numbers else ' class="any"' if index in any_length else ''
