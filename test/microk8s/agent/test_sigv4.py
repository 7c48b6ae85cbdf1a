"""Signature Version 4 of both programs, against AWS's published test suite and S3's published example.

Sources: https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4 (header-signed-request.txt of each case) and
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html.
"""

import unittest

from loading import load

agent, bootstrap = load("agent"), load("bootstrap")

ACCESS, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
HOST, DATE = "example.amazonaws.com", "20150830T123600Z"
TOKEN = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
SCOPE = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "

VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
WITH_TOKEN = "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

# case: method, target, headers, body, signed headers, signature
SUITE = {
    "get-vanilla": ("GET", "/", {}, b"", "host;x-amz-date", VANILLA),
    "get-vanilla-query-order-key-case": (
        "GET", "/?Param2=value2&Param1=value1", {}, b"", "host;x-amz-date",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    "get-vanilla-query-order-value": (
        "GET", "/?Param1=value2&Param1=value1", {}, b"", "host;x-amz-date",
        "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
    ),
    "get-unreserved": (
        "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", {}, b"", "host;x-amz-date",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    ),
    "get-header-value-trim": (
        "GET", "/", {"My-Header1": " value1", "My-Header2": ' "a   b   c"'}, b"", "host;my-header1;my-header2;x-amz-date",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    "post-vanilla": (
        "POST", "/", {}, b"", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ),
    "post-x-www-form-urlencoded": (
        "POST", "/", FORM, b"Param1=value1", "content-type;host;x-amz-date",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
}  # fmt: skip


class OfTheAgent(unittest.TestCase):
    def _sign(self, token, method, target, headers, body):
        credentials = agent.Credentials(ACCESS, SECRET, token)
        url = f"https://{HOST}{target}"
        return agent.sign(credentials, "us-east-1", "service", method, url, {**headers, "X-Amz-Date": DATE}, body)

    def test_suite(self):
        for name, (method, target, headers, body, names, signature) in SUITE.items():
            with self.subTest(name):
                signed = self._sign("", method, target, headers, body)
                self.assertEqual(signed["authorization"], f"{SCOPE}SignedHeaders={names}, Signature={signature}")

    def test_session_token(self):
        signed = self._sign(TOKEN, "GET", "/", {}, b"")
        self.assertEqual(signed["authorization"], f"{SCOPE}SignedHeaders=host;x-amz-date;x-amz-security-token, Signature={WITH_TOKEN}")
        self.assertEqual(signed["x-amz-security-token"], TOKEN)

    def test_a_changed_body_changes_the_signature(self):
        one, other = (self._sign("", "POST", "/", FORM, body)["authorization"] for body in (b"a=1", b"a=2"))
        self.assertNotEqual(one, other)

    def test_keys_do_not_show(self):
        shown = repr(agent.Credentials(ACCESS, SECRET, TOKEN))
        self.assertNotIn(SECRET, shown)
        self.assertNotIn(TOKEN, shown)


class OfTheBootstrap(unittest.TestCase):
    def test_vanilla(self):
        headers = {"host": HOST, "x-amz-date": DATE}
        found = bootstrap.sign(ACCESS, SECRET, "us-east-1", "service", "/", headers)
        self.assertEqual(found, f"{SCOPE}SignedHeaders=host;x-amz-date, Signature={VANILLA}")

    def test_session_token(self):
        headers = {"x-amz-security-token": TOKEN, "host": HOST, "x-amz-date": DATE}
        found = bootstrap.sign(ACCESS, SECRET, "us-east-1", "service", "/", headers)
        self.assertEqual(found, f"{SCOPE}SignedHeaders=host;x-amz-date;x-amz-security-token, Signature={WITH_TOKEN}")

    def test_unreserved_path(self):
        _, path, _, _, names, signature = SUITE["get-unreserved"]
        found = bootstrap.sign(ACCESS, SECRET, "us-east-1", "service", path, {"host": HOST, "x-amz-date": DATE})
        self.assertEqual(found, f"{SCOPE}SignedHeaders={names}, Signature={signature}")

    def test_example_of_s3(self):
        headers = {
            "host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9", "x-amz-date": "20130524T000000Z",
            "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        }  # fmt: skip
        found = bootstrap.sign("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3", "/test.txt", headers)
        self.assertTrue(found.endswith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"), found)


if __name__ == "__main__":
    unittest.main()
