"""Keeps what lies in the charger as it should be, beside its limits: certificate, list of cards, keys, firmware."""

from cpo.upkeep.card_list_keeper import CardListKeeper, CardListReport
from cpo.upkeep.certificate_signer import CertificateSigner
from cpo.upkeep.file_sentences import failed_transfers, in_words, transfer_sentence
from cpo.upkeep.file_transfer import FileTransfer
from cpo.upkeep.file_transfers import FileTransfers
from cpo.upkeep.key_book import ChargerKey, KeyBook
from cpo.upkeep.sentences import card_list_sentence, certificate_advice

__all__ = [
    'CardListKeeper',
    'CardListReport',
    'CertificateSigner',
    'ChargerKey',
    'FileTransfer',
    'FileTransfers',
    'KeyBook',
    'card_list_sentence',
    'certificate_advice',
    'failed_transfers',
    'in_words',
    'transfer_sentence',
]
