"""Begins the agent: the file that Python runs of the archive it is shipped in."""

from mec.main import main

main()
