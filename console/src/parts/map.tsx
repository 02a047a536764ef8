/** The map, loaded only when it is shown. All that it says is said in words beside it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../api";
import { t } from "../texts";
import type { Drawing, FieldMap } from "./fieldmap";

export interface Ground { tiles: string | null; attribution: string; streets: string | null }

export function MapView({ drawing, label, pick }: { drawing: Drawing; label: string; pick: (repId: string, stopId?: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<FieldMap>(undefined);
  const latest = useRef(drawing);
  latest.current = drawing;
  const picked = useRef(pick);
  picked.current = pick;
  const [bare, setBare] = useState(false);
  useEffect(() => {
    let gone = false;
    void (async () => {
      const { FieldMap } = await import("./fieldmap");
      if (gone || !box.current) return;
      map.current = new FieldMap(box.current, (id, stop) => picked.current(id, stop));
      map.current.draw(latest.current);
      const ground = await get<Ground>("/api/v1/map");
      if (gone) return;
      if (!ground.tiles && !ground.streets) setBare(true);
      if (ground.tiles) map.current.tiles(ground.tiles, ground.attribution);
      else if (ground.streets) {
        const streets = await get<GeoJSON.FeatureCollection>(ground.streets);
        if (!gone) map.current.streets(streets);
      }
    })().catch(() => undefined);
    return () => {
      gone = true;
      map.current?.remove();
    };
  }, []);
  useEffect(() => map.current?.draw(drawing), [drawing]);
  return <><div class="map" role="region" aria-label={label}><div ref={box} /></div>{bare && <p class="quiet legend">{t("map.bare")}</p>}</>;
}
