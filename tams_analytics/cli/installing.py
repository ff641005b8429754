"""`tams sql --install CATALOG.SCHEMA`: views of a store, and functions, in a catalog of Trino."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from tams_analytics.cli import shipped
from tams_analytics.cli.interrupts import reading
from tams_analytics.engines import open_engine
from tams_analytics.errors import BadParameter, TamsError, Unsupported


def install(url: str | None, place: str) -> None:
    """The schema is made, if need be; it does not stay where the catalog keeps no views."""
    catalog, schema = _place(place)
    with reading(lambda: open_engine(url)) as opened:
        if opened.name != "trino" or not hasattr(opened, "installing"):
            raise Unsupported(opened.name, "keep views of SQL", "name a store by trino://…")
        views = [*shipped.views(opened.address.catalog, opened.address.schema)]  # type: ignore[attr-defined]
        where = shipped.place(catalog, schema)
        into = opened.installing(catalog, schema)

        def run(statements: Iterable[str]) -> None:
            for each in statements:
                into.install(shipped.made_in(each, catalog, schema))

        if into.make_schema():
            _or_undone(lambda: run(views), into.drop_schema, where)
            click.echo(f"schema {where}")
        else:
            run(views)
        click.echo(f"{len(views)} views in {where}")
        functions = shipped.functions()
        try:
            run(functions)
        except Unsupported as error:
            click.echo(f"no functions: {error}")
        else:
            click.echo(f"{len(functions)} functions in {where}; SET PATH {where} finds them")


def _or_undone(make: Callable[[], None], drop: Callable[[], bool], where: str) -> None:
    """Into a schema that was made for it: without the views it is nobody's."""
    try:
        make()
    except TamsError:
        if not drop():
            click.echo(f"tams: schema {where} was made and stays", err=True)
        raise


def _place(text: str) -> tuple[str, str]:
    catalog, _, schema = text.partition(".")
    if not (catalog and schema):
        raise BadParameter("install", text, "names no schema", "CATALOG.SCHEMA, as iceberg.tams")
    if text != text.lower():
        problem = "is not in lower case, as Trino knows all names"
        raise BadParameter("install", text, problem, text.lower())
    return catalog, schema
