"""The card of Connect with what a wallbox needs for TLS: the address, the root certificate, its fingerprint."""

from __future__ import annotations

import segno
from nicegui import ui

from cpo.addresses import dashboard_url, tls_urls
from cpo.dashboard.live import Live
from cpo.dashboard.parts.elements import CopyButton, card, element, text
from cpo.dashboard.parts.links import here
from cpo.dashboard.words.connection import name_for_address

ROOT = '/api/root-certificate'


def build_tls_card(live: Live) -> None:
    """Build the card in the current NiceGUI slot; without TLS there is none."""
    settings, certificates = live.charge_point.settings, live.certificates
    if certificates is None:
        return
    best, *_ = tls_urls(settings, name_for_address(live.state, settings))
    with card('cpo-charger').props('data-testid=tls'):
        text('With TLS', 'cpo-card-title', 'h2')
        with element('div', 'cpo-address'):
            text(best.url, 'cpo-mono cpo-any')
            CopyButton(best.url)
        text('The wallbox has to trust this root certificate, so put it into the wallbox first.', 'cpo-secondary')
        text('Download the root certificate', 'cpo-link', 'a').props(
            f'href="{here(ROOT)}" download data-testid=root-link'
        )
        text('Its fingerprint (SHA-256):', 'cpo-secondary cpo-apart')
        text(certificates.fingerprint, 'cpo-mono cpo-any').props('data-testid=fingerprint')
        if best.is_local:
            return
        with element('div', 'cpo-qr-line'):
            url = dashboard_url(settings).replace('localhost', best.host) + ROOT
            # the picture contains only the modules of the code, so it needs no sanitizing
            picture = segno.make(url, error='m').svg_inline(omitsize=True, border=3)
            ui.html(picture, sanitize=False).classes('cpo-qr').props(
                'data-testid=root-qr role=img aria-label="The address of the root certificate as a QR code"'
            )
            text('Scan it to fetch the certificate with a phone.', 'cpo-secondary')
