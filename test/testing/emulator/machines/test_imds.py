"""The metadata service speaks version 2 only."""

import json
import unittest

from support import TimedCase, get

TTL = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN = "X-aws-ec2-metadata-token"


class Imds(TimedCase):
    def test_refuses_without_a_token(self) -> None:
        park = self.make_park()
        park.boot()
        port = park.row()["imdsPort"]
        self.assertEqual(get(port, "/latest/meta-data/instance-id")[0], 401)
        self.assertEqual(get(port, "/latest/meta-data/instance-id", headers={TOKEN: "guess"})[0], 401)
        self.assertEqual(get(port, "/latest/api/token", "PUT")[0], 400)
        self.assertEqual(get(port, "/latest/api/token", "PUT", {TTL: "21601"})[0], 400)
        self.assertEqual(get(port, "/latest/api/token", "PUT", {TTL: "60", "X-Forwarded-For": "10.0.0.1"})[0], 403)

    def test_facts_and_credentials_with_a_token(self) -> None:
        park = self.make_park()
        park.boot()
        port = park.row()["imdsPort"]
        code, token = get(port, "/latest/api/token", "PUT", {TTL: "60"})
        self.assertEqual(code, 200)
        expected = {
            "instance-id": "i-1", "local-ipv4": "10.0.0.16", "local-hostname": "ip-10-0-0-16",
            "placement/region": "us-east-1", "placement/availability-zone": "us-east-1-wl1-bos-wlz-1",
            "iam/security-credentials/": "role-cp",
        }
        for path, text in expected.items():
            self.assertEqual(get(port, f"/latest/meta-data/{path}", headers={TOKEN: token}), (200, text), path)
        self.assertEqual(get(port, "/latest/meta-data/public-ipv4", headers={TOKEN: token})[0], 404)
        code, text = get(port, "/latest/meta-data/iam/security-credentials/role-cp", headers={TOKEN: token})
        document = json.loads(text)
        self.assertEqual((code, document["Code"], document["AccessKeyId"]), (200, "Success", "ASIATEST"))

    def test_a_token_expires(self) -> None:
        import time

        park = self.make_park()
        park.boot()
        port = park.row()["imdsPort"]
        _, token = get(port, "/latest/api/token", "PUT", {TTL: "1"})
        self.assertEqual(get(port, "/latest/meta-data/instance-id", headers={TOKEN: token})[0], 200)
        time.sleep(1.1)
        self.assertEqual(get(port, "/latest/meta-data/instance-id", headers={TOKEN: token})[0], 401)


if __name__ == "__main__":
    unittest.main()
