"""Written scenarios: a day of the network as a supervisor writes it down, played through the decision core step by step, with what is expected.

Rooms, in reading order: `script` (the file's shape and lines), `words` and `moments` (how things are called), `setting` (the network as the day begins),
`telling` (a step becomes an event), `playing` (the clock, the decision, the folds of the views), `expecting` (what is held against it). Everything here is
deterministic: the same file gives the same entries. The format is described in `docs/guides/training.md`.
"""

from coordinator.scenario.errors import ScenarioInvalid
from coordinator.scenario.expecting import Check
from coordinator.scenario.playing import Played, PlayedStep, play
from coordinator.scenario.script import Script, read_script

__all__ = ["Check", "Played", "PlayedStep", "ScenarioInvalid", "Script", "play", "read_script"]
