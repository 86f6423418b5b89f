"""The server: uvicorn with limits on what unknown clients may send, signals, and log records of one line each."""

from cpo.serving.local_addresses import local_rule
from cpo.serving.log_level import LogLevel
from cpo.serving.log_lines import OneLine, visible
from cpo.serving.plain_http import PlainHttp
from cpo.serving.server import (
    Server,
    at_most,
    believe_proxies,
    configure_logging,
    end_process_in,
    let_the_event_loop_in,
    new_event_loop,
    stop_on_signal,
)

__all__ = [
    'LogLevel',
    'OneLine',
    'PlainHttp',
    'Server',
    'at_most',
    'believe_proxies',
    'configure_logging',
    'end_process_in',
    'let_the_event_loop_in',
    'local_rule',
    'new_event_loop',
    'stop_on_signal',
    'visible',
]
