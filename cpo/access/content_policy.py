"""What a page of this program may load and run: its content security policy (CSP level 3).

Only this server's own files, and of the scripts inside a page those that were written for it: by their hashes where the
page is always the same, by a nonce in the pages of NiceGUI, which differ. Text that somebody got into a page runs
nothing. What has to be allowed beyond that:

- `'unsafe-eval'`, in the pages of NiceGUI alone: Vue compiles its templates in the browser, and NiceGUI's server has
  its pages evaluate expressions.
- `'unsafe-inline'` for styles, never for scripts: Vue, Quasar and Swagger write `style` attributes, and NiceGUI adds
  sheets.
- `ws:` and `wss:` to anywhere and a worker of their own, in the simulators alone: they are chargers for any OCPP
  server, also while their tab is in the background.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

CONTENT_POLICY = 'Content-Security-Policy'
BASE = {
    'default-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data:",
    'font-src': "'self' data:",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
}
INLINE_SCRIPT = re.compile(r'<script>(.*?)</script>', re.DOTALL)


def nonce_policy(nonce: str) -> dict[str, str]:
    """The header of a page of NiceGUI, whose scripts bear this nonce."""
    return _header({'script-src': f"'self' 'nonce-{nonce}' 'unsafe-eval'"})


def hash_policy(html: str, **more: str) -> dict[str, str]:
    """The header of a page of which all scripts are in `html`, as it was written: nothing of others may be in there.

    `more` are further directives with their sources, as `connect_src="'self' ws:"`.
    """
    digests = (hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(html))
    hashes = (f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    directives = {name.replace('_', '-'): sources for name, sources in more.items()}
    return _header({'script-src': ' '.join(("'self'", *hashes)), **directives})


def _header(more: Mapping[str, str]) -> dict[str, str]:
    return {CONTENT_POLICY: '; '.join(f'{name} {sources}' for name, sources in {**BASE, **more}.items())}
