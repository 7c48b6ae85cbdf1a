"""The node agent of a MEC cluster: turns a fresh Ubuntu instance into a ready node, says so, and never ends.

It may be killed at any point, and the machine rebooted at any point: each step looks at what is there (snap, files, API,
parameters) and does only what is missing. Standard library only; Python 3.10 or later. Everything that touches the world
is a port (``ports.Ports``), so that the decisions can be run against a simulated one. Secrets live in 0600 files below
/run/mec for as long as they are used, and never in a log, an argument or a status; credentials of registries stay where
containerd reads them.
"""
