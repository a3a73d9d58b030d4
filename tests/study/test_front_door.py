"""The front door is light: nothing is loaded before it is used, and a study needs no engine and no statistics."""

from __future__ import annotations

import subprocess
import sys

import pytest

import helseanalyse


def loaded_after(code: str) -> set[str]:
    """The modules that are loaded after some code ran in a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_the_front_door_loads_nothing_of_ours() -> None:
    ours = {name for name in loaded_after("import helseanalyse") if name.startswith("helseanalyse.")}
    assert ours == set()


def test_writing_a_study_needs_no_engine_and_no_statistics() -> None:
    code = "from helseanalyse import Study, icd10\nfrom helseanalyse.registries import npr\nnpr.admitted_on.min()"
    loaded = loaded_after(code)
    assert "helseanalyse.study.language" in loaded
    assert (
        loaded & {"duckdb", "numpy", "scipy", "pyarrow", "sqlglot", "helseanalyse.engine", "helseanalyse.vault"}
        == set()
    )


def test_every_name_of_the_front_door_is_there() -> None:
    for name in helseanalyse.__all__:
        assert getattr(helseanalyse, name) is not None
    assert dir(helseanalyse) == sorted(helseanalyse.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Studdy'"):
        helseanalyse.Studdy  # noqa: B018


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_digest_does_not_depend_on_the_order_of_sets(seed: str) -> None:
    from tests.study.test_design import DESIGN, DIGEST

    code = f"{DESIGN}\nfrom helseanalyse.study.codec import digest\nprint(digest(study.specification()))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
    )
    assert done.stdout.strip() == DIGEST
