/** A rep's day as it was driven: the halts in order, and the track. */
import { get } from "../api";
import type { Halt } from "../types";

export interface Driven { key: string; halts: Halt[]; track: [number, number][]; spots: Map<Halt, [number, number]> }

type Feature = { geometry: { type: "Point"; coordinates: [number, number] } | { type: "LineString"; coordinates: [number, number][] } | null; properties: Halt | { kind: "track" } };
const turned = ([x, y]: [number, number]): [number, number] => [y, x];

/** Read it; whoever looks at somebody else's day leaves a line in the audit trail, so ask only for the day on show. */
export async function driven(rep: string, day: string): Promise<Driven> {
  const { features } = await get<{ features: Feature[] }>(`/api/v1/reps/${rep}/days/${day}/driven.geojson`);
  const found: Driven = { key: `${rep}/${day}`, halts: [], track: [], spots: new Map() };
  for (const { geometry, properties } of features) {
    if (properties.kind === "track") {
      if (geometry?.type === "LineString") found.track = geometry.coordinates.map(turned);
      continue;
    }
    found.halts.push(properties);
    if (geometry?.type === "Point") found.spots.set(properties, turned(geometry.coordinates));
  }
  return found;
}
