"""Settings: everything an operator can configure, read from the environment, each with its meaning, unit and default.

A variable that is named like ours and unknown, or a value that does not fit, is an error with what to do: a misspelt setting must never be a default.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from events.language import Language, Said, filled

LANGUAGE_VARIABLE = "STAFFETTA_LANGUAGE"
OUR_PREFIX = "STAFFETTA_"
_NETWORK = re.compile(r"(?P<name>[a-z0-9-]{1,64}):(?P<partition>\d{1,4})\Z")


class SettingsInvalid(Exception):
    """The environment does not configure this program; `problems` says each thing and what to do."""

    def __init__(self, problems: tuple[Said, ...]) -> None:
        super().__init__("\n".join(english for english, _ in problems))
        self.problems = problems


class NotConfigured(Exception):
    """A service is neither configured nor running here; the message says which variable, and what to do."""

    def __init__(self, variable: str, data: Path) -> None:
        super().__init__(f"{variable} is not set, and nothing runs from {data}. Set it, or start everything here with `staffetta up`.")
        self.variable = variable
        self.data = data


@dataclass(frozen=True, slots=True)
class NetworkPlace:
    """A network and its partition in every topic: the explicit map of DESIGN, never a hash."""

    name: str
    partition: int


def _env(name: str) -> AliasChoices:
    return AliasChoices(name)


class Settings(BaseSettings):
    """The environment of one process."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True, env_ignore_empty=True, hide_input_in_errors=True)

    kafka_bootstrap_servers: str | None = Field(None, validation_alias=_env("KAFKA_BOOTSTRAP_SERVERS"))
    """Brokers, `host:port[,host:port]`. Empty: the ones that `staffetta up` started in the data directory."""

    database_url: str | None = Field(None, validation_alias=_env("DATABASE_URL"))
    """PostgreSQL of the views, `postgresql://user:password@host:port/name`. Empty: the one that `staffetta up` started."""

    keystore_url: str | None = Field(None, validation_alias=_env("KEYSTORE_URL"))
    """PostgreSQL of the key store: a database and a role of its own. Empty: the one that `staffetta up` started."""

    master_key_file: Path | None = Field(None, validation_alias=_env("STAFFETTA_MASTER_KEY_FILE"))
    """File with the key that wraps the keys of the key store; never in a database. Empty: `master.key` in the data directory."""

    tokens_file: Path | None = Field(None, validation_alias=_env("STAFFETTA_TOKENS_FILE"))
    """File with the digests of bearer tokens and whom each stands for. Empty: `tokens.json` in the data directory."""

    networks: Annotated[tuple[NetworkPlace, ...], NoDecode] = Field((NetworkPlace("it", 0),), validation_alias=_env("STAFFETTA_NETWORKS"))
    """Networks and their partitions, `name:partition[,name:partition]`. The first is the default of the command line."""

    topic_prefix: str = Field("staffetta", validation_alias=_env("STAFFETTA_TOPIC_PREFIX"), pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")
    """First part of every topic's name."""

    data: Path = Field(Path(".staffetta"), validation_alias=_env("STAFFETTA_DATA"))
    """Directory of what runs locally: brokers, databases, keys, logs, process list."""

    development: bool = Field(False, validation_alias=_env("STAFFETTA_DEVELOPMENT"))
    """Allows one broker (replication 1) and topics on CreateTime. Said aloud at every start. Services started by `staffetta up` are development."""

    timestamps: Literal["append", "create"] = Field("append", validation_alias=_env("STAFFETTA_TIMESTAMPS"))
    """Whose clock dates events: `append` the broker's, which nobody can forge; `create` the instant inside each event id, for demos, training and
    imported histories."""

    gateway_host: str = Field("127.0.0.1", validation_alias=_env("STAFFETTA_GATEWAY_HOST"))
    """Address the gateway listens on."""

    gateway_port: int = Field(8290, ge=0, le=65535, validation_alias=_env("STAFFETTA_GATEWAY_PORT"))
    """TCP port of the gateway; 0: any free one. `staffetta up` takes a free one where this is taken."""

    worker_port: int = Field(0, ge=0, le=65535, validation_alias=_env("STAFFETTA_WORKER_PORT"))
    """TCP port (loopback) on which a worker serves its metrics at `/metrics`; 0: none is opened. One worker a port."""

    default_wait_ms: int = Field(5_000, ge=0, le=60_000, validation_alias=_env("STAFFETTA_DEFAULT_WAIT_MS"))
    """How long, in milliseconds, the gateway waits for the accepted entry where the caller does not say."""

    max_settled_lag_ms: int = Field(10_000, ge=100, le=600_000, validation_alias=_env("STAFFETTA_MAX_SETTLED_LAG_MS"))
    """The gateway takes no more events while the oldest undecided one is older than this, in milliseconds."""

    answers_kept: int = Field(100_000, ge=1_000, le=10_000_000, validation_alias=_env("STAFFETTA_ANSWERS_KEPT"))
    """Event ids whose entries the gateway keeps in memory; older ones are asked of the audit view."""

    language: Language = Field(Language.ENGLISH, validation_alias=_env(LANGUAGE_VARIABLE))
    """Language of what the command line says where `--in` does not: `en` or `it`."""

    log_format: Literal["console", "json"] = Field("json", validation_alias=_env("STAFFETTA_LOG_FORMAT"))
    """`json` one object a line; `console` for people."""

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias=_env("STAFFETTA_LOG_LEVEL"))
    """Least severity that is logged."""

    @field_validator("networks", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        """`it:0,training:1` as places; names and partitions are each used once."""
        if not isinstance(value, str):
            return value
        places = []
        for part in value.split(","):
            found = _NETWORK.match(part.strip())
            if found is None:
                raise ValueError("write name:partition, separated by commas, for example it:0,training:1")
            places.append(NetworkPlace(found["name"], int(found["partition"])))
        if len({place.name for place in places}) != len(places) or len({place.partition for place in places}) != len(places):
            raise ValueError("every network needs a name and a partition of its own")
        return tuple(places)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` hands over: the environment is a parameter."""
        return (init_settings,)

    def network(self, name: str | None) -> NetworkPlace | None:
        """The place of a network by name; the first where the name is None; None where it is not configured."""
        if name is None:
            return self.networks[0]
        return next((place for place in self.networks if place.name == name), None)

    @property
    def master_key_path(self) -> Path:
        """Where the master key is."""
        return self.master_key_file or self.data / "master.key"

    @property
    def tokens_path(self) -> Path:
        """Where the tokens' digests are."""
        return self.tokens_file or self.data / "tokens.json"


def variable_of(field: str) -> str:
    """Name of the environment variable of a field of `Settings`."""
    alias = Settings.model_fields[field].validation_alias
    if not isinstance(alias, AliasChoices):
        raise TypeError(f"setting {field} has no variable")
    return str(alias.choices[0])


INTERNAL_VARIABLES = frozenset({"STAFFETTA_PARENT_PIPE"})
"""Handed from the supervisor to its children; not for operators."""


_NO_SETTING: Said = ("{} is no setting; {}", "{} non è un'impostazione; {}")
_DID_YOU_MEAN: Said = ("did you mean {}?", "forse {}?")
_KNOWN: Said = ("known are: {}", "sono note: {}")
_NO_VALUE: Said = ("{}: {}", "{} ha un valore che non va bene ({}; si veda docs/reference/settings.md)")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from an environment (the process's own where None). Raises SettingsInvalid with every problem at once."""
    environ = os.environ if environ is None else environ
    known = {variable_of(field): field for field in Settings.model_fields}
    problems: list[Said] = []
    for name in sorted(environ):
        if name.startswith(OUR_PREFIX) and name not in known and name not in INTERNAL_VARIABLES:
            near = difflib.get_close_matches(name, known, n=1)
            hint = filled(_DID_YOU_MEAN, near[0]) if near else filled(_KNOWN, ", ".join(sorted(known)))
            problems.append(filled(_NO_SETTING, name, hint))
    values = {name: environ[name] for name in known if environ.get(name, "") != ""}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_input=False, include_context=False):
            problems.append(filled(_NO_VALUE, error["loc"][0], error["msg"].removeprefix("Value error, ")))
        raise SettingsInvalid(tuple(problems)) from None
    if problems:
        raise SettingsInvalid(tuple(problems))
    return settings
