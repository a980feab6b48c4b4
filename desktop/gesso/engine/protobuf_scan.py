"""A bounded look through an ONNX file before anything else parses it.

Reads the protobuf wire format (protobuf.dev/programming-guides/encoding) along the fields of onnx.proto3 that Gesso's
graphs use, and refuses everything else: unknown fields, operators outside the list, other domains, functions, external
or sparse tensors, and sizes that no model of ours has.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gesso.values import Note, Trouble, mark

LARGEST_MODEL_BYTES = 256 * 1024 * 1024
MOST_NODES = 20_000
DEEPEST_GRAPH = 4
OLDEST_OPSET, NEWEST_OPSET = 13, 23

OPERATORS = frozenset(
    """
    Abs Add And AveragePool BatchNormalization Cast Ceil Clip Concat Constant ConstantOfShape Conv ConvTranspose Cos
    CumSum DepthToSpace Div Dropout Elu Equal Erf Exp Expand Flatten Floor GRU Gather GatherElements Gemm
    GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GroupNormalization HardSigmoid HardSwish Identity If
    InstanceNormalization LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop MatMul Max MaxPool Mean
    Min Mod Mul Neg Not OneHot Or PRelu Pad Pow RNN Range Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin ReduceSum Relu
    Reshape Resize Round ScatterElements Selu Shape Sigmoid Sign Sin Slice Softmax Softplus SpaceToDepth Split Sqrt
    Squeeze Sub Sum Tanh Tile TopK Transpose Unsqueeze Where Xor
    """.split()
)
"""What picture CNNs and recurrent nets need. Nothing here reads files, the clock or the network."""

_MODEL = {1, 2, 3, 4, 5, 6, 7, 8, 14}
_GRAPH = {1, 2, 5, 10, 11, 12, 13, 16}
_NODE = {1, 2, 3, 4, 5, 6, 7, 8, 9}
_ATTRIBUTE = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 20, 21}
_TENSOR = {1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16}


def _refuse(reason: str, **values: object) -> Trouble:
    return Trouble(
        "This model is not one that Gesso can trust: {reason}.",
        "It was not opened.",
        "Get the package again from where it came from.",
        reason=Note(reason, values),
    )


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise _refuse(mark("its file is damaged"))
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if not byte & 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7


def _fields(data: memoryview, known: set[int]) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field of a message; bytes stay views."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if number not in known:
            raise _refuse(mark("it holds a part (field {number}) that no model of ours has"), number=number)
        value: int | memoryview
        if wire == 0:
            value, at = _varint(data, at)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
            value, at = data[at : at + length], at + length
        elif wire == 2:
            length, at = _varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            raise _refuse(mark("its file is damaged"))
        if at > len(data):
            raise _refuse(mark("its file is damaged"))
        yield number, value


def _bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise _refuse(mark("its file is damaged"))
    return value


def _text(value: int | memoryview) -> str:
    try:
        return bytes(_bytes(value)).decode("utf-8")
    except UnicodeDecodeError:
        raise _refuse(mark("its file is damaged")) from None


class _Scan:
    def __init__(self) -> None:
        self.nodes = 0
        self.operators: set[str] = set()

    def graph(self, data: memoryview, depth: int) -> None:
        if depth > DEEPEST_GRAPH:
            raise _refuse(mark("its graphs are nested too deep"))
        for number, value in _fields(data, _GRAPH):
            if number == 1:
                self.node(_bytes(value), depth)
            elif number == 5:
                self.tensor(_bytes(value))

    def node(self, data: memoryview, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _refuse(mark("it has too many parts"))
        operator = ""
        for number, value in _fields(data, _NODE):
            if number == 4:
                operator = _text(value)
            elif number == 5:
                self.attribute(_bytes(value), depth)
            elif number == 7 and _text(value) not in ("", "ai.onnx"):
                raise _refuse(mark("it uses operators from elsewhere"))
            elif number == 8 and _text(value):
                raise _refuse(mark("it redefines operators"))
        if operator not in OPERATORS:
            raise _refuse(mark("the operator {operator} is not allowed"), operator=repr(operator[:40]))
        self.operators.add(operator)

    def attribute(self, data: memoryview, depth: int) -> None:
        for number, value in _fields(data, _ATTRIBUTE):
            if number == 5:
                self.tensor(_bytes(value))
            elif number in (6, 11):
                self.graph(_bytes(value), depth + 1)

    def tensor(self, data: memoryview) -> None:
        for number, value in _fields(data, _TENSOR | {13}):
            if number == 13 or (number == 14 and value != 0):
                raise _refuse(mark("it wants data from another file"))


def scan(model: bytes) -> frozenset[str]:
    """The operators of an ONNX file; raises `Trouble` for anything but a plain, self-contained graph."""
    if len(model) > LARGEST_MODEL_BYTES:
        raise _refuse(mark("it is too large"))
    found = _Scan()
    graphs = 0
    opsets: list[int] = []
    for number, value in _fields(memoryview(model), _MODEL):
        if number == 7:
            graphs += 1
            found.graph(_bytes(value), 0)
        elif number == 8:
            domain, version = "", 0
            for inner, content in _fields(_bytes(value), {1, 2}):
                if inner == 1:
                    domain = _text(content)
                elif isinstance(content, int):
                    version = content
            if domain not in ("", "ai.onnx"):
                raise _refuse(mark("it uses operators from elsewhere"))
            opsets.append(version)
    if graphs != 1 or len(opsets) != 1 or not found.nodes:
        raise _refuse(mark("it is not one graph"))
    if not OLDEST_OPSET <= opsets[0] <= NEWEST_OPSET:
        raise _refuse(mark("it is written for operator set {number}"), number=opsets[0])
    return frozenset(found.operators)


FLOAT = 1
"""The data type of 32-bit weights in onnx.proto3."""


def weights_of(model: memoryview) -> dict[str, NDArray[np.float32]]:
    """The 32-bit weights that stand in a graph that was scanned before, as views into its own bytes."""
    found: dict[str, NDArray[np.float32]] = {}
    for number, graph in _fields(model, _MODEL):
        if number == 7:
            for inside, tensor in _fields(_bytes(graph), _GRAPH):
                if inside == 5:
                    found |= _weight(_bytes(tensor))
    return found


def _weight(tensor: memoryview) -> dict[str, NDArray[np.float32]]:
    """The name and the numbers of a tensor; nothing where it is of another type or spells its numbers out."""
    shape: list[int] = []
    kind, name = 0, ""
    raw: memoryview | None = None
    for number, value in _fields(tensor, _TENSOR):
        if number == 1 and isinstance(value, int):
            shape.append(value)
        elif number == 1:
            packed, at = _bytes(value), 0
            while at < len(packed):
                length, at = _varint(packed, at)
                shape.append(length)
        elif number == 2 and isinstance(value, int):
            kind = value
        elif number == 8:
            name = _text(value)
        elif number == 9:
            raw = _bytes(value)
    if kind != FLOAT or raw is None or len(raw) != 4 * int(np.prod(shape, dtype=object)):
        return {}
    return {name: np.frombuffer(raw, "<f4").reshape(shape)}
