"""How the child process tells the parent what it read.

A stream of frames, each a kind (one byte), a length (eight bytes) and that many bytes: ``J`` is
JSON, ``B`` one batch of records as an Arrow IPC stream. The child is not trusted, so the parent
checks every length and every batch.
"""

import json
import struct
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa

_HEAD = struct.Struct(">cQ")
JSON, BATCH = b"J", b"B"
MAX_FRAME_BYTES = 1 << 31
_TEXT, _TEXT_OR_NONE, _DICT_OR_NONE = str, (str, type(None)), (dict, type(None))
_KEYS: dict[str, dict[str, Any]] = {
    "file": {"format": _TEXT, "sublayers": list},
    "part": {
        "sublayer": _TEXT,
        "columns": list,
        "crs": _DICT_OR_NONE,
        "encoding": _TEXT_OR_NONE,
        "encoding_source": _TEXT_OR_NONE,
        "encoding_need": _DICT_OR_NONE,
        "decimals": dict,
    },
    "document": {"format": _TEXT, "text": _TEXT, "encoding": _TEXT_OR_NONE},
    "rejection": {"record": int, "rule": _TEXT, "values": dict},
    "finding": {"record": (int, type(None)), "rule": _TEXT, "values": dict},
    "progress": {"done": (int, float)},
    "end_part": {},
    "end": {},
    "error": {"error": _TEXT, "template": _TEXT, "values": dict},
}


class BrokenStream(Exception):
    """The stream ended early or is not what it should be."""


def write_json(out: IO[bytes], message: dict[str, Any]) -> None:
    """Write a JSON frame."""
    _write(out, JSON, json.dumps(message, ensure_ascii=True).encode("ascii"))


def write_batch(out: IO[bytes], batch: pa.RecordBatch) -> None:
    """Write a frame with one Arrow batch."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    _write(out, BATCH, sink.getvalue())


def _write(out: IO[bytes], kind: bytes, body: bytes | pa.Buffer) -> None:
    out.write(_HEAD.pack(kind, len(body) if isinstance(body, bytes) else body.size))
    out.write(memoryview(body))


def read(stream: IO[bytes]) -> Iterator[dict[str, Any] | pa.RecordBatch]:
    """Read frames until the stream ends.

    Raises
    ------
    BrokenStream
        If a frame is cut off, oversized or not what its kind should hold.
    """
    while head := stream.read(_HEAD.size):
        if len(head) < _HEAD.size:
            raise BrokenStream("a frame head is cut off")
        kind, length = _HEAD.unpack(head)
        if kind not in (JSON, BATCH) or length > MAX_FRAME_BYTES:
            raise BrokenStream("a frame head is damaged")
        body = stream.read(length)
        if len(body) < length:
            raise BrokenStream("a frame is cut off")
        yield _message(body) if kind == JSON else _batch(body)


def _message(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise BrokenStream("a frame is no JSON") from error
    kind = message.get("kind") if isinstance(message, dict) else None
    if not isinstance(kind, str) or kind not in _KEYS:
        raise BrokenStream("a message is of no known kind")
    if not all(name in message and isinstance(message[name], held) for name, held in _KEYS[kind].items()):
        raise BrokenStream(f"a message {kind} lacks what it should hold")
    return dict(message)


def _batch(body: bytes) -> pa.RecordBatch:
    try:
        batch = pa.ipc.open_stream(pa.py_buffer(body)).read_next_batch()
        batch.validate(full=True)
    except (pa.ArrowInvalid, StopIteration, OSError) as error:
        raise BrokenStream("a batch is damaged") from error
    wanted = [pa.int64(), pa.binary(), *[pa.string()] * (batch.num_columns - 2)]
    if batch.schema.types != wanted:
        raise BrokenStream("a batch has other columns than agreed")
    return batch
