"""The page Messages: the last OCPP messages, each in words and as its frame."""

from cpo.dashboard.messages.messages import page

__all__ = ['page']
