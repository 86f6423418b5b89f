"""Who may use this server, judged before any route: connections, the headers Host and Origin."""

from cpo.access.arrivals import CUT, Arrivals
from cpo.access.gate import Gate
from cpo.access.hosts import HostRule
from cpo.access.origins import OriginRule
from cpo.access.refusals import FOREIGN_HOST, FOREIGN_ORIGIN, Refusal

__all__ = ['CUT', 'FOREIGN_HOST', 'FOREIGN_ORIGIN', 'Arrivals', 'Gate', 'HostRule', 'OriginRule', 'Refusal']
