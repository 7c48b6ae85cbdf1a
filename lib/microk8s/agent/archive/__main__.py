"""Begins the agent: the file that Python runs of the archive it is shipped in."""

import sys

from mec.main import main

main(sys.argv[1:])
