"""Logs of a process: one line an event, as JSON or for people, from structlog and the standard library alike.

Our own events carry names and figures. What libraries write is cut to its first line and a length, because nobody here can say what they put in.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Literal

import structlog

OURS = ("coordinator", "reading", "projections", "events", "ops", "staffetta")
LONGEST_FOREIGN = 200
_NOT_SHOWN = frozenset({"exc_info", "stack_info", "positional_args"})


def configure_logs(form: Literal["console", "json"], level: str, process: str) -> None:
    """Sends every log line of this process to standard error."""
    structlog.contextvars.bind_contextvars(process=process)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    render: structlog.typing.Processor = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), _cut_foreign, _kind_of_failure],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn.access", "aiokafka", "kafka", "faust", "mode"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _cut_foreign(_: object, __: str, line: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """A library's text, its first line alone and not much of it."""
    if not str(line.get("logger", "")).startswith(OURS):
        text = str(line.get("event", ""))
        line["event"] = text.split("\n", 1)[0][:LONGEST_FOREIGN]
    return line


def _kind_of_failure(_: object, __: str, line: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """A failure's kind in place of its text and values."""
    record = line.get("_record")
    if isinstance(record, logging.LogRecord) and record.exc_info and record.exc_info[0] is not None:
        line["failure"] = record.exc_info[0].__name__
        record.exc_info = None
        record.exc_text = None
    for name in _NOT_SHOWN:
        line.pop(name, None)
    return line
