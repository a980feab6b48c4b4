"""The network of Johnson, Alahi and Fei-Fei (arXiv 1603.08155) as an ONNX file with random weights, to measure beside ours.

The form that is commonly run (reflection padding, nearest upsampling, instance normalisation): 1,679,235 parameters.
Written with a writer of our own, since the studio carries no `onnx`: the protobuf wire format, and the fields of
onnx.proto3 that are needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

OPSET, IR_VERSION = 18, 9
FLOAT, INT64 = 1, 7


def _varint(value: int) -> bytes:
    found = bytearray()
    value &= 0xFFFF_FFFF_FFFF_FFFF
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, content: bytes | str) -> bytes:
    plain = content.encode() if isinstance(content, str) else content
    return _varint(field << 3 | 2) + _varint(len(plain)) + plain


def _tensor(name: str, value: NDArray[np.generic]) -> bytes:
    kind = INT64 if value.dtype == np.int64 else FLOAT
    dims = b"".join(_number(1, side) for side in value.shape)
    return dims + _number(2, kind) + _bytes(8, name) + _bytes(9, np.ascontiguousarray(value).tobytes())


def _attribute(name: str, value: int | str | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _bytes(1, name) + _number(3, value) + _number(20, 2)
    if isinstance(value, str):
        return _bytes(1, name) + _bytes(4, value) + _number(20, 3)
    return _bytes(1, name) + b"".join(_number(8, part) for part in value) + _number(20, 7)


def _node(operator: str, inputs: Sequence[str], output: str, **attributes: int | str | Sequence[int]) -> bytes:
    found = b"".join(_bytes(1, name) for name in inputs) + _bytes(2, output) + _bytes(3, output) + _bytes(4, operator)
    return found + b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())


def _port(name: str) -> bytes:
    sides = [_number(1, 1), _number(1, 3), _bytes(2, "height"), _bytes(2, "width")]
    shape = b"".join(_bytes(1, side) for side in sides)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, shape)))


class _Graph:
    """Grows from its input to its output, one layer after the other."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.nodes: list[bytes] = []
        self.weights: list[bytes] = []
        self.parameters = 0
        self.last, self.width = "picture", 3

    def weight(self, value: NDArray[np.generic], counts: bool = True) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(_tensor(name, value))
        self.parameters += value.size if counts else 0
        return name

    def add(self, operator: str, *more: str, **attributes: int | str | Sequence[int]) -> None:
        name = f"n{len(self.nodes)}"
        self.nodes.append(_node(operator, [self.last, *more], name, **attributes))
        self.last = name

    def convolution(self, width: int, kernel_px: int, stride: int = 1) -> None:
        edge = kernel_px // 2
        self.add("Pad", self.weight(np.array([0, 0, edge, edge] * 2, np.int64), False), mode="reflect")
        spread = 1 / np.sqrt(self.width * kernel_px**2)
        kernel = self.rng.normal(0, spread, (width, self.width, kernel_px, kernel_px)).astype(np.float32)
        names = self.weight(kernel), self.weight(np.zeros(width, np.float32))
        self.add("Conv", *names, kernel_shape=[kernel_px] * 2, strides=[stride] * 2)
        self.width = width

    def normalise(self) -> None:
        self.add(
            "InstanceNormalization",
            self.weight(np.ones(self.width, np.float32)),
            self.weight(np.zeros(self.width, np.float32)),
        )

    def layer(self, width: int, kernel_px: int, stride: int = 1) -> None:
        self.convolution(width, kernel_px, stride)
        self.normalise()
        self.add("Relu")

    def block(self) -> None:
        before = self.last
        self.layer(self.width, 3)
        self.convolution(self.width, 3)
        self.normalise()
        self.add("Add", before)

    def enlarge(self) -> None:
        scales = self.weight(np.array([1, 1, 2, 2], np.float32), False)
        self.add(
            "Resize", "", scales, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"
        )


def johnson(seed: int = 1) -> tuple[bytes, int]:
    """The ONNX file, `picture` (1, 3, height, width) to `painted`, and how many parameters it has."""
    graph = _Graph(seed)
    graph.layer(32, 9)
    graph.layer(64, 3, 2)
    graph.layer(128, 3, 2)
    for _ in range(5):
        graph.block()
    for width in (64, 32):
        graph.enlarge()
        graph.layer(width, 3)
    graph.convolution(3, 9)
    graph.nodes.append(_node("Identity", [graph.last], "painted"))
    parts = [_bytes(1, node) for node in graph.nodes] + [_bytes(2, "johnson")]
    parts += [_bytes(5, tensor) for tensor in graph.weights]
    parts += [_bytes(11, _port("picture")), _bytes(12, _port("painted"))]
    opset = _bytes(1, "") + _number(2, OPSET)
    model = _number(1, IR_VERSION) + _bytes(2, "gesso") + _bytes(7, b"".join(parts)) + _bytes(8, opset)
    return model, graph.parameters
