"""OCPP 1.6: payloads by feature profile, Actions, handlers, and the Dialect that joins them."""

from cpo.ocpp.v16.dialect import Ocpp16Dialect

__all__ = ['Ocpp16Dialect']
