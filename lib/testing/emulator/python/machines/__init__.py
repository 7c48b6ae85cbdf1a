"""Simulated machines: what an EC2 instance, its Ubuntu, snapd and MicroK8s do after launch.

``park.MachinePark`` is the only entry point of the other half of the emulator.
"""
