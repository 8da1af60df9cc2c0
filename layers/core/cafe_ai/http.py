"""The HTTP edge: FastAPI behind API Gateway. What every endpoint shares is here and nowhere else.

A request passes, from the outside in: `lambda_handler` (API Gateway's event), `Edge` (request id, deadline, size,
headers, metrics, every failure's answer), `Route` (who asks, before the body is read: 401 comes before 422), and
`Caller.admit` or `Caller.admit_user` (may they, and how often).

Endpoints are `async def` over a blocking database driver: an execution environment serves one request at a time, and a
thread pool would only cost.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from typing import Annotated, Any

from cafe_ai import errors, problems
from cafe_ai.bootstrap import Runtime, runtime
from cafe_ai.caller import AuthenticatedCaller, Exchange, audit_failure
from cafe_ai.cold_start import models_built_on_first_use, pydantic_v1_absent
from cafe_ai.parameters import KEY_CHARACTERS, idempotency_key
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.ids import uuid7
from cafe_ai.platform.telemetry import UNKNOWN, correlated, log, log_failure, observed
from cafe_ai.settings import starts_from_snapshot
from cafe_ai.tenancy import tokens

with models_built_on_first_use():
    from fastapi import Depends, FastAPI, Header, Request, Response
    from fastapi.dependencies.models import Dependant
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from fastapi.routing import APIRoute
    from fastapi.security import HTTPBearer
    from fastapi.telemetry import TelemetryConfig
    from mangum import Mangum
    from pydantic import AfterValidator, BaseModel
    from starlette.exceptions import HTTPException
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BASE_PATH = "/api/v1/ai/"
# FastAPI would record requests itself, bodies and messages of exceptions included, as soon as any package set up OpenTelemetry.
NOT_FASTAPIS: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
MAX_BODY_BYTES = 1024 * 1024
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
GATEWAY_SECONDS = 30.0  # after which API Gateway has given up: an older event is a sample, not a request

declares = problems.declares  # for a route's `responses`

# A row for each request that is refused for its rate would make a flood dearer than serving it; nor is a body that
# could not be read an inference.
NEVER_AN_INFERENCE = (422, 429)

NOT_ASKED = "is not a parameter of this request"

_EXCHANGE = "cafe_ai.exchange"
_bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="An OIDC token of the configured issuer (RS256)."
)


async def _caller(request: Request, _: Annotated[object, Depends(_bearer)]) -> AuthenticatedCaller:
    exchange: Exchange = request.scope[_EXCHANGE]
    if exchange.identity is None:
        raise errors.Unauthorized
    return AuthenticatedCaller(exchange.identity, exchange)


Caller = Annotated[AuthenticatedCaller, Depends(_caller)]
IdempotencyKey = Annotated[
    Annotated[str, AfterValidator(idempotency_key)] | None,
    Header(
        alias="Idempotency-Key",
        json_schema_extra={"minLength": 1, "maxLength": KEY_CHARACTERS, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        description="A repeat with the same key, of the same request, starts nothing: it has the first answer.",
    ),
]


class Route(APIRoute):
    """A route that checks the token, where the endpoint has a `Caller`, before it reads the body."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As FastAPI's."""
        with pydantic_v1_absent():
            super().__init__(*arguments, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI's, after the check of the token and of the parameters' names."""
        handle, known = super().get_route_handler(), _query_parameters(self.dependant)
        if all(dependency.call is not _caller for dependency in self.dependant.dependencies):
            return handle

        async def handle_authenticated(request: Request) -> Response:
            with tracing.span("authentication"):
                _authenticate(request)
            if known is not None and (unknown := request.query_params.keys() - known):
                raise errors.InvalidRequest([errors.FieldError(name, NOT_ASKED) for name in sorted(unknown)])
            return await handle(request)

        return handle_authenticated


def _query_parameters(dependant: Dependant) -> frozenset[str] | None:
    """The names of the parameters in the query string; None where a model of them refuses the others itself."""
    fields = dependant.query_params
    if any(isinstance(field.field_info.annotation, type(BaseModel)) for field in fields):
        return None
    return frozenset(field.alias for field in fields)


def _authenticate(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise errors.Unauthorized
    shared = runtime()
    exchange: Exchange = request.scope[_EXCHANGE]
    exchange.identity = tokens.verify(
        token.strip(),
        shared.keys,
        issuer=shared.settings.require("jwt_issuer"),
        audience=shared.settings.require("jwt_audience"),
        deadline=exchange.deadline,
    )


class Edge:
    """Plain ASGI middleware around every request: nothing leaves without a request id, a status and a measure."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, with a problem document should anything go wrong."""
        shared = runtime()
        event = scope.get("aws.event", {}).get("requestContext", {})
        request_id = event.get("requestId") or str(uuid7())
        deadline = _deadline(event, shared.settings.deadline_seconds)
        with (
            correlated(request_id),
            tracing.flushed(shared.tracer, deadline),
            observed(shared.settings.metrics_namespace) as measured,
            _traced(shared, scope, request_id) as span,
        ):
            exchange = Exchange(request_id, scope["path"], deadline, measured)
            scope[_EXCHANGE] = exchange
            answer = _Answer(exchange, send)
            try:
                await self._app(scope, await _whole_body(receive), answer)
            except Exception as error:
                await _problem(exchange, error)(scope, receive, answer)
            finally:
                route = scope.get("route")
                if measured.endpoint == UNKNOWN and route:
                    measured.endpoint = route.path.removeprefix(BASE_PATH)
                _measure(exchange, answer.status)
                _tell_trace(span, scope["method"], route and route.path, answer.status)


def _traced(shared: Runtime, scope: Scope, request_id: str) -> tracing.Span:
    """The span of a request: the first of a trace of its own.

    A client's traceparent is linked, not continued. Anyone may send one: it could have every request recorded at our cost,
    or put its spans into somebody else's trace.
    """
    tracer = shared.tracer
    if tracer is None:
        return tracing.NOTHING
    link = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)
    attributes: tracing.Attributes = {"cafe_ai.request_id": request_id, "faas.trigger": "http"}
    return tracing.entry(tracer, scope["method"], tracing.Kind.SERVER, link=link, attributes=attributes)


def _tell_trace(span: tracing.Span, method: str, route: str | None, status: int) -> None:
    known = method if method in METHODS else "_OTHER"
    span.set("http.request.method", known)
    span.set("http.route", route)
    span.set("http.response.status_code", status)
    span.rename(f"{known} {route}" if route else known)
    if status >= 500:
        span.fail()


class _Answer:
    """Passes the answer on, with the headers that every answer has."""

    def __init__(self, exchange: Exchange, send: Send) -> None:
        self._exchange = exchange
        self._send = send
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *_headers(self._exchange)]
        await self._send(message)


def _headers(exchange: Exchange) -> list[tuple[bytes, bytes]]:
    """The request id, and after admission the rate limit (draft-ietf-httpapi-ratelimit-headers-10).

    `t` is within how many seconds the caller may ask again without being refused or, before that, forgets the first.
    """
    headers = [(b"x-request-id", exchange.request_id.encode()), (b"cache-control", b"no-store")]
    if rate := exchange.rate:
        wait = rate.retry_after_seconds or 60
        headers.append((b"ratelimit-policy", f'"user";q={rate.limit};w=60'.encode()))
        headers.append((b"ratelimit", f'"user";r={rate.remaining};t={wait}'.encode()))
    return headers


def _deadline(event: Mapping[str, Any], seconds: float) -> Deadline:
    """`seconds` from the moment the gateway took the request, where the event says when that was."""
    epoch = event.get("timeEpoch")
    age = time.time() - epoch / 1000 if isinstance(epoch, int) else 0.0
    return Deadline.after(seconds - age if 0.0 <= age <= GATEWAY_SECONDS else seconds)


async def _whole_body(receive: Receive) -> Receive:
    """The request's body, read to its end and handed on as one message. Raises PayloadTooLarge."""
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return receive
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY_BYTES:
            raise errors.PayloadTooLarge(MAX_BODY_BYTES)
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay


def _measure(exchange: Exchange, status: int) -> None:
    measured = exchange.measured
    measured.count("Requests")
    measured.count("Errors", int(status >= 500))
    measured.count("RateLimited", int(status == 429))
    milliseconds = exchange.milliseconds
    measured.count("Latency", milliseconds)
    log("answered", endpoint=measured.endpoint, status=status, milliseconds=milliseconds)


def _problem(exchange: Exchange, error: Exception) -> Response:
    """The answer to a request that failed: logged where it is our fault, audited where it was an inference."""
    known = error if isinstance(error, errors.CafeAIError) else errors.InternalError()
    tracing.current().set("cafe_ai.problem", known.code)
    if known.status >= 500:
        log_failure(known.title, error, code=known.code)
    if exchange.attempt is not None and known.status not in NEVER_AN_INFERENCE:
        audit_failure(exchange, exchange.attempt, error)
    return JSONResponse(
        problems.document(known, instance=exchange.path, request_id=exchange.request_id),
        status_code=known.status,
        headers=dict(known.headers),
        media_type=problems.MEDIA_TYPE,
    )


async def _refuse_invalid(request: Request, error: Exception) -> Response:
    """Pydantic's complaint as ours."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    json_sent = "json" in request.headers.get("content-type", "")
    raise errors.InvalidRequest(problems.field_errors(found, json_sent=json_sent)) from error


async def _refuse_unroutable(_: Request, error: Exception) -> Response:
    """The framework's own refusals as ours: no such address, not this method, a body that cannot be decoded."""
    if isinstance(error, HTTPException) and error.status_code == 404:
        raise errors.NotFound("There is nothing at this address.")
    if isinstance(error, HTTPException) and error.status_code == 405:
        raise errors.MethodNotAllowed((error.headers or {}).get("Allow", "other methods"))
    if isinstance(error.__cause__, RecursionError):
        raise errors.InvalidRequest.field("body", "is nested too deeply")
    if isinstance(error.__cause__, UnicodeError):
        raise errors.InvalidRequest.field("body", "must be JSON in UTF-8")
    if isinstance(error.__cause__, ValueError):
        raise errors.InvalidRequest.field("body", "has a number with too many digits")
    raise error


class App(FastAPI):
    """FastAPI without the pages that nobody serves from a Lambda; `openapi()` is for tests and the documentation."""

    def __init__(self) -> None:
        super().__init__(
            title="cafe-ai",
            version="1",
            openapi_url=None,  # which also leaves out the pages that show it
            redirect_slashes=False,
            telemetry=NOT_FASTAPIS,
            generate_unique_id_function=lambda route: route.name,  # an operation's id: the function that answers it
            exception_handlers={RequestValidationError: _refuse_invalid, HTTPException: _refuse_unroutable},
        )
        self.router.route_class = Route
        self.add_middleware(Edge)

    def openapi(self) -> dict[str, Any]:
        """FastAPI's document with the schema of the problems."""
        document = super().openapi()
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = problems.SCHEMA
        return document


def create_app() -> App:
    """The application of one function: it declares its own routes on it, and only these."""
    return App()


def lambda_handler(app: App) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The function's entry point for API Gateway's HTTP API events (payload version 2.0)."""
    asyncio.set_event_loop(_event_loop())
    adapter = Mangum(app, lifespan="off", text_mime_types=["application/json", problems.MEDIA_TYPE, "text/"])
    if starts_from_snapshot():
        from cafe_ai.snapshot import register

        register(_before_snapshot, lambda: runtime().after_restore())

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        asyncio.set_event_loop(_event_loop())
        answer = adapter({**event, "body": _bytes(event), "isBase64Encoded": False}, context)
        if not answer["body"]:
            answer["headers"].pop("content-type", None)  # which Mangum adds, and a client would read as JSON
        return answer

    return handle


def _before_snapshot() -> None:
    runtime().before_snapshot()
    _event_loop().close()  # it has sockets: to itself, but sockets
    _event_loop.cache_clear()


@cache
def _event_loop() -> asyncio.AbstractEventLoop:
    """The loop on which Mangum runs every request; left alone it has Python make one, which is deprecated."""
    return asyncio.new_event_loop()


def _bytes(event: Mapping[str, Any]) -> bytes:
    """The body as it was sent; what cannot have been text stays unreadable, for the route to refuse."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        return b"\xff"
