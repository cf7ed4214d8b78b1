"""Requests that a server's own description allows, and requests that it forbids, drawn at random by schemathesis."""

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

__all__ = ["ask_as_described"]


def ask_as_described(address: str, count: int, but: tuple[str, ...] = ()) -> int:
    """Sends so many requests of either kind to each operation, and checks what is answered against the description.

    What is allowed need not be accepted: a description cannot say what a picture is.

    Args:
        address: the server's.
        count: of requests.
        but: paths that are left out.

    Returns:
        How many were sent.

    Raises:
        FailureGroup: an answer is not one of those that are described, or one is a fault of the server.
    """
    sent = 0
    for found in schemathesis.openapi.from_url(f"{address}openapi.json").get_all_operations():
        operation = found.ok()
        if operation.path in but:
            continue
        for mode in GenerationMode:
            if mode is GenerationMode.NEGATIVE and not (operation.body or operation.path_parameters):
                continue  # there is nothing in it that could be wrong

            @settings(
                max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=HealthCheck
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case: schemathesis.Case) -> None:
                nonlocal sent
                sent += 1
                case.validate_response(case.call(), excluded_checks=[positive_data_acceptance])

            send()
    return sent
