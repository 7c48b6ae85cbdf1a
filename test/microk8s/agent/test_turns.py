"""The decision core of the coordinator: from what it sees to the one thing it does next."""

import itertools
import random
import unittest

from loading import load

agent = load("agent")
CA = "ca" * 32


def desired(count=3, workers=(), **more):
    nodes = [{"name": f"cp-{n}", "role": "control-plane", "privateIp": f"10.0.0.{16 + n}"} for n in range(count)]
    groups = [{"name": name, "count": number, "generation": "w1"} for name, number in workers]
    return {"nodes": nodes, "workers": groups, "generation": "g1", "readySeconds": 1200, "joinSeconds": 600, "launchConfiguration": {}, **more}


def status(name, address, **more):
    return {"instanceId": f"i-{name}", "hostname": f"ip-{address.replace('.', '-')}", "address": address, "member": CA, "wants": "", "tried": "",
            "state": "ready", "phase": "ready", "tries": "0", **more}  # fmt: skip


def pending(name, address, **more):
    return status(name, address, **{"member": "", "wants": "join", "state": "working", "phase": "admission", **more})


def node(name, address, ready=True, instance=None, **more):
    applied = '{"labels":{},"taints":[]}'
    return agent.KubeNode(f"ip-{address.replace('.', '-')}", address, ready, name, instance or f"i-{name}", applied, more.get("labels", {}), ())


def sight(statuses, nodes=(), datastore=(), join=None, now=1000.0, me="cp-0", gone=None, **more):
    return agent.Sight(me, now, CA, agent.Roster(desired(**more)), statuses, join or {}, nodes, datastore, gone or {})


CP = [("cp-0", "10.0.0.16"), ("cp-1", "10.0.0.17"), ("cp-2", "10.0.0.18")]
WELL = {name: status(name, address) for name, address in CP}
NODES = [node(name, address) for name, address in CP]
VOTERS = [(address, "voter") for _, address in CP]


class Turns(unittest.TestCase):
    def test_nothing_is_done_where_nothing_is_wanted(self):
        self.assertEqual(agent.decide(sight(WELL, NODES, VOTERS)).kind, "rest")
        self.assertEqual(agent.decide(sight(WELL, None)).kind, "rest")

    def test_the_cluster_is_looked_at_before_anything_is_decided(self):
        self.assertEqual(agent.decide(sight({**WELL, "cp-1": pending("cp-1", "10.0.0.17")}, None)).kind, "look")

    def test_joins_go_in_order_and_only_one_at_a_time(self):
        statuses = {"cp-0": WELL["cp-0"], "cp-2": pending("cp-2", "10.0.0.18"), "cp-1": pending("cp-1", "10.0.0.17")}
        step = agent.decide(sight(statuses, NODES[:1], VOTERS[:1]))
        self.assertEqual((step.kind, step.member.name, step.what, step.instance), ("open", "cp-1", "join", "i-cp-1"))
        turn = {"id": "a", "what": "join", "for": "cp-1", "instanceId": "i-cp-1", "until": 1500}
        self.assertEqual(agent.decide(sight(statuses, NODES[:1], VOTERS[:1], {"turn": turn})).kind, "wait")

    def test_a_turn_is_closed_by_its_end_whatever_that_is(self):
        turn = {"id": "a", "what": "join", "for": "cp-1", "instanceId": "i-cp-1", "until": 1500}
        cases = [
            ({"tried": "a"}, 1000, "close", ""),
            ({"tried": "a", "member": "", "wants": "join"}, 1000, "close", "it did not succeed"),
            ({"instanceId": "i-other"}, 1000, "close", "its machine was replaced"),
            ({"tried": "b"}, 1000, "wait", ""),
            ({"tried": "b"}, 1500 + agent.GRACE, "wait", ""),
            ({"tried": "b"}, 1501 + agent.GRACE, "close", "it took too long"),
        ]
        for changes, now, kind, what in cases:
            step = agent.decide(sight({**WELL, "cp-1": {**WELL["cp-1"], **changes}}, NODES, VOTERS, {"turn": turn}, now))
            self.assertEqual((step.kind, step.what), (kind, what), changes)
        gone = agent.decide(sight(WELL, NODES, VOTERS, {"turn": {**turn, "for": "cp-4"}}))
        self.assertEqual((gone.kind, gone.what), ("close", "it is not wanted any more"))

    def test_ghosts_go_before_a_node_comes(self):
        statuses = {**WELL, "cp-2": pending("cp-2", "10.0.0.18", instanceId="i-new")}
        step = agent.decide(sight(statuses, NODES, VOTERS))
        self.assertEqual((step.kind, step.host), ("evict", "10.0.0.18"))
        step = agent.decide(sight(statuses, NODES, VOTERS[:2]))
        self.assertEqual((step.kind, step.host), ("evict", "ip-10-0-0-18"))
        step = agent.decide(sight(statuses, NODES[:2], VOTERS[:2]))
        self.assertEqual((step.kind, step.instance), ("open", "i-new"))

    def test_a_replaced_worker_on_another_address_leaves_no_ghost(self):
        statuses = {"cp-0": WELL["cp-0"], "gpu-0": pending("gpu-0", "10.0.1.9", instanceId="i-new")}
        there = [NODES[0], node("gpu-0", "10.0.1.5", False)]
        step = agent.decide(sight(statuses, there, VOTERS[:1], count=1, workers=[("gpu", 1)]))
        self.assertEqual((step.kind, step.host), ("evict", "ip-10-0-1-5"))

    def test_who_has_not_tried_comes_before_who_tries_again(self):
        statuses = {"cp-0": WELL["cp-0"], "cp-1": pending("cp-1", "10.0.0.17", tries="1"), "cp-2": pending("cp-2", "10.0.0.18")}
        self.assertEqual(agent.decide(sight(statuses, NODES[:1], VOTERS[:1])).member.name, "cp-2")

    def test_a_host_that_nobody_wants_is_removed_after_a_minute(self):
        stranger = node("cp-3", "10.0.0.19", False)
        there, data = [*NODES, stranger], [*VOTERS, ("10.0.0.19", "standby")]
        self.assertEqual(agent.decide(sight(WELL, there, data, gone={stranger.name: 990.0})).kind, "rest")
        step = agent.decide(sight(WELL, there, data, gone={stranger.name: 1000.0 - agent.GONE_SECONDS}))
        self.assertEqual((step.kind, step.host, step.member), ("remove", stranger.name, None))
        foreign = agent.KubeNode("by-hand", "10.0.9.9", True, "", "", "", {}, ())
        self.assertEqual(agent.hosts_of_nobody(sight(WELL, [*NODES, foreign], VOTERS)), {})

    def test_never_below_three_of_the_living_without_consent(self):
        leaving = {"count": 3, "leaving": ["cp-1", "cp-2"]}
        self.assertEqual(agent.decide(sight(WELL, NODES, VOTERS, **leaving)).kind, "rest")
        step = agent.decide(sight(WELL, NODES, VOTERS, **leaving, belowThree=True))
        self.assertEqual((step.kind, step.member.name, step.host), ("remove", "cp-2", "ip-10-0-0-18"))
        five = {f"cp-{n}": status(f"cp-{n}", f"10.0.0.{16 + n}") for n in range(5)}
        nodes = [node(name, one["address"]) for name, one in five.items()]
        data = [(one["address"], "voter") for one in five.values()]
        self.assertEqual(agent.decide(sight(five, nodes, data, count=5, leaving=["cp-3", "cp-4"])).member.name, "cp-4")

    def test_a_dead_member_that_nobody_wants_goes_even_of_three(self):
        there = [*NODES[:2], node("cp-2", "10.0.0.18", False)]
        statuses = {name: WELL[name] for name in ("cp-0", "cp-1")}
        gone = {"ip-10-0-0-18": 0.0}
        self.assertEqual(agent.decide(sight(statuses, there, VOTERS, gone=gone, count=2)).kind, "remove")
        alive = agent.decide(sight(statuses, NODES, VOTERS, gone=gone, count=2))
        self.assertEqual(alive.kind, "rest")

    def test_who_has_left_is_not_let_go_twice(self):
        step = agent.decide(sight(WELL, NODES[:2], VOTERS[:2], {"left": ["i-cp-2"]}, leaving=["cp-2"], belowThree=True))
        self.assertEqual(step.kind, "rest")

    def test_changes_wait_for_joins_and_stop_where_one_failed(self):
        statuses = {**WELL, "cp-0": {**WELL["cp-0"], "wants": "update"}, "cp-2": pending("cp-2", "10.0.0.18")}
        self.assertEqual(agent.decide(sight(statuses, NODES[:2], VOTERS[:2])).what, "join")
        statuses = {**WELL, "cp-0": {**WELL["cp-0"], "phase": "update", "state": "failed"}, "cp-1": {**WELL["cp-1"], "wants": "update"}}
        self.assertEqual(agent.decide(sight(statuses, NODES, VOTERS)).kind, "hinder")
        again = {**statuses, "cp-0": {**statuses["cp-0"], "wants": "update"}}
        self.assertEqual(agent.decide(sight(again, NODES, VOTERS)).member.name, "cp-0")

    def test_members_get_their_marks_and_only_members_do(self):
        bare = agent.KubeNode("ip-10-0-0-17", "10.0.0.17", True, "", "", "", {}, ())
        step = agent.decide(sight(WELL, [NODES[0], bare, NODES[2]], VOTERS))
        self.assertEqual((step.kind, step.member.name, step.instance), ("mark", "cp-1", "i-cp-1"))

    def test_in_any_order_of_events_no_second_turn_opens_and_all_come_in(self):
        for seed in range(60):
            rng = random.Random(seed)
            names = [*CP, ("gpu-0", "10.0.1.5"), ("gpu-1", "10.0.1.6")]
            statuses, nodes, data, join, now = {"cp-0": WELL["cp-0"]}, [NODES[0]], [VOTERS[0]], {}, 1000.0
            for _ in range(400):
                now += 5
                step = agent.decide(sight(statuses, nodes, data, join, now, workers=[("gpu", 2)]))
                if step.kind == "open":
                    self.assertNotIn("turn", join)
                    join = {"turn": {"id": f"{now}", "what": "join", "for": step.member.name, "instanceId": step.instance, "until": now + 100}}
                elif step.kind == "close":
                    join = {}
                elif step.kind == "evict":
                    nodes = [one for one in nodes if step.host not in (one.name, one.address)]
                    data = [one for one in data if one[0] != step.host]
                turn = join.get("turn")
                name, address = rng.choice(names)
                if name not in statuses and rng.random() < 0.5:
                    statuses[name] = pending(name, address)
                elif turn and turn["for"] == name and rng.random() < 0.5:
                    good = rng.random() < 0.7
                    if good or rng.random() < 0.5:  # a half join leaves a ghost
                        nodes = [*nodes, node(name, address)]
                        data = [*data, (address, "voter")] if name.startswith("cp") else data
                    statuses[name] = {**(status if good else pending)(name, address), "tried": turn["id"]}
            self.assertEqual(sorted(one["member"] for one in statuses.values()), [CA] * 5, seed)
            self.assertEqual(len(nodes), 5)


class Rosters(unittest.TestCase):
    def test_positions_count_control_plane_first_then_groups(self):
        roster = agent.Roster(desired(3, [("a", 2), ("b", 1)], leaving=["b-0"]))
        self.assertEqual([(one.name, one.position) for one in roster.members], [("cp-0", 0), ("cp-1", 1), ("cp-2", 2), ("a-0", 3), ("a-1", 4), ("b-0", 5)])
        self.assertEqual([one.name for one in roster.staying][-1], "a-1")

    def test_each_node_has_its_own_generation_patience_and_kubelet(self):
        wanted = desired(1, [("a", 1)], leaving=["a-0"])
        wanted["workers"][0]["kubeletArgs"] = {"--max-pods": "9"}
        view = agent.Roster(wanted).view(wanted, "a-0")
        self.assertEqual((view["generation"], view["stack"], view["readySeconds"]), ("w1", "w1-leaving", 1800.0))
        self.assertEqual(view["launchConfiguration"], {"extraKubeletArgs": {"--max-pods": "9"}})
        first = agent.Roster(wanted).view(wanted, "cp-0")
        self.assertEqual((first["generation"], first["stack"], first["readySeconds"]), ("g1", "g1", 1200.0))

    def test_a_node_that_is_resized_is_waited_for_by_another_name(self):
        wanted = desired(3, leaving=["cp-2"], resizing=["cp-1", "cp-2"])
        stacks = [agent.Roster(wanted).view(wanted, f"cp-{number}")["stack"] for number in range(3)]
        self.assertEqual(stacks, ["g1", "g1-resized", "g1-leaving"])

    def test_machines_of_a_cluster_do_not_restart_at_the_same_time(self):
        wanted = desired(3, osPatches={"mode": "security", "rebootAt": "23:50"})
        roster = agent.Roster(wanted)
        times = [roster.view(wanted, member.name)["osPatches"]["rebootAt"] for member in roster.members]
        self.assertEqual(times, ["23:50", "00:05", "00:20"])

    def test_every_node_has_another_position(self):
        for count, one, two in itertools.product((1, 3, 5), range(4), range(4)):
            members = agent.Roster(desired(count, [("a", one), ("b", two)])).members
            self.assertEqual([member.position for member in members], list(range(count + one + two)))
            self.assertEqual(len({member.name for member in members}), len(members))


class FakeCluster:
    """kubectl's way to one Lease, with the API's optimistic lock."""

    def __init__(self):
        self.now, self.lease, self.version, self.files = 0.0, None, 0, {}

    def ports(self):
        cluster = self

        class Clock:
            time = monotonic = staticmethod(lambda: cluster.now)

        class Files:
            path = staticmethod(lambda path: path)
            write = staticmethod(lambda path, text, mode: cluster.files.__setitem__(path, text))

        class Shell:
            run = staticmethod(cluster.run)

        return agent.Ports(Clock, agent.Silence(Clock), Files, Shell, None, None, random.Random(1))

    def run(self, argv, timeout):
        if argv[2] == "get":
            return agent.Result(0, agent.json.dumps(self.lease)) if self.lease else agent.Result(1, "", "Error from server (NotFound)")
        body = agent.json.loads(self.files[argv[-1]])
        given = body["metadata"].get("resourceVersion")
        if (argv[2] == "create") == bool(self.lease) or (self.lease and given != str(self.version)):
            return agent.Result(1, "", "Error from server (Conflict)")
        self.version += 1
        self.lease = {**body, "metadata": {**body["metadata"], "resourceVersion": str(self.version)}}
        return agent.Result(0)


class Leases(unittest.TestCase):
    def test_one_has_it_and_another_gets_it_when_it_is_not_renewed(self):
        cluster = FakeCluster()
        one, two = agent.Lease(cluster.ports(), "cp-0/i-0"), agent.Lease(cluster.ports(), "cp-1/i-1")
        self.assertTrue(one.hold())
        for _ in range(8):
            cluster.now += 10
            self.assertTrue(one.hold())
            self.assertFalse(two.hold())
        held = 0.0
        while not two.hold():
            cluster.now += 5
            held += 5
        self.assertGreaterEqual(held, agent.LENGTH - 10)
        self.assertFalse(one.hold(), "who was away asks again")

    def test_it_is_given_back_at_once(self):
        cluster = FakeCluster()
        one, two = agent.Lease(cluster.ports(), "cp-0/i-0"), agent.Lease(cluster.ports(), "cp-1/i-1")
        self.assertTrue(one.hold())
        one.release()
        self.assertNotIn("holderIdentity", cluster.lease["spec"])
        self.assertTrue(two.hold())
        self.assertFalse(one.hold())

    def test_a_lost_race_is_no_lease(self):
        cluster = FakeCluster()
        one, two = agent.Lease(cluster.ports(), "cp-0/i-0"), agent.Lease(cluster.ports(), "cp-1/i-1")
        get = one._get
        one._get = lambda: (get(), two.hold())[0]
        self.assertFalse(one.hold())
        self.assertTrue(two.held)


if __name__ == "__main__":
    unittest.main()
