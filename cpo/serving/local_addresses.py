"""Which addresses count as the house's own on this machine."""

from __future__ import annotations

from collections.abc import Callable

from cpo.access import LocalRule
from cpo.addresses import interfaces_of_this_machine
from cpo.settings import Settings


def local_rule(settings: Callable[[], Settings]) -> LocalRule:
    """The addresses that may do everything while nobody has a password; `settings` returns those in force."""
    return LocalRule(lambda: settings().trusted_networks, lambda: [each.ip for each in interfaces_of_this_machine()])
