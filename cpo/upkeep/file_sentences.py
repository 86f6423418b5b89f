"""Sentences for the owner about a file that the charger was asked to send or to fetch."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from cpo.files import MAX_FILE_BYTES, FileKind, KeptFile
from cpo.ocpp import FileProgress, FileTrouble
from cpo.upkeep.file_transfer import FileTransfer

NOTHING_YET = timedelta(minutes=5)
NOTHING_NEW = timedelta(minutes=30)
NAMES = {
    FileKind.DIAGNOSTICS: 'its diagnostics',
    FileKind.LOG: 'its log',
    FileKind.SECURITY_LOG: 'its security log',
    FileKind.FIRMWARE: 'the firmware',
}
REACH = 'It needs to reach {host}; some chargers only know ftp:// locations, and you can give one of your own.'
TROUBLES = {
    FileTrouble.REFUSED: ('The charger refused to {verb} {what}.', 'It may be busy; wait a little and try again.'),
    FileTrouble.SUPERSEDED: (
        'The charger does not {verb} {what}, as a newer request took its place.',
        'Ask again once that has ended.',
    ),
    FileTrouble.INVALID_CERTIFICATE: (
        'The charger refused to {verb} {what}, as it does not take the signing certificate for a valid one.',
        'Take the certificate that comes with this file; the root certificate of the manufacturer has to lie in the '
        'charger.',
    ),
    FileTrouble.REVOKED_CERTIFICATE: (
        'The charger refused to {verb} {what}, as the signing certificate was revoked.',
        'Get a newer file with its certificate from the manufacturer.',
    ),
    FileTrouble.NOT_TRANSFERRED: ('The charger could not {verb} {what} (“{word}”).', REACH),
    FileTrouble.NOT_INSTALLED: (
        'The charger could not install {what} (“{word}”).',
        'Check that the file is for this model, and try again while no car charges.',
    ),
    FileTrouble.WRONG_SIGNATURE: (
        'The charger did not install {what} (“{word}”): file and signature do not belong together.',
        'Take the file, its signature and its certificate from one release of the manufacturer.',
    ),
    FileTrouble.NOT_VERIFIED: (
        'The charger could not install {what} (“{word}”): it did not pass the check.',
        'Get the file from the manufacturer once more, upload that, and try again.',
    ),
    FileTrouble.NOT_ALLOWED: (
        'The charger could not {verb} {what} (“{word}”): {host} did not let it.',
        'Try again here; with a location of your own, check its user, password and folder.',
    ),
    FileTrouble.NOT_UNDERSTOOD: (
        'The charger could not {verb} {what} (“{word}”): it did not understand the request.',
        'Its diagnostics may have the same; fetch those.',
    ),
    FileTrouble.UNKNOWN_PLACE: (
        'The charger could not {verb} {what} (“{word}”): it cannot send to {host}.',
        'Some chargers only know ftp:// locations, and you can give one of your own.',
    ),
    FileTrouble.TOO_LARGE: (
        f'The charger could not {{verb}} {{what}}: it is larger than {MAX_FILE_BYTES // 2**20} MiB, the most that is '
        'taken here.',
        'Ask for a shorter time (“Send an operation”), or give a location of your own.',
    ),
    FileTrouble.NO_ROOM: (
        'The charger could not {verb} {what}: there is no room for it here.',
        'Delete files of the last hour, or make room on the disk, and try again.',
    ),
}
"""What has happened, and what to do about it."""
NOT_ARRIVED = 'The charger says “{word}”, but no file arrived here.'
NOT_FETCHED = (
    'The charger says “{word}”, but it did not fetch {what} from here. It may have had that version before: compare '
    'the version that it reports. If that is the old one, try again.'
)
GONE = 'The file is not here any more; upload it again.'
OVER = 'The hour for it was over; try again.'
_BEFORE_CAPITAL = re.compile('(?<=[a-z])(?=[A-Z])')


def transfer_sentence(transfer: FileTransfer, now: datetime) -> str:
    """What has come of it, and what to do where that is nothing."""
    if transfer.trouble is not None:
        return _filled(_trouble(transfer, transfer.trouble), transfer)
    match transfer.progress:
        case FileProgress.DONE:
            return _done(transfer)
        case FileProgress.IDLE:
            return _filled(
                f'The charger says that it does nothing about {{what}} any more. Try again. {REACH}', transfer
            )
        case FileProgress.WAITING:
            words = 'The charger waits to {verb} {what} (“{word}”). It continues by itself, often once no car charges.'
            return _filled(words, transfer)
        case FileProgress.UNDER_WAY:
            return _filled('The charger says of {what}: “{word}”.' + _silence(transfer, now), transfer)
    if not transfer.is_for_firmware and transfer.is_answered and transfer.announced is None:
        return _filled(f'The charger names no file, so it probably does not {{verb}} {{what}}. {REACH}', transfer)
    if now - transfer.asked_at >= NOTHING_YET:
        return _filled(f'Nothing was heard of {{what}} for {_minutes(NOTHING_YET)}. {REACH}', transfer)
    return _filled('The charger was asked to {verb} {what}.', transfer)


def failed_transfers(transfers: tuple[FileTransfer, ...], now: datetime) -> tuple[str, ...]:
    """The sentences of those that did not work."""
    failed = (transfer for transfer in transfers if transfer.progress is FileProgress.FAILED)
    return tuple(transfer_sentence(transfer, now) for transfer in failed)


def in_words(word: str | None) -> str:
    """A charger's own word as plain words: `UploadFailed` → `Upload failed`."""
    return _BEFORE_CAPITAL.sub(' ', word or '').capitalize()


def size_words(size_bytes: int) -> str:
    """A size as people read it: kB below a megabyte, MB above."""
    return f'{-(-size_bytes // 1000)} kB' if size_bytes < 10**6 else f'{size_bytes / 10**6:.1f} MB'


def _trouble(transfer: FileTransfer, trouble: FileTrouble) -> str:
    is_for_firmware, has_gone = transfer.is_for_firmware, transfer.file_number is not None and transfer.file is None
    if trouble is FileTrouble.NOT_HERE:
        return NOT_FETCHED if is_for_firmware else f'{NOT_ARRIVED} {OVER if has_gone else REACH}'
    happened, remedy = TROUBLES[trouble]
    if trouble in (FileTrouble.NOT_TRANSFERRED, FileTrouble.NOT_ALLOWED):
        if has_gone:
            remedy = GONE if is_for_firmware else OVER
        elif is_for_firmware and transfer.has_passed:
            remedy = 'It reached {host} and began to fetch the file; try again.'
    return f'{happened} {remedy}'


def _filled(words: str, transfer: FileTransfer) -> str:
    host = re.sub(r'^(\w+://[^/]*).*', r'\1', transfer.location)
    verb = 'install' if transfer.is_for_firmware else 'send'
    return words.format(verb=verb, what=_what(transfer), host=host, word=in_words(transfer.word))


def _what(transfer: FileTransfer) -> str:
    name, firmware = NAMES[transfer.kind], transfer.firmware
    return name if firmware is None else f'{name}{_about(firmware)}'


def _about(file: KeptFile) -> str:
    size = f' ({size_words(file.size_bytes)})' if file.size_bytes is not None else ''
    return (f' {file.file_name}' if file.file_name else '') + size


def _done(transfer: FileTransfer) -> str:
    if transfer.is_for_firmware:
        return _filled('The charger has installed {what}.', transfer)
    if transfer.file_number is None:
        return _filled('The charger has sent {what} to ', transfer) + f'{transfer.location}.'
    gone = '.' if transfer.file is not None else '; the file is not here any more.'
    return _filled('The charger has sent {what}', transfer) + gone


def _silence(transfer: FileTransfer, now: datetime) -> str:
    """What to do where the charger has not said how it continues."""
    if transfer.heard_at is None or now - transfer.heard_at < NOTHING_NEW:
        return ''
    return f' Nothing new was heard for {_minutes(NOTHING_NEW)}; try again.'


def _minutes(span: timedelta) -> str:
    return f'{span.seconds // 60} min'
