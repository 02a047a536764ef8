import L from "leaflet";
import "leaflet/dist/leaflet.css";

export interface MapStop { id?: string; at: [number, number]; state: string; number: number; label: () => string; doubtful?: boolean }
export interface MapRep { id: string; name: string; color: string; stops: MapStop[]; planned: [number, number][]; made: [number, number][]; here?: [number, number] }
export interface Drawing { key: string; reps: MapRep[]; chosen: string | null }

const shade = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Up to so many reps have their names on the map. */
const NAMED = 12;

function circle(stop: MapStop, color: string, faint: boolean, { bad, card }: { bad: string; card: string }): L.Layer {
  const hollow = stop.state !== "done" && stop.state !== "there";
  const edge = stop.doubtful || stop.state === "missed" || stop.state === "late" ? bad : color;
  return L.circleMarker(stop.at, { radius: faint ? 3 : 5.5, color: edge, weight: 2, opacity: faint ? 0.3 : 1, fillColor: hollow ? card : color, fillOpacity: faint ? 0.3 : 1 });
}

/** A map of reps' days on a canvas: thousands of stops are drawn at once. */
export class FieldMap {
  private map: L.Map;
  /** One group hears and labels for all: thousands of stops with a label each would take long to make. */
  private layer = L.featureGroup();
  private meant = new WeakMap<L.Layer, { rep: MapRep; stop?: MapStop }>();
  private ground = L.layerGroup();
  private shown = "";
  private watch = new ResizeObserver(() => this.map.invalidateSize());

  constructor(box: HTMLElement, private pick: (id: string, stop?: string) => void) {
    this.map = L.map(box, { preferCanvas: true, attributionControl: false, zoomControl: false, zoomSnap: 0.5 }).setView([0, 0], 2);
    L.control.zoom({ position: "bottomright" }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    this.map.createPane("ground").style.zIndex = "250";
    this.ground.addTo(this.map);
    this.layer.addTo(this.map);
    this.layer.bindTooltip((over) => { const meant = this.meant.get(over); return meant ? `${meant.rep.name}${meant.stop ? ` · ${meant.stop.label()}` : ""}` : ""; });
    this.layer.on("click", ({ propagatedFrom }) => { const meant = this.meant.get(propagatedFrom as L.Layer); if (meant) this.pick(meant.rep.id, meant.stop?.id); });
    this.watch.observe(box);
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
    const colors = { bad: shade("bad"), card: shade("card") };
    const seen: [number, number][] = [];
    for (const rep of reps) {
      const faint = chosen !== null && chosen !== rep.id;
      const own = { color: rep.color, opacity: faint ? 0.25 : 0.85, interactive: false };
      if (rep.planned.length > 1) this.layer.addLayer(L.polyline(rep.planned, { ...own, weight: 2.5, dashArray: "5 6" }));
      if (rep.made.length > 1) this.layer.addLayer(L.polyline(rep.made, { ...own, weight: 4 }));
    }
    for (const rep of reps) {
      const faint = chosen !== null && chosen !== rep.id;
      for (const stop of rep.stops) {
        if (!faint) seen.push(stop.at);
        const layer = rep.id === chosen ? this.numbered(stop) : circle(stop, rep.color, faint, colors);
        this.meant.set(layer, { rep, stop });
        this.layer.addLayer(layer);
      }
      if (rep.here && !faint) {
        const here = L.circleMarker(rep.here, { radius: chosen ? 11 : 8, color: "#fff", weight: 3, fillColor: rep.color, fillOpacity: 1 });
        this.layer.addLayer(chosen || reps.length <= NAMED ? here.bindTooltip(rep.name, { permanent: true, direction: "top", className: "here" }) : here);
        this.meant.set(here, { rep });
      }
    }
    if (this.shown !== key && seen.length) {
      this.map.fitBounds(L.latLngBounds(seen), { padding: [28, 28], maxZoom: 16, animate: false });
      this.shown = key;
    }
    requestAnimationFrame(() => performance.mark("map drawn"));
  }

  private numbered(stop: MapStop): L.Layer {
    const icon = L.divIcon({ className: `pin ${stop.state}${stop.doubtful ? " doubtful" : ""}`, html: String(stop.number), iconSize: [24, 24] });
    return L.marker(stop.at, { icon, keyboard: false, alt: stop.label() });
  }

  remove() {
    this.watch.disconnect();
    this.map.remove();
  }
}
