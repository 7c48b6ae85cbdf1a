"""Assembles the real ports."""

import hashlib
import json
import os
import random
import sys
from typing import Sequence, Tuple

from .agent import Agent
from .aws import Aws, Imds
from .basics import Backoff, Trouble
from .gateway import Gateway
from .logs import Shipper
from .ports import Clock, Files, Http, Log, Network, Ports, Shell, Silence
from .reporter import Node
from .selfupdate import OWN
from .trial import trial


def assemble(clock: Clock, log: Log) -> Tuple[Ports, Node]:
    """The real ports, and who this node is. Throws OSError, ValueError or KeyError while the machine does not tell."""
    environment = os.environ.get
    files, rng, http_port = Files(environment("MEC_ROOT", "")), random.SystemRandom(), Http()
    given = json.loads(files.read("/etc/mec/node.json") or "")
    metadata = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT") or "http://169.254.169.254"
    endpoint = environment("AWS_ENDPOINT_URL") or ""
    imds = Imds(http_port, clock, metadata)
    facts = [imds.fact(name) for name in ("instance-id", "local-ipv4", "local-hostname")]
    own = hashlib.sha256(files.read_bytes(OWN) or b"").hexdigest()
    # By its own name, as the kubelet does, which an image may have chosen.
    hostname = ((files.read("/etc/hostname") or "").strip() or facts[2].split(".")[0]).lower()
    node = Node(given["cluster"], given["node"], facts[0], facts[1], hostname, own, given.get("role", ""))
    aws = Aws(imds, http_port, clock, log, rng, endpoint)
    # Of its own, since it is another thread's; without a log, since what it logs would be shipped.
    quiet = Aws(Imds(http_port, clock, metadata), http_port, clock, Silence(clock), rng, endpoint)
    quiet.TRIES = 1
    shipper = Shipper(quiet, files, clock, log, rng, node.instance_id, node.name, node.role)
    shell = Shell(log)
    return Ports(clock, log, files, shell, Network(shell), aws, rng, shipper), node


def main(arguments: Sequence[str] = ()) -> None:
    """Run the agent, for ever; or, with the argument ``trial``, only say whether it could (exit code, last line of output)."""
    clock = Clock()
    if arguments and arguments[0] == "trial":
        try:
            against = trial(*assemble(clock, Log(clock, sys.stderr)), was_ready=arguments[1:] == ["ready"])
        except Trouble as trouble:
            against = str(trouble)
        print(against)
        sys.exit(1 if against else 0)
    log = Log(clock)
    backoff = Backoff(1.0, 30.0, random.SystemRandom(), 0.5)
    shipper = None
    while True:
        try:
            ports, node = assemble(clock, log)
            shipper = ports.shipper = shipper or ports.shipper  # its thread goes on
            (Gateway if node.role == "gateway" else Agent)(ports, node).run()
        except Exception as error:
            log.event("agent stumbles", error=type(error).__name__)
            clock.sleep(backoff.next())
