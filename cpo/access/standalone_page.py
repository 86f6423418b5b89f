"""Pages that are served where nothing else is: they have all styles and scripts in themselves."""

from __future__ import annotations

from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from cpo.access.content_policy import hash_policy

THEME = Path(__file__).parent.with_name('dashboard') / 'parts' / 'theme.css'
HEAD = Template(Path(__file__).with_name('standalone_head.html').read_text('utf-8')).substitute(
    theme=THEME.read_text('utf-8')
)


class StandalonePage:
    """The page in a file, with the head that all of them share (the theme a person chose)."""

    def __init__(self, file: Path) -> None:
        self._template = Template(Template(file.read_text('utf-8')).safe_substitute(head=HEAD))
        self._headers = {'Cache-Control': 'no-store', **hash_policy(self._template.template)}

    def response(self, status: int = 200, **parts: str) -> HTMLResponse:
        """The page with its other parts, which are HTML; scripts in these do not run."""
        return HTMLResponse(self._template.substitute(parts), status, self._headers)
