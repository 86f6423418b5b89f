"""The chargers that run in a browser: files that work by themselves, and are served by whoever has them."""

from pathlib import Path

PAGES = tuple(sorted(Path(__file__).parent.glob('*.html')))
