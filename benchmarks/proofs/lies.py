"""Requests that say of themselves what is not so, or ask for too much: none may be answered with what they want."""

import gzip
import json
import math
from collections.abc import Callable
from typing import Any

from benchmarks.proofs.asking import Asker, posted
from benchmarks.proofs.loads import Given

__all__ = ["INFER", "LIES", "tensor"]

INFER = "/v2/models/muslin/infer"


def tensor(given: Given, **wrong: Any) -> bytes:
    """Returns a request for inference, which is right but for what is told."""
    right = {"name": "images", "shape": [1, *given.shape], "datatype": "UINT8", "data": [0] * math.prod(given.shape)}
    return json.dumps({"inputs": [right | wrong]}).encode()


LIES: dict[str, Callable[[Asker, Given], bytes]] = {
    "a length that is no number": lambda one, _: one.head("POST", "/predict", content_length="abc"),
    "a length below nothing": lambda one, _: one.head("POST", "/predict", content_length=-1),
    "a length of 400 digits": lambda one, _: one.head("POST", "/predict", content_length="9" * 400),
    "a length of 20 MB": lambda one, _: one.head("POST", "/predict", content_length=20_000_000, connection="close"),
    "two lengths": lambda one, given: posted(one, given.pictures[0], Content_Length=3),
    "a length and pieces": lambda one, given: posted(one, given.pictures[0], transfer_encoding="chunked"),
    "a length that is too short": lambda one, given: (
        one.head("POST", "/predict", content_length=20) + given.pictures[0][:20]
    ),
    "a piece of a length that is none": lambda one, _: (
        one.head("POST", "/predict", transfer_encoding="chunked") + b"xyz\r\n"
    ),
    "a million pieces of one byte": lambda one, _: (
        one.head("POST", "/predict", transfer_encoding="chunked") + b"1\r\na\r\n" * 1_000_000 + b"0\r\n\r\n"
    ),
    "pieces without end": lambda one, _: (
        one.head("POST", "/predict", transfer_encoding="chunked", connection="close") + b"100000\r\n" + bytes(11 << 20)
    ),
    "a packing that is none": lambda one, given: posted(one, given.pictures[0], content_encoding="gzip"),
    "a packing that is cut": lambda one, given: posted(
        one, gzip.compress(given.pictures[0])[:-5], content_encoding="gzip"
    ),
    "a packing with more behind it": lambda one, given: posted(
        one, gzip.compress(given.pictures[0]) + b"more", content_encoding="gzip"
    ),
    "a packing of nothing but zeros": lambda one, _: posted(
        one, gzip.compress(bytes(1 << 28), 9), content_encoding="gzip"
    ),
    "a packing nobody knows": lambda one, given: posted(one, given.pictures[0], content_encoding="zstd"),
    "JSON 150,000 deep": lambda one, _: posted(one, b"[" * 150_000, content_type="application/json"),
    "JSON of a million numbers": lambda one, _: posted(
        one, b'{"pixels":[[' + b"0," * 1_100_000 + b"0]]}", content_type="application/json"
    ),
    "no JSON": lambda one, given: posted(one, given.pictures[0], content_type="application/json"),
    "NaN": lambda one, _: posted(one, b'{"pixels": [[NaN]]}', content_type="application/json"),
    "a form": lambda one, given: posted(one, given.pictures[0], content_type="multipart/form-data; boundary=a"),
    "another host": lambda one, given: posted(one, given.pictures[0]).replace(
        b"host: 127.0.0.1", b"host: evil.example"
    ),
    "two hosts": lambda one, given: posted(one, given.pictures[0], host="evil.example"),
    "a page from elsewhere": lambda one, given: posted(one, given.pictures[0], origin="http://evil.example"),
    "a path upwards": lambda one, _: one.head("GET", "/../../../../etc/passwd"),
    "a path of percents": lambda one, _: one.head("GET", "/%2e%2e/%00%ff"),
    "a head of 10 MB": lambda one, _: one.head("GET", "/no", a="b" * 10_000_000),
    "no HTTP": lambda *_: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a tensor of the wrong size": lambda one, given: posted(one, tensor(given, shape=[1, 1, 999, 999]), INFER),
    "a tensor with too few numbers": lambda one, given: posted(one, tensor(given, data=[0]), INFER),
    "a tensor with a number too large": lambda one, given: posted(one, tensor(given, data=[1e99]), INFER),
    "a tensor of 10**12 pictures": lambda one, given: posted(one, tensor(given, shape=[10**12, 1, 1, 1]), INFER),
    "a tensor of another type": lambda one, given: posted(one, tensor(given, datatype="FP64"), INFER),
    "a head of JSON longer than all": lambda one, given: posted(
        one, tensor(given), INFER, inference_header_content_length=10**9
    ),
    "bytes that are not there": lambda one, given: posted(
        one, tensor(given, parameters={"binary_data_size": 784}), INFER
    ),
}
