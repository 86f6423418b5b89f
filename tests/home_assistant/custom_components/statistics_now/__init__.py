"""An integration for tests: Home Assistant's own statistics, compiled now and not at the next five minutes."""

from datetime import timedelta
from typing import Any

from homeassistant.components.recorder import get_instance  # type: ignore[import-not-found]  # runs in its environment
from homeassistant.components.recorder.tasks import StatisticsTask  # type: ignore[import-not-found]  # likewise
from homeassistant.util import dt as dt_util  # type: ignore[import-not-found]  # likewise


async def async_setup(hass: Any, config: dict[str, Any]) -> bool:
    """Register the action `statistics_now.compile`: the five minutes before these, unless they are done, and these."""

    async def compile_now(call: Any) -> None:
        now = dt_util.utcnow()
        begun = now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
        recorder = get_instance(hass)
        for start in (begun - timedelta(minutes=5), begun):
            recorder.queue_task(StatisticsTask(start, False))
        await recorder.async_block_till_done()

    hass.services.async_register('statistics_now', 'compile', compile_now)
    return True
