"""What an operator types, read or refused with an example."""

from __future__ import annotations

import re
import sys
from datetime import time

import click


def ask_password(from_stdin: bool) -> str:
    """Return a password from standard input, or typed twice and unseen."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask for a password. Use --password-stdin or --no-password.")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def parse_position(text: str | None) -> tuple[float, float] | None:
    """Read "LAT,LON" in degrees."""
    if text is None:
        return None
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(f"“{text}” is not LAT,LON, such as 41.60,-93.61.") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise click.BadParameter(f"“{text}” is not on the globe; latitude comes first.")
    return latitude, longitude


def parse_span(text: str) -> tuple[time, time]:
    """Read "HH:MM-HH:MM"."""
    try:
        opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        raise click.BadParameter(f"“{text}” is not HH:MM-HH:MM, such as 08:30-17:00.") from None
    return opens, closes


def parse_lunch(text: str) -> tuple[time, time, int]:
    """Read "HH:MM-HH:MM/MINUTES"."""
    found = re.fullmatch(r"([\d:]+-[\d:]+)/(\d{1,3})", text)
    if not found:
        raise click.BadParameter(f"“{text}” is not HH:MM-HH:MM/MINUTES, such as 12:00-14:00/45.")
    return *parse_span(found[1]), int(found[2])
