/** A rep's week on the map: a line for each day, its stops beside it to be dragged to another day, and the day planned anew. */
import { useMemo, useState } from "preact/hooks";
import { get, post } from "../api";
import { sayDay, sayTime, today } from "../format";
import type { Drawing } from "../parts/fieldmap";
import { MapView } from "../parts/map";
import { Dialog, say, Told, useLoad } from "../parts/ui";
import { t, tcode } from "../texts";
import type { TeamStop } from "../types";
import { DayCell, type Cell, type Mover, type Week } from "./plans";

const COLORS = ["#0f766e", "#b45309", "#6d28d9", "#be185d", "#1d4ed8", "#4d7c0f"];
interface Road { features: { geometry: { type: string; coordinates: [number, number][] } | null }[] }

async function roads(rep: string, cells: Cell[]): Promise<Map<string, [number, number][]>> {
  const told = await Promise.all(cells.filter((cell) => cell.stops.length).map(async ({ day }): Promise<[string, [number, number][]]> => {
    const { features } = await get<Road>(`/api/v1/reps/${rep}/days/${day}/route.geojson`);
    return [day, features.flatMap(({ geometry }) => (geometry?.type === "LineString" ? geometry.coordinates.map(([x, y]): [number, number] => [y, x]) : []))];
  }));
  return new Map(told);
}

export function PlanMap({ all, rep, open, move, again }: { all: Week; rep: string; open: (stop: TeamStop) => void; move: Mover; again: (told: string) => void }) {
  const own = all.reps.find((each) => each.rep.id === rep)!;
  const [chosen, setChosen] = useState<string | null>(own.cells.find((cell) => cell.day >= today() && cell.stops.length)?.day ?? null);
  const [replanning, setReplanning] = useState<Cell>();
  const lines = useLoad(() => roads(rep, own.cells), [rep, own.cells.map((cell) => cell.stops.map((stop) => stop.planned.version + stop.planned.id))]);
  const drawing = useMemo<Drawing>(() => ({
    key: `${rep}/${all.days[0]}/${chosen}`,
    chosen,
    reps: own.cells.map((cell, place) => ({
      id: cell.day, name: sayDay(cell.day), color: COLORS[place % COLORS.length]!, made: [],
      planned: lines.data?.get(cell.day) ?? routed(cell).filter(placed).map(at),
      stops: routed(cell).flatMap((stop, number) => (placed(stop) ? [{ id: stop.planned.id, at: at(stop), number: number + 1, state: "planned", label: () => `${number + 1}. ${stop.customer_name} · ${sayTime(stop.arrival_at)}` }] : [])),
    })),
  }), [all, rep, chosen, lines.data]);
  const pick = (day: string, id?: string) => {
    const stop = day === chosen && own.cells.flatMap((cell) => cell.stops).find((each) => each.planned.id === id);
    if (stop) return open(stop);
    setChosen(day);
  };
  return (
    <div class="split plan">
      <div>
        <MapView drawing={drawing} label={t("plans.map_of", { name: own.rep.name })} pick={pick} />
        <p class="quiet legend">{own.cells.map((cell, place) => cell.stops.length ? <span key={cell.day}><i style={{ color: COLORS[place % COLORS.length] }} /> {sayDay(cell.day)}</span> : null)}</p>
      </div>
      <div class="stack daylists">
        {own.cells.map((cell, place) => (
          <section key={cell.day} class="card" aria-label={sayDay(cell.day, "long")}>
            <div class="row between">
              <button type="button" class="plain" aria-pressed={chosen === cell.day} title={t("plans.show_day", { day: sayDay(cell.day, "long") })} onClick={() => setChosen(chosen === cell.day ? null : cell.day)}><i class="dot" style={{ background: COLORS[place % COLORS.length] }} /> <strong>{sayDay(cell.day)}</strong> <span class="quiet">{cell.stops.length || ""}</span></button>
              {cell.day >= today() && cell.stops.length > 0 && <button type="button" class="small" onClick={() => setReplanning(cell)}>{t("plans.replan")}</button>}
            </div>
            <DayCell as="div" cell={cell} all={all} open={open} move={move} />
          </section>))}
        <p class="quiet">{t("plans.order_follows")}</p>
      </div>
      {replanning && <Replan cell={replanning} close={() => setReplanning(undefined)} done={(told) => { setReplanning(undefined); again(told); }} />}
    </div>
  );
}

const placed = (stop: TeamStop) => stop.latitude !== null && stop.longitude !== null;
const at = (stop: TeamStop): [number, number] => [stop.latitude!, stop.longitude!];
const routed = (cell: Cell) => cell.stops.filter((stop) => stop.arrival_at).sort((a, b) => Date.parse(a.arrival_at!) - Date.parse(b.arrival_at!));

interface Replanned { stands: boolean; ends_before: string | null; ends_after: string; changes: { what: string; customer_id: string; name: string; arrival_before: string | null; arrival_after: string | null; reason: string | null }[] }

/** The rest of a day planned anew: what would change first, then to be kept. */
function Replan({ cell, close, done }: { cell: Cell; close: () => void; done: (told: string) => void }) {
  const [fill, setFill] = useState(false);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const [trial, setTrial] = useState<Replanned>();
  const ask = async (dry_run: boolean) => {
    setBusy(true);
    setWrong("");
    await post<Replanned>(`/api/v1/reps/${cell.rep.id}/days/${cell.day}/replan`, { fill, dry_run }).then(
      (found) => (dry_run ? setTrial(found) : done(t("plans.replanned", { name: cell.rep.name, day: sayDay(cell.day) }))), (what: unknown) => setWrong(say(what)));
    setBusy(false);
  };
  const changes = trial?.changes.filter((each) => each.what !== "stays" && each.what !== "made") ?? [];
  return (
    <Dialog title={`${t("plans.replan")}: ${cell.rep.name}, ${sayDay(cell.day)}`} close={close}>
      <p class="quiet">{t("plans.replan_hint")}</p>
      <label class="inline"><input type="checkbox" checked={fill} onChange={(event) => { setFill(event.currentTarget.checked); setTrial(undefined); }} /> {t("plans.fill")}</label>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {trial && <Told><p><strong>{changes.length ? t("plans.would", { n: changes.length }) : t("plans.stands")}</strong> {trial.ends_before && `${t("plans.ends")} ${sayTime(trial.ends_before)} → ${sayTime(trial.ends_after)}`}</p>
        <ul class="lines">{changes.map((each) => <li key={each.customer_id}><span>{each.name} <span class="chip">{tcode("what", each.what)}</span>{each.reason && <small class="said">{each.reason}</small>}</span><small>{sayTime(each.arrival_before)} → {sayTime(each.arrival_after)}</small></li>)}</ul></Told>}
      <div class="row">
        <button type="button" disabled={busy} onClick={() => ask(true)}>{t("plans.try_replan")}</button>
        <button type="button" class="main" disabled={busy || !trial || !changes.length} onClick={() => ask(false)}>{t("plans.keep_replan")}</button>
      </div>
    </Dialog>
  );
}
