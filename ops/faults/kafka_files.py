"""Losing the tail of a partition, as a broker without fsync does when the power goes: its segment file is cut at a batch, while it is down."""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = struct.Struct(">qi")
_BATCH_OVERHEAD = 12


def cut_tail(data: Path, topic: str, partition: int, keep_below: int) -> int:
    """Cuts the last segment of a stopped broker before the first batch that holds an offset at or above `keep_below`. The new end offset.

    Raises ValueError where that offset is not in the last segment.
    """
    directory = data / f"{topic}-{partition}"
    segment = max(directory.glob("*.log"))
    if int(segment.stem) > keep_below:
        raise ValueError(f"offset {keep_below} is not in the last segment of {topic}")
    content = segment.read_bytes()
    place, end = 0, int(segment.stem)
    while place + _HEADER.size <= len(content):
        base, length = _HEADER.unpack_from(content, place)
        if length <= 0:
            break
        last_delta = struct.unpack_from(">i", content, place + 23)[0]
        if base + last_delta >= keep_below:
            break
        end, place = base + last_delta + 1, place + _BATCH_OVERHEAD + length
    with segment.open("r+b") as file:
        file.truncate(place)
    for index in (*directory.glob("*.index"), *directory.glob("*.timeindex"), *directory.glob("*.snapshot")):
        index.unlink()
    for marker in (data / ".kafka_cleanshutdown", data / "recovery-point-offset-checkpoint", data / "replication-offset-checkpoint"):
        marker.unlink(missing_ok=True)
    return end
