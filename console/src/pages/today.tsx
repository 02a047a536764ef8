/** The day of the team: the map, each rep's timeline, and what needs a look. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, get, post, type Page } from "../api";
import { addDays, sayDay, sayDuration, sayMoney, sayNumber, sayTime, sayWhen, today } from "../format";
import type { Drawing, MapRep } from "../parts/fieldmap";
import { board, stopsOf } from "../parts/board";
import { driven, type Driven } from "../parts/driven";
import { MapView } from "../parts/map";
import { TakeAlong } from "../parts/takealong";
import { Empty, Show, Stat, Trouble, useLoad } from "../parts/ui";
import { t, tcode, type Key } from "../texts";
import type { Approval, Halt, Position, RepOfDay, TeamDay, TeamStop, VisitLine } from "../types";

const COLORS = ["#0f766e", "#b45309", "#6d28d9", "#be185d", "#1d4ed8", "#4d7c0f", "#0e7490", "#a21caf"];
const LATE_MS = 20 * 60_000;

export type StopState = "done" | "there" | "planned" | "late" | "missed" | "skipped" | "left_out";

export function stateOf(stop: TeamStop, over: boolean, now: number): StopState {
  if (stop.made) return stop.made.checked_out_at || !stop.made.checked_in_at ? "done" : "there";
  if (stop.planned.status === "done") return "done";
  if (stop.planned.status === "skipped" || stop.planned.status === "left_out") return stop.planned.status;
  if (over) return "missed";
  return stop.arrival_at && new Date(stop.arrival_at).getTime() + LATE_MS < now ? "late" : "planned";
}

interface Route { key: string; line: [number, number][] }
interface Seen { features: { geometry: { type: string; coordinates: [number, number][] }; properties: Record<string, unknown> }[] }

export function Today({ rest, heard }: PageProps) {
  const [wantedDay, wantedRep] = rest.split("/");
  const day = wantedDay || today();
  const chosen = wantedRep || null;
  const go = (to: string, rep: string | null = chosen) => (location.hash = `#/today/${to}${rep ? `/${rep}` : ""}`);
  const team = useLoad(() => board(day), [day]);
  const own = useLoad(async () => (chosen ? { rep: chosen, stops: await stopsOf(day, chosen) } : null), [day, chosen]);
  const open = useLoad(() => get<Page<Approval>>("/api/v1/approvals", { state: "open", limit: 100 }), []);
  const doubts = useLoad(() => all<VisitLine>("/api/v1/visits", { day, doubtful: true }, 500), [day]);
  const [route, setRoute] = useState<Route>();
  const [way, setWay] = useState<Driven>();
  const [seen, setSeen] = useState<ReadonlyMap<string, Position>>(new Map());
  const due = useRef<number>(undefined);
  const again = useRef(() => {});
  useEffect(() => () => clearTimeout(due.current), []);
  useEffect(() => {
    if (!heard) return;
    if (heard.what === "position") {
      const { rep_id, ...position } = heard.facts as unknown as Position & { rep_id: string };
      setSeen((was) => new Map(was).set(rep_id, position));
      return;
    }
    // At the beginning all was read just now; later, many events make one look.
    due.current ??= setTimeout(() => again.current(), heard.what === "resync" ? 2500 : 1000);
  }, [heard]);
  useEffect(() => {
    again.current = () => { due.current = undefined; open.again(); team.again(); own.again(); };
  });
  useEffect(() => {
    if (!chosen) return;
    void get<Seen>(`/api/v1/reps/${chosen}/days/${day}/route.geojson`).then((seen) => {
      const lines = seen.features.filter((each) => each.geometry?.type === "LineString");
      setRoute({ key: `${chosen}/${day}`, line: lines.flatMap((each) => each.geometry.coordinates.map(([x, y]): [number, number] => [y, x])) });
    }, () => undefined);
  }, [chosen, day, team.data]);
  useEffect(() => {
    if (chosen && day <= today()) void driven(chosen, day).then(setWay, () => undefined);
  }, [chosen, day]);
  const doubtful = useMemo(() => new Map((doubts.data ?? []).map((each) => [`${each.rep_id}/${each.customer_id}`, each])), [doubts.data]);
  return (
    <div class="page">
      <header class="head">
        <h1>{t("nav.today")} <small>{sayDay(day, "long")}</small></h1>
        <div class="tools">
          <button type="button" aria-label={t("today.previous")} onClick={() => go(addDays(day, -1))}>‹</button>
          <label><span class="sr">{t("today.day")}</span><input type="date" value={day} onChange={(event) => event.currentTarget.value && go(event.currentTarget.value)} /></label>
          <button type="button" aria-label={t("today.next")} onClick={() => go(addDays(day, 1))}>›</button>
          <a class="button" href={`#/report/${day}`}>{t("report.link")}</a>
          <TakeAlong path={`/api/v1/team/days/${day}`} />
        </div>
      </header>
      <Show of={team}>
        {(found) => found.reps.some((rep) => rep.stops.length || rep.visited)
          ? <Day day={inFull(day === today() ? withPositions(found, seen) : found, own.data)} chosen={chosen} choose={(rep) => go(day, rep)} waiting={open.data?.items.length ?? 0} route={route} way={way?.key === `${chosen}/${day}` ? way : undefined} doubtful={doubtful} />
          : <NoPlan day={day} go={(to) => go(to, null)} again={team.again} />}
      </Show>
    </div>
  );
}

/** The day with the chosen rep's stops in full, once they are here. */
function inFull(day: TeamDay, own: { rep: string; stops: TeamStop[] } | null | undefined): TeamDay {
  return own ? { ...day, reps: day.reps.map((each) => (each.rep.id === own.rep ? { ...each, stops: own.stops } : each)) } : day;
}

function withPositions(day: TeamDay, seen: ReadonlyMap<string, Position>): TeamDay {
  if (!seen.size) return day;
  return { ...day, reps: day.reps.map((rep) => {
    const told = seen.get(rep.rep.id);
    return told && (!rep.last_position || rep.last_position.at < told.at) ? { ...rep, last_position: told } : rep;
  }) };
}

function NoPlan({ day, go, again }: { day: string; go: (day: string) => void; again: () => void }) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>();
  const next = useLoad(async () => {
    for (let ahead = 1; ahead <= 4; ahead++) {
      const later = await board(addDays(day, ahead));
      if (later.reps.some((rep) => rep.stops.length)) return later.day;
    }
    return null;
  }, [day]);
  const last = useLoad(async () => {
    for (let back = 1; back <= 4; back++) {
      const before = await board(addDays(day, -back));
      if (before.reps.some((rep) => rep.visited)) return before.day;
    }
    return null;
  }, [day]);
  const plan = async () => {
    setBusy(true);
    setWrong(undefined);
    await post("/api/v1/plans/generate", { day }).then(again, setWrong);
    setBusy(false);
  };
  return (
    <Empty>
      <p>{t("today.empty")}</p>
      <div class="row">
        {last.data && <button type="button" onClick={() => go(last.data!)}>{t("today.go_next", { day: sayDay(last.data) })}</button>}
        {next.data && <button type="button" class="main" onClick={() => go(next.data!)}>{t("today.go_next", { day: sayDay(next.data) })}</button>}
        {day >= today() && <button type="button" disabled={busy} onClick={plan}>{busy ? t("plans.generating", { day: sayDay(day) }) : t("today.make_plan")}</button>}
      </div>
      {wrong ? <Trouble wrong={wrong} /> : null}
    </Empty>
  );
}

/** So many alerts are shown at first, the bad ones before the others. */
const ALERTS = 8;

type Doubts = ReadonlyMap<string, VisitLine>;
interface Told { rep: string | null; text: string; tone: "bad" | "warn" }

function alertsOf(reps: RepOfDay[], now: number): Told[] {
  return reps.flatMap((rep) => {
    const told: Told[] = [];
    const add = (tone: Told["tone"], key: Key, values: Record<string, string | number>) => told.push({ rep: rep.rep.id, tone, text: t(key, { rep: rep.rep.name, ...values }) });
    if (rep.missed) add("bad", "today.missed_alert", { n: rep.missed });
    const late = rep.stops.find((stop) => stateOf(stop, rep.to_do === 0, now) === "late");
    if (late) add("bad", "today.late", { customer: late.customer_name, time: sayTime(late.arrival_at) });
    if (rep.last_position?.mock) add("bad", "today.mock_alert", {});
    return told;
  });
}

/** Those without room in a day: rep by rep for a few, in one for many. */
function leftOut(reps: RepOfDay[]): Told[] {
  const some = reps.filter((rep) => rep.left_out);
  if (some.length > 2) return [{ rep: null, tone: "warn", text: t("today.left_out_many", { n: some.reduce((sum, rep) => sum + rep.left_out, 0), reps: some.length }) }];
  return some.map((rep) => ({ rep: rep.rep.id, tone: "warn", text: t("today.left_out_alert", { rep: rep.rep.name, n: rep.left_out }) }));
}

function Day({ day, chosen, choose, waiting, route, way, doubtful }: { day: TeamDay; chosen: string | null; choose: (rep: string | null) => void; waiting: number; route: Route | undefined; way: Driven | undefined; doubtful: Doubts }) {
  const now = Date.now();
  const sum = (of: (rep: RepOfDay) => number) => day.reps.reduce((total, rep) => total + of(rep), 0);
  const [allAlerts, setAllAlerts] = useState(false);
  const alerts = [...alertsOf(day.reps, now), ...leftOut(day.reps)];
  const rep = day.reps.find((each) => each.rep.id === chosen);
  const drawing = useMemo<Drawing>(() => ({
    key: `${day.day}/${chosen}`,
    chosen,
    reps: day.reps.map((each, place) => drawn(each, COLORS[place % COLORS.length]!, now, route?.key === `${each.rep.id}/${day.day}` ? route.line : undefined, each.rep.id === chosen ? way : undefined, doubtful)),
  }), [day, chosen, route, way, doubtful]);
  const undecided = [...doubtful.values()].filter((each) => !each.decision);
  const unplanned = sum((each) => each.unplanned);
  const missed = sum((each) => each.missed);
  return (
    <>
      <dl class="stats">
        <Stat label={t("today.visited")} value={<>{t("today.of", { done: sum((each) => each.planned - each.missed - each.to_do), planned: sum((each) => each.planned) })}{unplanned ? <small> {t("today.unplanned", { n: unplanned })}</small> : null}</>} />
        {missed ? <Stat label={t("today.missed")} value={missed} tone="bad" /> : <Stat label={t("today.to_do")} value={sum((each) => each.to_do)} />}
        <Stat label={t("today.left_out")} value={sum((each) => each.left_out)} tone={sum((each) => each.left_out) ? "warn" : ""} />
        <Stat label={t("today.orders")} value={sayNumber(sum((each) => each.orders))} />
        <Stat label={t("today.sold")} value={sayMoney(sum((each) => each.order_value_minor), day.reps[0]?.currency, true)} />
      </dl>
      <section class="alerts" aria-labelledby="alerts">
        <h2 id="alerts">{t("today.alerts")}</h2>
        {alerts.length || waiting || undecided.length ? (
          <ul>
            {waiting ? <li class="warn"><a href="#/approvals">{t("today.waiting", { n: waiting })}</a></li> : null}
            {undecided.slice(0, ALERTS).map((each) => <li class="bad" key={each.visit_id}><a href={`#/visits/${each.visit_id}`}>{t("today.doubtful_alert", { rep: each.rep, customer: each.customer })}</a></li>)}
            {(allAlerts ? alerts : alerts.slice(0, ALERTS)).map((each) => <li class={each.tone} key={each.text}>{each.rep ? <button type="button" class="plain" onClick={() => choose(each.rep)}>{each.text}</button> : <a href={`#/plans/${day.day}`}>{each.text}</a>}</li>)}
            {!allAlerts && alerts.length > ALERTS && <li class="warn"><button type="button" class="plain" onClick={() => setAllAlerts(true)}>{t("plans.more", { n: alerts.length - ALERTS })}</button></li>}
          </ul>
        ) : <p class="quiet">{t("today.no_alerts")}</p>}
      </section>
      <div class="split">
        <div><MapView drawing={drawing} label={t("today.map")} pick={(id) => choose(id)} /></div>
        <section aria-labelledby="reps" class="reps">
          <div class="row between"><h2 id="reps">{t("today.reps")}</h2>{chosen && <button type="button" class="plain" onClick={() => choose(null)}>{t("today.all")}</button>}</div>
          <ul>
            {day.reps.map((each, place) => <RepRow key={each.rep.id} rep={each} color={COLORS[place % COLORS.length]!} on={each.rep.id === chosen} choose={choose} />)}
          </ul>
        </section>
      </div>
      <section aria-labelledby="timeline" class="card timeline">
        <h2 id="timeline">{rep ? t("today.timeline", { name: rep.rep.name }) : t("today.pick")}</h2>
        {rep && <p class="legend quiet"><i class="dashed" /> {t("today.planned_line")} <i /> {t(way?.track.length ? "today.track_line" : "today.driven_line")}</p>}
        {rep && <Timeline rep={rep} now={now} way={way} doubtful={doubtful} />}
      </section>
    </>
  );
}

function drawn(rep: RepOfDay, color: string, now: number, road: [number, number][] | undefined, way: Driven | undefined, doubtful: Doubts): MapRep {
  const placed = rep.stops.filter((stop) => stop.latitude !== null && stop.longitude !== null);
  const at = (stop: TeamStop): [number, number] => [stop.latitude!, stop.longitude!];
  const made = placed.filter((stop) => stop.made?.checked_in_at).sort((a, b) => a.made!.checked_in_at!.localeCompare(b.made!.checked_in_at!));
  const here = rep.last_position ? ([rep.last_position.latitude, rep.last_position.longitude] as [number, number]) : undefined;
  return {
    id: rep.rep.id, name: rep.rep.name, color, here,
    planned: road ?? placed.filter((stop) => stop.arrival_at).map(at),
    made: way && way.track.length > 1 ? way.track : [...made.map(at), ...(here ? [here] : [])],
    stops: moments(rep, way).flatMap(({ stop, halt }, place) => {
      const spot = stop && stop.latitude !== null ? at(stop) : halt && way?.spots.get(halt);
      if (!spot) return [];
      if (!stop) return [{ at: spot, number: place + 1, state: halt!.kind === "visit" ? "done" : "stay", label: () => `${halt!.name ?? t("today.stay")} · ${sayTime(halt!.since)}–${sayTime(halt!.until)}` }];
      const state = stateOf(stop, rep.missed > 0, now);
      return [{ at: spot, number: place + 1, state, doubtful: !!stop.made && doubtful.has(`${rep.rep.id}/${stop.planned.customer_id}`), label: () => `${stop.customer_name} · ${t(`state.${state}`)}${stop.arrival_at ? ` · ${sayTime(stop.arrival_at)}` : ""}` }];
    }),
  };
}

function RepRow({ rep, color, on, choose }: { rep: RepOfDay; color: string; on: boolean; choose: (rep: string | null) => void }) {
  const share = rep.planned ? Math.min(1, (rep.planned - rep.missed - rep.to_do) / rep.planned) : 0;
  return (
    <li>
      <button type="button" class="rep" aria-pressed={on} onClick={() => choose(on ? null : rep.rep.id)}>
        <i class="dot" style={{ background: color }} />
        <span class="who"><strong>{rep.rep.name}</strong><small>{rep.last_position ? t("today.last_seen", { time: sayWhen(rep.last_position.at) }) : t("today.not_seen")}{rep.unplanned ? ` · ${t("today.unplanned", { n: rep.unplanned })}` : ""}</small></span>
        <span class="num">{t("today.of", { done: rep.planned - rep.missed - rep.to_do, planned: rep.planned })}<small>{sayMoney(rep.order_value_minor, rep.currency, true)}</small></span>
        <span class="bar"><i style={{ width: `${share * 100}%`, background: color }} /></span>
      </button>
    </li>
  );
}

interface Moment { key: string; at: string | null; stop?: TeamStop; halt?: Halt }

/** The stops with what was driven: a halt belongs to the stop that it was told of; the others are stays, or visits that nobody planned. */
function moments(rep: RepOfDay, way: Driven | undefined): Moment[] {
  const left = [...(way?.halts ?? [])];
  const found: Moment[] = rep.stops.map((stop) => {
    const came = stop.made?.checked_in_at && Date.parse(stop.made.checked_in_at);
    const place = left.findIndex((halt) => halt.kind === "visit" && Date.parse(halt.since) === came);
    return { key: stop.planned.id, at: stop.made?.checked_in_at ?? stop.arrival_at, stop, halt: place < 0 ? undefined : left.splice(place, 1)[0] };
  });
  const others = left.map((halt): Moment => ({ key: halt.since + halt.kind, at: halt.since, halt }));
  return [...found, ...others].sort((a, b) => Date.parse(a.at ?? "9999-01-01") - Date.parse(b.at ?? "9999-01-01"));
}

function Timeline({ rep, now, way, doubtful }: { rep: RepOfDay; now: number; way: Driven | undefined; doubtful: Doubts }) {
  return (
    <ol class="stops">
      {moments(rep, way).map(({ key, stop, halt, at }, place) => {
        const state = stop ? stateOf(stop, rep.missed > 0, now) : halt?.kind === "visit" ? "done" : "stay";
        const doubt = stop?.made ? doubtful.get(`${rep.rep.id}/${stop.planned.customer_id}`) : undefined;
        return (
          <li key={key} class={state}>
            <time>{sayTime(at)}</time>
            <span class="pin small" aria-hidden="true">{place + 1}</span>
            <span class="what">
              {stop ? <a href={`#/customers/${stop.planned.customer_id}`}>{stop.customer_name}</a> : <span>{halt?.name ?? t("today.stay")}</span>} {state !== "stay" && <span class={`chip ${state}`}>{t(`state.${state}`)}</span>} {stop && <span class="chip">{tcode("source", stop.planned.source)}</span>}
              {halt?.kind === "visit" && !stop && <span class="chip warn">{t("today.off_plan")}</span>}
              {doubt && <a class={`chip ${doubt.decision ?? "missed"}`} href={`#/visits/${doubt.visit_id}`}>{doubt.decision ? tcode("decision", doubt.decision) : t("today.doubtful", { score: doubt.score ?? "–" })}</a>}
              {halt && <small class="halt">{t("today.halt", { until: sayTime(halt.until), stay: sayDuration(halt.seconds) })}{halt.gap_s !== null && ` · ${t(halt.gap_s < 0 ? "today.overlap" : "today.gap", { gap: sayDuration(halt.gap_s) })}`}</small>}
              {stop && <small>{stop.made?.summary ?? stop.planned.left_out_reason ?? stop.planned.skip_reason ?? stop.planned.reason}</small>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
