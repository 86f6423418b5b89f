"""The card on Sessions that makes a statement: of which month, of whom, and as what."""

from __future__ import annotations

from collections.abc import Sequence

from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import card, element, text
from cpo.dashboard.parts.links import here
from cpo.dashboard.parts.rebuilt import Rebuilt
from cpo.dashboard.words.statement import StatementChoices, statement_choices

FORMS = (('html', 'Print'), ('pdf', 'PDF'), ('csv', 'CSV'), ('json', 'JSON'))
ABOUT = 'For the employer or the tax office: meter readings, prices, what is missing, and a seal against changes.'


class StatementForm:
    """A form of HTML alone, which asks REST for the file; built in the current NiceGUI slot."""

    def __init__(self, live: Live) -> None:
        self._live = live
        with card('cpo-statement').props('id=statement'):
            text('Statement', 'cpo-card-title', 'h2')
            text(ABOUT, 'cpo-secondary')
            form = element('form', 'cpo-statement-form', f'action={here("/api/statement")} method=get target=_blank')
            self._form = Rebuilt(form.props('data-testid=statement'), _build)

    def update(self) -> None:
        """Offer the months and people that there are now."""
        self._form.show(self._live.shared(_choices))


def _choices(live: Live) -> StatementChoices:
    return statement_choices(live.shown, live.now())


def _build(choices: StatementChoices) -> None:
    _select('from', 'Period', choices.periods)
    _select('person', 'Whose', choices.people)
    with element('div', 'cpo-toolbar'):
        for form, name in FORMS:
            text(name, 'cpo-quiet-button', 'button').props(f'type=submit name=format value={form}')


def _select(name: str, label: str, options: Sequence[tuple[str, str]]) -> None:
    with element('label', 'cpo-statement-choice'):
        text(label, 'cpo-secondary', 'span')
        with element('select', '', f'name={name} aria-label={label}'):
            for value, shown in options:
                text(shown, tag='option').props['value'] = value
