"""Every reason that a node can give has a row in docs/node-reasons.md that says what to do, and no row is about another."""

import ast
import re
import unittest
from typing import Iterator, List, Optional, Set

from loading import ARCHIVE

PAGE = ARCHIVE.parents[3] / "docs" / "node-reasons.md"
# Whose first argument is a reason, and at which place.
GIVEN_TO = {"Trouble": 0, "Refused": 0, "trouble": 1, "say": 2, "warn": 0}
# Functions that return (parts of) reasons, or text that stands for one.
RETURNED_BY = {"snap_reason", "unready"}
# Where a reason is passed on that was found elsewhere: no more than these names may stand in its place.
PASSED_ON = {"reason", "text", "what", "missing", "snap_reason", "str", "partition", "warning"}


def templates(node: ast.AST) -> Iterator[str]:
    """The texts that an expression can become, with … for what is filled in; nothing for a reason that is passed on."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value:
            yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from templates(node.body)
        yield from templates(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from templates(value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        right = list(templates(node.right)) or ["…"]
        for text in list(templates(node.left)) or ["…"]:
            # A call that fills in is one blank, whatever literals it has inside.
            yield text + (right[0] if isinstance(node.right, (ast.Constant, ast.JoinedStr)) else "…")
    elif isinstance(node, ast.Lambda):
        yield from templates(node.body)
    elif isinstance(node, ast.Call):
        name = called(node)
        if name == "clip":
            yield from (text for text in templates(node.args[0]) if text != "…")
        elif name not in PASSED_ON:
            raise AssertionError(f"line {node.lineno}: a reason comes out of {name}(), which this test cannot read")
    elif isinstance(node, (ast.Name, ast.Attribute)):
        name = node.id if isinstance(node, ast.Name) else node.attr
        if name.lstrip("_") not in PASSED_ON:
            raise AssertionError(f"line {node.lineno}: a reason comes out of {name}, which this test cannot read")
    elif not isinstance(node, ast.Subscript):
        raise AssertionError(f"line {node.lineno}: a reason in a form that this test cannot read")


def called(node: ast.Call) -> Optional[str]:
    """The last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)


def reasons(tree: ast.Module) -> Iterator[str]:
    """All reasons in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in GIVEN_TO:
            place = GIVEN_TO[called(node)]
            if len(node.args) > place:
                yield from templates(node.args[place])
        if isinstance(node, ast.FunctionDef) and node.name in RETURNED_BY:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from returned(inner.value)
        # The functions that say what is missing while one waits for it, and what a keeper warns of.
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and isinstance(node.value.body, ast.IfExp):
            yield from templates(node.value.body)
        if isinstance(node, ast.Assign) and any(getattr(t, "attr", getattr(t, "id", "")) in ("warning", "reason") for t in node.targets):
            if not isinstance(node.value, (ast.Tuple, ast.Call)):
                yield from templates(node.value)


def returned(node: ast.expr) -> Iterator[str]:
    """As templates, for functions that quote others' words, too."""
    if isinstance(node, ast.IfExp):
        yield from returned(node.body)
        yield from returned(node.orelse)
    elif not isinstance(node, (ast.Call, ast.Name)):
        yield from templates(node)


def all_reasons() -> Set[str]:
    found: Set[str] = set()
    for path in sorted((ARCHIVE / "mec").glob("*.py")):
        try:
            found.update(reasons(ast.parse(path.read_text("utf-8"))))
        except AssertionError as error:
            raise AssertionError(f"{path.name}, {error}") from None
    # The phase in front is said once for all on the page; what is nothing but filled in is found where it is written.
    found = {re.sub(r"^(?:…|birth|join|configure): (?=.)", "", text) for text in found}
    return {text for text in found if text.strip("… :")}


def rows() -> List[str]:
    lines = PAGE.read_text("utf-8").splitlines()
    return [match[1] for match in (re.match(r"\| `([^`]+)` \|", line) for line in lines) if match]


class Reasons(unittest.TestCase):
    def test_each_has_a_row_that_says_what_to_do(self):
        self.assertGreater(len(all_reasons()), 30)
        missing = sorted(all_reasons() - set(rows()))
        self.assertEqual(missing, [], "reasons without a row in docs/node-reasons.md")

    def test_no_row_is_about_a_reason_that_nobody_gives(self):
        self.assertEqual(sorted(set(rows()) - all_reasons()), [])
        self.assertEqual(len(rows()), len(set(rows())), "a row for each")

    def test_each_row_is_whole(self):
        for line in PAGE.read_text("utf-8").splitlines():
            if line.startswith("| `"):
                cells = [cell.strip() for cell in line.strip("|").split("|")]
                self.assertEqual(len(cells), 3, line)
                self.assertTrue(all(len(cell) > 3 for cell in cells), line)

    def test_the_reader_of_the_sources_finds_each_form(self):
        source = """
def unready():
    return "a" if x else f"b {y}: {clip(z or '?', 3)}"
def work(self):
    raise Trouble("c" if x else snap_reason(z))
    raise Trouble("d: " + clip((r.err or r.out).strip(), 40))
    raise Refused(f"birth: e {x}")
    self._reporter.trouble("birth", str(refused), final=True)
    bound = lambda: "" if x else "f"
    self.warning = f"g {x}"
"""
        self.assertEqual(set(reasons(ast.parse(source))), {"a", "b …: …", "c", "d: …", "birth: e …", "f", "g …"})
        with self.assertRaises(AssertionError):
            list(reasons(ast.parse("raise Trouble(unknown)")))


if __name__ == "__main__":
    unittest.main()
