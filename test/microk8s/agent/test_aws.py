"""Back-off, instance metadata and calls to AWS, over a scripted HTTP port."""

import io
import json
import random
import unittest

from loading import load

agent = load("agent")


class Clock:
    def __init__(self):
        self.now, self.slept = 1_700_000_000.0, []

    def time(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Http:
    """Answers metadata itself, and everything else from a script (the last entry stays)."""

    def __init__(self, clock, *script):
        self.clock, self.script, self.sent, self.asked = clock, list(script), [], []
        self.lives, self.refused = 3600, 0

    def request(self, method, url, headers, body, timeout):
        if "/latest/" not in url:
            self.sent.append((method, url, dict(headers), body))
            step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            if isinstance(step, Exception):
                raise step
            return step
        self.asked.append((method, url.split("/latest/")[1]))
        if method == "PUT":
            return 200, b"token"
        if self.refused:
            self.refused -= 1
            return 401, b""
        if url.endswith("region"):
            return 200, b"eu-west-3"
        if url.endswith("credentials/"):
            return 200, b"role\n"
        return 200, json.dumps(
            {"AccessKeyId": "AKIA", "SecretAccessKey": "VERYSECRET", "Token": "SESSIONTOKEN", "Expiration": agent.iso(self.clock.now + self.lives)}
        ).encode()


def answer(status, code, form="json"):
    if form == "json":
        return status, json.dumps({"__type": f"com.amazonaws#{code}", "message": "why"}).encode()
    return status, f'<E xmlns="http://x/"><Error><Code>{code}</Code><Message>why</Message></Error></E>'.encode()


def client(*script):
    clock, output = Clock(), io.StringIO()
    http = Http(clock, *script)
    imds = agent.Imds(http, clock)
    return agent.Aws(imds, http, clock, agent.Log(clock, output), random.Random(5)), http, clock, output


class BackoffBounds(unittest.TestCase):
    def test_full_jitter_below_a_doubling_cap(self):
        for seed in range(200):
            backoff = agent.Backoff(1.0, 30.0, random.Random(seed))
            for tries in range(40):
                wait = backoff.next()
                self.assertGreaterEqual(wait, 0.0)
                self.assertLessEqual(wait, min(30.0, 2.0**tries))

    def test_it_is_jitter_and_it_grows(self):
        firsts = {agent.Backoff(1.0, 30.0, random.Random(seed)).next() for seed in range(20)}
        self.assertGreater(len(firsts), 15)
        late = []
        for seed in range(50):
            backoff = agent.Backoff(1.0, 30.0, random.Random(seed))
            late.append([backoff.next() for _ in range(10)][-1])
        self.assertGreater(max(late), 20.0)
        self.assertLess(min(late), 10.0)

    def test_floor(self):
        backoff = agent.Backoff(1.0, 30.0, random.Random(1), 0.5)
        self.assertGreaterEqual(min(backoff.next() for _ in range(100)), 0.5)


class Calls(unittest.TestCase):
    def test_throttling_server_errors_and_lost_connections_are_retried(self):
        trouble = [
            answer(400, "ThrottlingException"), answer(500, "InternalServerError"), (502, b"<html>"), ConnectionResetError(),
            answer(400, "TooManyUpdates"), TimeoutError(),
        ]  # fmt: skip
        aws, http, clock, _ = client(*trouble, (200, b'{"ok":1}'))
        self.assertEqual(aws.ssm("GetParameters", {}), {"ok": 1})
        self.assertEqual(len(clock.slept), 6)
        for number, wait in enumerate(clock.slept):
            self.assertLessEqual(wait, min(5.0, 0.2 * 2**number))

    def test_tries_are_bounded(self):
        aws, http, clock, _ = client(answer(400, "ThrottlingException"))
        with self.assertRaises(agent.AwsError) as raised:
            aws.ssm("PutParameter", {})
        self.assertEqual((raised.exception.code, len(http.sent)), ("ThrottlingException", agent.Aws.TRIES + 1))
        self.assertLess(sum(clock.slept), 30)

    def test_denied_is_not_retried_and_is_logged(self):
        aws, http, _, output = client(answer(400, "AccessDeniedException"))
        with self.assertRaises(agent.AwsError) as raised:
            aws.ssm("PutParameter", {"Value": "THEVALUE"})
        self.assertEqual((str(raised.exception), len(http.sent)), ("PutParameter: AccessDeniedException", 1))
        self.assertIn("AccessDeniedException", output.getvalue())
        for secret in ("THEVALUE", "VERYSECRET", "SESSIONTOKEN"):
            self.assertNotIn(secret, output.getvalue())

    def test_expired_keys_are_renewed_once(self):
        aws, http, _, _ = client(answer(400, "ExpiredTokenException"), (200, b"{}"))
        aws.ssm("GetParameters", {})
        self.assertEqual(len([path for _, path in http.asked if path.endswith("credentials/role")]), 2)

    def test_keys_that_stay_stale_are_an_error(self):
        aws, http, _, _ = client(answer(400, "UnrecognizedClientException"))
        with self.assertRaises(agent.AwsError):
            aws.ssm("GetParameters", {})
        self.assertLessEqual(len(http.sent), 2 * (agent.Aws.TRIES + 1))

    def test_ssm_request(self):
        aws, http, _, _ = client((200, b"{}"))
        aws.ssm("GetParameters", {"Names": ["/a"]})
        method, url, headers, body = http.sent[0]
        self.assertEqual((method, url, json.loads(body)), ("POST", "https://ssm.eu-west-3.amazonaws.com/", {"Names": ["/a"]}))
        self.assertEqual((headers["x-amz-target"], headers["content-type"]), ("AmazonSSM.GetParameters", "application/x-amz-json-1.1"))
        self.assertIn("/eu-west-3/ssm/aws4_request", headers["authorization"])

    def test_cloudformation_request_and_errors(self):
        aws, http, _, _ = client(answer(400, "ValidationError", "xml"))
        with self.assertRaises(agent.AwsError) as raised:
            aws.cloudformation("SignalResource", {"UniqueId": "install: no & store"})
        self.assertEqual((raised.exception.code, raised.exception.detail), ("ValidationError", "why"))
        form = dict(agent.urllib.parse.parse_qsl(http.sent[0][3].decode()))
        self.assertEqual(form, {"Action": "SignalResource", "Version": "2010-05-15", "UniqueId": "install: no & store"})


class Metadata(unittest.TestCase):
    def test_keys_are_kept_and_renewed_before_they_expire(self):
        clock = Clock()
        http = Http(clock, (200, b""))
        imds = agent.Imds(http, clock)
        fetched = lambda: len([path for _, path in http.asked if path.endswith("credentials/role")])  # noqa: E731
        first = imds.credentials()
        clock.now += 3600 - agent.Imds.RENEW_BEFORE - 5
        self.assertIs(imds.credentials(), first)
        self.assertEqual(fetched(), 1)
        clock.now += 10
        imds.credentials()
        self.assertEqual(fetched(), 2)

    def test_a_refused_token_is_renewed(self):
        clock = Clock()
        http = Http(clock, (200, b""))
        imds = agent.Imds(http, clock)
        imds.fact("placement/region")
        http.refused = 1
        imds.credentials()
        self.assertEqual(len([1 for method, _ in http.asked if method == "PUT"]), 2)

    def test_facts_are_asked_once(self):
        clock = Clock()
        http = Http(clock, (200, b""))
        imds = agent.Imds(http, clock)
        self.assertEqual([imds.fact("placement/region") for _ in range(3)], ["eu-west-3"] * 3)
        self.assertEqual(len([1 for method, _ in http.asked if method == "GET"]), 1)


if __name__ == "__main__":
    unittest.main()
