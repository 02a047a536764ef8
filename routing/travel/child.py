"""A child process that answers a line of JSON for each line of JSON, or is ended and started anew."""

import json
import queue
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

from routing.errors import TravelError

LAST_WORDS = 2_000
"""How much of what a child wrote to standard error is kept, in characters."""


class Child:
    """Started at the first question, ended by `close` or with this process. One question at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        """Nothing is started yet."""
        self._command = list(command)
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._last_words = ""
        self._lock = threading.Lock()

    def ask(self, question: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """The answer to a question.

        Raises:
            TravelError: for a child that cannot be started, dies, or says nothing for ``timeout_s``; the next question
                starts another.
        """
        with self._lock:
            process = self._running()
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps(question) + "\n")
                process.stdin.flush()
                line = self._answers.get(timeout=timeout_s)
            except queue.Empty:
                self._end()
                raise TravelError(f"the road engine gave no answer within {timeout_s:g} s") from None
            except OSError:
                line = None
            if line is None:
                self._end()
                raise TravelError(f"the road engine ended: {self._last_words.strip()[-300:] or 'without a word'}")
            answer: dict[str, Any] = json.loads(line)
            return answer

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            pipe, self._last_words = subprocess.PIPE, ""
            try:
                process = subprocess.Popen(  # noqa: S603 -- our own script
                    self._command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8"
                )
            except OSError as wrong:
                raise TravelError(f"the road engine cannot be started: {wrong}") from wrong
            self._process, self._answers = process, queue.Queue()
            self._listen(process, self._answers)
        return self._process

    def _listen(self, process: subprocess.Popen[str], answers: "queue.Queue[str | None]") -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        words = threading.Thread(target=self._hear, args=(process.stderr,), daemon=True)
        words.start()
        threading.Thread(target=_pass_on, args=(process.stdout, answers, words), daemon=True).start()

    def _hear(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._last_words = (self._last_words + line)[-LAST_WORDS:]

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin is not None:
                with suppress(OSError):
                    process.stdin.close()


def _pass_on(stream: IO[str], answers: "queue.Queue[str | None]", words: threading.Thread) -> None:
    """Every line; None at the end, when its last words were heard."""
    with stream:
        for line in stream:
            answers.put(line)
    words.join(timeout=2)
    answers.put(None)
