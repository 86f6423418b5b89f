"""A statement as texts, as a page and as a PDF."""

from __future__ import annotations

from datetime import date

import pytest

from cpo.statement import Form, exported, verification_sentence, verified
from cpo.statement.export import statement_document
from cpo.statement.paper import paper_of
from cpo.statement.paper_pdf import LACKING, in_font
from cpo.statement.row import Missing, Obtained
from cpo.statement.seal import fingerprint
from cpo.statement.statement import Month, statement_of
from cpo.statement.words import MISSING, OBTAINED, OBTAINED_MEANS
from tests.statement.books import AWKWARD, KEY, ROW, row, statement


def test_what_is_not_known_is_said() -> None:
    (line,) = paper_of(statement(AWKWARD), '').tables[0].lines
    assert line.cells[0] == line.cells[3] == line.cells[7] == '–'
    assert line.below.endswith('its start was never reported, no reading at start, no price')
    assert '1 without a price: the sums leave it out.' in paper_of(statement(AWKWARD), '').remarks


def test_the_key_is_named_as_home_cpo_verify_names_it() -> None:
    page = exported(statement(), Form.HTML, KEY)
    assert f'key {fingerprint(KEY.public)}' in page.decode()
    assert fingerprint(KEY.public) in verification_sentence(verified(page))


def test_every_value_has_words() -> None:
    assert set(MISSING) == set(Missing)
    assert set(OBTAINED) == set(OBTAINED_MEANS) == set(Obtained)


def test_a_statement_of_a_person_has_nobody_elses_sessions() -> None:
    rows = (ROW, row(13, person=None), row(14, person='Ben', card='Tag2', card_name=None))
    assert [each.number for each in statement(*rows, of='anna').rows] == [12]
    assert [each.number for each in statement(*rows, of='TAG1').rows] == [12, 13]
    assert [each.number for each in statement(*rows, of='blue card').rows] == [12, 13]
    assert statement_document(statement(*rows))['by'] == [
        {'who': 'Anna', 'sessions': 1, 'energyWh': 7480, 'cost': {'EUR': '0.90'}, 'withoutPrice': 0},
        {'who': 'Ben', 'sessions': 1, 'energyWh': 7480, 'cost': {'EUR': '0.90'}, 'withoutPrice': 0},
        {'who': 'Blue card', 'sessions': 1, 'energyWh': 7480, 'cost': {'EUR': '0.90'}, 'withoutPrice': 0},
    ]


def test_a_period_within_a_month_has_its_days_and_late_additions_count_from_the_first() -> None:
    late = row(1, '2026-01-31', adds_to='2026-01')
    months = [Month('2026-02', (late, row(2, '2026-02-03'), row(3, '2026-02-20')))]
    made_at = ROW.ended

    def numbers(first: date, last: date) -> list[int]:
        return [each.number for each in statement_of(months, first, last, None, made_at, '').rows]

    assert numbers(date(2026, 2, 1), date(2026, 2, 28)) == [1, 2, 3]
    assert numbers(date(2026, 2, 2), date(2026, 2, 10)) == [2]
    assert numbers(date(2026, 1, 1), date(2026, 1, 31)) == []


def test_the_page_shows_names_as_they_are_and_runs_nothing_of_them() -> None:
    page = exported(statement(AWKWARD), Form.HTML, KEY).decode()
    assert 'Şafak 李雷 &lt;b&gt;&amp;&quot;' in page
    assert '<b>' not in page
    assert 'http' not in page


@pytest.mark.parametrize(
    ('text', 'shown'), [('Zoë €', 'Zoë €'), ('Şafak', 'Safak'), ('李雷', '??'), ('a\u202eb\n', 'a?b?'), ('→', '?')]
)
def test_letters_that_the_pdf_lacks_are_replaced_visibly(text: str, shown: str) -> None:
    assert in_font(text) == shown


def test_the_same_statement_makes_the_same_pdf() -> None:
    many = statement(*(row(number, f'2026-03-{number % 28 + 1:02d}') for number in range(12)), AWKWARD)
    assert exported(many, Form.PDF, KEY) == exported(many, Form.PDF, KEY)
    assert LACKING


def test_a_card_that_looks_like_a_formula_is_none_in_a_spreadsheet() -> None:
    assert ",'=1+2," in exported(statement(AWKWARD), Form.CSV, KEY).decode()
    assert ';7,480;' in exported(statement(ROW), Form.CSV, KEY, ';').decode()
