"""The simulators that run in a browser: self-contained HTML files, which a web server can serve as they are."""

from pathlib import Path

PAGES = tuple(sorted(Path(__file__).parent.glob('*.html')))
