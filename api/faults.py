"""What can be wrong with a request itself, before any rule of the business is asked."""

from __future__ import annotations

from fieldsales.errors import Conflict, FieldsalesError, Forbidden, Invalid, NotFound, Unauthorized


class BadRequest(Invalid):
    """The request does not follow HTTP. The client's HTTP library is the place to look."""

    code = "request.malformed"
    title = "The request cannot be understood"
    status = 400


class BadJson(Invalid):
    """The body is not JSON text: check quotes, commas, UTF-8; NaN and Infinity are not JSON."""

    code = "request.bad_json"
    title = "The body is not JSON"
    status = 400


class WrongContentType(Invalid):
    """The body's Content-Type is not one that this route takes. Most take application/json."""

    code = "request.content_type"
    title = "The body is of the wrong type"
    status = 415


class BodyTooLarge(Invalid):
    """The body is larger than the server takes (FIELDSALES_MAX_BODY_MB). Send less at a time."""

    code = "request.too_large"
    title = "The body is too large"
    status = 413


class UnknownEncoding(Invalid):
    """The body's Content-Encoding is none of ours, or more than one. Pack it once: zstd or gzip, or not at all."""

    code = "request.encoding_unknown"
    title = "The body is packed in an unknown way"
    status = 415


class BrokenEncoding(Invalid):
    """The body cannot be unpacked: damaged, cut off, or going on behind its end. Pack it anew, as one frame."""

    code = "request.encoding_broken"
    title = "The body cannot be unpacked"
    status = 400


class InflatesTooFar(Invalid):
    """The body inflates to many times its size, as a bomb does. Send it unpacked; GET /sync/v1 tells the ratio."""

    code = "request.inflates_too_far"
    title = "The body inflates too far"
    status = 413


class NotAcceptable(Invalid):
    """The client takes the answer in no form that we have. Accept zstd, gzip or identity."""

    code = "request.not_acceptable"
    title = "No form of the answer is acceptable"
    status = 406


class FieldsInvalid(Invalid):
    """Some fields are missing, unknown or out of range; `errors` names each by a JSON pointer and says why."""

    code = "request.invalid_fields"
    title = "Some fields are wrong"


class RequestRefused(Invalid):
    """HTTP itself refuses the request for a rarer reason; the status and the detail say which."""

    code = "request.refused"
    title = "The request was refused"
    status = 400


class RouteNotFound(NotFound):
    """The address leads nowhere. /docs lists all routes."""

    code = "route.not_found"
    title = "There is no such address"


class MethodNotAllowed(Invalid):
    """The address exists, but not for this method. The Allow header names those that it takes."""

    code = "route.method_not_allowed"
    title = "Not with this method"
    status = 405


class TooManyAttempts(Forbidden):
    """A password was tried, work handed in, or a position sent, too often. Wait as many seconds as Retry-After says."""

    code = "auth.too_many_attempts"
    title = "Too many attempts"
    status = 429


class TokenMissing(Unauthorized):
    """No access token was sent. Log in, and send “Authorization: Bearer …”."""

    code = "auth.token_missing"
    title = "Please log in"


class TokenInvalid(Unauthorized):
    """The token was not made by this server, or is of the other kind. Log in again."""

    code = "auth.token_invalid"
    title = "This token cannot be used"


class TokenExpired(Unauthorized):
    """The token is past its time. Get a new one at /api/v1/auth/refresh, or log in again."""

    code = "auth.token_expired"
    title = "This token has expired"


class RoleNotAllowed(Forbidden):
    """Your role may not use this route."""

    code = "access.role"
    title = "Your role may not do this"


class CrossSite(Forbidden):
    """A page of another site sent this request, by the browser's own word. Sessions are for this server's pages."""

    code = "access.cross_site"
    title = "This came from another site"


class ChangedMeanwhile(Conflict):
    """Somebody else changed the same thing at the same moment. Read it again, then repeat the change."""

    code = "resource.changed_meanwhile"
    title = "Somebody else changed this meanwhile"


class Unexpected(FieldsalesError):
    """A fault of ours. It was logged under `request_id`; quote that when you report it."""

    code = "internal.unexpected"
    title = "Something went wrong on our side"
