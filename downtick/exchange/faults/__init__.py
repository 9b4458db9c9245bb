"""What the wire cannot do, one file a fault."""

from downtick.exchange.faults.base import Fate as Fate
from downtick.exchange.faults.base import Feed as Feed
from downtick.exchange.faults.base import Stage as Stage
from downtick.exchange.faults.book import FaultBook as FaultBook
