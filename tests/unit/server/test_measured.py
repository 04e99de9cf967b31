from __future__ import annotations

from parastore.server.measured import BUCKETS, Requests


def samples(requests: Requests) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for metric in requests.collect()
        for sample in metric.samples
    }


def test_requests_are_counted_by_how_they_ended() -> None:
    requests = Requests()
    for code, seconds in (("", 0.0002), ("", 0.004), ("ParameterNotFound", 0.0002), ("", 99.0)):
        requests.watch("ssm:GetParameter", code, seconds)
    requests.watch("", "UnknownOperation", BUCKETS[0])
    found = samples(requests)
    assert found["parastore_requests_total", "ssm:GetParameter", ""] == 3
    assert found["parastore_requests_total", "ssm:GetParameter", "ParameterNotFound"] == 1
    assert found["parastore_requests_total", "", "UnknownOperation"] == 1
    bucket = "parastore_request_seconds_bucket", "ssm:GetParameter"
    assert [found[*bucket, str(edge)] for edge in (0.0001, 0.00025, 0.0025, 0.005, 10.0)] == [0, 2, 2, 3, 3]
    assert found[*bucket, "+Inf"] == found["parastore_request_seconds_count", "ssm:GetParameter"] == 4
    assert found["parastore_request_seconds_sum", "ssm:GetParameter"] == 0.0002 + 0.004 + 0.0002 + 99.0
    assert found["parastore_request_seconds_bucket", "", str(BUCKETS[0])] == 1  # an edge belongs to its bucket


def test_nothing_is_shown_of_nothing() -> None:
    assert samples(Requests()) == {}
