"""One problem solved by one peer, in the peer's own environment: JSON in on standard input, JSON out.

Run by :mod:`benchmarks.routes.peers`; it imports nothing of this project. In: ``solver``, ``seconds``, ``seed``,
``ways`` (a matrix of whole numbers, places are all starts, all stops, all ends), ``workers`` (``shift``, ``breaks``,
``capacity``), ``stops`` (``service``, ``spans`` in which service may start, ``prize`` or null where it must be visited,
``amount``). Out: ``orders`` by worker, and ``took_s`` of the solving alone.
"""

import json
import sys
from datetime import timedelta
from time import perf_counter


def by_vroom(problem, seconds, seed):
    """VROOM at exploration level 5; it ends when it is done, or when time is up at the latest, and has no seed."""
    import numpy
    import vroom

    many, size = len(problem["workers"]), len(problem["stops"])
    model = vroom.Input()
    model.set_durations_matrix("car", matrix_input=numpy.array(problem["ways"], dtype=numpy.uint32))
    for number, worker in enumerate(problem["workers"]):
        pauses = [
            vroom.Break(index, time_windows=[vroom.TimeWindow(*span) for span in spans], service=length)
            for index, (spans, length) in enumerate(worker["breaks"])
        ]
        model.add_vehicle(
            vroom.Vehicle(
                number,
                start=number,
                end=many + size + number,
                time_window=vroom.TimeWindow(*worker["shift"]),
                capacity=worker["capacity"],
                breaks=pauses,
                profile="car",
            )
        )
    for number, stop in enumerate(problem["stops"]):
        model.add_job(
            vroom.Job(
                number,
                location=many + number,
                default_service=stop["service"],
                delivery=stop["amount"],
                priority=100 if stop["prize"] is None else min(100, stop["prize"]),
                time_windows=[vroom.TimeWindow(*span) for span in stop["spans"]],
            )
        )
    began = perf_counter()
    solution = model.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    took_s = perf_counter() - began
    orders = [[] for _ in range(many)]
    for _, step in solution.routes.iterrows():
        if step["type"] == "job":
            orders[int(step["vehicle_id"])].append(int(step["id"]))
    return orders, took_s


def by_pyvrp(problem, seconds, seed):
    """PyVRP; where visits are optional a point of prize outweighs the driving of a day, as the goal is prize first."""
    from pyvrp import Model
    from pyvrp.stop import MaxRuntime

    many = len(problem["workers"])
    point = max(closes - opens for opens, closes in (worker["shift"] for worker in problem["workers"]))
    model = Model()
    places = [model.add_location(number, 0) for number in range(len(problem["ways"]))]
    for worker, start, end in zip(problem["workers"], places, places[-many:]):
        model.add_vehicle_type(
            capacity=worker["capacity"],
            start_depot=model.add_depot(start),
            end_depot=model.add_depot(end),
            tw_early=worker["shift"][0],
            tw_late=worker["shift"][1],
        )
    for stop, place in zip(problem["stops"], places[many:]):
        model.add_client(
            place,
            delivery=stop["amount"],
            service_duration=stop["service"],
            tw_early=stop["spans"][0][0],
            tw_late=stop["spans"][0][1],
            prize=0 if stop["prize"] is None else stop["prize"] * point,
            required=stop["prize"] is None,
        )
    for start, row in zip(places, problem["ways"]):
        for end, way in zip(places, row):
            model.add_edge(start, end, distance=way, duration=way)
    began = perf_counter()
    result = model.solve(MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
    took_s = perf_counter() - began
    orders = [[] for _ in range(many)]
    if result.is_feasible():
        for route in result.best.routes():
            orders[route.vehicle_type()] = [visit.idx for visit in route if visit.is_client()]
    return orders, took_s


def main():
    """Read a problem, solve it, write the orders."""
    problem = json.load(sys.stdin)
    by = {"vroom": by_vroom, "pyvrp": by_pyvrp}[problem["solver"]]
    orders, took_s = by(problem, problem["seconds"], problem["seed"])
    json.dump({"orders": orders, "took_s": took_s}, sys.stdout)


if __name__ == "__main__":
    main()
