"""Logs: what is read, what a batch may hold, what is kept over a kill, and that nothing of it disturbs the node."""

import io
import json
import os
import pathlib
import random
import stat
import sys
import tempfile
import threading
import time
import unittest

from loading import load

agent = load("agent")
NOW = 1_700_000_000.0

# A journalctl that hands out the lines of a file, each {"cursor", "at", "message", "unit"}.
JOURNALCTL = '''#!{python} -IS
import json, os, sys
here = os.path.dirname(os.path.abspath(sys.argv[0]))
open(here + "/calls", "a").write(json.dumps(sys.argv[1:]) + "\\n")
after = next((a.partition("=")[2] for a in sys.argv if a.startswith("--after-cursor=")), "")
rows = [json.loads(line) for line in open(here + "/journal")]
if after:
    places = [i for i, row in enumerate(rows) if row["cursor"] == after]
    if not places:
        sys.exit("Failed to seek to cursor")
    rows = rows[places[0] + 1:]
for row in rows:
    out = {{"__CURSOR": row["cursor"], "__REALTIME_TIMESTAMP": str(int(row["at"] * 1e6)), "MESSAGE": row["message"], "SYSLOG_IDENTIFIER": row["name"]}}
    print(json.dumps(out))
'''


class FakeLogs:
    """CloudWatch Logs: its limits, its streams, and the failures it is told."""

    def __init__(self) -> None:
        self.streams, self.calls, self.failure, self.fail = {}, [], None, set()

    def logs(self, action, request):
        self.calls.append(action)
        name = request["logStreamName"]
        if self.failure and (not self.fail or name in self.fail):
            raise agent.AwsError(self.failure, action)
        if request["logGroupName"] != "/mec/c":
            raise agent.AwsError("ResourceNotFoundException", action)
        if action == "CreateLogStream":
            if name in self.streams:
                raise agent.AwsError("ResourceAlreadyExistsException", action)
            self.streams[name] = []
            return {}
        assert action == "PutLogEvents"
        if name not in self.streams:
            raise agent.AwsError("ResourceNotFoundException", action)
        events = request["logEvents"]
        stamps = [event["timestamp"] for event in events]
        assert 1 <= len(events) <= 10_000
        assert sum(len(event["message"].encode()) + 26 for event in events) <= 1_048_576
        assert stamps == sorted(stamps) and stamps[-1] - stamps[0] < 86_400_000
        assert all(event["message"] for event in events)
        self.streams[name].append([event["message"] for event in events])
        return {}

    def texts(self, name):
        """All messages of a stream."""
        return [text for batch in self.streams.get(name, []) for text in batch]


class Clock:
    """Virtual time; each look at it takes ``tick``."""

    def __init__(self) -> None:
        self.now, self.tick = 0.0, 0.0

    def time(self):
        return NOW + self.now

    def monotonic(self):
        self.now += self.tick
        return self.now


class Lines:
    """A source of prepared lines: (seconds since 1970, text)."""

    def __init__(self, *rows):
        self.rows = list(rows)

    def lines(self, position):
        for index in range(position.get("index", 0), len(self.rows)):
            yield agent.Line({"index": index + 1}, *self.rows[index])


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.aws, self.clock, self.output = FakeLogs(), Clock(), io.StringIO()

    def shipper(self, *rows):
        """A fresh process's shipper, of one stream when rows are given."""
        log = agent.Log(self.clock, self.output)
        made = agent.Shipper(self.aws, agent.Files(str(self.root)), self.clock, log, random.Random(1), "i-1", "cp-0")
        made._group = "/mec/c"
        if rows:
            made.streams = made.streams[:1]
            made.streams[0].source = Lines(*rows)
        return made

    def later(self, shipper, seconds=600.0):
        """Let time pass as the thread would; how often it shipped."""
        end, steps = self.clock.now + seconds, 0
        while self.clock.now < end:
            self.clock.now += shipper.step()
            steps += 1
        return steps

    def said(self, message):
        return [line for line in map(json.loads, self.output.getvalue().splitlines()) if line["message"] == message]


class Batches(Case):
    def test_a_gateway_has_haproxy_where_a_node_has_microk8s(self):
        made = agent.Shipper(None, agent.Files(""), None, None, random.Random(1), "i-1", "gateway", "gateway")
        self.assertEqual([stream.name for stream in made.streams], ["gateway/agent", "gateway/cloud-init", "gateway/haproxy"])

    def test_lines_arrive_in_order_in_a_stream_that_is_made_once(self):
        shipper = self.shipper((NOW - 5, "one"), (NOW - 4, "two"))
        shipper.step()
        shipper.streams[0].source.rows.append((NOW, "three"))
        self.later(shipper, 60)
        self.assertEqual(self.aws.streams, {"cp-0/agent": [["one", "two"], ["three"]]})
        self.assertEqual(self.aws.calls, ["PutLogEvents", "CreateLogStream", "PutLogEvents", "PutLogEvents"])
        self.assertEqual(self.shipper((NOW, "x")).step(), 30.0, "and one that is at rest is looked at rarely")

    def test_a_clock_that_was_set_back_leaves_them_chronological(self):
        self.shipper((NOW - 5, "b"), (NOW - 90, "a"), (None, "c")).step()
        self.assertEqual(self.aws.texts("cp-0/agent"), ["a", "b", "c"])

    def test_a_batch_keeps_within_the_limits_and_the_rest_follows_ten_seconds_later(self):
        rows = [(NOW, "x" * 100_000)] * 12 + [(NOW, "short")] * 6000
        shipper = self.shipper(*rows)
        self.assertEqual(shipper.step(), 10.0)
        self.assertEqual(len(self.aws.streams["cp-0/agent"]), 1)
        self.later(shipper, 60)
        self.assertEqual(self.aws.texts("cp-0/agent"), [text for _, text in rows])
        self.assertGreater(len(self.aws.streams["cp-0/agent"]), 3)

    def test_a_day_and_more_is_sent_in_parts(self):
        shipper = self.shipper((NOW - 3 * 86400, "a"), (NOW - 2.5 * 86400, "b"), (NOW - 86400, "c"), (NOW, "d"))
        self.later(shipper, 60)
        self.assertEqual(self.aws.streams["cp-0/agent"], [["a", "b"], ["c"], ["d"]])

    def test_what_is_too_old_is_told_and_what_is_too_new_is_now(self):
        self.shipper((NOW - 15 * 86400, "old"), (NOW - 14.5 * 86400, "old"), (NOW + 86400, "new")).step()
        self.assertEqual(self.aws.texts("cp-0/agent"), ["new", "mec: 2 lines were left out"])

    def test_a_line_that_is_too_long_is_cut_and_odd_text_arrives(self):
        self.shipper((NOW, "ü" * 200_000), (NOW, "\ud800 half"), (NOW, "")).step()
        long, odd = self.aws.texts("cp-0/agent")
        self.assertEqual(len(long.encode()), 131_072)
        self.assertIn("half", odd)

    def test_a_flood_is_cut_after_a_minute_and_one_line_says_how_much(self):
        rows = [(NOW, f"line {number}") for number in range(50_000)]
        shipper = self.shipper(*rows)
        self.later(shipper, 120)
        texts = self.aws.texts("cp-0/agent")
        self.assertEqual(texts, [f"line {number}" for number in range(7 * 5000)] + ["mec: 15000 lines were left out"])
        shipper.streams[0].source.rows.append((NOW, "after"))
        self.later(shipper, 60)
        self.assertEqual(self.aws.texts("cp-0/agent")[-1], "after")

    def test_a_flood_without_end_holds_nobody_up(self):
        class Endless:
            def lines(self, position):
                number = position.get("n", 0)
                while True:
                    number += 1
                    yield agent.Line({"n": number}, NOW, "x")

        shipper = self.shipper((NOW, "x"))
        shipper.streams[0].source = Endless()
        shipper.streams[0].full, self.clock.tick = 6, 0.0002
        began = self.clock.now
        shipper.step()
        self.assertLess(self.clock.now - began, 6)
        self.assertRegex(self.aws.texts("cp-0/agent")[-1], r"^mec: \d+ lines were left out$")


class Kept(Case):
    def test_a_killed_process_goes_on_where_the_last_one_was_told_that_it_arrived(self):
        self.shipper((NOW, "one")).step()
        self.aws.failure = "Unreachable"
        self.shipper((NOW, "one"), (NOW, "two")).step()
        self.aws.failure = None
        self.shipper((NOW, "one"), (NOW, "two")).step()
        self.assertEqual(self.aws.texts("cp-0/agent"), ["one", "two"])
        kept = self.root / "var/lib/mec/logs.json"
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)

    def test_a_position_of_another_instance_or_a_damaged_one_does_not_count(self):
        for text in ('{"instanceId":"i-other","streams":{"cp-0/agent":{"index":1}}}', "{", "[]", '{"instanceId":"i-1","streams":[]}'):
            self.aws.streams.clear()
            agent.Files(str(self.root)).write(agent.Shipper.PATH, text)
            self.shipper((NOW, "one")).step()
            self.assertEqual(self.aws.texts("cp-0/agent"), ["one"], text)

    def test_a_full_disk_loses_nothing_and_repeats_nothing_while_the_process_lives(self):
        shipper = self.shipper((NOW, "one"))
        shipper._files.write = lambda *_: (_ for _ in ()).throw(OSError(28, "full"))
        self.later(shipper, 120)
        self.assertEqual(self.aws.texts("cp-0/agent"), ["one"])


class Failures(Case):
    def test_denied_is_tried_again_ever_more_slowly_and_logged_once(self):
        self.aws.failure = "AccessDeniedException"
        shipper = self.shipper((NOW, "one"))
        self.later(shipper, 7200)
        self.assertLess(len(self.aws.calls), 7200 / 60)
        self.assertGreater(len(self.aws.calls), 7200 / 300)
        said = self.said("logs are not shipped")
        self.assertEqual([(line["stream"], line["error"]) for line in said], [("cp-0/agent", "PutLogEvents: AccessDeniedException")])
        self.aws.failure = None
        self.later(shipper, 400)
        self.assertEqual(self.aws.texts("cp-0/agent"), ["one"])
        self.assertEqual(len(self.said("logs are shipped again")), 1)

    def test_one_stream_that_fails_holds_no_other_up(self):
        shipper = self.shipper()
        for stream in shipper.streams:
            stream.source = Lines((NOW, "x"))
        self.aws.failure, self.aws.fail = "AccessDeniedException", {"cp-0/agent", "cp-0/snap"}
        self.later(shipper, 120)
        self.assertEqual(set(self.aws.streams), {"cp-0/cloud-init", "cp-0/audit"})

    def test_a_batch_that_is_refused_for_good_is_told_instead_of_tried_for_ever(self):
        self.aws.failure = "InvalidParameterException"
        shipper = self.shipper((NOW, "one"), (NOW, "two"))
        shipper.step()
        self.aws.failure = None
        shipper.streams[0].source.rows.append((NOW, "three"))
        self.later(shipper, 60)
        self.assertEqual(self.aws.texts("cp-0/agent"), ["three", "mec: 2 lines were left out"])

    def test_a_missing_group_is_a_failure_and_is_not_made(self):
        shipper = self.shipper((NOW, "one"))
        shipper._group = "/mec/other"
        shipper.step()
        self.assertEqual(self.said("logs are not shipped")[0]["error"], "CreateLogStream: ResourceNotFoundException")

    def test_unexpected_errors_of_a_source_are_survived_and_not_quoted(self):
        shipper = self.shipper((NOW, "x"))
        shipper.streams[0].source = None
        shipper.step()
        self.assertEqual(self.said("logs are not shipped")[0]["error"], "AttributeError")


class Thread(Case):
    def test_starts_when_wanted_stops_when_not_and_waits_for_nobody(self):
        shipper, turns = self.shipper((NOW, "one")), []
        shipper._group, step = None, shipper.step

        def counted():
            turns.append(shipper._group)
            if len(turns) == 2:
                raise RuntimeError("odd")
            return step()

        shipper.step = counted
        shipper.want(None)
        self.assertIsNone(shipper._thread)
        for group, count in (("/mec/c", 1), (None, 2), ("/mec/d", 3), (None, 4)):
            shipper.want(group)
            limit = time.monotonic() + 5
            while len(turns) < count and time.monotonic() < limit:
                time.sleep(0.002)
        self.assertEqual(turns, ["/mec/c", None, "/mec/d", None])
        self.assertTrue(shipper._thread.daemon)
        self.assertEqual(self.aws.texts("cp-0/agent"), ["one"])
        self.assertEqual([line["error"] for line in self.said("logs stumble")], ["RuntimeError"])
        self.assertEqual(len([thread for thread in threading.enumerate() if thread is shipper._thread]), 1)


class RealJournal(Case):
    def setUp(self):
        super().setUp()
        self.program = self.root / "journalctl"
        self.program.write_text(JOURNALCTL.format(python=sys.executable))
        self.program.chmod(0o755)

    def _journal(self, *rows):
        text = "".join(json.dumps({"cursor": c, "at": at, "message": m, "name": "daemon"}) + "\n" for c, at, m in rows)
        (self.root / "journal").write_text(text)

    def _calls(self):
        return [json.loads(line) for line in (self.root / "calls").read_text().splitlines()]

    def _lines(self, position, named=True):
        return list(agent.Journal(["a.service", "snap.b.*"], named, str(self.program)).lines(position))

    def test_entries_by_cursor_whatever_form_their_message_has(self):
        self._journal(("c1", 5.5, "text"), ("c2", 6.0, list("ümläut".encode())), ("c3", 7.0, None), ("c4", 8.0, ["two", "fields"]))
        lines = self._lines({})
        self.assertEqual([line.text for line in lines][:2], ["daemon: text", "daemon: ümläut"])
        self.assertIn("does not hand out", lines[2].text)
        self.assertEqual(lines[3].text, "daemon: two fields")
        self.assertEqual((lines[0].position, lines[0].at), ({"cursor": "c1", "at": 5.5}, 5.5))
        self.assertEqual([line.text for line in self._lines({"cursor": "c3", "at": 7.0}, named=False)], ["two fields"])
        call = self._calls()[-1]
        self.assertIn("--after-cursor=c3", call)
        self.assertEqual(call[-4:], ["-u", "a.service", "-u", "snap.b.*"])
        self.assertRegex(" ".join(self._calls()[0]), r"--since=@\d+ ")

    def test_a_cursor_that_is_not_known_any_more_is_replaced_by_its_time(self):
        self._journal(("c9", 9.0, "still there"))
        self.assertEqual([line.text for line in self._lines({"cursor": "gone", "at": 8.0})], ["daemon: still there"])
        self.assertIn("--since=@8", self._calls()[-1])

    def test_a_journal_that_cannot_be_read_is_trouble(self):
        with self.assertRaises(agent.Trouble):
            self._lines({})
        with self.assertRaises(agent.Trouble):
            list(agent.Journal(["a"], False, str(self.root / "none")).lines({}))

    def test_only_as_much_as_is_taken_is_read_and_no_process_is_left(self):
        self._journal(*((f"c{i}", 1.0, "x" * 2000) for i in range(3000)))
        lines = agent.Journal(["a"], False, str(self.program)).lines({})
        self.assertEqual(next(lines).position["cursor"], "c0")
        lines.close()
        children = pathlib.Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children")
        if children.exists():
            self.assertEqual(children.read_text(), "")

    def test_a_line_without_end_does_not_fill_the_memory(self):
        reader, writer = os.pipe()

        def write():
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(b"first\n" + b"x" * 1_000_000 + b"\nlast\n")

        threading.Thread(target=write).start()
        with os.fdopen(reader):
            self.assertEqual(list(agent._pieces(reader, time.monotonic() + 10)), [b"first", b"last"])


class Files(Case):
    def setUp(self):
        super().setUp()
        self.path = self.root / "audit.log"
        self.source, self.position = agent.GrowingFile(str(self.path)), {}

    def _new(self):
        texts = []
        for line in self.source.lines(self.position):
            self.position = line.position
            texts += [line.text] if line.text else []
        return texts

    def _append(self, text):
        with open(self.path, "a") as file:
            file.write(text)

    def test_a_file_that_grows_line_by_line(self):
        self.assertEqual(self._new(), [])
        self._append("one\ntwo\nhal")
        self.assertEqual(self._new(), ["one", "two"])
        self._append("f\n")
        self.assertEqual(self._new(), ["half"])
        self.assertEqual(self._new(), [])

    def test_rotation_loses_and_repeats_nothing_even_when_it_happens_twice_between_looks(self):
        self._append("one\n")
        self.assertEqual(self._new(), ["one"])
        self._append("two\nwithout end")
        self.path.rename(self.root / "audit-2026-01-01T00-00-00.000.log")
        self._append("three\n")
        self.path.rename(self.root / "audit-2026-01-02T00-00-00.000.log")
        self._append("four\n")
        self.assertEqual(self._new(), ["two", "without end", "three", "four"])
        self.assertEqual(self._new(), [])
        (self.root / "audit-2026-01-01T00-00-00.000.log").unlink()
        self.assertEqual(self._new(), [])

    def test_when_the_file_that_was_read_is_gone_all_that_is_there_is_newer(self):
        self._append("one\n")
        self._new()
        kept = open(self.path)  # so that its inode is not used again at once
        self.addCleanup(kept.close)
        self.path.unlink()
        self._append("two\n")
        self.path.rename(self.root / "audit-2026-01-01T00-00-00.000.log")
        self._append("three\n")
        self.assertEqual(self._new(), ["two", "three"])

    def test_a_file_that_was_cut_is_read_from_its_beginning(self):
        self._append("a long first line\n")
        self._new()
        self.path.write_text("new\n")
        self.assertEqual(self._new(), ["new"])

    def test_a_very_long_line_comes_in_pieces(self):
        self._append("x" * 300_000 + "\n")
        self.assertEqual([len(text) for text in self._new()], [262_144, 300_000 - 262_144])

    def test_bytes_that_are_no_text_arrive_as_such(self):
        self.path.write_bytes(b"a\xffb\r\n\nc\n")
        self.assertEqual(self._new(), ["a\ufffdb", "c"])


class Call(unittest.TestCase):
    def test_is_json_by_its_target_signed_for_logs_and_keeps_umlauts_short(self):
        sent = []

        class Http:
            def request(self, method, url, headers, body, timeout):
                sent.append((url, headers, body))
                return 200, b"{}"

        imds = type("Imds", (), {"credentials": lambda s, renew: agent.Credentials("A", "S", "T"), "fact": lambda s, name: "us-east-1"})()
        clock = agent.Clock()
        aws = agent.Aws(imds, Http(), clock, agent.Silence(clock), random.Random(1))
        self.assertEqual(aws.logs("PutLogEvents", {"logEvents": [{"message": "ü\ud800"}]}), {})
        url, headers, body = sent[0]
        self.assertEqual(url, "https://logs.us-east-1.amazonaws.com/")
        self.assertEqual(headers["x-amz-target"], "Logs_20140328.PutLogEvents")
        self.assertIn("/us-east-1/logs/aws4_request", headers["authorization"])
        self.assertEqual(json.loads(body)["logEvents"][0]["message"], "ü?")

    def test_what_aws_says_of_a_wrong_signature_shows_no_token_in_the_log(self):
        # AWS quotes the canonical request, session token and all.
        message = (
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing"
            " method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'POST\n/\n\n"
            "content-type:application/x-amz-json-1.1\nhost:logs.us-east-1.amazonaws.com\nx-amz-date:20261124T000000Z\nx-amz-security-token:TOPSECRET"
        )
        body = json.dumps({"__type": "InvalidSignatureException", "message": message}).encode()
        imds = type("Imds", (), {"credentials": lambda s, renew: agent.Credentials("A", "S", "TOPSECRET"), "fact": lambda s, name: "us-east-1"})()
        http, clock, output = type("Http", (), {"request": lambda s, *_: (400, body)})(), agent.Clock(), io.StringIO()
        aws = agent.Aws(imds, http, clock, agent.Log(clock, output), random.Random(1))
        for call in (lambda: aws.logs("PutLogEvents", {}), lambda: aws.ssm("GetParameters", {})):
            with self.assertRaises(agent.AwsError) as raised:
                call()
            self.assertNotIn("TOPSECRET", output.getvalue() + str(raised.exception))
        self.assertIn("InvalidSignatureException", output.getvalue())


if __name__ == "__main__":
    unittest.main()
