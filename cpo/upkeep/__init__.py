"""Keeps what lies in the charger as it should be, beside its limits: its certificate."""

from cpo.upkeep.certificate_signer import CertificateSigner
from cpo.upkeep.sentences import certificate_advice

__all__ = ['CertificateSigner', 'certificate_advice']
