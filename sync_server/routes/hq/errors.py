"""The one error shape of the HQ API, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.errors import ErrorCode, TillfoldError
from domain.rule_flaws import Flaw, RulesRefusedError
from domain.wording import Language, Wording

_STATUS: Final = {
    ErrorCode.TOKEN_WRONG: 401,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.MEMBER_UNKNOWN: 404,
    ErrorCode.ALREADY_EXISTS: 409,
    ErrorCode.CASE_CLOSED: 409,
    ErrorCode.CASE_CHANGED: 409,
    ErrorCode.REQUEST_TOO_LARGE: 413,
    ErrorCode.SERVER_FAILED: 500,
}
_UNPROCESSABLE: Final = 422
_WORDINGS: Final = {language: Wording(language, {}) for language in Language}


class FlawModel(BaseModel):
    """One thing that is wrong with rules, a menu or a coupon, and where."""

    code: str = Field(examples=["field_unknown"])
    where: str = Field(examples=["book.rules[0].effect.cap"])
    text: str


class Problem(BaseModel):
    """Any refusal. `code` is stable; `text` says it in the language of `Accept-Language`."""

    code: str = Field(examples=["not_found"])
    text: str = Field(examples=["没有找到。"])
    values: dict[str, str | int] = Field(default_factory=dict, examples=[{}])
    flaws: list[FlawModel] | None = Field(default=None, description="With `rules_refused` alone")


def add_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(TillfoldError, _coded)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    # The fault itself goes on to the outermost layer, which logs it.
    app.add_exception_handler(Exception, _failed)


def problem(
    request: Request,
    code: ErrorCode,
    values: Mapping[str, str | int],
    flaws: Sequence[Flaw] = (),
) -> JSONResponse:
    wording = _WORDINGS[_language(request)]
    told = [FlawModel(code=flaw.code, where=flaw.where, text=wording.flaw(flaw)) for flaw in flaws]
    shown = {**values, "flaw": told[0].text} if told else values
    status = _STATUS.get(code, _UNPROCESSABLE)
    headers = {"WWW-Authenticate": "Bearer"} if code is ErrorCode.TOKEN_WRONG else None
    body = Problem(
        code=code.value, text=wording.error(code, shown), values=dict(values), flaws=told or None
    )
    return JSONResponse(body.model_dump(exclude_none=True), status, headers=headers)


def _language(request: Request) -> Language:
    """English where that is asked for first; else Chinese."""
    asked = request.headers.get("Accept-Language", "").strip().lower()
    return Language.ENGLISH if asked.startswith("en") else Language.CHINESE


async def _coded(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TillfoldError)
    flaws = error.flaws if isinstance(error, RulesRefusedError) else ()
    return problem(request, error.code, error.values, flaws)


async def _failed(request: Request, _error: Exception) -> JSONResponse:
    return problem(request, ErrorCode.SERVER_FAILED, {})


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Says where the request is wrong, never what stood there: that may be personal data."""
    assert isinstance(error, RequestValidationError)
    places = sorted({".".join(str(part) for part in found["loc"]) for found in error.errors()})
    return problem(request, ErrorCode.REQUEST_MALFORMED, {"where": ", ".join(places)[:200]})


async def _http(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's own refusals: no such path, wrong method, body too large or no JSON."""
    assert isinstance(error, HTTPException)
    codes = {404: ErrorCode.NOT_FOUND, 413: ErrorCode.REQUEST_TOO_LARGE}
    code = codes.get(error.status_code, ErrorCode.REQUEST_MALFORMED)
    answer = problem(request, code, {"where": request.method} if code not in codes.values() else {})
    answer.status_code = error.status_code
    return answer
