"""Customer lists."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from fieldsales.changes.models import Change
from fieldsales.customers.models import Customer, CustomerReference
from fieldsales.db.session import transaction
from fieldsales.errors import FieldsalesError
from fieldsales.imports.models import ImportRun

SHOPS = "code,name,lat,lon,phone\nK1,Kiosk,38.10,21.70,2610 123456\nK2,Shop,38.20,21.71,\n"


def by_name(desk) -> dict[str, Customer]:
    return {customer.name: customer for customer in desk.all(Customer)}


def test_customers_are_added_with_their_reference(desk, batches):
    tally = desk.customers(SHOPS)
    kiosk = by_name(desk)["Kiosk"]
    assert (tally.read, tally.new, tally.rejects) == (2, 2, 0)
    assert (kiosk.latitude, kiosk.longitude, kiosk.phone) == (38.10, 21.70, "+302610123456")
    assert (kiosk.active, kiosk.flags, kiosk.version) == (True, [], 1)
    assert {(each.system, each.value) for each in desk.all(CustomerReference)} == {("erp", "K1"), ("erp", "K2")}


def test_the_same_file_again_changes_nothing_and_tells_the_phones_nothing(desk, batches):
    desk.customers(SHOPS)
    told = {(each.entity_id, each.tx) for each in desk.all(Change)}
    again = desk.customers(SHOPS)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert again.changes_nothing
    assert {(each.entity_id, each.tx) for each in desk.all(Change)} == told


def test_a_changed_cell_changes_its_customer_only(desk):
    desk.customers(SHOPS)
    tally = desk.customers(SHOPS.replace("Shop", "Shop & Co"))
    assert (tally.changed, tally.unchanged) == (1, 1)
    assert {name: customer.version for name, customer in by_name(desk).items()} == {"Kiosk": 1, "Shop & Co": 2}


def test_a_blank_cell_leaves_what_somebody_found_out(desk):
    desk.customers("code,name,lat,lon\nK1,Kiosk,,\n")
    assert by_name(desk)["Kiosk"].flags == ["no_position"]
    with transaction(desk.engine) as session:
        session.execute(update(Customer).values(latitude=38.0, longitude=21.0, flags=["looks_closed"]))
    tally = desk.customers("code,name,lat,lon\nK1,Kiosk,,\n")
    assert (tally.unchanged, tally.flagged) == (1, {})
    assert by_name(desk)["Kiosk"].flags == ["looks_closed"]


def test_a_position_that_comes_later_takes_the_flag_away(desk):
    desk.customers("code,name,lat,lon\nK1,Kiosk,,\n")
    assert desk.customers("code,name,lat,lon\nK1,Kiosk,38.1,21.7\n").changed == 1
    assert by_name(desk)["Kiosk"].flags == []


@pytest.mark.parametrize(
    ("lat", "lon", "position", "flags"),
    [
        ("", "", (None, None), ["no_position"]),
        ("38.1", "", (None, None), ["no_position", "position_incomplete"]),
        ("0", "0.0", (None, None), ["no_position", "position_zero"]),
        ("-93.6", "41.6", (41.6, -93.6), ["position_swapped"]),
        ("121.47", "31.23", (31.23, 121.47), ["position_swapped"]),
        ('"38,1"', '"21,7"', (38.1, 21.7), []),
        ("90", "-180", (90.0, -180.0), []),
    ],
)
def test_a_position_is_taken_left_out_or_put_right(desk, lat, lon, position, flags):
    tally = desk.customers(f"code,name,lat,lon\nK1,Kiosk,{lat},{lon}\n")
    kiosk = by_name(desk)["Kiosk"]
    assert ((kiosk.latitude, kiosk.longitude), kiosk.flags) == (position, flags)
    assert sorted(tally.flagged) == flags


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("K9,Kiosk,91,181", "position.out_of_range"),
        ("K9,Kiosk,12,181", "position.out_of_range"),
        (f"K9,Kiosk,{'9' * 5000},21", "position.out_of_range"),
        ("K9,Kiosk,north,21", "position.invalid"),
        ("K9,Kiosk,nan,21", "position.invalid"),
        ("K9,Kiosk,1e1,21", "position.invalid"),
        (",Kiosk,38,21", "reference.missing"),
        ("K9, ,38,21", "name.missing"),
        (f"K9,{'x' * 201},38,21", "name.too_long"),
        (f"{'x' * 81},Kiosk,38,21", "reference.too_long"),
        ("K9,Kiosk,38", "row.too_few_fields"),
        ("K0,Kiosk,38,21", "reference.repeated"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_line(desk, row, code):
    tally = desk.customers(f"code,name,lat,lon\nK0,Good,38,21\n{row}\nK8,Good too,38,21\n")
    assert (tally.new, list(tally.rejected), tally.rejected[code].lines) == (2, [code], [3])
    assert [(each["line"], each["reason"].split(":")[0]) for each in desk.rejected()] == [("3", code)]


def test_what_a_visit_can_do_without_is_left_out_and_flagged(desk):
    text = "code,name,lat,lon,phone,hours,gln\nK1,Kiosk,38,21,call me,whenever,123\n"
    tally = desk.customers(text)
    kiosk = by_name(desk)["Kiosk"]
    assert (kiosk.phone, kiosk.opening_hours) == (None, None)
    assert kiosk.flags == ["gln_invalid", "opening_hours_invalid", "phone_invalid"] == sorted(tally.flagged)
    assert desk.customers(text).changes_nothing
    mended = desk.customers(text.replace("call me", "2610123456").replace("whenever", "Mo-Fr 08:00-18:00"))
    assert (mended.changed, by_name(desk)["Kiosk"].flags) == (1, ["gln_invalid"])


def test_a_gln_is_one_more_reference(desk):
    text = "code,name,lat,lon,gln\nK1,Kiosk,38,21,4012345000009\nK2,Shop,38,21,\n"
    desk.customers(text)
    assert ("gln", "4012345000009") in {(each.system, each.value) for each in desk.all(CustomerReference)}
    assert desk.customers(text).changes_nothing
    taken = desk.customers("code,name,lat,lon,gln\nK2,Shop,38,21,4012345000009\n")
    assert list(taken.flagged) == ["gln_taken"]
    assert len(desk.all(CustomerReference)) == 3


def test_each_row_may_name_its_territory(desk):
    text = "code,name,territory,phone\nK1,Kiosk,S,030 901820\nK2,Shop,,2610 123456\nK3,Bar,West,\n"
    tally = desk.customers(text)
    assert {name: customer.phone for name, customer in by_name(desk).items()} == {
        "Kiosk": "+4930901820",
        "Shop": "+302610123456",
    }
    assert list(tally.rejected) == ["territory.unknown"]
    assert desk.customers(text).changes_nothing


def test_where_customers_belong_must_be_clear(desk):
    with pytest.raises(FieldsalesError, match="there are: N, S") as unclear:
        desk.customers(SHOPS, territory=None)
    assert unclear.value.code == "import.territory_needed"
    with pytest.raises(FieldsalesError, match="no territory “X”"):
        desk.customers(SHOPS, territory="X")


def test_a_mended_rejects_file_is_imported_like_any_other(desk):
    desk.customers("code,name,lat,lon\nK1,=Kiosk(),138,221\nK2,Shop,38,21\n")
    assert desk.rejected()[0]["name"] == "'=Kiosk()"
    tally = desk.customers(desk.mend("138,221", "38,21"))
    assert (tally.new, tally.rejects) == (1, 0)
    assert set(by_name(desk)) == {"=Kiosk()", "Shop"}


def test_chinese_files_are_read(desk):
    path = desk.file("客户编号;客户名称;纬度;经度;状态\n甲1;好邻居便利店;31,2;121,5;启用\n".encode("gb18030"))
    desk.customers(path)
    shop = by_name(desk)["好邻居便利店"]
    assert (shop.latitude, shop.longitude, shop.active) == (31.2, 121.5, True)


def test_a_failure_in_the_middle_leaves_nothing_behind(desk, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("fieldsales.imports.customers.service.CustomerImport.finish", fail)
    with pytest.raises(KeyboardInterrupt):
        desk.customers(SHOPS + "K9,Bad,912,0,\n")
    assert (desk.all(Customer), desk.all(ImportRun), desk.rejects.exists()) == ([], [], False)


def test_stopping_in_the_middle_of_a_statement_leaves_nothing_behind(desk, monkeypatch):
    """SQLAlchemy then gives the connection up, and it takes no more statements."""

    def stop(importer, *_):
        importer._session.connection().invalidate()
        raise KeyboardInterrupt

    monkeypatch.setattr("fieldsales.imports.customers.service.CustomerImport.take", stop)
    with pytest.raises(KeyboardInterrupt):
        desk.customers(SHOPS)
    assert (desk.all(Customer), desk.all(ImportRun)) == ([], [])


def test_a_run_is_noted(desk):
    desk.customers(SHOPS)
    (run,) = desk.all(ImportRun)
    assert (run.file_name, run.kind, run.counts["new"], len(run.sha256)) == ("in.csv", "customers", 2, 64)
