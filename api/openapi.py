"""Documented routes: one schema checks what comes in, shapes what goes out, and tells both in OpenAPI 3.0."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, wraps
from http import HTTPStatus
from threading import Lock
from typing import Any, NoReturn, TypeVar

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask, Request, Response
from flask_smorest import Api, Blueprint
from marshmallow import INCLUDE, RAISE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from api.faults import BadRequest, FieldsInvalid
from api.guard import mark
from api.payload import read_json
from api.problems import MEDIA_TYPE
from api.tables.columns import Table, table_of
from api.tables.files import CSV, XLSX, taken_along
from api.tables.schemas import TableQuery
from fieldsales.people.models import Role
from sync.wire import Strict, unstorable

View = TypeVar("View", bound=Callable[..., Any])
VERSION = "0.1.0"
ABOUT = """
Plan the visits, drive the day, lose nothing.

Log in at `/api/v1/auth/login`, then send `Authorization: Bearer <access_token>`. Times are UTC unless a field says
that it is on the wall clock; money is a whole number of minor units (cents) with an ISO 4217 code; ids are UUIDs.
Lists come in pages: pass the `next` of one as `after` to get the one after it. Whatever goes wrong is told as
problem+json with a stable `code`, all of which are listed at [/docs/errors](/docs/errors).
"""


class ProblemSchema(Schema):
    """RFC 9457, with what we add: a stable code, how to mend it, what to quote when reporting it, and the facts."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata={"example": "/docs/errors#request.invalid_fields"})
    title = fields.String(required=True, metadata={"example": "Some fields are wrong"})
    status = fields.Integer(required=True, metadata={"example": 422})
    detail = fields.String(required=True, metadata={"example": "latitude: Must be less than or equal to 90."})
    code = fields.String(required=True, metadata={"example": "request.invalid_fields"})
    mend = fields.String(metadata={"example": "Mend the fields that “errors” names."})
    request_id = fields.String(required=True)
    errors = fields.List(
        fields.Dict(), metadata={"example": [{"in": "json", "pointer": "/latitude", "message": "Must be at most 90."}]}
    )


class StrictParser(FlaskParser):
    """Takes no unknown field, no sloppy JSON, and names every fault by a JSON pointer (RFC 6901)."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 -- declared so by webargs
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
        "querystring": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Return the body's value."""
        return read_json(req)

    def load_querystring(self, req: Request, schema: Schema) -> MultiDictProxy:
        """Return the query, once it is known to be text; how a list is taken along is apart from what is in it."""
        if reason := unstorable(req.args.to_dict(flat=False)):
            raise BadRequest(f"The query cannot be used: {reason}.", mend="Send plain text.")
        found: MultiDictProxy = super().load_querystring(req, schema)
        if isinstance(schema, TableQuery):
            return self._part(found, schema, lambda name: name in schema.fields)
        leaves = getattr(schema, "leaves", ())
        return self._part(found, schema, lambda name: name not in leaves) if leaves else found

    @staticmethod
    def _part(found: MultiDictProxy, schema: Schema, wanted: Callable[[str], bool]) -> MultiDictProxy:
        given = MultiDict(found.data)
        for name in [name for name in given if not wanted(name)]:
            del given[name]
        return MultiDictProxy(given, schema)

    def handle_error(self, error: ValidationError, *_args: Any, **_options: Any) -> NoReturn:
        """Raise `FieldsInvalid` with each fault."""
        found = [
            {"in": place, "pointer": pointer, "message": message}
            for place, messages in error.normalized_messages().items()  # type: ignore[no-untyped-call]
            for pointer, message in _faults(messages)
        ]
        told = "; ".join(f"{each['pointer'].strip('/') or each['in']}: {each['message']}" for each in found[:3])
        raise FieldsInvalid(told, mend="Mend the fields that “errors” names.", errors=found) from error


def _faults(messages: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            part = str(name).replace("~", "~0").replace("/", "~1")
            yield from _faults(inner, pointer if name == "_schema" else f"{pointer}/{part}")
    elif isinstance(messages, list):
        for inner in messages:
            yield from _faults(inner, pointer)
    else:
        yield pointer, str(messages)


class Resource(Blueprint):  # type: ignore[misc]
    """The routes of one noun. Each says who may use it, what it takes and gives; its documentation follows."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self._prepare_doc_cbks += (_prepare_guard_doc, _prepare_also_doc)

    def on(
        self,
        method: str,
        rule: str,
        *,
        roles: frozenset[Role],
        query: type[Schema] | None = None,
        takes: type[Schema] | None = None,
        documents: type[Schema] | Schema | dict[str, Any] | None = None,
        takes_bytes: bool = False,
        gives: type[Schema] | Schema | None = None,
        media_type: str | None = None,
        status: int = 200,
        rows: str | None = None,
        also: Iterable[str] = (),
        problems: Iterable[int] = (),
        example: Mapping[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """Register a view, which is called with the loaded query, then the loaded body, then the path's parts.

        `problems` are the statuses of errors that a client should expect here; `example` is of the body. A view that
        reads its body by itself only `documents` it, or `takes_bytes` as they are. An answer that is not JSON has
        another `media_type`. One that holds a list can be taken along as a file; `rows` names the list where it is not
        the only one. `also` are the media types of other forms of the answer.
        """
        answer = gives() if isinstance(gives, type) else gives
        table = _table(self.url_prefix + rule, answer, rows) if method == "GET" and answer else None

        def register(view: View) -> View:
            wanted = taken_along(view, table, answer) if table and answer else view
            told: Any = self.response(status, gives, content_type=media_type)(
                wanted if gives else _without_body(view, status)
            )
            for problem in problems:
                told = self.alt_response(problem, HTTPStatus(problem).name)(told)
            if takes:
                told = self.arguments(takes, example=example)(told)
            if documents:
                told = self.doc(requestBody=_json_body(documents))(told)
            if takes_bytes:
                told = self.doc(requestBody=_BYTES)(told)
            if query:
                told = self.arguments(_leaving(query(), table), location="query")(told)
            if table:
                told = self.arguments(TableQuery(), location="query")(told)
                told.table_names = [column.name for column in table.columns]
            told._apidoc = {**told._apidoc, "also": [*also, *((CSV, XLSX) if table else ())]}
            self.route(rule, methods=[method], endpoint=view.__name__)(mark(told, roles))
            return view

        return register


def _table(path: str, answer: Schema, rows: str | None) -> Table | None:
    """Phones' own lists follow a protocol and are no tables, unless one says so."""
    return table_of(answer, rows) if rows or path.startswith("/api/") else None


def _leaving(query: Schema, table: Table | None) -> Schema:
    """Have a query leave to others what says how its list is taken along."""
    if table:
        setattr(query, "leaves", frozenset(TableQuery().fields))  # noqa: B010 -- for our parser
    return query


def _prepare_also_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_context: Any) -> dict[str, Any]:
    for media_type in doc_info.get("also", ()):
        doc["responses"][200]["content"][media_type] = {"schema": {"type": "string", "format": "binary"}}
    return doc


_BYTES = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


def _json_body(schema: type[Schema] | Schema | dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _without_body(view: Callable[..., Any], status: int) -> Callable[..., Any]:
    @wraps(view)
    def answer(*args: Any, **parts: Any) -> Response:
        found = view(*args, **parts)
        return found if isinstance(found, Response) else Response(status=status)

    return answer


class _Converter(OpenAPIConverter):
    """Tells that what we take has no other fields, and leaves room for more in what we answer."""

    def schema2jsonschema(self, schema: Schema) -> dict[str, Any]:
        told: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        if not isinstance(schema, Strict) and schema.unknown == RAISE:
            del told["additionalProperties"]
        return told


class _Plugin(MarshmallowPlugin):
    Converter = _Converter


def _name(schema: type[Schema] | Schema) -> str:
    """Return what a schema is called: the shapes of what phones send may be called as some of our answers."""
    kind = schema if isinstance(schema, type) else type(schema)
    name = kind.__name__.removesuffix("Schema")
    return f"Sent{name}" if kind.__module__.startswith("sync.handlers.") else name


class Documentation(Api):  # type: ignore[misc]
    """Gathers the routes of all resources into one OpenAPI document, once somebody asks for it.

    Writing it takes four times as long as all else that an app needs to be made, and most processes never show it.
    """

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask, **options: Any) -> None:
        self._untold: list[Resource] = []
        self._writing = Lock()
        super().__init__(app, **options)

    def register_blueprint(self, blp: Resource, **options: Any) -> None:
        """Serve the routes of a resource; tell of them later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._untold.append(blp)

    @cached_property
    def written(self) -> str:
        """The document as JSON, with every resource that was registered before it was first asked for."""
        with self._writing:
            while self._untold:
                resource = self._untold.pop(0)
                resource.register_views_in_doc(self, self._app, self.spec, name=resource.name, parameters=None)
                self.spec.tag({"name": resource.name, "description": resource.description})
            return json.dumps(self.spec.to_dict())

    def _register_error_handlers(self) -> None:
        """Leave errors to `api.problems`."""

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = Api.DEFAULT_RESPONSE_CONTENT_TYPE


def document(app: Flask) -> Documentation:
    """Return the documentation of an app, to register resources with."""
    app.config.update(API_TITLE="fieldsales", API_VERSION=VERSION, OPENAPI_VERSION="3.0.3")
    about = {"description": ABOUT, "license": {"name": "Apache-2.0"}}
    api = Documentation(app, spec_kwargs={"info": about, "marshmallow_plugin": _Plugin(_name)})
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    return api


def _prepare_guard_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_context: Any) -> dict[str, Any]:
    if roles := doc_info.get("guard"):
        doc["security"] = [{"bearer": []}]
        doc["x-roles"] = roles
        doc["responses"] |= {"401": "UNAUTHORIZED", "403": "FORBIDDEN"}
    return doc
