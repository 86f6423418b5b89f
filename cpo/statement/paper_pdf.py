"""A statement as a PDF on A4. `fpdf` takes a while to load: this module is imported at first need.

The PDF uses a font that every reader has, and that lacks other alphabets than the Latin one. A letter that it lacks is
shown as the letter below its accents, else as `?`, and the PDF says so; page, CSV and JSON have them all.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from fpdf import FPDF, Align
from fpdf.fonts import FontFace

from cpo.statement.paper import COLUMNS, SUM_COLUMNS, Line, Paper, Table

ENCODING = 'windows-1252'
LACKING = 'The font of this PDF lacks some letters of a name: they are written plainly, or as ?.'
WIDTHS_MM = (28, 28, 26, 18.5, 18.5, 15, 22, 17.5, 12.5)
SUM_WIDTHS_MM = (60, 20, 25, 35)
SESSION_MM = 13.0
"""The height of a session with a name of two lines."""
LEFT, RIGHT = Align.L, Align.R
GREY = (85, 91, 102)
HEADING = FontFace(emphasis='BOLD', color=GREY)
SMALL = FontFace(size_pt=6.5, color=GREY)
BOLD = FontFace(emphasis='BOLD')


class StatementPdf(FPDF):
    """An A4 page with its number at the foot."""

    def footer(self) -> None:
        """The number of the page and of all pages."""
        self.set_y(-12)
        self.set_font('Helvetica', size=7)
        self.set_text_color(*GREY)
        self.cell(0, 4, f'Page {self.page_no()} of {{nb}}', align=RIGHT)


def pdf_of(paper: Paper, made_at: datetime) -> bytes:
    """The PDF as a file; the same statement makes the same file."""
    pdf = StatementPdf(format='A4')
    pdf.core_fonts_encoding = ENCODING
    pdf.set_creation_date(made_at)
    pdf.set_title(paper.title)
    pdf.set_margins(12, 14)
    pdf.set_auto_page_break(True, 16)
    pdf.add_page()
    pdf.set_font('Helvetica', 'B', 16)
    pdf.cell(0, 9, paper.title, new_x='LMARGIN', new_y='NEXT')
    _facts(pdf, paper)
    _sums(pdf, paper)
    for table in paper.tables:
        _table(pdf, table)
    pdf.ln(4)
    pdf.set_font('Helvetica', size=7)
    pdf.set_text_color(*GREY)
    remarks = [*paper.remarks, *([LACKING] if _lacks_letters(paper) else [])]
    for remark in remarks:
        pdf.multi_cell(0, 3.6, in_font(remark), new_x='LMARGIN', new_y='NEXT')
    return bytes(pdf.output())


def in_font(text: str) -> str:
    """The text in letters that the font has."""
    return ''.join(letter if _has(letter) else _plain(letter) for letter in text)


def _plain(letter: str) -> str:
    bare = ''.join(c for c in unicodedata.normalize('NFKD', letter) if not unicodedata.combining(c))
    return bare if bare and _has(bare) else '?'


def _has(text: str) -> bool:
    try:
        return bool(text.encode(ENCODING)) and text.isprintable()
    except UnicodeEncodeError:
        return False


def _lacks_letters(paper: Paper) -> bool:
    texts = [value for _, value in paper.facts] + [cell for line in paper.sums for cell in line.cells]
    texts += [text for table in paper.tables for line in table.lines for text in (*line.cells, line.below)]
    return any(not _has(text) for text in texts if text)


def _facts(pdf: FPDF, paper: Paper) -> None:
    for name, value in paper.facts:
        pdf.set_font('Helvetica', size=9)
        pdf.set_text_color(*GREY)
        pdf.cell(32, 4.6, in_font(name))
        pdf.set_text_color(0)
        pdf.multi_cell(0, 4.6, in_font(value), new_x='LMARGIN', new_y='NEXT')
    pdf.ln(3)


def _sums(pdf: FPDF, paper: Paper) -> None:
    pdf.set_font('Helvetica', size=8)
    aligned = (LEFT, RIGHT, RIGHT, RIGHT)
    with pdf.table(
        width=sum(SUM_WIDTHS_MM),
        col_widths=SUM_WIDTHS_MM,
        text_align=aligned,
        align=LEFT,
        borders_layout='HORIZONTAL_LINES',
        headings_style=HEADING,
        line_height=4.4,
    ) as table:
        table.row(SUM_COLUMNS)
        for line in paper.sums[:-1]:
            table.row(tuple(map(in_font, line.cells)))
        table.row(tuple(map(in_font, paper.sums[-1].cells)), style=BOLD)


def _table(pdf: FPDF, month: Table) -> None:
    pdf.ln(5)
    pdf.set_font('Helvetica', 'B', 10)
    pdf.set_text_color(0)
    if pdf.will_page_break(30):
        pdf.add_page()
    pdf.cell(0, 6, in_font(month.heading), new_x='LMARGIN', new_y='NEXT')
    pdf.set_font('Helvetica', size=7.5)
    _rows(pdf, Line(COLUMNS), HEADING)
    for line in month.lines:
        _on_one_page(pdf)
        _rows(pdf, line)
    _on_one_page(pdf)
    _rows(pdf, month.sum, BOLD)


def _on_one_page(pdf: FPDF) -> None:
    """Begin a page, with the names of the columns, where a session would be cut in two."""
    if pdf.will_page_break(SESSION_MM):
        pdf.add_page()
        _rows(pdf, Line(COLUMNS), HEADING)


def _rows(pdf: FPDF, line: Line, style: FontFace | None = None) -> None:
    """A line of a table, and what stands below it over its whole width."""
    with pdf.table(
        width=sum(WIDTHS_MM),
        col_widths=WIDTHS_MM,
        text_align=(*[LEFT] * 3, *[RIGHT] * 5, LEFT),
        align=LEFT,
        borders_layout='NONE',
        first_row_as_headings=False,
        line_height=3.8,
    ) as table:
        table.row(tuple(map(in_font, line.cells)), style=style)
        if line.below:
            table.row(style=SMALL).cell(in_font(line.below), colspan=len(COLUMNS))
