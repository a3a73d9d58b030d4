"""Catalogues from files: one YAML file a registry, and the Norwegian ones that come with the platform."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path

from helseanalyse.catalogue.model import Catalogue, CatalogueError, Registry
from helseanalyse.catalogue.parse import parse_registry

__all__ = ["catalogue_of", "norway", "parse_registry", "read_catalogue", "read_registry"]

# The order of the catalogue: who exists first, then the registries from the widest to the narrowest.
SHIPPED = ("population", "npr", "lmr", "kpr", "dar", "mfr", "krg", "infarction", "stroke")


def read_registry(path: str | Path) -> Registry:
    """The registry of one catalogue file (YAML, UTF-8).

    Raises CatalogueError where the file is missing, is not UTF-8, or describes no registry.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CatalogueError(f"{path} is not UTF-8. Save it as UTF-8 and try again.") from None
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be read: {error.strerror}. Check the path; a catalogue is a .yml file."
        ) from None
    return parse_registry(text, str(path))


def read_catalogue(paths: str | Path | Iterable[str | Path]) -> Catalogue:
    """The catalogue of a folder of .yml files (in order of name), of one file, or of several files.

    Raises CatalogueError where there is no file, and with the mistakes of all files at once.
    """
    if isinstance(paths, str | Path):
        paths = [paths]
    files: list[Path] = []
    for path in map(Path, paths):
        found = sorted([*path.glob("*.yml"), *path.glob("*.yaml")]) if path.is_dir() else [path]
        if not found:
            raise CatalogueError(f"{path} holds no .yml file. Name a folder with one file a registry.")
        files.extend(found)
    registries, problems = [], []
    for file in files:
        try:
            registries.append(read_registry(file))
        except CatalogueError as error:
            problems.append(str(error))
    if problems:
        raise CatalogueError("\n".join(problems))
    return catalogue_of(registries)


def catalogue_of(registries: Iterable[Registry]) -> Catalogue:
    """A catalogue of registries whose names differ, with at most one universe.

    Raises CatalogueError otherwise.
    """
    registries = tuple(registries)
    names = [registry.name for registry in registries]
    for name in names:
        if names.count(name) > 1:
            raise CatalogueError(f"The registry `{name}` is described more than once. Keep one file.")
    universes = [registry.name for registry in registries if registry.universe]
    if len(universes) > 1:
        raise CatalogueError(
            f"{' and '.join(universes)} are all marked `universe: true`, but who exists can be said once. "
            "Keep the mark on one, or use the others in a vault of their own."
        )
    return Catalogue(registries)


@cache
def norway() -> Catalogue:
    """The Norwegian registries that come with the platform.

    >>> [registry.name for registry in norway().registries][:3]
    ['population', 'npr', 'lmr']
    >>> norway().universe.name
    'population'
    """
    folder = resources.files("helseanalyse.catalogue") / "registries"
    return catalogue_of(
        parse_registry((folder / f"{name}.yml").read_text(encoding="utf-8"), f"{name}.yml")
        for name in SHIPPED
        if (folder / f"{name}.yml").is_file()
    )
