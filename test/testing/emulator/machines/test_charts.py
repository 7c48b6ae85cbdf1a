"""What a Helm chart needs of the simulated Kubernetes API: kinds, patches, selectors, releases, and workloads that become ready."""

import json
import pathlib
import tempfile
import unittest

from support import ApiClient, TimedCase, user_data  # first: it puts the emulator on the path

from machines import protobuf
from machines.apiserver import ADMIN, ApiServer
from machines.objects import ObjectStore
from machines.patches import json_patch, merge_patch, strategic_merge_patch
from machines.selectors import chosen

DEFINITION = {
    "metadata": {"name": "rules.example.com"},
    "spec": {
        "group": "example.com", "scope": "Namespaced", "names": {"plural": "rules", "kind": "Rule"},
        "versions": [{"name": "v1beta1"}, {"name": "v1", "storage": True}],
    },
}
APPS = "/apis/apps/v1/namespaces/default"


def api(*nodes: str) -> ApiServer:
    """An API server that does not listen."""
    server = ApiServer.__new__(ApiServer)
    store = ObjectStore()
    for name in ("default", "other"):
        store.put("namespaces", "", {"metadata": {"name": name}})
    for name in nodes:
        store.put("nodes", "", {"metadata": {"name": name}})
    server._store, server._version, server._audit, server._modes = (lambda: store), "v1.35.1", None, ["RBAC"]
    return server


def pod(*containers: dict) -> dict:
    return {"selector": {"matchLabels": {"app": "x"}}, "template": {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [*containers]}}}


class Requests(TimedCase):
    def call(self, server: ApiServer, method: str, path: str, body: object = None, media: str = "application/json"):
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return server.request(ADMIN, method, path, data, media)

    def create(self, server: ApiServer, path: str, body: dict) -> dict:
        code, answer = self.call(server, "POST", path, body)
        self.assertEqual(code, 201, answer)
        return answer


class CustomKinds(Requests):
    def test_are_there_with_their_definition_in_the_version_that_is_stored_and_go_with_it(self) -> None:
        server = api()
        rules = "/apis/example.com/v1/namespaces/default/rules"
        self.assertEqual(self.call(server, "GET", rules)[0], 404)
        made = self.create(server, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION)
        self.assertEqual({c["type"]: c["status"] for c in made["status"]["conditions"]}, {"NamesAccepted": "True", "Established": "True"})
        self.create(server, rules, {"metadata": {"name": "a"}})
        self.assertEqual(self.call(server, "GET", "/apis/example.com/v1beta1/namespaces/default/rules")[0], 404)
        code, answer = self.call(server, "POST", rules, {"metadata": {"name": "a"}})
        self.assertEqual((code, answer["message"]), (409, 'rules.example.com "a" already exists'))
        self.assertEqual([r["name"] for r in self.call(server, "GET", "/apis/example.com/v1")[1]["resources"]], ["rules"])
        groups = {g["name"]: [v["version"] for v in g["versions"]] for g in self.call(server, "GET", "/apis")[1]["groups"]}
        self.assertEqual((groups["example.com"], groups["apps"]), (["v1"], ["v1"]))
        self.assertEqual(self.call(server, "DELETE", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/rules.example.com")[0], 200)
        self.assertEqual(self.call(server, "GET", rules)[0], 404)
        self.create(server, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION)
        self.assertEqual(self.call(server, "GET", rules)[1]["items"], [])

    def test_a_group_of_several_versions_is_told_once(self) -> None:
        server = api()
        for plural, version in (("rules", "v1"), ("configs", "v1alpha1")):
            spec = {**DEFINITION["spec"], "names": {"plural": plural, "kind": plural.title()}, "versions": [{"name": version, "storage": True}]}
            body = {"metadata": {"name": f"{plural}.example.com"}, "spec": spec}
            self.create(server, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body)
        groups = [g for g in self.call(server, "GET", "/apis")[1]["groups"] if g["name"] == "example.com"]
        self.assertEqual([[v["groupVersion"] for v in g["versions"]] for g in groups], [["example.com/v1", "example.com/v1alpha1"]])


class Workloads(Requests):
    def test_a_deployment_is_ready_with_a_replica_set_that_is_its_own_and_goes_with_it(self) -> None:
        server = api("cp-0")
        body = {"metadata": {"name": "web"}, "spec": {**pod({"name": "a"}), "strategy": {"type": "RollingUpdate"}}}
        made = self.create(server, f"{APPS}/deployments", body)
        self.assertEqual((made["metadata"]["generation"], made["status"]["observedGeneration"], made["status"]["readyReplicas"]), (1, 1, 1))
        self.assertEqual(made["spec"]["strategy"]["rollingUpdate"], {"maxSurge": "25%", "maxUnavailable": "25%"})
        [replicas] = self.call(server, "GET", f"{APPS}/replicasets?labelSelector=app%3Dx")[1]["items"]
        self.assertEqual((replicas["spec"]["template"], replicas["status"]["readyReplicas"]), (body["spec"]["template"], 1))
        self.assertEqual(replicas["metadata"]["ownerReferences"][0]["uid"], made["metadata"]["uid"])
        self.assertEqual(self.call(server, "DELETE", f"{APPS}/deployments/web")[0], 200)
        self.assertEqual(self.call(server, "GET", f"{APPS}/replicasets")[1]["items"], [])

    def test_the_generation_counts_changes_of_what_is_wanted_alone(self) -> None:
        server = api()
        self.create(server, f"{APPS}/deployments", {"metadata": {"name": "web"}, "spec": pod({"name": "a"})})
        patch = lambda body: self.call(server, "PATCH", f"{APPS}/deployments/web", body, "application/merge-patch+json")[1]  # noqa: E731
        self.assertEqual(patch({"metadata": {"labels": {"x": "y"}}})["metadata"]["generation"], 1)
        changed = patch({"spec": {"replicas": 3}})
        self.assertEqual((changed["metadata"]["generation"], changed["status"]["observedGeneration"], changed["status"]["readyReplicas"]), (2, 2, 3))

    def test_other_workloads_claims_services_and_jobs_are_what_clients_wait_for(self) -> None:
        server = api("cp-0", "cp-1")
        daemons = self.create(server, f"{APPS}/daemonsets", {"metadata": {"name": "d"}, "spec": pod()})["status"]
        self.assertEqual((daemons["desiredNumberScheduled"], daemons["updatedNumberScheduled"], daemons["numberReady"]), (2, 2, 2))
        stateful = self.create(server, f"{APPS}/statefulsets", {"metadata": {"name": "s"}, "spec": {**pod(), "replicas": 2}})["status"]
        self.assertEqual((stateful["readyReplicas"], stateful["currentRevision"]), (2, stateful["updateRevision"]))
        job = self.create(server, "/apis/batch/v1/namespaces/default/jobs", {"metadata": {"name": "j"}, "spec": {}})["status"]
        self.assertEqual((job["succeeded"], job["conditions"][0]["type"]), (1, "Complete"))
        wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}
        claim = self.create(server, "/api/v1/namespaces/default/persistentvolumeclaims", {"metadata": {"name": "c"}, "spec": wanted})
        self.assertEqual((claim["status"]["phase"], claim["status"]["capacity"]), ("Bound", {"storage": "5Gi"}))
        addresses = {}
        for name, spec in (("a", {}), ("headless", {"clusterIP": "None"}), ("away", {"type": "ExternalName", "externalName": "x"})):
            made = self.create(server, "/api/v1/namespaces/default/services", {"metadata": {"name": name}, "spec": spec})
            addresses[name] = made["spec"].get("clusterIP")
        self.assertRegex(addresses.pop("a"), r"^10\.152\.18[34]\.\d+$")
        self.assertEqual(addresses, {"headless": "None", "away": None})


class Lists(Requests):
    ITEMS = [
        {"metadata": {"name": "a", "namespace": "default", "labels": {"app": "x", "tier": "edge"}}},
        {"metadata": {"name": "b", "namespace": "default", "labels": {"app": "y"}}},
        {"metadata": {"name": "c"}},
    ]

    def test_selectors_choose(self) -> None:
        for selector, names in (
            ("", "abc"), ("app=x", "a"), ("app==y", "b"), ("app!=x", "bc"), ("app", "ab"), ("!app", "c"), ("app in (x, y),tier", "a"),
            ("app notin (x)", "bc"), ("app=x,tier=edge", "a"), ("app=x,tier=core", ""),
        ):
            with self.subTest(selector):
                self.assertEqual("".join(item["metadata"]["name"] for item in chosen(self.ITEMS, selector, "")), names)
        self.assertEqual([item["metadata"]["name"] for item in chosen(self.ITEMS, "", "metadata.name=b,metadata.namespace=default")], ["b"])

    def test_a_selector_that_is_none_is_a_bad_request(self) -> None:
        server = api()
        code, answer = self.call(server, "GET", "/api/v1/secrets?labelSelector=a%20b%20c")
        self.assertEqual((code, answer["reason"]), (400, "BadRequest"))

    def test_a_list_of_all_namespaces_or_of_one(self) -> None:
        server = api()
        for namespace in ("default", "other"):
            self.create(server, f"/api/v1/namespaces/{namespace}/secrets", {"metadata": {"name": namespace, "labels": {"owner": "helm"}}})
        self.assertEqual(len(self.call(server, "GET", "/api/v1/secrets?labelSelector=owner%3Dhelm")[1]["items"]), 2)
        self.assertEqual(len(self.call(server, "GET", "/api/v1/namespaces/other/secrets?labelSelector=owner%3Dhelm")[1]["items"]), 1)

    def test_there_is_no_schema_that_clients_could_check_by(self) -> None:
        self.assertEqual(self.call(api(), "GET", "/openapi/v2"), (200, b""))


class Patches(Requests):
    BEFORE = {
        "strategy": {"type": "Recreate"}, "finalizers": ["a"], "args": ["1", "2"],
        "containers": [
            {"name": "a", "image": "one", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}], "ports": [{"containerPort": 80}]},
            {"name": "b", "image": "two"},
        ],
    }

    def test_parts_with_names_are_merged_by_them_and_other_lists_replaced(self) -> None:
        patch = {
            "$setElementOrder/containers": [{"name": "a"}, {"name": "b"}], "args": ["3"], "finalizers": ["b"],
            "containers": [
                {"name": "a", "image": "three", "env": [{"name": "Y", "$patch": "delete"}, {"name": "Z", "value": "3"}],
                 "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 81}]},
                {"name": "c", "image": "new"},
            ],
        }
        after = strategic_merge_patch(self.BEFORE, patch)
        self.assertEqual([(one["name"], one["image"]) for one in after["containers"]], [("a", "three"), ("b", "two"), ("c", "new")])
        first = after["containers"][0]
        self.assertEqual(first["env"], [{"name": "X", "value": "1"}, {"name": "Z", "value": "3"}])
        self.assertEqual(first["ports"], [{"containerPort": 80, "name": "http"}, {"containerPort": 81}])
        self.assertEqual((after["args"], after["finalizers"]), (["3"], ["a", "b"]))
        self.assertEqual([key for key in after if key.startswith("$")], [])

    def test_directives_delete_replace_and_keep(self) -> None:
        deleted = strategic_merge_patch(self.BEFORE, {"containers": [{"name": "b", "$patch": "delete"}], "$deleteFromPrimitiveList/finalizers": ["a"]})
        self.assertEqual(([one["name"] for one in deleted["containers"]], deleted["finalizers"]), (["a"], []))
        replaced = strategic_merge_patch(self.BEFORE, {"containers": [{"$patch": "replace"}, {"name": "z"}], "strategy": {"$patch": "replace", "x": 1}})
        self.assertEqual((replaced["containers"], replaced["strategy"]), ([{"name": "z"}], {"x": 1}))
        kept = strategic_merge_patch({"type": "RollingUpdate", "rollingUpdate": {}}, {"$retainKeys": ["type"], "type": "Recreate"})
        self.assertEqual(kept, {"type": "Recreate"})
        self.assertEqual(strategic_merge_patch({"a": 1, "b": {"c": 1, "d": 2}}, {"a": None, "b": {"c": None}}), {"b": {"d": 2}})

    def test_the_api_tells_the_three_kinds_of_patches_apart(self) -> None:
        expected = {"strategic-merge-patch": ["a", "b"], "merge-patch": ["b"]}
        for media, names in expected.items():
            server = api()
            self.create(server, f"{APPS}/deployments", {"metadata": {"name": "web"}, "spec": pod({"name": "a"})})
            body = {"spec": {"template": {"spec": {"containers": [{"name": "b"}]}}}}
            code, answer = self.call(server, "PATCH", f"{APPS}/deployments/web", body, f"application/{media}+json")
            self.assertEqual((code, [one["name"] for one in answer["spec"]["template"]["spec"]["containers"]]), (200, names))
        self.assertEqual(merge_patch({"a": [1]}, {"a": [2]}), {"a": [2]})
        self.assertEqual(json_patch({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}]), {"a": [1, 2]})


def field(number: int, value: bytes) -> bytes:
    """A field of bytes, as protobuf writes it."""
    size, length = b"", len(value)
    while length > 0x7F:
        size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + value


def entry(key: str, value: bytes) -> bytes:
    return field(1, key.encode()) + field(2, value)


def message(kind: str, body: bytes) -> bytes:
    return b"k8s\x00" + field(1, field(1, b"v1") + field(2, kind.encode())) + field(2, body)


class Releases(Requests):
    META = field(1, b"sh.helm.release.v1.x.v1") + field(3, b"default") + field(11, entry("owner", b"helm")) + field(11, entry("version", b"1"))
    BODY = field(1, META + b"\x38\x05") + field(2, entry("release", b"H" * 300)) + field(3, b"helm.sh/release.v1")

    def test_a_secret_is_read_from_the_form_that_go_clients_prefer(self) -> None:
        server = api()
        path = "/api/v1/namespaces/default/secrets"
        code, made = self.call(server, "POST", path, message("Secret", self.BODY), protobuf.MEDIA)
        self.assertEqual((code, made["type"], made["metadata"]["labels"]), (201, "helm.sh/release.v1", {"owner": "helm", "version": "1"}))
        self.assertEqual(made["data"], {"release": "SEhI" * 100})
        self.assertEqual(self.call(server, "PUT", f"{path}/{made['metadata']['name']}", message("Secret", self.BODY), protobuf.MEDIA)[0], 200)
        options = message("DeleteOptions", b"")
        self.assertEqual(self.call(server, "DELETE", f"{path}/{made['metadata']['name']}", options, protobuf.MEDIA)[0], 200)
        self.assertEqual(self.call(server, "GET", path)[1]["items"], [])

    def test_what_is_none_is_a_bad_request(self) -> None:
        whole = message("Secret", self.BODY)
        for body in (b"{}", message("Pod", self.BODY), b"k8s\x00\x0b", *(whole[:cut] for cut in range(4, len(whole), 7))):
            with self.subTest(body[:40]):
                # Cut off between two fields it is a Secret, and lacks a name.
                self.assertIn(self.call(api(), "POST", "/api/v1/namespaces/default/secrets", body, protobuf.MEDIA)[0], (400, 422))


class Watches(TimedCase):
    def test_a_watch_tells_nothing_and_ends_so_that_the_client_lists_anew(self) -> None:
        park = self.make_park()
        machine = park.boot(user_data())
        park.install(machine)
        certs = machine.root / "var/snap/microk8s/current/certs"
        admin = ApiClient(machine, certs / "client.crt", certs / "client.key")
        path = "/api/v1/namespaces"
        self.assertIn("default", [one["metadata"]["name"] for one in admin.request("GET", path)[1]["items"]])
        with self.assertRaises(json.JSONDecodeError):
            # An empty stream, of the type that a client expects.
            admin.request("GET", f"{path}?watch=true")
        self.assertEqual(admin.request("GET", "/api/v1/nosuch?watch=true")[0], 404)


class Copies(unittest.TestCase):
    def test_a_store_that_starts_again_knows_its_custom_kinds(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "objects.json"
            ObjectStore(file).put("customresourcedefinitions", "", DEFINITION)
            self.assertEqual(ObjectStore(file).kinds["rules"].api, "example.com/v1")


if __name__ == "__main__":
    unittest.main()
