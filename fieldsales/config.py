"""Settings, read once from the environment and handed down as a value.

Each setting is documented in `docs/settings.md`; a test holds the two together.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from fieldsales.errors import BadSetting

PREFIX = "FIELDSALES_"


def _setting(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


_LEAST: dict[str, float] = {
    "access_token_minutes": 1,
    "refresh_token_days": 1,
    "circuity": 1.0,
    "speed_kmh": 1.0,
    "solve_seconds": 0.05,
    "travel_timeout": 0.1,
    "osrm_table_size": 2,
    "travel_cache_ways": 10_000,
    "travel_cache_days": 1,
    "solver_workers": 0,
    "trusted_proxies": 0,
    "max_upload_mb": 1,
    "max_body_mb": 1,
    "max_import_mb": 1,
    "import_keep_hours": 1,
    "most_streams": 0,
    "stream_seconds": 0.0,
    "mail_port": 1,
    "call_private": 0,
    "call_seconds": 0.1,
    "jobs_seconds": 0.1,
    "jobs_lease": 1.0,
}


_CHOICES: dict[str, tuple[str | int, ...]] = {
    "travel": ("great_circle", "osrm", "valhalla"),
    "printer": ("epson", "gb18030", "utf8"),
    "paper_mm": (58, 80),
    "mail_security": ("starttls", "tls", "none"),
    "call_private": (0, 1),
    "jobs": ("here", "apart"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator may set, each from `FIELDSALES_<NAME>`."""

    database_url: str = _setting("sqlite:///var/fieldsales.sqlite3", "SQLAlchemy address of the database")
    data_dir: Path = _setting(Path("var"), "folder for photo bytes, unfinished uploads and files to import")
    photo_store: str = _setting("", "where photo bytes are kept, e.g. s3://bucket/prefix; empty: the data folder")
    secret_key: str = _setting("", "signs tokens; at least 32 characters; required to serve")
    access_token_minutes: int = _setting(15, "life of an access token")
    refresh_token_days: int = _setting(30, "life of a refresh token")
    login_rate: str = _setting("5 per minute; 50 per hour", "how often one address may try one login")
    hand_in_rate: str = _setting("10 per minute; 100 per hour", "how often somebody locked out may hand in work")
    tracker_rate: str = _setting("1200 per minute", "how often one tracking app may send a position")
    limiter_storage: str = _setting("memory://", "where login attempts are counted, e.g. redis://127.0.0.1:6379")
    currency: str = _setting("EUR", "currency of imported prices that name none")
    time_zone: str = _setting("UTC", "time zone of a new territory that names none")
    region: str = _setting("US", "ISO 3166 country of phone numbers without a country code")
    circuity: float = _setting(1.3, "road distance over great-circle distance")
    speed_kmh: float = _setting(30.0, "mean driving speed in km/h")
    travel: str = _setting("great_circle", "where driving times come from: great_circle, osrm or valhalla")
    osrm_url: str = _setting("http://127.0.0.1:5000", "address of an OSRM server")
    osrm_profile: str = _setting("driving", "what drives, as OSRM names it")
    osrm_table_size: int = _setting(100, "--max-table-size of the OSRM server")
    roads_dir: Path = _setting(Path("var/roads"), "folder of roads that fieldsales roads build made, for valhalla")
    travel_timeout: float = _setting(10.0, "longest that a road router may take for one answer, in seconds")
    travel_cache: str = _setting("", "file that remembers driving times; empty: in the data folder; off: none")
    travel_cache_ways: int = _setting(2_000_000, "most driving times that are remembered; a million takes 60 MB")
    travel_cache_days: int = _setting(30, "days after which a remembered driving time is asked for again")
    solve_seconds: float = _setting(1.0, "longest search for one rep's day, in seconds")
    solver_workers: int = _setting(2, "processes that search for routes; 0 searches in the caller's own")
    trusted_proxies: int = _setting(0, "reverse proxies in front, whose X-Forwarded headers are believed")
    oldest_app: str = _setting("", "oldest version of the app that need not update; empty: any")
    advised_app: str = _setting("", "version of the app below which an update is advised; empty: none")
    metrics_token: str = _setting("", "bearer token that may read /metrics; empty: only admins may")
    max_upload_mb: int = _setting(25, "largest photo accepted, in MB")
    max_body_mb: int = _setting(8, "largest JSON body accepted, in MB")
    max_import_mb: int = _setting(256, "largest file to import that is taken over HTTP, in MB, as it is sent")
    import_keep_hours: int = _setting(72, "hours after which a file that was uploaded to be imported is erased")
    most_streams: int = _setting(32, "phones that one process lets listen for news; each occupies a thread")
    stream_seconds: float = _setting(300.0, "how long a phone listens before it must ask again, in seconds")
    seller_name: str = _setting("fieldsales", "who sells, on receipts and in exports")
    seller_address: str = _setting("", "the seller's address on receipts, its lines parted by a bar: Quay 1|Patras")
    seller_tax_number: str = _setting("", "the seller's tax number on receipts")
    printer: str = _setting("epson", "what receipt printers understand: epson, gb18030 or utf8")
    paper_mm: int = _setting(80, "width of the paper in receipt printers: 58 or 80")
    mail_host: str = _setting("", "SMTP server that sends receipts and reports; empty: none")
    mail_port: int = _setting(587, "port of the SMTP server")
    mail_security: str = _setting("starttls", "how the SMTP server is spoken to: starttls, tls or none")
    mail_from: str = _setting("", "address that mail comes from")
    mail_user: str = _setting("", "login at the SMTP server; empty: none is needed")
    mail_password: str = _setting("", "password at the SMTP server")
    public_url: str = _setting("", "address of this server as people reach it, for links in mail; empty: no links")
    map_tiles: str = _setting("", "address of map tiles for the console, with {z}, {x} and {y}; empty: none")
    map_attribution: str = _setting("", "whom the map's tiles are owed to, shown on the map")
    call_private: int = _setting(0, "1 lets webhooks go to plain http and into private networks")
    call_seconds: float = _setting(10.0, "longest that one call of a webhook may take, in seconds")
    jobs: str = _setting("here", "where nightly work is done: here, in servers, or apart, by fieldsales jobs work")
    jobs_seconds: float = _setting(5.0, "how often it is looked whether work is due, in seconds")
    jobs_lease: float = _setting(60.0, "without a sign of life for so many seconds a worker has died")
    celery_broker: str = _setting("", "Celery's broker, e.g. redis://127.0.0.1:6379/0; empty: no Celery")
    celery_queue: str = _setting("fieldsales.jobs", "queue of the broker; each database needs its own")

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            if not getattr(self, name) >= least:
                raise BadSetting(
                    f"{PREFIX}{name.upper()} is {getattr(self, name)}, and must be at least {least}.",
                    mend="docs/settings.md shows an example.",
                    setting=name,
                )

        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise BadSetting(
                    f"{PREFIX}{name.upper()} is “{getattr(self, name)}”, "
                    f"and must be one of {', '.join(map(str, choices))}.",
                    mend="docs/settings.md shows an example.",
                    setting=name,
                )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raise `BadSetting` for a value of the wrong kind or a name that does not exist."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in (os.environ if environment is None else environment).items()
            if name.startswith(PREFIX)
        }
        known = {each.name: each for each in fields(cls)}
        for name in given.keys() - known.keys():
            raise BadSetting(
                f"{PREFIX}{name.upper()} is not a setting.",
                mend="docs/settings.md lists them all.",
                setting=name,
            )
        return cls(**{name: _parse(name, known[name].default, value) for name, value in given.items()})


def _parse(name: str, default: object, value: str) -> Any:
    kind: Callable[[str], Any] = Path if isinstance(default, Path) else type(default)
    try:
        return kind(value)
    except (TypeError, ValueError) as wrong:
        raise BadSetting(
            f"{PREFIX}{name.upper()} is “{value}”, which is not {_WORDS[kind]}.",
            mend="docs/settings.md shows an example.",
            setting=name,
        ) from wrong


_WORDS: dict[Callable[[str], Any], str] = {int: "a whole number", float: "a number", str: "a text", Path: "a path"}
