"""The words of the dashboard as a person without a browser reads them."""

from __future__ import annotations

import html
import re
from datetime import datetime

from cpo.dashboard.words.times import to_html


def plain_text(marked: str, now: datetime) -> str:
    """A text with markers as plain text: times in UTC, ordinary spaces."""
    return html.unescape(re.sub('<[^>]*>', '', to_html(marked, now))).replace('\u00a0', ' ')
