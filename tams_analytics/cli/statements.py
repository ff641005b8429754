"""`tams sql`: the library's SQL by name, to read, run or keep in a catalog; Trino's own files."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import click

from tams_analytics.cli import etc as etc_files
from tams_analytics.cli import installing, options, routines, shipped, sql
from tams_analytics.cli.destination import refuse_store
from tams_analytics.cli.interrupts import reading
from tams_analytics.cli.output import Output, write_text
from tams_analytics.engines import Engine, open_engine
from tams_analytics.engines.trino.address import Address
from tams_analytics.engines.urls import trino_url
from tams_analytics.errors import BadParameter, NotFound, Unsupported
from tams_analytics.settings import load, named_stores

FOLDERS = {"trino": ("trino", "federation", "views"), "duckdb": ("duckdb",)}
"""Where the statements of an engine lie; the first that has a name is meant."""
DIALECTS = tuple(FOLDERS)
GROUPS = {
    "trino": "Of one store, for Trino",
    "federation": "Of a store and other catalogs, for Trino",
    "views": "Views, for Trino; --install makes them all",
    "duckdb": "Of one store, for DuckDB",
}
KEPT = {"views": "is a view", "functions": "are functions"}
"""What makes something, by its folder or its name, and has no rows."""
YOURS = {
    "clips": "a table clips of yours, with flow_id, object_id, start_ns and end_ns as segments",
    "s3_objects": "a table s3_objects beside them of what tams objects listed, "
    "in DuckDB CREATE TABLE s3_objects AS FROM 'listing.parquet'; or on Trino "
    "bytes_nobody_knows and the others of tams sql that ask of objects.s3.objects",
}
"""What some statements read beside the tables of a store, and where it comes from."""


def tell(
    name: str | None,
    engine: str | None,
    run: bool,
    install: str | None,
    etc: str | None,
    **params: str | int | None,
) -> None:
    """The command; each way of calling it is one of those below."""
    store = params.pop("store")
    if etc is not None:
        if name or run or install:
            raise click.UsageError("--etc takes neither a name nor --run nor --install")
        etc_files.write(etc, None if store is None else str(store))
    elif install is not None:
        if name or run:
            raise click.UsageError("--install takes neither a name nor --run")
        installing.install(options.the_store({"store": store}, None), install)
    elif name is None:
        if run:
            raise click.UsageError("--run needs a name; tams sql lists them")
        write_text("\n".join(_listed(engine)), _to(params))
    elif run:
        _run(name, engine, options.the_store({"store": store}, None), params)
    else:
        _print(name, engine, store, params)


def _print(
    name: str, engine: str | None, store: str | int | None, params: dict[str, str | int | None]
) -> None:
    """The text as ``--run`` would run it: of the store that is meant, where that is on Trino."""
    text = _text(name, engine)
    settings = load()
    url = store or settings.store_url
    on_trino = trino_url(str(url), named_stores()) if url else None
    if on_trino is not None:
        where, shown = on_trino
        address = Address.parse(where, settings, shown=shown)
        text = shipped.renamed(text, address.catalog, address.schema)
    elif engine is None and name in shipped.names("duckdb"):
        click.echo("tams: this is Trino's text; --engine duckdb prints DuckDB's", err=True)
    write_text(text.rstrip("\n"), _to(params))


def _to(params: dict[str, str | int | None]) -> Output:
    """Where a text goes: a file may be named as it likes, as FILE.sql."""
    named, path = params["format"], params["output"]
    return Output(None if named is None else str(named), None if path is None else str(path))


def _listed(engine: str | None) -> Iterator[str]:
    """By what they are for, each with the question that it answers.

    Without an engine what both have is named once.
    """
    for folder in FOLDERS[engine or "trino"]:
        names = shipped.names(folder)
        widest = max(map(len, names))
        also = "; --engine duckdb prints DuckDB's" if engine is None and folder == "trino" else ""
        yield f"{GROUPS[folder]}{also}"
        for name in names:
            yield f"  {name:{widest}}  {shipped.question(shipped.text(folder, name))}"


def _text(name: str, engine: str | None) -> str:
    """A file, or what is made of one. Raises `NotFound`."""
    if engine != "duckdb" and routines.are_named(name):
        return routines.query(name)
    return shipped.text(_folder(name, engine), name)


def _folder(name: str, engine: str | None) -> str:
    """Where a statement lies. Raises `NotFound`, which names those that are there."""
    folders = [each for dialect in ([engine] if engine else DIALECTS) for each in FOLDERS[dialect]]
    for folder in folders:
        if name in shipped.names(folder):
            return folder
    known = sorted({each for folder in folders for each in shipped.names(folder)})
    raise NotFound("statement", name, f"there are {', '.join(known)}")


def _run(
    name: str, engine: str | None, url: str | None, params: dict[str, str | int | None]
) -> None:
    output = options.the_output(params)
    with reading(lambda: open_engine(url, sealed=True)) as opened:
        if not hasattr(opened, "query"):
            raise Unsupported(opened.name, "take SQL", "open the store by DuckDB or Trino")
        if engine not in (None, opened.name):
            raise BadParameter("engine", engine, f"is not that of {opened.url}", opened.name)
        refuse_store(output.path, opened.url)
        if not routines.are_named(name):
            _refuse_kept(name, _folder(name, opened.name))
        text = _of_store(_text(name, opened.name), opened)
        for window in shipped.windows(text):
            said = f"{shipped.question(text)} {window}; without --run it is printed, to change"
            click.echo(f"tams: {said}", err=True)
        with sql.named(text, name), _of_yours():
            sql.show(opened.query(text, most=sql.wanted(output)), output)


@contextlib.contextmanager
def _of_yours() -> Iterator[None]:
    """A message tells what a table is that is no store's, where it is missing."""
    try:
        yield
    except BadParameter as error:
        for name, expected in YOURS.items():
            if re.search(rf"\b{name}\b", error.problem):
                raise BadParameter(error.name, error.value, error.problem, expected) from error
        raise


def _refuse_kept(name: str, folder: str) -> None:
    """Raises `BadParameter` for what is no question."""
    said = KEPT.get(folder) or KEPT.get(name)
    if said is not None:
        way_out = (
            "--install, which makes all views and functions"
            if folder != "duckdb"
            else (f"tams sql {name} --engine duckdb, and the text in a session of DuckDB")
        )
        raise BadParameter("name", name, f"{said}, not a question", way_out)


def _of_store(text: str, engine: Engine) -> str:
    """Of the schema that is asked, where the text names one."""
    place = getattr(engine, "address", None)
    return text if place is None else shipped.renamed(text, place.catalog, place.schema)
