"""From a client's body to a document that the rules can trust, or to a `BadParameter`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from tams_analytics.errors import BadParameter
from tams_analytics.writes.bodies.fields import refusal
from tams_analytics.writes.bodies.plain import Path, dotted, refuse_unless_plain

WHEN_USED = ConfigDict(defer_build=True)
"""Validators are built when first used: a notebook that only reads does not wait for them."""


class Open(BaseModel):
    """An object of the specification that may hold further keys, which are kept."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, **WHEN_USED)


class Closed(BaseModel):
    """An object that the specification closes (statement 98)."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, **WHEN_USED)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, body: Any) -> Any:
        unknown = [key for key in body if key not in cls.model_fields] if _is_object(body) else []
        if unknown:
            expected = "one of " + ", ".join(cls.model_fields)
            raise refusal("is a key that does not belong here", expected, unknown[0], unknown[0])
        return body


def _is_object(body: Any) -> bool:
    return isinstance(body, dict)


def checked(model: type[BaseModel], body: Any, at: Path = ()) -> dict[str, Any]:
    """``body`` as a new document, no key more or less. Raises `BadParameter`.

    ``at`` is where the body stands in what the client sent.
    """
    document: dict[str, Any] = _refusing(
        body, at, lambda: model.model_validate(body).model_dump(exclude_unset=True)
    )
    return document


def accepted(model: type[BaseModel], body: Any, at: Path = ()) -> dict[str, Any]:
    """`checked` for a model that takes values as they are: a copy, in half the time."""
    document: dict[str, Any] = _refusing(body, at, lambda: model.model_validate(body) and {**body})
    return document


def checked_value(kind: TypeAdapter[Any], value: Any, name: str) -> Any:
    """``value`` of the property ``name``. Raises `BadParameter`."""
    return _refusing(value, (name,), lambda: kind.validate_python(value, strict=True))


def _refusing(body: Any, at: Path, check: Callable[[], Any]) -> Any:
    refuse_unless_plain(body, at)
    try:
        return check()
    except ValidationError as error:
        raise bad_parameter(error, at) from error


PROBLEMS = {
    "string_type": ("is no text", "a text"),
    "int_type": ("is no whole number", "a whole number"),
    "bool_type": ("is neither true nor false", "true or false"),
    "list_type": ("is no array", "an array"),
    "dict_type": ("is no object", "an object"),
    "model_type": ("is no object", "an object"),
    "model_attributes_type": ("is no object", "an object"),
    "greater_than": ("is too small", "more than {gt}"),
    "greater_than_equal": ("is too small", "at least {ge}"),
    "less_than": ("is too large", "less than {lt}"),
    "too_long": ("has {actual_length} items", "at most {max_length}"),
    "too_short": ("has {actual_length} items", "at least {min_length}"),
    "literal_error": ("is not known", "{expected}"),
    "tams": ("{problem}", "{expected}"),
}
"""What is wrong and what would be right, by pydantic's name for it."""


def bad_parameter(error: ValidationError, at: Path = ()) -> BadParameter:
    """The first of pydantic's findings, in our words."""
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    path = (*at, *first["loc"], *([context["field"]] if context.get("field") else []))
    if first["type"] == "missing":
        return BadParameter(dotted(path), None, "is missing", "a value")
    problem, expected = PROBLEMS.get(first["type"], ("is refused: {reason}", ""))
    value = context["value"] if context.get("field") else first["input"]
    facts = {"reason": first["msg"], **context}
    return BadParameter(dotted(path), value, problem.format(**facts), expected.format(**facts))
