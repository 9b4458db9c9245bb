from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.market_data.trust import Change, Trust
from tests.bot_v2.features.market_data.ticks import SETTINGS

PULSE = SETTINGS.pulse


class Watched:
    """A trust, its changes with their instants, and a clock that a test moves in pulses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.trust = Trust(SETTINGS, 0.0)
        self.changes: list[tuple[float, Change]] = []

    def live(self, seconds: float, *, sound: bool, proven: bool | None = None) -> None:
        """Let pulses pass for so many seconds."""
        for _ in range(round(seconds / PULSE)):
            self.now += PULSE
            all_sound = sound if proven is None else proven
            change = self.trust.look(self.now, sound=sound, proven=all_sound)
            if change is not None:
                self.changes.append((self.now, change))

    def flap(self, every: float, times: int) -> None:
        """Lose the stream for a moment, again and again."""
        for _ in range(times):
            self.trust.flaw(self.now)
            self.live(0.4, sound=False)
            self.live(every - 0.4, sound=True)

    @property
    def kinds(self) -> list[Change]:
        return [change for _, change in self.changes]


def test_a_stream_that_comes_up_in_time_is_trusted() -> None:
    """It is trusted from the start, for as long as patience lasts."""
    watched = Watched()
    watched.live(SETTINGS.patience - 2 * PULSE, sound=False)
    watched.live(10, sound=True)
    assert watched.changes == []
    assert watched.trust.trusted


def test_one_short_loss_costs_no_trust() -> None:
    """A reset that is mended within seconds changes nothing."""
    watched = Watched()
    watched.live(10, sound=True)
    watched.flap(30, 5)
    assert watched.changes == []


def test_short_troubles_do_not_add_up() -> None:
    """Two seconds without a price, again and again, are not ten."""
    watched = Watched()
    for _ in range(5):
        watched.live(SETTINGS.patience - 1, sound=False)
        watched.live(1, sound=True)
    assert watched.changes == []


def test_a_stream_that_stays_away_loses_it() -> None:
    """After patience, neither before nor much later."""
    watched = Watched()
    watched.live(10, sound=True)
    watched.live(10, sound=False)
    ((at, change),) = watched.changes
    assert change == "fallen"
    assert 10 + SETTINGS.patience <= at + 1e-6
    assert at <= 10 + SETTINGS.patience + 2 * PULSE


def test_a_stream_that_breaks_again_and_again_loses_it_although_it_comes_back() -> None:
    """Each loss is short, and there are too many."""
    watched = Watched()
    watched.flap(4, 3)
    assert watched.kinds == ["fallen"]
    assert watched.trust.unsteady(watched.now)


def test_it_is_won_back_by_proof_only() -> None:
    """Sound for the whole time, about everything."""
    watched = Watched()
    watched.live(5, sound=False)
    watched.live(60, sound=True, proven=False)
    assert watched.kinds == ["fallen"]
    start = watched.now
    watched.live(10, sound=True)
    at, change = watched.changes[-1]
    assert change == "returned"
    assert SETTINGS.settle_first - PULSE <= at - start <= SETTINGS.settle_first + 2 * PULSE


def test_a_flaw_begins_the_proof_anew() -> None:
    """Nearly proven is not proven."""
    watched = Watched()
    watched.live(5, sound=False)
    watched.live(SETTINGS.settle_first - 1, sound=True)
    watched.trust.flaw(watched.now)
    watched.live(2, sound=True)
    assert watched.kinds == ["fallen"]


def test_each_further_breakdown_asks_for_a_longer_proof_up_to_a_cap() -> None:
    """5, 10, 20, ... and never more than the cap."""
    watched = Watched()
    proofs = []
    for _ in range(8):
        watched.live(5, sound=False)
        proofs.append(watched.trust.proof)
        watched.live(watched.trust.proof + 1, sound=True)
    assert proofs == [5, 10, 20, 40, 80, 120, 120, 120]
    assert watched.kinds == ["fallen", "returned"] * 8


def test_long_trust_is_forgiveness() -> None:
    """A breakdown after an hour of good service is a first one."""
    watched = Watched()
    for _ in range(4):
        watched.live(5, sound=False)
        watched.live(watched.trust.proof + 1, sound=True)
    watched.live(SETTINGS.forgive_after, sound=True)
    watched.live(5, sound=False)
    assert watched.trust.proof == SETTINGS.settle_first


def test_several_short_times_of_trust_are_no_long_one() -> None:
    """Each must be long by itself."""
    watched = Watched()
    for expected in (5, 10, 20, 40):
        watched.live(5, sound=False)
        assert watched.trust.proof == expected
        watched.live(expected + 0.7 * SETTINGS.forgive_after, sound=True)


def test_after_a_return_patience_is_whole_again() -> None:
    """What was held against the stream before is not held against it any more."""
    watched = Watched()
    watched.live(5, sound=False)
    while not watched.trust.trusted:
        watched.live(PULSE, sound=True)
    watched.live(SETTINGS.patience - 2 * PULSE, sound=False)
    assert watched.trust.trusted


def test_a_stream_that_dies_every_few_seconds_does_not_flap() -> None:
    """Ten minutes of it are one breakdown."""
    watched = Watched()
    watched.flap(4, 150)
    assert watched.kinds == ["fallen"]
    watched.live(SETTINGS.flaw_window + 10, sound=True)
    assert watched.kinds == ["fallen", "returned"]


def test_time_in_which_nobody_looked_proves_nothing() -> None:
    """A process that stood still for a minute neither lost the stream nor proved it."""
    watched = Watched()
    watched.live(1, sound=True)
    watched.now += 60.0
    watched.live(1, sound=False)
    assert watched.changes == []
    watched.live(5, sound=False)
    watched.now += 60.0
    watched.live(1, sound=True)
    assert watched.kinds == ["fallen"]


spans = st.lists(
    st.tuples(st.sampled_from([0.4, 2.0, 4.0, 6.0, 15.0, 70.0]), st.booleans(), st.booleans()),
    max_size=40,
)


@given(spans)
def test_no_return_without_proof_and_proofs_that_double(
    story: list[tuple[float, bool, bool]],
) -> None:
    """Before each return it was sound for the proof asked for; a proof doubles unless trust has lasted."""
    watched = Watched()
    sound_since: float | None = None
    proofs: list[float] = []
    for seconds, sound, flaw in story:
        if flaw:
            watched.trust.flaw(watched.now)
            sound_since = None
        sound_since = (watched.now if sound_since is None else sound_since) if sound else None
        proof, seen = watched.trust.proof, len(watched.changes)
        watched.live(seconds, sound=sound)
        for at, change in watched.changes[seen:]:
            if change == "fallen":
                proofs.append(watched.trust.proof)
            else:
                assert sound_since is not None
                assert at - sound_since >= proof - PULSE - 1e-6
    assert watched.kinds == [("fallen", "returned")[n % 2] for n in range(len(watched.kinds))]
    returns, falls = watched.changes[1::2], watched.changes[2::2]
    for number, ((back, _), (fall, _)) in enumerate(zip(returns, falls, strict=False)):
        if fall - back < SETTINGS.forgive_after - PULSE:
            assert proofs[number + 1] == min(SETTINGS.settle_cap, 2 * proofs[number])
        elif fall - back > SETTINGS.forgive_after + PULSE:
            assert proofs[number + 1] == SETTINGS.settle_first


@given(st.lists(st.floats(0.5, 9.0), min_size=1, max_size=300))
def test_flapping_of_any_rhythm_is_seldom_followed(gaps: list[float]) -> None:
    """A stream that dies at least every nine seconds is left twice in a quarter of an hour at most."""
    watched = Watched()
    for gap in gaps:
        watched.flap(gap, 1)
        if watched.now > 900:
            break
    assert len(watched.kinds) <= 3
