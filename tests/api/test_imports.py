"""Files of other systems over HTTP: looked at, tried, imported, mended, imported again."""

from __future__ import annotations

import gzip
import io
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from worlds import web as webs
from worlds.import_files import PATH, Importer, many_shops, messy_shops
from worlds.web import Caller, Web
from xlsxwriter import Workbook

from fieldsales.audit.models import AuditEntry
from fieldsales.customers.models import Customer
from fieldsales.db.session import reading, transaction
from fieldsales.imports.models import ImportRun
from fieldsales.people.models import User

NORTH = {"territory": "north"}


@pytest.fixture
def web(engine: Engine, tmp_path: Path) -> Web:
    """The small town, with a folder for its files."""
    return webs.build(engine, data_dir=tmp_path / "data", max_import_mb=1)


def importer(caller: Caller) -> Importer:
    """Somebody of the town who imports."""

    def ask(method: str, path: str, **options: Any) -> tuple[int, Any]:
        answer = caller.ask(method, path, **options)
        return answer.status_code, answer.get_json(silent=True) or answer.get_data()

    return Importer(ask)


@pytest.fixture
def max_(web: Web) -> Importer:
    """Max the manager."""
    return importer(web.max)


@pytest.fixture
def small_web(sqlite_engine: Engine, tmp_path: Path) -> Web:
    """The town on SQLite, for what no database can change."""
    return webs.build(sqlite_engine, data_dir=tmp_path / "data", max_import_mb=1)


@pytest.fixture
def desk(small_web: Web) -> Importer:
    """Max the manager, for what no database can change."""
    return importer(small_web.max)


def count(engine: Engine, model: Any) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_is_told_before_anything_is_imported(desk: Importer) -> None:
    file = desk.hand_over(messy_shops())
    about = file["about"]
    assert (file["state"], file["file_name"], file["imported_before"]) == ("examined", "shops.csv", None)
    assert (about["encoding"], about["delimiter"]) == ("utf-8-sig", ";")
    assert about["columns"] == ["Store", "Name", "Lat", "Lon", "Tel"]
    assert about["sample"][0] == {"line": 2, "cells": ["S1", "Kiosk am Ring", "52,37", "4,90", "020 624 1111"]}
    likeliest = about["proposals"][0]
    assert (likeliest["kind"], likeliest["missing"]) == ("customers", [])
    assert likeliest["columns"]["reference"] == "Store"
    assert likeliest["columns"]["phone"] == "Tel"


def test_a_file_in_an_encoding_that_is_not_recognised_is_handed_over_with_its_name(desk: Importer) -> None:
    data = "Store;Name;Lat;Lon\n1;Café Génève;43,3;5,4\n".encode("cp1252")
    headers = {"Content-Type": "application/octet-stream"}
    path = f"{PATH}/{uuid.uuid4()}?name=shops.csv"
    status, refused = desk.ask("PUT", path, data=data, headers=headers)
    assert (status, refused["code"]) == (422, "file.encoding")
    status, file = desk.ask("PUT", f"{path}&encoding=cp1252", data=data, headers=headers)
    assert (status, file["about"]["given"]) == (200, {"encoding": "cp1252"})
    assert file["about"]["sample"][0]["cells"][1] == "Café Génève"


def test_a_dry_run_tells_all_and_keeps_nothing(web: Web, max_: Importer) -> None:
    before = count(web.engine, Customer)
    tried = max_.run(max_.hand_over(messy_shops()), dry_run=True, **NORTH)
    report = tried["report"]
    assert tried["state"] == "tried"
    assert (report["read"], report["new"], report["changed"], report["rejects"]) == (4, 2, 0, 2)
    assert [(each["line"], each["code"], each["field"], each["cell"]) for each in report["shown"]] == [
        (4, "name.missing", "name", ""),
        (5, "position.out_of_range", "latitude", "412,0"),
    ]
    assert (count(web.engine, Customer), count(web.engine, ImportRun)) == (before, 0)


def test_a_file_is_imported_its_rejects_mended_and_imported_too(web: Web, max_: Importer) -> None:
    before = count(web.engine, Customer)
    file = max_.hand_over(messy_shops())
    done = max_.run(file, save_mapping="till", **NORTH)
    assert (done["state"], done["has_rejects"]) == ("imported", True)
    assert count(web.engine, Customer) == before + 2
    answer = web.max.get(f"{PATH}/{file['id']}/rejects")
    assert "shops.rejects.csv" in answer.headers["Content-Disposition"]
    rejects = answer.get_data()
    assert rejects.decode("utf-8-sig").splitlines()[0] == "Store,Name,Lat,Lon,Tel,line,reason"
    mended = rejects.replace(b"S3,,", b"S3,Imbiss,").replace(b"412", b"52")
    again = max_.hand_over(mended, "shops.rejects.csv")
    assert again["about"]["mended"] is True
    assert max_.run(again, mapping="till")["report"]["new"] == 2
    assert count(web.engine, Customer) == before + 4
    [mapping] = web.max.get(f"{PATH}/mappings").get_json()["mappings"]
    assert (mapping["kind"], mapping["name"], mapping["options"]) == ("customers", "till", NORTH)
    with reading(web.engine) as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "import.run")).all()
    assert [each.actor_id for each in acts] == [web.people["max"]] * 2


def test_the_same_bytes_are_told_to_have_been_imported_and_change_nothing(max_: Importer) -> None:
    max_.run(max_.hand_over(many_shops(3)), **NORTH)
    file = max_.hand_over(many_shops(3), "other name.csv")
    assert file["imported_before"]["by"] == "Max"
    assert file["imported_before"]["file_name"] == "shops.csv"
    report = max_.run(file, **NORTH)["report"]
    assert (report["new"], report["changed"], report["unchanged"]) == (0, 0, 3)


def test_the_same_file_under_the_same_id_is_answered_as_it_stands(desk: Importer) -> None:
    file_id = str(uuid.uuid4())
    desk.run(desk.hand_over(many_shops(3), file_id=file_id), **NORTH)
    assert desk.hand_over(many_shops(3), file_id=file_id)["state"] == "imported"
    assert desk.hand_over(many_shops(4), file_id=file_id, status=409)["code"] == "import.other_file"


def workbook() -> bytes:
    file = io.BytesIO()
    book = Workbook(file)
    for name, cells in (("Notes", ["nothing", "here"]), ("Shops", ["Store", "Name"])):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, cells)
        sheet.write_row(1, 0, ["7", "Kiosk"])
    book.close()
    return file.getvalue()


def test_another_sheet_of_a_workbook_is_looked_at_and_imported(desk: Importer) -> None:
    file = desk.hand_over(workbook(), "shops.xlsx")
    assert file["about"]["sheets"] == ["Notes", "Shops"]
    status, seen = desk.ask("POST", f"{PATH}/{file['id']}/examine", json={"sheet": "Shops"})
    assert (status, seen["about"]["columns"]) == (200, ["Store", "Name"])
    assert desk.run(file, sheet="Shops", **NORTH)["report"]["new"] == 1


@pytest.mark.parametrize(
    ("data", "name", "status", "code"),
    [
        (b"%PDF-1.7 nothing for us", "shops.csv", 422, "file.not_a_table"),
        (b"", "shops.csv", 422, "file.not_a_table"),
        (gzip.compress(many_shops(9))[:-9], "shops.csv.gz", 422, "file.damaged"),
        (gzip.compress(b"a,b\n" + b"0,0\n" * (18 << 20)), "shops.csv.gz", 422, "file.too_big"),
        (b"a,a\n1,2\n", "shops.csv", 422, "file.header"),
        (b"a" * (1 << 20) + b"b", "shops.csv", 413, "import.too_large"),
    ],
    ids=["a PDF", "nothing", "half a gzip", "a bomb", "two columns of one name", "too many bytes"],
)
def test_what_is_no_table_is_refused_and_not_kept(
    small_web: Web, desk: Importer, tmp_path: Path, data: bytes, name: str, status: int, code: str
) -> None:
    told = desk.hand_over(data, name, status=status)
    assert told["code"] == code
    assert str(tmp_path) not in str(told), "a person is told the name of the file, not where the server keeps it"
    assert small_web.max.get(PATH).get_json() == {"files": []}
    assert list((tmp_path / "data" / "imports").glob("*")) == []


def test_bytes_beyond_the_most_are_refused_though_nobody_announced_them(desk: Importer) -> None:
    body = {"input_stream": io.BytesIO(b"a" * (2 << 20)), "environ_base": {"wsgi.input_terminated": True}}
    headers = {"Transfer-Encoding": "chunked"}
    status, told = desk.ask("PUT", f"{PATH}/{uuid.uuid4()}?name=a.csv", headers=headers, **body)
    assert (status, told["code"]) == (413, "import.too_large")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"columns": {"reference": "Storre"}}, "import.column_missing"),
        ({"columns": {"name": ""}}, "import.column_missing"),
        ({"columns": {"shoe_size": "Lat"}}, "import.unknown_field"),
        ({}, "import.territory_needed"),
        ({"territory": "MARS"}, "import.territory_needed"),
        ({"mapping": "nobody's", **NORTH}, "import.mapping_missing"),
        ({"kind": "orders"}, "import.column_missing"),
        ({"encoding": "klingon", **NORTH}, "file.encoding"),
    ],
)
def test_what_cannot_begin_is_told_at_once(desk: Importer, wanted: dict[str, Any], code: str) -> None:
    file = desk.hand_over(messy_shops())
    status, told = desk.ask("POST", f"{PATH}/{file['id']}/runs", json={"kind": "customers"} | wanted)
    assert (status, told["code"]) == (404 if "mapping" in wanted else 422, code)
    assert "--" not in told["detail"] + told.get("mend", "")
    assert desk.read(file)["state"] == "examined"


def test_only_managers_import_and_only_their_own_files(web: Web, max_: Importer) -> None:
    file = max_.hand_over(messy_shops())
    for login in ("anna", "sara"):
        assert getattr(web, login).get(PATH).status_code == 403
        assert getattr(web, login).get(f"{PATH}/{file['id']}").status_code == 403
    assert web.root.get(f"{PATH}/{file['id']}").status_code == 404
    assert web.root.get(f"{PATH}/{file['id']}/rejects").status_code == 404
    assert web.root.post(f"{PATH}/{file['id']}/runs", {"kind": "customers"}).status_code == 404
    assert web.root.post(f"{PATH}/{file['id']}/cancel").status_code == 404
    assert web.root.delete(f"{PATH}/{file['id']}").status_code == 404


def test_a_manager_of_one_territory_reaches_no_customer_of_another(web: Web, max_: Importer) -> None:
    everywhere = b"Store,Name,Area\nE1,Eastern,south\nW1,Western,north\n"
    max_.run(max_.hand_over(everywhere))
    with transaction(web.engine) as session:
        session.get_one(User, web.people["max"]).territory_id = web.territories["north"]
    changed = everywhere.replace(b"ern", b"ern and Sons") + b"E2,Another,south\n"
    report = max_.run(max_.hand_over(changed))["report"]
    assert (report["changed"], report["new"]) == (1, 0)
    codes = [(each["line"], each["code"]) for each in report["shown"]]
    assert sorted(codes) == [(2, "territory.unknown"), (4, "territory.unknown")]
    moved = max_.run(max_.hand_over(b"Store,Name\nE1,Taken\n"), **NORTH)["report"]
    assert [each["code"] for each in moved["shown"]] == ["reference.elsewhere"]
    sold = b"Date,Store,Amount\n2026-01-05,E1,10.5\n2026-01-05,W1,10.5\n"
    told = max_.run(max_.hand_over(sold, "sales.csv"), kind="orders")["report"]
    assert (told["new"], [each["code"] for each in told["shown"]]) == (1, ["customer.unknown"])


def test_the_history_tells_who_imported_what(web: Web, max_: Importer) -> None:
    max_.run(max_.hand_over(messy_shops()), **NORTH)
    max_.run(max_.hand_over(many_shops(2)), dry_run=True, **NORTH)
    [run] = web.max.get(f"{PATH}/runs").get_json()["items"]
    assert (run["by"], run["kind"], run["read"], run["new"], run["rejects"]) == ("Max", "customers", 4, 2, 2)


def test_a_file_is_erased_when_its_person_says_so(desk: Importer, tmp_path: Path) -> None:
    file = desk.hand_over(messy_shops())
    assert len(list((tmp_path / "data" / "imports").iterdir())) == 1
    assert desk.ask("DELETE", f"{PATH}/{file['id']}")[0] == 204
    assert list((tmp_path / "data" / "imports").iterdir()) == []
    assert desk.ask("GET", f"{PATH}/{file['id']}")[0] == 404
    assert desk.ask("POST", f"{PATH}/{file['id']}/cancel")[1]["code"] == "import.not_found"


def test_nothing_is_cancelled_that_does_not_run(desk: Importer) -> None:
    file = desk.hand_over(messy_shops())
    assert desk.ask("POST", f"{PATH}/{file['id']}/cancel")[1]["code"] == "import.idle"
    assert desk.ask("GET", f"{PATH}/{file['id']}/rejects")[1]["code"] == "import.no_rejects"


def test_only_so_many_files_of_one_person_are_kept(desk: Importer) -> None:
    for number in range(20):
        desk.hand_over(many_shops(1 + number))
    assert desk.hand_over(many_shops(30), status=429)["code"] == "import.too_many"


def test_a_file_whose_time_is_up_is_erased_when_the_next_one_comes(
    small_web: Web, desk: Importer, tmp_path: Path
) -> None:
    file = desk.hand_over(messy_shops())
    half = tmp_path / "data" / "imports" / "arriving-of-a-killed-server"
    half.mkdir()
    for place in (half, tmp_path / "data" / "imports" / uuid.UUID(file["id"]).hex):
        os.utime(place, (0, 0))
    desk.hand_over(many_shops(1))
    assert not half.exists()
    assert desk.read(file)["state"] == "examined"
    small_web.now += timedelta(hours=73)
    assert desk.ask("GET", f"{PATH}/{file['id']}")[0] in {401, 404}
    small_web.callers.clear()
    late = importer(small_web.max)
    assert late.ask("GET", f"{PATH}/{file['id']}")[1]["code"] == "import.not_found"
    kept = late.hand_over(many_shops(2))
    assert late.ask("GET", PATH)[1]["files"] == [kept]
    assert not (tmp_path / "data" / "imports" / uuid.UUID(file["id"]).hex).exists()
