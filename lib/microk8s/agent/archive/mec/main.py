"""Assembles the real ports."""

import json
import os
import random

from .agent import Agent
from .aws import Aws, Imds
from .basics import Backoff
from .gateway import Gateway
from .ports import Clock, Files, Http, Log, Network, Ports, Shell
from .reporter import Node


def main() -> None:
    """Assemble the real ports and run; only what hinders that is retried here."""
    environment = os.environ.get
    clock, files, rng, http_port = Clock(), Files(environment("MEC_ROOT", "")), random.SystemRandom(), Http()
    log = Log(clock)
    backoff = Backoff(1.0, 30.0, rng, 0.5)
    while True:
        try:
            given = json.loads(files.read("/etc/mec/node.json") or "")
            imds = Imds(http_port, clock, environment("AWS_EC2_METADATA_SERVICE_ENDPOINT") or "http://169.254.169.254")
            facts = [imds.fact(name) for name in ("instance-id", "local-ipv4", "local-hostname")]
            node = Node(given["cluster"], given["node"], facts[0], facts[1], facts[2].split(".")[0].lower())
            aws = Aws(imds, http_port, clock, log, rng, environment("AWS_ENDPOINT_URL") or "")
            agent = Gateway if given.get("role") == "gateway" else Agent
            agent(Ports(clock, log, files, Shell(log), Network(), aws, rng), node).run()
        except Exception as error:
            log.event("agent stumbles", error=type(error).__name__)
            clock.sleep(backoff.next())
