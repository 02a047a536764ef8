"""What a point of prize is worth in seconds, so that prizes and driving can be weighed."""

from collections.abc import Sequence

from routing.compiled import CompiledDay


def fair_price_s(day: CompiledDay, places: Sequence[int]) -> float:
    """What a point of prize costs in seconds of this day.

    The shift over the prizes that fit into it when each visit takes its service and the way from its nearest
    neighbour, most prize per second first.
    """
    needs = []
    for place in places:
        nearest_s = min(day.travel_s[other][place] for other in (0, *places) if other != place)
        needs.append((day.stop(place).prize, day.service_s[place] + nearest_s + 1))
    needs.sort(key=lambda need: need[0] / need[1], reverse=True)
    left_s, prize = day.shift.length_s, 0
    for worth, need_s in needs:
        left_s -= need_s
        if left_s < 0:
            break
        prize += worth
    return day.shift.length_s / max(1, prize)
