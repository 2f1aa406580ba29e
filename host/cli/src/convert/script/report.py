"""What is said to the binary: stages, notes, and refusals that say what, where and what to do."""

import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import List, Optional


class Refusal(Exception):
    """Why a model is not converted. `mendable` if the user can give what is missing, so that the request succeeds."""

    def __init__(self, what, where="", advice="", mendable=False):
        super().__init__(what)
        self.what, self.where, self.advice, self.mendable = what, str(where), advice, mendable


class Missing(Refusal):
    """Packages that Python does not find."""

    def __init__(self, packages, pip, requirements):
        super().__init__(f"Python packages are missing: {', '.join(packages)}", sys.executable, pip, mendable=True)
        self.line = {"missing": packages, "pip": pip, "requirements": requirements}


@dataclass
class Made:
    """What a conversion wrote: files, the model first; names of outputs in it, if it has them; names of layers."""

    format: str
    how: str
    files: List[str]
    outputs: Optional[List[str]]
    layers: List[str]
    layers_lost: List[str]


class Report:
    """Writes lines of JSON."""

    def __init__(self, stream):
        self.stream = stream

    def say(self, **line):
        self.stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.stream.flush()

    @contextmanager
    def stage(self, name):
        """Says when a stage begins, and how long it took if it succeeds."""
        self.say(stage=name)
        started, cpu = time.monotonic(), time.process_time()
        yield
        self.say(stage=name, seconds=round(time.monotonic() - started, 2), cpu=round(time.process_time() - cpu, 2))

    def note(self, text):
        self.say(note=text)

    def refuse(self, refusal):
        """The exit code for a refusal, after its lines."""
        if isinstance(refusal, Missing):
            self.say(**refusal.line)
        self.say(error={"what": refusal.what, "where": refusal.where, "advice": refusal.advice})
        return 2 if refusal.mendable else 1
