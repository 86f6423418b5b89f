"""The files of the certificate authority, and the TLS context that is served with its certificates."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import ssl
import tempfile
import weakref
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cpo.certificates.names import names_of_server
from cpo.clock import utc_now
from cpo.errors import MustNotStart
from cpo.settings import Settings

if TYPE_CHECKING:
    from cpo.certificates import issuing

FOLDER = 'tls'
ROOT, ROOT_KEY = 'root.pem', 'root-key.pem'
SERVERS = {'rsa.pem': True, 'ecdsa.pem': False}
"""The server's certificates with their keys, and whether each is RSA."""
CIPHERS = (
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'AES256-GCM-SHA384',
    'AES128-GCM-SHA256',
)
"""For TLS 1.2: those that the whitepaper demands (A00.FR.317), and the same with forward secrecy for RSA."""
RENEWED_EVERY_S = 3600.0

logger = logging.getLogger(__name__)


class Certificates:
    """The root certificate, made at the first use, and the server's certificates, renewed by themselves.

    `context` has both of those, RSA and ECDSA, and verifies the certificate of a charger that shows one. All is in the
    folder `tls`, readable by its owner alone; whoever has `root-key.pem` can make certificates that the chargers trust.
    """

    def __init__(
        self, data_dir: Path | None, names: Callable[[], Sequence[str]], now: Callable[[], datetime] = utc_now
    ) -> None:
        """Read or make what is needed, in the folder `tls` of `data_dir`; None: nothing outlives the program.

        `names` are those of the server, which may change. Raises MustNotStart.
        """
        if data_dir is None:
            self._folder = Path(tempfile.mkdtemp(prefix='home-cpo-tls-'))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        else:
            self._folder = data_dir / FOLDER
        self._names = names
        self._now = now
        try:
            self._folder.mkdir(0o700, parents=True, exist_ok=True)
            self._root = self._read_or_make_root()
            self.root_pem = (self._folder / ROOT).read_bytes()
            self._make_due()
            self.context = self._new_context()
        except (OSError, ValueError) as error:
            raise MustNotStart(
                f'The certificates in {self._folder} cannot be used ({error}). See to that, or move the folder away: '
                'then new ones are made, and every charger has to learn the new root.'
            ) from None

    @classmethod
    def of(cls, settings: Settings) -> Certificates | None:
        """Those of these settings, None where they have no port for TLS. Raises MustNotStart."""
        if not settings.tls_port:
            return None
        return cls(None if settings.memory else settings.data_dir, lambda: names_of_server(settings))

    @property
    def fingerprint(self) -> str:
        """The SHA-256 fingerprint of the root, by which people compare what they install."""
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.root_pem.decode())).hexdigest().upper()
        return ':'.join(digest[start : start + 2] for start in range(0, len(digest), 2))

    def renew(self) -> bool:
        """Make those server certificates again that end soon or lack a name; new connections get the new ones."""
        if not self._make_due():
            return False
        self._load_into(self.context)
        logger.info('The certificates for TLS were renewed')
        return True

    async def keep_renewed(self) -> None:
        """Look once an hour whether a certificate has to be renewed, until cancelled."""
        while True:
            await asyncio.sleep(RENEWED_EVERY_S)
            try:
                await asyncio.to_thread(self.renew)
            except (OSError, ValueError):
                logger.exception('The certificates for TLS cannot be renewed now')

    def sign_charger(self, csr: bytes, charger: str) -> bytes:
        """A certificate (PEM) for the key in a charger's request (PEM), with its serial number or charge box id.

        Raises ValueError where the request is none.
        """
        from cpo.certificates import issuing  # noqa: PLC0415 (it takes a while)

        return issuing.new_charger_certificate(self._root, csr, charger, self._now())

    def _read_or_make_root(self) -> issuing.Issuer:
        from cpo.certificates import issuing  # noqa: PLC0415 (it takes a while)

        files = self._folder / ROOT, self._folder / ROOT_KEY
        if not any(file.exists() for file in files):
            root = issuing.new_root()
            self._write(ROOT_KEY, issuing.key_pem(root.key))
            self._write(ROOT, issuing.certificate_pem(root.certificate))
        return issuing.read_root(*(file.read_bytes() for file in files))

    def _make_due(self) -> bool:
        """Make the server certificates that are due; True where there was one."""
        from cpo.certificates import issuing  # noqa: PLC0415 (it takes a while)

        names, now, made = self._names(), self._now(), False
        for file, is_rsa in SERVERS.items():
            path = self._folder / file
            if not path.exists() or issuing.is_due(path.read_bytes(), self._root, names, now):
                self._write(file, issuing.new_server_certificate(self._root, is_rsa, names, now))
                made = True
        return made

    def _new_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(':'.join(CIPHERS))
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(self._folder / ROOT)
        self._load_into(context)
        return context

    def _load_into(self, context: ssl.SSLContext) -> None:
        for file in SERVERS:
            context.load_cert_chain(self._folder / file)

    def _write(self, file: str, content: bytes) -> None:
        """Replace a file as a whole; only its owner may read it."""
        new = self._folder / f'{file}.new'
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'wb') as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        new.replace(self._folder / file)
