"""The sentence on a file for every status of the four messages about it, with what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpo.files import FileKind, KeptFile
from cpo.ocpp.v16 import file_requests
from cpo.ocpp.v16.firmware_management import DiagnosticsStatus, FirmwareStatus
from cpo.ocpp.v16.security_logging import LogStatus, UploadLogStatus
from cpo.ocpp.v16.signed_firmware import SignedFirmwareStatus, SignedUpdateFirmwareStatus
from cpo.state import Event
from cpo.upkeep import FileTransfer, transfer_sentence
from cpo.upkeep.file_transfer import REPORTED_AS

NOW = datetime(2026, 6, 14, 12, tzinfo=UTC)
HERE = 'http://192.168.1.5:8080/files/***'
IMAGE = KeptFile(1, 'x', FileKind.FIRMWARE, NOW, 'v2.bin', 12_300_000, NOW)

REACH = 'It needs to reach http://192.168.1.5:8080;'
SENTENCES = {
    (FileKind.DIAGNOSTICS, 'Idle'): 'does nothing about its diagnostics any more. Try again.',
    (FileKind.DIAGNOSTICS, 'Uploading'): 'The charger says of its diagnostics: “Uploading”.',
    (FileKind.DIAGNOSTICS, 'Uploaded'): 'The charger has sent its diagnostics.',
    (FileKind.DIAGNOSTICS, 'UploadFailed'): f'could not send its diagnostics (“Upload failed”). {REACH}',
    (FileKind.LOG, 'Idle'): 'does nothing about its log any more. Try again.',
    (FileKind.LOG, 'Uploading'): 'The charger says of its log: “Uploading”.',
    (FileKind.LOG, 'Uploaded'): 'The charger has sent its log.',
    (FileKind.LOG, 'UploadFailure'): f'could not send its log (“Upload failure”). {REACH}',
    (FileKind.LOG, 'BadMessage'): 'did not understand the request. Its diagnostics may have the same; fetch those.',
    (
        FileKind.LOG,
        'NotSupportedOperation',
    ): 'it cannot send to http://192.168.1.5:8080. Some chargers only know ftp://',
    (FileKind.LOG, 'PermissionDenied'): 'http://192.168.1.5:8080 did not let it. Try again here;',
    (FileKind.FIRMWARE, 'Idle'): 'does nothing about the firmware v2.bin (12.3 MB) any more. Try again.',
    (FileKind.FIRMWARE, 'Downloading'): 'The charger says of the firmware v2.bin (12.3 MB): “Downloading”.',
    (FileKind.FIRMWARE, 'Downloaded'): '“Downloaded”.',
    (FileKind.FIRMWARE, 'SignatureVerified'): '“Signature verified”.',
    (FileKind.FIRMWARE, 'Installing'): '“Installing”.',
    (FileKind.FIRMWARE, 'InstallRebooting'): '“Install rebooting”.',
    (FileKind.FIRMWARE, 'DownloadScheduled'): '(“Download scheduled”). It continues by itself',
    (FileKind.FIRMWARE, 'DownloadPaused'): '(“Download paused”). It continues by itself',
    (FileKind.FIRMWARE, 'InstallScheduled'): 'waits to install the firmware v2.bin (12.3 MB) (“Install scheduled”).',
    (FileKind.FIRMWARE, 'Installed'): 'The charger has installed the firmware v2.bin (12.3 MB).',
    (
        FileKind.FIRMWARE,
        'DownloadFailed',
    ): f'could not install the firmware v2.bin (12.3 MB) (“Download failed”). {REACH}',
    (FileKind.FIRMWARE, 'InstallationFailed'): 'Check that the file is for this model, and try again while no car',
    (FileKind.FIRMWARE, 'InstallVerificationFailed'): 'did not pass the check. Get the file from the manufacturer once',
    (FileKind.FIRMWARE, 'InvalidSignature'): 'file and signature do not belong together. Take the file, its signature',
}
WORDS = {
    FileKind.DIAGNOSTICS: {*DiagnosticsStatus},
    FileKind.LOG: {*UploadLogStatus},
    FileKind.FIRMWARE: {*FirmwareStatus, *SignedFirmwareStatus},
}


def reported(kind: FileKind, word: str) -> FileTransfer:
    """A transfer through here of which the charger reported this."""
    firmware = IMAGE if kind is FileKind.FIRMWARE else None
    asked = FileTransfer(kind, 1, NOW, 'CP1', HERE, file_number=1, firmware=firmware, announced='a')
    heard = asked.reported(Event(NOW, REPORTED_AS[kind], None, {'status': word}), file_requests)
    is_done = word in ('Uploaded', 'Installed')
    return replace(heard, has_passed=is_done, file=IMAGE).judged(is_arriving=False)


def test_every_status_has_a_sentence() -> None:
    assert {(kind, str(word)) for kind, words in WORDS.items() for word in words} == {*SENTENCES}


@pytest.mark.parametrize(('kind', 'word'), SENTENCES)
def test_a_status_in_words_with_the_next_step(kind: FileKind, word: str) -> None:
    sentence = transfer_sentence(reported(kind, word), NOW)
    assert SENTENCES[kind, word] in sentence
    # what is no matter of the network is not blamed on it
    assert ('ftp://' in sentence) == (
        word in ('Idle', 'UploadFailed', 'UploadFailure', 'DownloadFailed', 'NotSupportedOperation')
    )


@pytest.mark.parametrize('status', sorted({*LogStatus, *SignedUpdateFirmwareStatus}))
def test_every_answer_that_is_no_consent_is_a_trouble(status: str) -> None:
    is_consent = status in ('Accepted', 'AcceptedCanceled')
    assert (file_requests.trouble_in({'status': str(status)}) is None) == is_consent


def test_a_download_that_began_here_is_not_blamed_on_the_way_to_here() -> None:
    transfer = replace(reported(FileKind.FIRMWARE, 'DownloadFailed'), has_passed=True)
    assert 'began to fetch the file; try again.' in transfer_sentence(transfer, NOW)


def test_a_file_that_has_gone_meanwhile_is_not_blamed_on_the_network() -> None:
    fetched = replace(reported(FileKind.FIRMWARE, 'DownloadFailed'), file=None)
    assert transfer_sentence(fetched, NOW).endswith('The file is not here any more; upload it again.')
    for word in ('UploadFailure', 'PermissionDenied'):
        sent = replace(reported(FileKind.LOG, word), file=None)
        assert transfer_sentence(sent, NOW).endswith('The hour for it was over; try again.')


def test_what_falls_silent_may_be_tried_again() -> None:
    transfer = reported(FileKind.FIRMWARE, 'Downloading')
    assert 'try again' not in transfer_sentence(transfer, NOW + timedelta(minutes=29))
    assert transfer_sentence(transfer, NOW + timedelta(minutes=30)).endswith('heard for 30 min; try again.')


def test_a_file_that_is_arriving_is_under_way_whatever_the_charger_says() -> None:
    transfer = replace(reported(FileKind.LOG, 'Uploaded'), has_passed=False)
    asked = replace(transfer, progress=file_requests.progress_of('Uploaded'), trouble=None)
    assert 'The charger says of its log: “Uploaded”.' in transfer_sentence(asked.judged(is_arriving=True), NOW)
    assert 'no file arrived here' in transfer_sentence(asked.judged(is_arriving=False), NOW)
