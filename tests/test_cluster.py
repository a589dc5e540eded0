"""A class is graded by the workers of a Dask cluster: the same scores, whoever of them is lost on the way."""

import gc
import logging
import os
import signal

import pytest

distributed = pytest.importorskip("distributed", reason="Dask is an extra of seqkit")

from seqkit.errors import SandboxError  # noqa: E402
from seqkit.grading import cluster as clusters  # noqa: E402
from seqkit.grading.book.gradebook import Gradebook  # noqa: E402
from seqkit.grading.grade import grade  # noqa: E402
from seqkit.grading.handout import assignment as assignments  # noqa: E402
from seqkit.grading.intake.collecting import collect  # noqa: E402
from tests.handing_in import FORWARD, all_end, children, hand_in, is_ours  # noqa: E402

NAME, LIMIT_S = "hw1", 120.0
QUIET = {"dashboard_address": ":0", "silence_logs": logging.CRITICAL}
WRONG = FORWARD.replace("return x", "return x + 1 if layers else x")
CLASS = {f"s{i}": (FORWARD if i % 3 else WRONG, f"number = {i}\nworked = sum(range(3_000_000))") for i in range(8)}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """(assignment, what was handed in, {student: scores} as this machine gives them)."""
    folder = tmp_path_factory.mktemp("course")
    assignment = assignments.make(NAME, ["forward"], folder / NAME)
    handed = collect(hand_in(folder / "in", NAME, CLASS), NAME).handed
    return assignment, handed, graded(handed, assignment, folder / "here")[1]


def graded(handed, assignment, where, **more):
    """(`Tally`, {student: scores}); that each was graded once is seen on the way."""
    with Gradebook(where) as book:
        tally = grade(handed, assignment, book, **more)
        assert [len(book.history(NAME, entry.student)) for entry in book.current(NAME)] == [1] * len(handed)
        return tally, {entry.student: entry.graded.scores for entry in book.current(NAME)}


def clients():
    """How many Dask clients nobody has closed or collected."""
    return sum(isinstance(each, distributed.Client) for each in gc.get_objects())


@pytest.fixture(scope="module")
def workers():
    """(a Dask client, its cluster): processes of this machine in the place of machines."""
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **QUIET) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client, cluster


def test_a_worker_with_another_version_of_a_page_is_refused(workers):
    client, cluster = workers

    def have(version):
        from seqkit.grading import cluster

        cluster.version = version

    asked = clusters.Cluster(cluster.scheduler_address, ["forward"], LIMIT_S)
    client.run(have, lambda exercise: "another")
    with pytest.raises(SandboxError, match=r"the worker tcp://\S+ has another version of forward than this machine"):
        asked.ready()
    client.run(have, clusters.version)
    asked._client.close()  # and no more: the rooms of the workers are for the next test


def test_a_submission_that_a_worker_has_no_room_for_is_tried_again_and_no_child_idles_beside_the_spare(
    handed_in, workers, tmp_path
):
    (assignment, handed, here), (client, cluster), spares = handed_in, workers, []

    def has_no_room_at_first():
        from seqkit.errors import SandboxError
        from seqkit.grading.sandbox import Sandbox

        examine = Sandbox.examine

        def once(*args):
            Sandbox.examine = examine
            raise SandboxError("no room here")

        Sandbox.examine = once

    def spare_children():
        from seqkit.grading import cluster

        return [len(sandbox._spares) for sandbox in cluster._SANDBOXES.values()]

    def tell(event, **facts):
        if event == "graded" and facts["done"] == facts["total"]:
            spares.extend(client.run(spare_children).values())

    client.run(has_no_room_at_first)
    tally, there = graded(handed, assignment, tmp_path, scheduler=cluster.scheduler_address, tell=tell)
    assert tally.graded == len(CLASS) and tally.problems == [] and there == here
    assert spares == [[1], [1]]


def test_a_worker_that_is_killed_costs_nobody_a_score_and_no_room_is_left(handed_in, workers, tmp_path):
    (assignment, handed, here), (client, cluster), lost = handed_in, workers, []

    def tell(event, **facts):
        if event == "graded" and not lost:
            pid = next(iter(client.run(os.getpid).values()))
            lost.extend([pid, *children(pid)])
            os.kill(pid, signal.SIGKILL)

    tally, there = graded(handed, assignment, tmp_path, scheduler=cluster.scheduler_address, tell=tell)
    assert tally.graded == len(CLASS) and tally.problems == [] and there == here
    assert sum(map(is_ours, lost)) == 0 < len(lost) and all_end(lost)
    assert not [pid for pid in children(os.getpid()) if is_ours(pid)]


def test_where_no_scheduler_answers_a_sentence_says_so(handed_in, tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "CONNECT_S", 0.2)
    gc.collect()
    before = clients()
    for address in ("tcp://127.0.0.1:9", "nowhere://x", "127.0.0.1"):
        with pytest.raises(
            SandboxError, match=rf"no Dask scheduler answers at {address} \(.+\)\. Start one: dask scheduler"
        ):
            graded(handed_in[1], handed_in[0], tmp_path, scheduler=address)
        assert clients() == before


def test_a_scheduler_without_workers_is_refused_with_what_starts_one(handed_in, tmp_path):
    with distributed.LocalCluster(n_workers=0, **QUIET) as cluster:
        address = cluster.scheduler_address
        with pytest.raises(
            SandboxError, match=rf"at {address} has no workers\. Start some there: dask worker {address}"
        ):
            graded(handed_in[1], handed_in[0], tmp_path, scheduler=address)


def test_a_cluster_grades_again_and_if_it_goes_away_a_sentence_says_so_and_what_is_recorded_stays(
    handed_in, workers, tmp_path
):
    (assignment, handed, here), (client, cluster) = handed_in, workers

    def tell(event, **facts):
        if event == "graded":
            client.close()
            cluster.close()

    with Gradebook(tmp_path) as book:
        with pytest.raises(SandboxError, match="the Dask cluster gave a submission up: its scheduler is gone"):
            grade(handed, assignment, book, scheduler=cluster.scheduler_address, tell=tell)
        kept = {entry.student: entry.graded.scores for entry in book.current(NAME)}
    assert kept and kept.items() <= here.items()
