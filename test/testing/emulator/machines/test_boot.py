"""A machine boots from its user data, its agent is supervised, and nothing is left over."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest

from support import HERE, Park, TimedCase, alive, user_data, wait


class Boot(TimedCase):
    def test_write_files_runcmd_and_environment(self) -> None:
        agent = (
            "import json, os, shutil, subprocess, sys, time\n"
            "root = os.environ['MEC_ROOT']\n"
            "seen = {'env': sorted(os.environ), 'path': os.environ['PATH'], 'snap': shutil.which('snap'),\n"
            "        'flags': [sys.flags.isolated, sys.flags.no_site], 'hostname': subprocess.check_output(['hostname'], text=True)}\n"
            "json.dump(seen, open(root + '/opt/mec/seen.new', 'w'))\n"
            "os.rename(root + '/opt/mec/seen.new', root + '/opt/mec/seen')\n"
            "print('hello from the agent', flush=True)\n"
            "time.sleep(600)\n"
        )
        park = self.make_park()
        machine = park.boot(user_data(agent, files=[{"path": "/../../etc/x", "permissions": "0640", "content": "x"}]))
        seen = json.loads(wait(lambda: (machine.root / "opt/mec/seen").exists(), "agent ran") and (machine.root / "opt/mec/seen").read_text())
        allowed = {"PATH", "HOME", "MEC_ROOT", "AWS_ENDPOINT_URL", "AWS_EC2_METADATA_SERVICE_ENDPOINT"}
        self.assertEqual(set(seen["env"]) - {"LC_CTYPE", "LD_LIBRARY_PATH", "PWD", "SHLVL", "_", "OLDPWD", "__CF_USER_TEXT_ENCODING"}, allowed)
        for entry in seen["path"].split(":"):
            self.assertTrue(entry.startswith(str(machine.root)), entry)
        self.assertEqual(seen["snap"], str(machine.root / "usr/bin/snap"))
        self.assertEqual(seen["flags"], [1, 1])
        self.assertEqual(seen["hostname"], "ip-10-0-0-16\n")
        self.assertEqual((machine.root / "etc/mec/node.json").stat().st_mode & 0o777, 0o600)
        self.assertEqual((machine.root / "etc/x").stat().st_mode & 0o777, 0o640)
        self.assertIn("hello from the agent", (machine.folder / "agent.log").read_text())
        self.assertEqual((park.row()["cluster"], park.row()["node"]), ("c1", "cp-0"))

    def test_systemd_restarts_a_killed_agent_and_counts(self) -> None:
        park = self.make_park()
        machine = park.boot()
        first = wait(lambda: park.row()["agentPid"], "agent runs")
        os.kill(first, signal.SIGKILL)
        second = wait(lambda: park.row()["agentPid"] not in (None, first) and park.row()["agentPid"], "agent runs again")
        self.assertTrue(alive(second))
        self.assertEqual(park.row()["agentStarts"], 2)
        self.assertEqual(park.run(machine, "systemctl", "is-active", "mec-agent").stdout, "active\n")

    def test_a_crashing_unit_hits_the_start_limit(self) -> None:
        park = self.make_park()
        data = user_data("raise SystemExit(1)").replace(b"RestartSec=0.3", b"RestartSec=10ms")
        machine = park.boot(data)
        wait(lambda: park.run(machine, "systemctl", "is-active", "mec-agent").stdout == "failed\n", "failed state")
        self.assertEqual(park.row()["agentStarts"], 5)

    def test_kill_mode_process_spares_children_until_power_off(self) -> None:
        agent = (
            "import os, subprocess, sys, time\n"
            "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
            "open(os.environ['MEC_ROOT'] + '/opt/mec/child', 'w').write(str(child.pid) + '\\n')\n"
            "time.sleep(600)\n"
        )
        park = self.make_park()
        machine = park.boot(user_data(agent))
        child_file = machine.root / "opt/mec/child"
        child = int(wait(lambda: child_file.exists() and child_file.read_text().endswith("\n"), "child runs") and child_file.read_text())
        os.kill(park.row()["agentPid"], signal.SIGKILL)
        wait(lambda: park.row()["agentStarts"] == 2, "restart")
        self.assertTrue(alive(child))
        self.assertIn(child, park.park.pids())
        park.park.terminate("i-1")
        self.assertFalse(alive(child))
        self.assertEqual(park.park.pids(), [])

    def test_reboot_runs_units_again_but_not_runcmd(self) -> None:
        park = self.make_park()
        data = user_data().replace(b'"runcmd": [', b'"runcmd": [["sh", "-c", "echo once >> $MEC_ROOT/opt/once"], ')
        machine = park.boot(data)
        first = wait(lambda: park.row()["agentPid"], "agent runs")
        boot_id = (machine.root / "proc/sys/kernel/random/boot_id").read_text()
        park.park.reboot("i-1")
        second = wait(lambda: park.row()["agentPid"], "agent runs after the reboot")
        self.assertNotEqual(first, second)
        self.assertFalse(alive(first))
        self.assertEqual((machine.root / "opt/once").read_text(), "once\n")
        self.assertNotEqual((machine.root / "proc/sys/kernel/random/boot_id").read_text(), boot_id)
        self.assertEqual(park.row()["agentStarts"], 2)

    def test_user_data_that_is_no_cloud_config_still_boots(self) -> None:
        park = self.make_park()
        machine = park.boot(b"#!/bin/sh\necho no\n")
        self.assertIsNone(park.row()["cluster"])
        journal = machine.folder / "journal.log"
        wait(lambda: journal.exists() and "cloud-init" in journal.read_text(), "journal says so")

    def test_stop_all_leaves_no_process_and_keeps_the_logs(self) -> None:
        park = Park()
        self.addCleanup(park.stop)
        machine = park.boot()
        park.boot(user_data(cluster="c2"), "i-2")
        wait(lambda: park.row("i-1")["agentPid"] and park.row("i-2")["agentPid"], "both agents run")
        pids = park.park.pids()
        self.assertGreaterEqual(len(pids), 2)
        park.park.stop_all()
        self.assertEqual([pid for pid in pids if alive(pid)], [])
        self.assertEqual(park.park.pids(), [])
        self.assertTrue((machine.folder / "agent.log").exists())
        self.assertFalse(machine.root.exists())
        self.assertEqual(park.row()["state"], "terminated")

    def test_stop_and_start(self) -> None:
        park = self.make_park()
        machine = park.boot()
        first = wait(lambda: park.row()["agentPid"], "agent runs")
        park.park.stop("i-1")
        self.assertEqual((park.row()["state"], park.row()["agentPid"], alive(first)), ("stopped", None, False))
        park.park.reboot("i-1")
        self.assertEqual(park.row()["state"], "stopped")
        park.park.start("i-1")
        wait(lambda: park.row()["agentPid"], "agent runs again")
        self.assertTrue((machine.root / "etc/mec/node.json").exists())

    def test_terminate_in_the_middle_of_a_boot_is_quick(self) -> None:
        park = self.make_park(bootSeconds=0)
        for number in range(5):
            machine = park.boot(instance_id=f"i-{number}")
            started = time.monotonic()
            park.park.terminate(f"i-{number}")
            self.assertLess(time.monotonic() - started, 5)
            self.assertFalse(machine.root.exists())
        self.assertEqual(park.park.pids(), [])

    def test_an_emulator_that_is_killed_leaves_no_machine(self) -> None:
        script = (
            f"import sys; sys.path.insert(0, {str(HERE.parent)!r})\n"
            "import json, support, time\n"
            "park = support.Park(); park.boot(support.user_data())\n"
            "pid = support.wait(lambda: park.row()['agentPid'], 'agent runs')\n"
            "print(json.dumps([pid, str(park.folder)]), flush=True); time.sleep(600)\n"
        )
        emulator = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        self.addCleanup(emulator.stdout.close)
        pid, folder = json.loads(emulator.stdout.readline())
        self.assertTrue(alive(pid))
        emulator.kill()
        emulator.wait(10)
        wait(lambda: not alive(pid), "the watchdog ended the agent")
        subprocess.run(["rm", "-rf", folder], check=True, timeout=20)


class Faults(TimedCase):
    def test_kill_agent_in_a_phase_once(self) -> None:
        park = self.make_park(killAgentIn=["install"])
        park.boot()
        first = wait(lambda: park.row()["agentPid"], "agent runs")
        park.park.observe_status("i-1", {"phase": "seed"})
        park.park.observe_status("i-1", {"phase": "install"})
        wait(lambda: park.row()["agentStarts"] == 2, "killed and restarted")
        self.assertFalse(alive(first))
        park.park.observe_status("i-1", {"phase": "install"})
        self.assertFalse(park.faults.take_kill("c1", "install"))

    def test_unknown_faults_are_refused_and_throttles_are_counted(self) -> None:
        park = self.make_park(throttle=2)
        self.assertEqual([park.faults.take_throttle("c1") for _ in range(3)], [True, True, False])
        self.assertFalse(park.faults.take_throttle("other"))
        with self.assertRaises(ValueError):
            park.faults.load({"clusters": {"c1": {"snapstore": {}}}})


class StandIns(TimedCase):
    def test_a_wrong_secret_is_refused(self) -> None:
        park = self.make_park()
        machine = park.boot()
        wrong = b"no\0001\0snap\0list"
        self.assertEqual(park.park.handle("POST", "/_machine/i-1", wrong)[0], 403)
        self.assertEqual(park.park.handle("POST", "/_machine/i-404", wrong)[0], 403)
        self.assertEqual(park.park.handle("POST", "/_machine/i-1", b"nonsense")[0], 400)
        self.assertEqual((machine.folder / "stand-in.json").stat().st_mode & 0o777, 0o600)

    def test_secrets_are_in_no_log(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.install(machine)
        for log in machine.folder.glob("*.log"):
            self.assertNotIn(machine.secret, log.read_text())
            self.assertNotIn("PRIVATE KEY", log.read_text())


if __name__ == "__main__":
    sys.exit(unittest.main())
