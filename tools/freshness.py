"""What a chapter's outputs are made from, as a key: another key, and they may be other outputs.

The key covers the chapter's code, whatever that code may use of bnlib, the figures' style and the pinned versions.
Comments, docstrings and layout are no part of it, and neither is a function of bnlib whose name is never mentioned.
"""

import ast
import hashlib

import chapters
from checkout import ROOT, pins


def key(notebook, root=ROOT):
    """The key of the outputs that a notebook has, or would have if it were run.

    The set-up cell is left out: it prints nothing here, and a fork that puts its own address there stays current.
    """
    cells = [cell for cell in chapters.code(notebook) if cell.get("id") != "setup"]
    parts = [f"{cell.get('id')}\n{_code(cell.source)}" for cell in cells]
    parts += used([cell.source for cell in cells], root / "bnlib")
    parts.append((root / "bnlib/book.mplstyle").read_text("utf-8"))
    parts += [f"{name}=={version}" for name, version in pins(root).items()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def used(sources, package):
    """What some code may use of a package: of each module that it reaches by imports, the definitions whose names are
    mentioned, by the code or by what is used already, and all else that runs on import.

    A name counts wherever it stands, so that too much is taken rather than too little.
    """
    trees = {path.stem: ast.parse(path.read_text("utf-8")) for path in _reached(sources, package)}
    statements = [(module, node) for module, tree in trees.items() for node in _bare(tree).body]
    mentioned, taken = set().union(*map(_mentioned, map(chapters.syntax, sources))), []
    while True:
        new = [each for each in statements if each not in taken and _needed(each[1], mentioned)]
        if not new:
            return sorted(f"{module} {_syntax(node)!r}" for module, node in taken)
        taken += new
        mentioned |= set().union(*(_mentioned(node) for _, node in new))


def _needed(node, mentioned):
    defined = _defined(node)
    return bool(defined & mentioned) or not defined or "*" in mentioned


def _defined(node):
    """The names that a top-level statement does nothing but define."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {"an import"}  # it brings in a module that is looked at for itself
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {target.id for target in targets} if all(isinstance(target, ast.Name) for target in targets) else set()


def _mentioned(tree):
    """Every name that some code mentions: variables, attributes, imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.alias):
            names |= set(node.name.split("."))
    return names


def _reached(sources, package, found=()):
    """The modules of the package that some sources import, and those that they import, in the order of their names."""
    names = set()
    for node in (node for source in sources for node in ast.walk(chapters.syntax(source))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    for path in sorted(package.glob("*.py")):
        if f"{package.name}.{path.stem}" in names and path not in found:
            found = _reached([path.read_text("utf-8")], package, (*found, path))
    return sorted(found)


def _code(source):
    """A cell's code without its layout; what is no Python is taken as it stands."""
    try:
        return repr(_syntax(ast.parse(source)))
    except SyntaxError:
        return source


def _bare(tree):
    """A module without its docstring."""
    if ast.get_docstring(tree, clean=False) is not None:
        tree.body = tree.body[1:]
    return tree


def _syntax(node):
    """The syntax tree without docstrings and empty fields, which differ between versions of Python."""
    if isinstance(node, list):
        return [_syntax(each) for each in node]
    if not isinstance(node, ast.AST):
        return node
    documented = isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
    if documented and ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:]
    return [type(node).__name__, *([k, _syntax(v)] for k, v in ast.iter_fields(node) if v is not None and v != [])]
