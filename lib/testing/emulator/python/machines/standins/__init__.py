"""Thin clients that stand in for ``snap``, ``microk8s`` and ``systemctl`` on a simulated machine."""
