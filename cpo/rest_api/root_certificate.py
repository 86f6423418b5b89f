"""`/api/root-certificate`: the root certificate that chargers and browsers need to trust this program's TLS."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.responses import Response

from cpo.certificates import Certificates
from cpo.errors import UnknownCertificate
from cpo.rest_api.documentation import answers

PATH = '/api/root-certificate'
PEM = 'application/x-pem-file'
FILE = {'Content-Disposition': 'attachment; filename="home-cpo-root.pem"'}


class RootCertificateResource:
    """Serves the root; it is no secret, and open to all."""

    def __init__(self, certificates: Certificates | None) -> None:
        """None: the program runs without TLS."""
        self._certificates = certificates

    def install(self, app: FastAPI) -> None:
        """Add the route to the application."""
        app.add_api_route(
            PATH,
            self.get,
            tags=['Chargers'],
            summary='The root certificate, as a PEM file',
            response_class=Response,
            responses=answers('-----BEGIN CERTIFICATE-----…', UnknownCertificate, media_type=PEM),
        )

    async def get(self) -> Response:
        """The file for the wallbox; 404 where the program runs without TLS."""
        if self._certificates is None:
            raise UnknownCertificate('There is no TLS; start this program with CPO_TLS_PORT.')
        return Response(self._certificates.root_pem, media_type=PEM, headers=FILE)
