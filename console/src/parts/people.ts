import { all } from "../api";
import type { Person } from "../types";

let known: Promise<Map<string, Person>> | undefined;

/** The people in sight by id, read once. */
export function people(): Promise<Map<string, Person>> {
  known ??= all<Person>("/api/v1/people").then((found) => new Map(found.map((each) => [each.id, each])));
  known.catch(() => (known = undefined));
  return known;
}

export const repsOf = (found: Map<string, Person>) => [...found.values()].filter((each) => each.role === "rep" && each.active);
