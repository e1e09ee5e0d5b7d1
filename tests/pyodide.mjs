// Runs tests/in_pyodide.py under CPython for WebAssembly: node tests/pyodide.mjs FOLDER-OF-PYODIDE FOLDER-OF-PACKAGES [OPTION...]
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, packages, ...options] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(resolve(pyodide, "pyodide.mjs")));
const python = await loadPyodide({ env: { PYTHONDONTWRITEBYTECODE: "1" } });
python.mountNodeFS("/packages", resolve(packages));
python.mountNodeFS("/repository", resolve("."));
try {
    python.runPython("import sys; sys.path[:0] = ['/packages', '/repository/tests']");
    process.exitCode = python.pyimport("in_pyodide").main(options);
} catch (error) {
    console.error(error.message); // node itself would print a line of Pyodide's code, which is all on one line
    process.exitCode = 1;
}
