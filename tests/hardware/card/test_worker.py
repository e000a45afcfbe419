import threading
import time
import weakref

import pytest

from hardware.card.worker import Worker, WorkerHungError
from tests.deadline import DEADLINE_SECONDS


@pytest.fixture
def worker():
    worker = Worker("test")
    yield worker
    worker.stop(lambda: None)


def test_a_job_runs_in_the_workers_thread_and_its_value_comes_back(worker):
    assert worker.do(threading.get_ident, step=5, total=5) == worker._thread.ident


def test_an_error_in_a_job_comes_back_and_the_worker_goes_on(worker):
    with pytest.raises(ZeroDivisionError):
        worker.do(lambda: 1 // 0, step=5, total=5)
    assert worker.do(lambda: 7, step=5, total=5) == 7


def test_a_job_that_hangs_is_left_behind_and_cleans_up_when_it_comes_back(worker):
    hanging, cleaned = threading.Event(), threading.Event()
    with pytest.raises(WorkerHungError):
        worker.do(hanging.wait, step=0.05, total=5)
    assert worker.abandoned
    worker.stop(cleaned.set)
    assert not cleaned.is_set()
    hanging.set()
    assert cleaned.wait(DEADLINE_SECONDS)


def test_a_slow_job_that_gives_signs_of_life_is_waited_for(worker):
    def slow() -> str:
        for _ in range(6):
            time.sleep(0.1)
            worker.last_sign = time.monotonic()
        return "done"

    assert worker.do(slow, step=0.5, total=10) == "done"


def test_signs_of_life_do_not_go_on_for_ever(worker):
    stop = threading.Event()

    def endless() -> None:
        while not stop.wait(0.01):
            worker.last_sign = time.monotonic()

    with pytest.raises(WorkerHungError):
        worker.do(endless, step=5, total=0.2)
    stop.set()


def test_a_finished_job_is_not_kept(worker):
    class Secret:
        pass

    secret = Secret()
    forgotten = threading.Event()
    weakref.finalize(secret, forgotten.set)
    worker.do(lambda secret=secret: None, step=5, total=5)
    del secret
    assert forgotten.wait(DEADLINE_SECONDS)
