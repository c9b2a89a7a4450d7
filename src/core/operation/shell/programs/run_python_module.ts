/**
 * `python -m MODULE`.
 *
 * @module
 */
import type { Argument } from "../program_use.ts";
import { known, type UseBuilder } from "./use_builder.ts";

/** Modules that are programs, under the names they have as such. */
const pythonPrograms: ReadonlySet<string> = new Set(
  ("pytest pip mypy black ruff flake8 isort pylint coverage build twine tox nox " +
    "virtualenv poetry " +
    "pipx uvicorn gunicorn flask django ipython jupyter autopep8 yapf bandit pyright " +
    "mkdocs sphinx " +
    "pre_commit pydoc celery alembic").split(" "),
);
const quietModules: ReadonlySet<string> = new Set(
  "unittest site this sysconfig platform doctest http.server calendar tabnanny " +
    "ensurepip pyclbr ast tokenize dis inspect"
      .split(" "),
);

/** Runs a module as the program it is, or as a file of the project. */
export function runPythonModule(
  builder: UseBuilder,
  module: Argument,
  operands: readonly Argument[],
): void {
  const { text, isKnown } = module;
  const name = text.split(".")[0] ?? "";
  if (isKnown && pythonPrograms.has(name)) return builder.argv([known(name), ...operands]);
  if (isKnown && quietModules.has(text)) return;
  if (text === "venv") {
    return builder.touchAll(
      "create",
      operands.filter((word) => !word.text.startsWith("-")),
    );
  }
  if (text === "json.tool") return readJsonTool(builder, operands);
  if (text === "compileall" || text === "py_compile") return;
  if (/^(?:zipfile|tarfile)$/.test(text)) {
    builder.touchAll("write", operands.filter((word) => !word.text.startsWith("-")));
    return builder.opaque(`${text} unpacks names nobody has read`);
  }
  if (/^(?:timeit|pdb|cProfile|profile|trace|runpy)$/.test(text)) {
    return builder.opaque(`python module ${text} runs code`);
  }
  if (!isKnown) return builder.unverified("the module python runs is not known");
  // A module of the project, or one somebody installed.
  const path = text.replaceAll(".", "/");
  builder.script("python", known(`${path}.py`));
  builder.script("python", known(`${path}/__main__.py`));
}

function readJsonTool(builder: UseBuilder, operands: readonly Argument[]): void {
  const [source, target] = operands.filter((word) => !word.text.startsWith("-"));
  if (source !== undefined) builder.touch("read", source);
  if (target !== undefined) builder.touch("write", target);
}
