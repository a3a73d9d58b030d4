"""`helseanalyse check`, `test`, `explain` and `run`: what one does with a study."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from helseanalyse.cli.errors import Exit, terminal, told
from helseanalyse.cli.study_file import study_from
from helseanalyse.permit import Permit
from helseanalyse.permit.permit import read as read_permit
from helseanalyse.release.bundle import files
from helseanalyse.release.folder import check_place, replace_folder
from helseanalyse.release.release import Resources, release

StudyFile = Annotated[Path, typer.Argument(help="study.py, or the study.json of an earlier run.", show_default=False)]
VaultFolder = Annotated[Path | None, typer.Option("--vault", help="The vault to ask.")]
PermitFile = Annotated[Path | None, typer.Option("--permit", help="The permit to ask under, as it was issued.")]
out = Console(highlight=False)
