"""A run with something of everything that a page shows, and with a bot that would like to be markup."""

from __future__ import annotations

from downtick.checks.finding import Finding
from downtick.checks.index import index
from downtick.checks.proofs import proofs
from downtick.checks.registry import judge
from downtick.history import Header, History
from downtick.report.judged_run import JudgedRun
from downtick.verdict import decide
from tests.checks.transcript import Transcript

WILD = "</script></td><img src=x onerror=\"alert('hacked')\"><script>alert('hacked')</script>"
"""If it became markup, the browser would complain: of a dialog, or of what the page's policy forbids."""

CHECKS = {
    "reconnects": {"within": 5.0},
    "exactly_once_orders": {},
    "no_order_on_stale_price": {"max_age": 3.0},
    "resubscribes": {},
}


def scene(name: str = "a-scene") -> JudgedRun:
    """Return a judged run of a minute: a reset, a latency that nobody saw, answers that were lost, an order that was doubled."""
    t = Transcript()
    first, rest = t.feed(0.2), t.opens("rest", 0.3)
    t.steady(1, "market_ws", "rest")
    t.frames(first, 1, 20, 0.25, size=400)
    t.breaks("market_ws", "reset", 20)
    t.closes(first, 20.1, how="reset")
    t.frames(t.feed(26), 26, 58, 0.25, size=400)
    t.breaks("rest", "latency", 30, until=36)
    t.fault("http_error", 40, until=45, hits=[(40.5, rest), (42.5, rest)], status=503)
    t.fault("lost_answer", 47, until=50)
    for number in range(40):
        status = 503 if 40 <= number + 2.5 < 45 else 200
        t.places(rest, number + 2.5, f"order-{number}", status=status, applied=status == 200)
    t.places(rest, 47.5, "lost", size="2", silent=True)
    t.places(rest, 48.5, "again", size="2")
    t.asks(rest, 50, WILD, query=WILD, status=404)
    t.asks(rest, 51, "orders/historical/fills", status=429)
    t.closes(rest, 59, by=WILD, how=WILD)
    t.starved(52, 52.4)
    t.over(58)
    t.tell(59.5, "odd", text=WILD)
    history = History(t.history())
    run = index(history)
    findings: list[Finding] = [judge(run, check, given) for check, given in CHECKS.items()]
    verdict = decide(run, findings, proofs(run))
    said = {"profile": "a-scene", "seed": 7, "time_scale": 1.0, "bot": ["node", WILD]}
    header = Header(1, "2026-01-02T03:04:05+00:00", 0.0, said)
    return JudgedRun(name, f"A scene {WILD}", header, history, run, verdict)
