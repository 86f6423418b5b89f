"""Keeps what lies in the charger as it should be, beside its limits: its certificate and its list of cards."""

from cpo.upkeep.card_list_keeper import CardListKeeper
from cpo.upkeep.certificate_signer import CertificateSigner
from cpo.upkeep.sentences import certificate_advice

__all__ = ['CardListKeeper', 'CertificateSigner', 'certificate_advice']
