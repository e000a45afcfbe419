"""Too much at once: whoever must wait hears for how long, and nobody else is held up."""

import pytest

from central.access.limits import RateLimiter
from central.store.refusals import RefusedError


def test_a_bucket_gives_its_burst_and_then_as_much_as_flows_in():
    time = 0.0
    buckets = RateLimiter(per_second=2, burst=3, clock=lambda: time)
    for _ in range(3):
        buckets.take("K1")
    with pytest.raises(RefusedError) as refused:
        buckets.take("K1")
    assert (refused.value.status, refused.value.retry_after) == (429, 1)
    buckets.take("K2")
    time = 0.5
    buckets.take("K1")
    with pytest.raises(RefusedError):
        buckets.take("K1")
    time = 1000.0
    for _ in range(3):
        buckets.take("K1")
    with pytest.raises(RefusedError):
        buckets.take("K1")
