"""One request, read as JSON from standard input; one JSON object a line as the answer, on standard output.

The request:

    do          "convert" (the default), or "tell": what each source is, by its content
    sources     absolute paths of the files of one model, or of the directory of a SavedModel
    kind        of a Kipoi description, instead of sources: keras, pytorch, tensorflow, tensorflow2 or sklearn
    arguments   Kipoi's `args`, with absolute paths
    directory   where modules of the author are looked for; by default where the first source lies
    class       "module:Class(arguments)" of PyTorch; module may be an absolute path that ends in .py
    to          "auto" (the default), "onnx" or "torchscript"
    shapes      of each input without the batch axis, null for a free axis: a list, or a map by name
    output      the directory to write into
    trust       whether code of the model's author may run
    seed        of the example rows, 1 by default
    threads     of the framework, all cores by default

Lines of the answer:

    {"stage": name}                       a stage begins
    {"stage": name, "seconds", "cpu"}     it has ended, after so much time, and so much of the processor's
    {"missing": [packages], "pip": command, "requirements": file}
    {"layers_lost": [names]}              layers that the converted file does not have under their names
    {"note": text}                        what the user should know
    {"kinds": [{"path", "kind", "says"}]} the answer to "tell"
    {"done": {...}}                       see `convert.py`
    {"error": {"what", "where", "advice"}}

Exit codes: 0 if done; 1 if the model cannot be converted; 2 if the request lacks something that the user can give
(packages, trust, a class, a shape). All that frameworks print goes to standard error.
"""

import importlib.util
import json
import os
import sys


def package():
    """The files beside this one as a package of a name that no module of an author has. The path of imports stays as it
    is: neither this directory nor the user's is on it."""
    here = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        "kipos_convert", os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["kipos_convert"] = module
    spec.loader.exec_module(module)


def own_standard_output():
    """The standard output for answers alone: what frameworks print goes to standard error, also from C++."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def main():
    answers = own_standard_output()
    package()
    from kipos_convert.convert import run
    from kipos_convert.report import Report

    return run(json.load(sys.stdin), Report(answers))


if __name__ == "__main__":
    sys.exit(main())
