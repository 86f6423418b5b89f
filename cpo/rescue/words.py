"""What is wrong with a journal and what can be done about it, in words."""

from __future__ import annotations

from typing import NamedTuple

from cpo.journal import Damage, DamagedJournal, DamageKind

SENTENCES = {
    DamageKind.MISSING: '{path} is missing or empty, although this folder had a journal.',
    DamageKind.NO_FILE: '{path} is missing or empty.',
    DamageKind.NO_DATABASE: '{path} is no SQLite file.',
    DamageKind.FOREIGN: '{path} is an SQLite file of another program.',
    DamageKind.BAD_PAGE: 'A part of {path} cannot be read ({finding}).',
    DamageKind.UNREADABLE: '{path} does not have what this program wrote ({finding}).',
}
WHAT_TO_DO = (
    'Nothing was changed, and chargers are asked to wait. Open Home and choose, or start the program with '
    '--restore FILE or --start-empty.'
)


def damage_sentence(damage: Damage) -> str:
    """A sentence on what is wrong, with the file."""
    finding = ' '.join(damage.finding.split()).rstrip('.')[:300]
    return SENTENCES[damage.kind].format(path=damage.path, finding=finding)


class Choice(NamedTuple):
    """A button, what it does in words, and the path it is posted to, relative to the page."""

    button: str
    meaning: str
    path: str


def choices(damaged: DamagedJournal) -> list[Choice]:
    """What can be done about a damaged journal."""
    empty = Choice(
        'Start empty',
        'Begins a new journal. Sessions are not listed any more, the id tags are those of the settings, and what was '
        'learned about the charger is learned again.',
        'api/journal/start-empty',
    )
    if (backup := damaged.backup) is None:
        return [empty]
    at = f'{backup.at.astimezone():%d %B %Y, %H:%M}'.lstrip('0')
    meaning = f'Copies {backup.path}. What was recorded after it is in the damaged file only.'
    return [Choice(f'Use the backup of {at}', meaning, 'api/journal/restore'), empty]
