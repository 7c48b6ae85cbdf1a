"""Every reason that a node can give has a row in docs/node-reasons.md that says what to do, and no row is about another."""

import ast
import re
import unittest
from typing import Iterator, List, Set

from loading import ARCHIVE, load

PAGE = ARCHIVE.parents[3] / "docs" / "node-reasons.md"
# Who is given a reason, and at which place.
GIVEN_TO = {"Trouble": 0, "Refused": 0, "trouble": 1, "say": 2, "refuse": 1, "waits": 1, "warn": 0, "_back": 0, "_refuse": 1, "give_back": 0, "_until": 0}
# Functions that return reasons, and what holds one.
RETURNED_BY = {"snap_reason", "apt_reason", "unready", "trial", "sight", "missing", "_missing", "_lost", "_waits_for", "voters"}
HELD_BY = {"reason", "warning", "whole", "bound", "gone", "QUORUM_LOST"}
# Where a reason is passed on that is written elsewhere; any other name in its place is one that this test cannot read.
PASSED_ON = {"reason", "text", "what", "missing", "whole", "refusal", "warning", "bound", "gone", "QUORUM_LOST"}
PASSED_ON_BY = {"snap_reason", "str", "partition", "_back", "clip", "refusal", "rejected", "unready", "voters", "_said", "_waits_for"}
NEVER_SHOWN = {"waiting"}


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def templates(node: ast.AST, strict: bool = True) -> Iterator[str]:
    """The texts that an expression can become, with … for what is filled in; nothing for a reason that is passed on. ``strict``:
    throws AssertionError for what cannot be read."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and node.value:
            yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, (ast.IfExp, ast.BoolOp)):
        for part in [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values:
            yield from templates(part, strict)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = ([*templates(side, False)] or ["…"] for side in (node.left, node.right))
        # A call that fills in is one gap, whatever texts it has inside.
        yield left[0] + (right[0] if isinstance(node.right, (ast.Constant, ast.JoinedStr)) else "…")
    elif isinstance(node, ast.Lambda):
        yield from templates(node.body, strict)
    elif strict:
        name = called(node) if isinstance(node, ast.Call) else getattr(node, "attr", getattr(node, "id", "")).lstrip("_")
        if not isinstance(node, ast.Subscript) and name not in (PASSED_ON_BY if isinstance(node, ast.Call) else PASSED_ON):
            raise AssertionError(f"line {node.lineno}: a reason comes out of {name}, which this test cannot read")


def reasons(tree: ast.Module) -> Iterator[str]:
    """All reasons in a module, phases in front and all. Throws AssertionError."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > GIVEN_TO.get(called(node), 99):
            yield from templates(node.args[GIVEN_TO[called(node)]])
        elif isinstance(node, ast.FunctionDef) and node.name in RETURNED_BY:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from templates(inner.value, False)
        elif isinstance(node, ast.Assign) and any(getattr(t, "attr", getattr(t, "id", "")) in HELD_BY for t in node.targets):
            yield from templates(node.value, False)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                if isinstance(key, ast.Constant) and key.value == "reason":
                    yield from templates(value, False)


def all_reasons() -> Set[str]:
    found: Set[str] = set()
    for path in sorted((ARCHIVE / "mec").glob("*.py")):
        try:
            found.update(reasons(ast.parse(path.read_text("utf-8"))))
        except AssertionError as error:
            raise AssertionError(f"{path.name}, {error}") from None
    # The phase in front is said once for all on the page; what is nothing but filled in is found where it is written.
    found = {re.sub(rf"^(?:…|join|{'|'.join(load('agent').PHASES)}): (?=.)", "", text) for text in found}
    return {text for text in found if text.strip("… :")} - NEVER_SHOWN


def rows() -> List[str]:
    lines = PAGE.read_text("utf-8").splitlines()
    return [match[1] for match in (re.match(r"\| `([^`]+)` *\|", line) for line in lines) if match]


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
    self._until(lambda: "h" if x else "", 3)
    self._progress.set(rejected={"reason": f"i {x}"})
"""
        self.assertEqual(set(reasons(ast.parse(source))), {"a", "b …: …", "c", "d: …", "birth: e …", "f", "g …", "h", "i …"})
        with self.assertRaises(AssertionError):
            list(reasons(ast.parse("raise Trouble(unknown)")))


if __name__ == "__main__":
    unittest.main()
