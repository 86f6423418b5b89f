"""Sentences for the owner about a file that the charger was asked to send or to fetch."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from cpo.files import FileKind
from cpo.ocpp import FileProgress
from cpo.upkeep.file_transfers import FileTransfer

NOTHING_YET = timedelta(minutes=5)
NAMES = {
    FileKind.DIAGNOSTICS: 'its diagnostics',
    FileKind.LOG: 'its log',
    FileKind.SECURITY_LOG: 'its security log',
    FileKind.FIRMWARE: 'the firmware',
}
_BEFORE_CAPITAL = re.compile('(?<=[a-z])(?=[A-Z])')


def transfer_sentence(transfer: FileTransfer, now: datetime) -> str:
    """What has come of it, and what to do where that is nothing."""
    what = NAMES[transfer.kind]
    if not transfer.is_taken:
        return f'The charger refused to {_verb(transfer)} {what}.'
    if transfer.progress is FileProgress.FAILED:
        return f'The charger could not {_verb(transfer)} {what} (“{in_words(transfer.word)}”). {_remedy(transfer)}'
    if transfer.progress is FileProgress.DONE:
        return _done(transfer)
    if transfer.word is not None and transfer.progress is FileProgress.UNDER_WAY:
        return f'The charger says of {what}: “{in_words(transfer.word)}”.'
    if transfer.kind is not FileKind.FIRMWARE and transfer.announced is None:
        return f'The charger names no file, so it probably does not send {what}.'
    if now - transfer.asked_at >= NOTHING_YET:
        return f'Nothing was heard of {what} for {NOTHING_YET.seconds // 60} min. {_remedy(transfer)}'
    return f'The charger was asked to {_verb(transfer)} {what}.'


def failed_transfers(transfers: tuple[FileTransfer, ...], now: datetime) -> tuple[str, ...]:
    """The sentences of those that did not work."""
    failed = (t for t in transfers if t.progress is FileProgress.FAILED or not t.is_taken)
    return tuple(transfer_sentence(transfer, now) for transfer in failed)


def in_words(word: str | None) -> str:
    """A charger's own word as plain words: `UploadFailed` → `Upload failed`."""
    return _BEFORE_CAPITAL.sub(' ', word or '').capitalize()


def _verb(transfer: FileTransfer) -> str:
    return 'install' if transfer.kind is FileKind.FIRMWARE else 'send'


def _done(transfer: FileTransfer) -> str:
    if transfer.kind is FileKind.FIRMWARE:
        return 'The charger has installed the firmware.'
    if transfer.file is None and transfer.number is not None:
        return f'The charger has sent {NAMES[transfer.kind]}; the file is not here any more.'
    return f'The charger has sent {NAMES[transfer.kind]}' + ('.' if transfer.file else f' to {transfer.location}.')


def _remedy(transfer: FileTransfer) -> str:
    host = re.sub(r'^(\w+://[^/]*).*', r'\1', transfer.location)
    return f'It needs to reach {host}; some chargers only know ftp:// locations, and you can give one of your own.'
