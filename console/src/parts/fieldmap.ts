import L from "leaflet";
import "leaflet/dist/leaflet.css";

export interface MapStop { at: [number, number]; state: string; number: number; label: string; doubtful?: boolean }
export interface MapRep { id: string; name: string; color: string; stops: MapStop[]; planned: [number, number][]; made: [number, number][]; here?: [number, number] }
export interface Drawing { key: string; reps: MapRep[]; chosen: string | null }

const shade = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** A map of reps' days on a canvas: thousands of stops are drawn at once. */
export class FieldMap {
  private map: L.Map;
  private layer = L.layerGroup();
  private ground = L.layerGroup();
  private shown = "";

  constructor(box: HTMLElement, private pick: (id: string) => void) {
    this.map = L.map(box, { preferCanvas: true, attributionControl: false, zoomControl: false, zoomSnap: 0.5 }).setView([0, 0], 2);
    L.control.zoom({ position: "bottomright" }).addTo(this.map);
    this.map.createPane("ground").style.zIndex = "250";
    this.ground.addTo(this.map);
    this.layer.addTo(this.map);
    new ResizeObserver(() => this.map.invalidateSize()).observe(box);
  }

  tiles(address: string, attribution: string) {
    L.tileLayer(address, { maxZoom: 19 }).addTo(this.map);
    L.control.attribution({ prefix: false }).addAttribution(attribution).addTo(this.map);
  }

  streets(collection: GeoJSON.FeatureCollection) {
    const widths: Record<string, number> = { ring: 5, avenue: 4, quay: 4, street: 2, lane: 1.2 };
    L.geoJSON(collection, {
      interactive: false,
      pane: "ground",
      style: (feature) => {
        const kind = String(feature?.properties?.kind);
        if (kind === "water" || kind === "park") return { stroke: false, fillColor: shade(kind), fillOpacity: 1 };
        return { color: shade("road"), weight: widths[kind] ?? 2, opacity: 1 };
      },
      ...({ renderer: L.canvas({ pane: "ground", padding: 0.5 }) } as object),
    }).addTo(this.ground);
  }

  draw({ key, reps, chosen }: Drawing) {
    this.layer.clearLayers();
    const seen: [number, number][] = [];
    for (const rep of reps) {
      const faint = chosen !== null && chosen !== rep.id;
      const own = { color: rep.color, opacity: faint ? 0.25 : 0.85 };
      if (rep.planned.length > 1) this.layer.addLayer(L.polyline(rep.planned, { ...own, weight: 2.5, dashArray: "5 6", interactive: false }));
      if (rep.made.length > 1) this.layer.addLayer(L.polyline(rep.made, { ...own, weight: 4, interactive: false }));
      for (const stop of rep.stops) {
        if (!faint) seen.push(stop.at);
        this.layer.addLayer(this.stop(stop, rep, faint, rep.id === chosen));
      }
      if (rep.here && !faint) {
        this.layer.addLayer(L.circleMarker(rep.here, { radius: 11, color: "#fff", weight: 3, fillColor: rep.color, fillOpacity: 1 }).bindTooltip(rep.name, { permanent: true, direction: "top", className: "here" }));
      }
    }
    if (this.shown !== key && seen.length) {
      this.map.fitBounds(L.latLngBounds(seen), { padding: [28, 28], maxZoom: 16, animate: false });
      this.shown = key;
    }
    requestAnimationFrame(() => performance.mark("map drawn"));
  }

  private stop(stop: MapStop, rep: MapRep, faint: boolean, numbered: boolean): L.Layer {
    const hollow = stop.state !== "done" && stop.state !== "there";
    const edge = stop.doubtful || stop.state === "missed" || stop.state === "late" ? shade("bad") : rep.color;
    if (numbered) {
      const icon = L.divIcon({ className: `pin ${stop.state}${stop.doubtful ? " doubtful" : ""}`, html: String(stop.number), iconSize: [24, 24] });
      return L.marker(stop.at, { icon, keyboard: false, alt: stop.label }).bindTooltip(stop.label);
    }
    return L.circleMarker(stop.at, {
      radius: faint ? 3 : 5.5, color: edge, weight: 2, opacity: faint ? 0.3 : 1, fillColor: hollow ? shade("card") : rep.color, fillOpacity: faint ? 0.3 : 1,
    }).bindTooltip(stop.label).on("click", () => this.pick(rep.id));
  }

  remove() {
    this.map.remove();
  }
}
