"""The page Messages: the newest OCPP-J messages, each explained in words and shown as its frame."""

from cpo.dashboard.messages.messages import page

__all__ = ['page']
