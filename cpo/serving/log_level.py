"""The level of the log, as the settings have it."""

from __future__ import annotations

import logging

from cpo.charge_point import ChargePoint
from cpo.settings import Settings


class LogLevel:
    """Keeps the program's own loggers at the level of the settings; others stay at INFO."""

    def __init__(self, charge_point: ChargePoint) -> None:
        """Follows the settings for the whole life of the ChargePoint."""
        self._charge_point = charge_point
        self._settings: Settings | None = None
        charge_point.subscribe(self._on_change)
        self._on_change()

    def _on_change(self) -> None:
        if (settings := self._charge_point.settings) is not self._settings:
            self._settings = settings
            logging.getLogger('cpo').setLevel(settings.log_level.upper())
