/** A day of all reps in short, as the board tells it, and one rep's stops in full. */
import { get } from "../api";
import type { RepOfDay, TeamDay, TeamStop } from "../types";

interface Board { day: string; columns: string[]; reps: (Omit<RepOfDay, "stops"> & { stops: unknown[][] })[] }

interface Row {
  planned_visit_id: string; customer_id: string; customer_name: string; latitude: number | null; longitude: number | null; source: string; status: string; version: number;
  arrival_at: string | null; visited: boolean; checked_in_at: string | null; checked_out_at: string | null;
}

function stopOf(row: Row, rep: string, day: string): TeamStop {
  const { planned_visit_id, customer_id, customer_name, latitude, longitude, source, status, version, arrival_at, visited, checked_in_at, checked_out_at } = row;
  return {
    planned: { id: planned_visit_id, rep_id: rep, customer_id, day, source, status, version, reason: "", left_out_reason: null, skip_reason: null },
    customer_name, latitude, longitude, arrival_at,
    made: visited ? { id: "", checked_in_at, checked_out_at, summary: null, cause_code: null, flags: [] } : null,
  };
}

function teamOf({ day, columns, reps }: Board): TeamDay {
  return { day, reps: reps.map((each) => ({ ...each, stops: each.stops.map((row) => stopOf(Object.fromEntries(columns.map((name, place) => [name, row[place]])) as unknown as Row, each.rep.id, day)) })) };
}

const asked = new Map<string, Promise<TeamDay>>();

/** Ask for a day's board; what was asked for ahead of its page is taken up once. */
export function board(day: string): Promise<TeamDay> {
  const found = asked.get(day) ?? get<Board>(`/api/v1/team/days/${day}/board`).then(teamOf);
  asked.delete(day);
  return found;
}

/** Ask already while the page's script is on its way. */
export function ahead(day: string) {
  const found = board(day);
  found.catch(() => asked.delete(day));
  asked.set(day, found);
}

/** One rep's stops with all that was told of them: reasons, summaries, causes. */
export async function stopsOf(day: string, rep: string): Promise<TeamStop[]> {
  const found = await get<TeamDay>(`/api/v1/team/days/${day}`, { rep_id: rep });
  return found.reps[0]?.stops ?? [];
}
