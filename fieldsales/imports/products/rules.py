"""What a row of a product list means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import InvalidOperation

from fieldsales.barcodes import BadBarcode, gtin
from fieldsales.imports.columns.rules import Field, Writes
from fieldsales.money import UnknownCurrency, to_minor
from fieldsales.tabular.values import BadValue, parse_number, parse_truth, parse_whole

FIELDS = (
    Field(
        "sku",
        "the article's number in the other system",
        (
            *("itemnumber", "itemno", "itemcode", "item", "productcode", "productnumber", "productid", "productno"),
            *(
                "articlenumber",
                "articleno",
                "article",
                "stockcode",
                "code",
                "id",
                "artikelnummer",
                "artikelnr",
                "κωδικός",
            ),
            *("商品编号", "商品编码", "产品编号", "产品编码", "货号", "商品編號", "產品編號", "貨號"),
        ),
        required=True,
    ),
    Field(
        "name",
        "what it is called",
        (
            *("itemdescription", "productname", "itemname", "description", "product", "articlename", "title"),
            *(
                "bezeichnung",
                "artikel",
                "περιγραφή",
                "商品名称",
                "产品名称",
                "品名",
                "商品名稱",
                "產品名稱",
                "名称",
                "名稱",
            ),
        ),
        required=True,
    ),
    Field(
        "price",
        "list price of one unit",
        (
            *("listprice", "unitprice", "retailprice", "salesprice", "statebottleretail", "retail", "preis", "τιμή"),
            *("单价", "价格", "售价", "單價", "價格", "售價"),
        ),
        required=True,
        writes=Writes.NUMBER,
    ),
    Field(
        "cost",
        "what one unit costs us",
        ("unitcost", "costprice", "purchaseprice", "statebottlecost", "einkaufspreis", "成本", "进价", "進價"),
        writes=Writes.NUMBER,
    ),
    Field("currency", "ISO 4217 code of price and cost", ("currencycode", "währung", "币种", "幣別")),
    Field("brand", "brand or maker", ("brandname", "vendorname", "manufacturer", "maker", "vendor", "marke", "品牌")),
    Field(
        "category",
        "kind of goods",
        ("categoryname", "productgroup", "group", "type", "warengruppe", "类别", "類別", "分类"),
    ),
    Field(
        "gtin",
        "barcode of the unit (EAN, UPC)",
        ("ean", "upc", "barcode", "eancode", "upccode", "条码", "條碼", "条形码"),
    ),
    Field(
        "case_gtin",
        "barcode of the case (ITF-14)",
        ("scc", "casebarcode", "caseean", "caseupc", "itf14", "箱码", "箱碼"),
    ),
    Field(
        "pack_size",
        "units in a case",
        ("pack", "packsize", "unitspercase", "casesize", "装箱数", "箱規"),
        writes=Writes.NUMBER,
    ),
    Field("active", "whether it is still sold", ("status", "enabled", "状态", "狀態")),
)

_LONGEST = {"sku": 80, "name": 200, "brand": 120, "category": 120}
_DEAREST = 10**12


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as a file has it. `values` holds the columns of our table that it fills; what is odd is flagged."""

    sku: str
    values: dict[str, object]
    flags: frozenset[str]


def read_product(cells: Mapping[str, str], mark: str | None, currency: str) -> ProductRow:
    """Read the cells of a row, by field. `currency` is that of rows that name none. Raises `BadValue`."""
    texts = {name: " ".join(text.split()) for name, text in cells.items()}
    for name in ("sku", "name", "price"):
        if not texts.get(name):
            raise BadValue(f"{name}.missing", f"the {name} is empty")
    for name, longest in _LONGEST.items():
        if len(texts.get(name, "")) > longest:
            raise BadValue(f"{name}.too_long", f"the {name} has more than {longest} characters")
    values: dict[str, object] = {name: texts[name] for name in ("name", "brand", "category") if texts.get(name)}
    values |= _prices(texts, mark, currency)
    if texts.get("pack_size"):
        values["pack_size"] = _pack_size(texts["pack_size"], mark)
    if texts.get("active"):
        values["active"] = parse_truth(texts["active"])
    flags: set[str] = set()
    for name in ("gtin", "case_gtin"):
        if texts.get(name, "").strip("0 "):
            values |= _barcode(name, texts[name], flags)
    return ProductRow(texts["sku"], values, frozenset(flags))


def _prices(texts: Mapping[str, str], mark: str | None, currency: str) -> dict[str, object]:
    code = texts.get("currency", "").upper() or currency
    found: dict[str, object] = {"currency": code}
    for name in ("price", "cost"):
        if texts.get(name):
            try:
                minor = to_minor(parse_number(texts[name], mark), code)
            except UnknownCurrency as unknown:
                raise BadValue("currency.unknown", unknown.detail) from unknown
            except InvalidOperation:  # more digits than Decimal works with
                minor = _DEAREST
            if not 0 <= minor < _DEAREST:
                raise BadValue(f"{name}.out_of_range", f"a {name} of {texts[name]} cannot be")
            found[f"{name}_minor"] = minor
    return found


def _pack_size(text: str, mark: str | None) -> int:
    size = parse_whole(text, mark)
    if not 1 <= size <= 100_000:
        raise BadValue("pack_size.out_of_range", f"a case of {text} units cannot be")
    return size


def _barcode(name: str, text: str, flags: set[str]) -> dict[str, object]:
    try:
        digits = gtin(text)
    except BadBarcode:
        flags.add(f"{name}_invalid")
        return {}
    if digits.lstrip("0") == text and digits != text:
        flags.add(f"{name}_zeros_restored")
    return {name: digits}
