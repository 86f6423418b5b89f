"""The program's own small certificate authority, and the certificates that it serves TLS with."""

from cpo.certificates.certificates import Certificates
from cpo.certificates.names import OWNER, names_of_server

__all__ = [
    'OWNER',
    'Certificates',
    'names_of_server',
]
