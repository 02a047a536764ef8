/** A week of all reps: drag a visit to another day or rep, or press it to move it with the keyboard. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { get, post } from "../api";
import { addDays, sayDay, sayTime, sayWeekday, today, weekday } from "../format";
import { board } from "../parts/board";
import { TakeAlong } from "../parts/takealong";
import { Dialog, Empty, say, Show, Told, Trouble, useLoad, useNarrow } from "../parts/ui";
import { t, tcode } from "../texts";
import type { PlannedVisit, RepOfDay, TeamStop } from "../types";
import { PlanMap } from "./planmap";

export interface Cell { rep: RepOfDay["rep"]; day: string; stops: TeamStop[] }
export interface Week { days: string[]; reps: { rep: RepOfDay["rep"]; cells: Cell[] }[] }
interface Generated { reps: { visits: number; left_out: number }[] }

async function week(first: string): Promise<Week> {
  const days = [0, 1, 2, 3, 4, 5].map((ahead) => addDays(first, ahead));
  const teams = await Promise.all(days.map((day) => board(day)));
  const used = days.filter((day, place) => weekday(day) < 5 || teams[place]!.reps.some((rep) => rep.stops.length));
  const reps = teams[0]!.reps.map(({ rep }) => ({
    rep,
    cells: used.map((day) => ({ rep, day, stops: teams[days.indexOf(day)]!.reps.find((each) => each.rep.id === rep.id)?.stops ?? [] })),
  }));
  return { days: used, reps };
}

const open = (all: Week) => all.days.filter((day) => day >= today() && all.reps.some(({ cells }) => cells.some((cell) => cell.day === day && cell.stops.length)));

/** The week of a day; where nobody asked for one, this week if anything is still to be done in it, else the next if that is planned. */
async function wantedWeek(asked: string, first: string): Promise<Week> {
  const found = await week(first);
  if (asked || open(found).length) return found;
  const later = await week(addDays(first, 7));
  return open(later).length || weekday(today()) > 4 ? later : found;
}

/** The week as it will be, until the server has told how the routes follow. */
function moved(all: Week, stop: TeamStop, to: { day: string; rep: { id: string } }): Week {
  const there = { ...stop, arrival_at: null };
  const without = (cell: Cell) => cell.stops.filter((each) => each.planned.id !== stop.planned.id);
  return { ...all, reps: all.reps.map((each) => ({ ...each, cells: each.cells.map((cell) => ({ ...cell, stops: cell.day === to.day && cell.rep.id === to.rep.id ? [...without(cell), there] : without(cell) })) })) };
}

export function Plans({ rest }: PageProps) {
  const narrow = useNarrow();
  const monday = addDays(rest || today(), -weekday(rest || today()));
  const found = useLoad(() => wantedWeek(rest, monday), [monday, rest]);
  const first = found.data?.days[0] ?? monday;
  const days = found.data?.days ?? [];
  const asked = rest || (found.data && open(found.data)[0]) || days.find((day) => day >= today()) || first;
  const shown = days.includes(asked) ? asked : (days.at(-1) ?? asked);
  const [opened, setOpened] = useState<TeamStop>();
  const [told, setTold] = useState("");
  const [wrong, setWrong] = useState<unknown>();
  const [busy, setBusy] = useState("");
  const [moving, setMoving] = useState("");
  const [view, setView] = useState<"week" | "map">("week");
  const [whose, setWhose] = useState("");
  const go = (to: string) => (location.hash = `#/plans/${to}`);

  const act = async (work: () => Promise<string>) => {
    if (moving) return; // the versions on show are about to change
    setWrong(undefined);
    setTold("");
    try {
      setTold(await work());
      setOpened(undefined);
    } catch (what) {
      setWrong(what);
    }
    setMoving("");
    found.again();
  };
  const move = (stop: TeamStop, to: { day: string; rep: { id: string; name: string } }, reason: string | null = null) => act(async () => {
    setMoving(stop.customer_name);
    if (found.data) found.set(moved(found.data, stop, to));
    await post(`/api/v1/planned-visits/${stop.planned.id}/move`, { version: stop.planned.version, to_day: to.day, to_rep_id: to.rep.id, reason });
    return t("plans.moved", { customer: stop.customer_name, rep: to.rep.name, day: sayDay(to.day) });
  });
  const generate = async (day: string) => {
    setBusy(day);
    await act(async () => {
      const made = await post<Generated>("/api/v1/plans/generate", { day });
      const sum = (of: (rep: Generated["reps"][number]) => number) => made.reps.reduce((total, rep) => total + of(rep), 0);
      return t("plans.generated", { day: sayDay(day), n: sum((rep) => rep.visits), left: sum((rep) => rep.left_out) });
    });
    setBusy("");
  };
  return (
    <div class="page">
      <header class="head">
        <h1>{t("nav.plans")} <small>{t("plans.week", { day: sayDay(first) })}</small></h1>
        <div class="tools">
          <button type="button" aria-label={t("plans.previous")} onClick={() => go(addDays(first, -7))}>‹</button>
          <label><span class="sr">{t("today.day")}</span><input type="date" value={asked} onChange={(event) => event.currentTarget.value && go(event.currentTarget.value)} /></label>
          <button type="button" aria-label={t("plans.next")} onClick={() => go(addDays(first, 7))}>›</button>
          <TakeAlong path={`/api/v1/team/days/${asked}`} />
        </div>
      </header>
      <div class="filters">
        <div role="group" aria-label={t("plans.view")} class="row">{(["week", "map"] as const).map((each) => <button type="button" key={each} aria-pressed={view === each} class="toggle" onClick={() => setView(each)}>{t(`plans.as_${each}`)}</button>)}</div>
        <label>{t("plans.whose")}<select value={whose || (view === "map" ? found.data?.reps[0]?.rep.id : "")} onChange={(event) => setWhose(event.currentTarget.value)}>
          {view === "week" && <option value="">{t("plans.all_reps")}</option>}
          {found.data?.reps.map(({ rep }) => <option key={rep.id} value={rep.id}>{rep.name}</option>)}
        </select></label>
        <p class="quiet grow">{narrow ? t("plans.hint_phone") : `${t("plans.hint")} ${t("plans.keyboard")}`}</p>
      </div>
      {wrong ? <Trouble wrong={wrong} /> : null}
      {told && <Told>{told}</Told>}
      {moving && <Told>{t("plans.moving", { customer: moving })}</Told>}
      {busy && <Told>{t("plans.generating", { day: sayDay(busy) })}</Told>}
      <Show of={found}>
        {(week) => {
          const all = view === "week" && whose ? { ...week, reps: week.reps.filter((each) => each.rep.id === whose) } : week;
          if (!all.reps.length) return <Empty><p>{t("today.empty")}</p></Empty>;
          if (view === "map") return <PlanMap all={all} rep={all.reps.some((each) => each.rep.id === whose) ? whose : all.reps[0]!.rep.id} open={setOpened} move={move} again={(text) => { setTold(text); found.again(); }} />;
          return narrow ? <OneDay all={all} day={shown} go={go} open={setOpened} generate={generate} busy={busy} /> : (
          <div class="scroll" tabIndex={0} role="region" aria-label={t("nav.plans")}>
            <table class="week">
              <thead><tr><th scope="col">{t("customers.rep")}</th>{all.days.map((day) => (
                <th scope="col" key={day} class={day === today() ? "now" : ""}><a href={`#/today/${day}`}>{sayDay(day)}</a>
                  {day >= today() && <button type="button" class="small" disabled={!!busy} aria-label={t("plans.generate_day", { day: sayDay(day) })} onClick={() => generate(day)}>{t("plans.generate")}</button>}
                </th>))}</tr></thead>
              <tbody>{all.reps.map(({ rep, cells }) => (
                <tr key={rep.id}><th scope="row">{rep.name}</th>{cells.map((cell) => <DayCell key={cell.day} cell={cell} all={all} open={setOpened} move={move} />)}</tr>
              ))}</tbody>
            </table>
          </div>
        );
        }}
      </Show>
      {opened && found.data && <MoveDialog stop={opened} all={found.data} close={() => setOpened(undefined)} move={move} skip={(code, reason) => act(async () => {
        await post(`/api/v1/planned-visits/${opened.planned.id}/skip`, { version: opened.planned.version, code, reason });
        return t("plans.skipped", { customer: opened.customer_name });
      })} restore={() => act(async () => {
        await post(`/api/v1/planned-visits/${opened.planned.id}/restore`, { version: opened.planned.version });
        return t("plans.restored", { customer: opened.customer_name });
      })} wrong={wrong} />}
    </div>
  );
}

/** A phone shows one day of the week at a time, rep after rep. */
function OneDay({ all, day, go, open, generate, busy }: { all: Week; day: string; go: (day: string) => void; open: (stop: TeamStop) => void; generate: (day: string) => void; busy: string }) {
  return (
    <>
      <div class="days" role="group" aria-label={t("today.day")}>
        {all.days.map((each) => <button type="button" key={each} aria-pressed={each === day} onClick={() => go(each)}>{sayWeekday(each)}<small>{Number(each.slice(8))}</small></button>)}
      </div>
      <div class="row between"><h2><a href={`#/today/${day}`}>{sayDay(day, "long")}</a></h2>
        {day >= today() && <button type="button" class="small" disabled={!!busy} onClick={() => generate(day)}>{t("plans.generate_day", { day: sayDay(day) })}</button>}</div>
      {all.reps.map(({ rep, cells }) => {
        const cell = cells.find((each) => each.day === day)!;
        return <section key={rep.id} class="card"><h2>{rep.name} <small class="quiet">{cell.stops.length || t("plans.none")}</small></h2>{cell.stops.length ? <StopList cell={cell} open={open} /> : null}</section>;
      })}
    </>
  );
}

export type Mover = (stop: TeamStop, to: { day: string; rep: { id: string; name: string } }, reason?: string | null) => void;

/** A day that visits are dropped on. */
export function DayCell({ cell, all, open, move, as: Box = "td" }: { cell: Cell; all: Week; open: (stop: TeamStop) => void; move: Mover; as?: "td" | "div" }) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const id = event.dataTransfer?.getData("text/plain");
    const stop = all.reps.flatMap((rep) => rep.cells).flatMap((each) => each.stops).find((each) => each.planned.id === id);
    if (stop && (stop.planned.day !== cell.day || stop.planned.rep_id !== cell.rep.id)) move(stop, { day: cell.day, rep: cell.rep });
  };
  const shift = (stop: TeamStop, by: number) => {
    const day = all.days[all.days.indexOf(cell.day) + by];
    if (day && day >= today()) move(stop, { day, rep: cell.rep });
  };
  return (
    <Box class={over ? "over" : ""} onDragOver={(event: DragEvent) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      {cell.stops.length ? <StopList cell={cell} open={open} shift={shift} /> : <span class="quiet">{t("plans.none")}</span>}
    </Box>
  );
}

const AT_FIRST = 12;

function StopList({ cell, open, shift }: { cell: Cell; open: (stop: TeamStop) => void; shift?: (stop: TeamStop, by: number) => void }) {
  const [whole, setWhole] = useState(false);
  const sorted = [...cell.stops].sort((a, b) => Date.parse(a.arrival_at ?? "9999-01-01") - Date.parse(b.arrival_at ?? "9999-01-01"));
  const shown = whole || sorted.length <= AT_FIRST + 2 ? sorted : sorted.slice(0, AT_FIRST);
  return (
    <ul>{shown.map((stop) => (
      <li key={stop.planned.id}>
        <button type="button" class={`visit ${stop.made ? "done" : stop.planned.status} ${stop.planned.source}`} title={stop.customer_name} draggable={!stop.made} aria-keyshortcuts={shift && "Shift+ArrowLeft Shift+ArrowRight"}
          onDragStart={(event) => event.dataTransfer?.setData("text/plain", stop.planned.id)} onClick={() => open(stop)}
          onKeyDown={(event) => {
            if (!event.shiftKey || !shift || stop.made || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
            event.preventDefault();
            shift(stop, event.key === "ArrowLeft" ? -1 : 1);
          }}>
          <time>{stop.arrival_at ? sayTime(stop.arrival_at) : tcode("state", stop.planned.status)}</time> {stop.customer_name}
        </button>
      </li>))}
      {shown.length < sorted.length && <li><button type="button" class="plain" onClick={() => setWhole(true)}>{t("plans.more", { n: sorted.length - shown.length })}</button></li>}
    </ul>
  );
}

interface Step { at: string; kind: string; by_name: string | null; from_day: string | null; to_day: string | null; from_rep_name: string | null; to_rep_name: string | null; code: string | null; reason: string | null }
interface Trail { visit: PlannedVisit | null; steps: Step[] }
interface Cause { code: string; label: string; needs_reason?: boolean }

/** A step in words: what was done, by whom, from where to where, and why. */
function sayStep(step: Step): string {
  const moved = [step.from_day !== step.to_day && step.to_day && step.from_day ? `${sayDay(step.from_day)} → ${sayDay(step.to_day)}` : "", step.from_rep_name && step.to_rep_name && step.from_rep_name !== step.to_rep_name ? `${step.from_rep_name} → ${step.to_rep_name}` : ""].filter(Boolean).join(", ");
  return [tcode("step", step.kind), moved, step.by_name ?? t("step.planner")].filter(Boolean).join(" · ");
}

/** The cause in words, and what was said besides; the wording of a code that only this house has is its own. */
const sayWhy = (step: Step) => [step.code && step.code !== "other" && tcode("why", step.code), step.reason].filter(Boolean).join(": ");

function MoveDialog({ stop, all, close, move, skip, restore, wrong }: { stop: TeamStop; all: Week; close: () => void; move: Mover; skip: (code: string, reason: string | null) => void; restore: () => void; wrong: unknown }) {
  const visit: PlannedVisit = stop.planned;
  const [day, setDay] = useState(visit.day);
  const [rep, setRep] = useState(visit.rep_id);
  const [reason, setReason] = useState("");
  const [cause, setCause] = useState("other");
  const causes = useLoad(async () => (await get<{ body: { skip_causes: Cause[] } }>("/api/v1/policies/planning")).body.skip_causes, []);
  const needs = causes.data?.find((each) => each.code === cause)?.needs_reason ?? false;
  const trail = useLoad(() => get<Trail>(`/api/v1/planned-visits/${visit.id}/history`), [visit.id]);
  const to = all.reps.find((each) => each.rep.id === rep)!.rep;
  return (
    <Dialog title={stop.customer_name} close={close}>
      <p>{trail.data?.visit?.reason ?? visit.reason} <span class="chip">{tcode("source", visit.source)}</span></p>
      {trail.data?.visit?.left_out_reason && <p class="note warn">{trail.data.visit.left_out_reason}</p>}
      <form class="move" onSubmit={(event) => { event.preventDefault(); move(stop, { day, rep: to }, reason.trim() || null); }}>
        <label>{t("plans.to_day")}<input type="date" value={day} min={today()} onChange={(event) => setDay(event.currentTarget.value)} /></label>
        <label>{t("plans.to_rep")}<select value={rep} onChange={(event) => setRep(event.currentTarget.value)}>{all.reps.map((each) => <option key={each.rep.id} value={each.rep.id}>{each.rep.name}</option>)}</select></label>
        <label>{t("plans.reason")}<input value={reason} maxLength={200} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        {wrong ? <p class="wrong" role="alert">{say(wrong)}</p> : null}
        <div class="row"><button class="main" disabled={day === visit.day && rep === visit.rep_id}>{t("plans.do_move")}</button>
          {visit.status === "skipped" && <button type="button" onClick={restore}>{t("plans.restore")}</button>}</div>
      </form>
      {visit.status !== "skipped" && !stop.made && <div class="decide">
        <label>{t("plans.why_skip")}<select value={cause} onChange={(event) => setCause(event.currentTarget.value)}>{causes.data?.map((each) => <option key={each.code} value={each.code}>{each.code === "other" ? t("plans.other_cause") : tcode("why", each.code) === each.code.replaceAll("_", " ") ? each.label : tcode("why", each.code)}</option>)}</select></label>
        <button type="button" disabled={!causes.data || (needs && !reason.trim())} title={needs ? t("plans.skip_needs") : undefined} onClick={() => skip(cause, reason.trim() || null)}>{t("plans.skip")}</button>
      </div>}
      <h3>{t("plans.history")}</h3>
      <ul class="lines">{trail.data?.steps.map((each) => <li key={each.at + each.kind}><span>{sayStep(each)}<small class="said">{sayWhy(each)}</small></span><small>{sayDay(each.at)}</small></li>)}</ul>
    </Dialog>
  );
}
