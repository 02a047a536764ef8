/** What the house does by itself: when each chore comes, how it last went, what failed and why; a hand for it. */
import { useEffect, useState } from "preact/hooks";
import type { PageProps } from "../app";
import { get, post, type Page } from "../api";
import { sayDay, sayMoment, sayNumber, sayWeekday } from "../format";
import { say, Show, Told, useLoad } from "../parts/ui";
import { t, tcode } from "../texts";

interface Job {
  id: string; chore: string; zone: string; day: string; state: string; due_at: string; run_at: string; started_at: string | null; duration_s: number | null;
  attempts: number; tries: number; missed: number; units_done: number | null; units: number | null; told: string | null; result: Record<string, unknown> | null; error: string | null;
}
interface Schedule { kind: "every" | "daily" | "monthly"; at?: string; weekdays?: number[]; day_of_month?: number; seconds?: number }
interface Chore { code: string; title: string; schedule: Schedule; next_at: string | null; paused_at: string | null; last: Job | null; failed: number; running: number }

const LOOK_AGAIN_MS = 5_000;
const MONDAY = "2024-01-01";

export function Jobs(_: PageProps) {
  const [told, setTold] = useState("");
  const [wrong, setWrong] = useState("");
  const chores = useLoad(() => get<{ chores: Chore[] }>("/api/v1/jobs/chores").then((found) => found.chores), []);
  const failed = useLoad(() => get<Page<Job>>("/api/v1/jobs", { state: "failed", limit: 20 }).then((found) => found.items), []);
  const [turn, setTurn] = useState(0);
  const look = () => { chores.again(); failed.again(); setTurn((was) => was + 1); };
  useEffect(() => {
    const timer = setInterval(look, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [chores.again, failed.again]);
  const act = (path: string, done: string) => {
    setWrong("");
    post(`/api/v1/jobs/${path}`).then(() => { setTold(done); look(); }, (what: unknown) => setWrong(say(what)));
  };
  const titles = new Map((chores.data ?? []).map((each) => [each.code, titleOf(each)]));
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.jobs")}</h1></header>
      <p class="quiet">{t("jobs.about")}</p>
      {told && <Told>{told}</Told>}
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      <section class="card"><h2>{t("jobs.failures")}</h2>
        <Show of={failed}>{(found) => found.length ? <div class="stack">{found.map((each) => <Failure key={each.id} of={each} title={titles.get(each.chore) ?? each.chore} act={act} />)}</div> : <p class="quiet">{t("jobs.no_failures")}</p>}</Show>
      </section>
      <section class="card"><h2>{t("jobs.timetable")}</h2>
        <Show of={chores}>{(found) => <Chores list={found} act={act} />}</Show>
      </section>
      <section class="card"><h2>{t("jobs.history")}</h2><History titles={titles} turn={turn} /></section>
    </div>
  );
}

type Act = (path: string, done: string) => void;

const titleOf = (chore: Chore) => {
  const known = tcode("chore", chore.code);
  return known === chore.code.replaceAll("_", " ") ? chore.title : known;
};

function when(of: Schedule): string {
  const seconds = of.seconds ?? 0;
  if (of.kind === "every") return seconds % 60 ? t("jobs.every_s", { s: seconds }) : seconds === 60 ? t("jobs.every_minute") : t("jobs.every_min", { min: seconds / 60 });
  if (of.kind === "monthly") return t("jobs.monthly", { day: of.day_of_month ?? 1, at: of.at ?? "" });
  if (!of.weekdays) return t("jobs.daily", { at: of.at ?? "" });
  const days = of.weekdays.map((number) => sayWeekday(`${MONDAY.slice(0, 8)}0${number + 1}`)).join(", ");
  return t("jobs.weekly", { days, at: of.at ?? "" });
}

const took = (seconds: number | null | undefined) => (seconds == null ? "–" : t("jobs.seconds", { s: sayNumber(Math.round(seconds * 10) / 10) }));

function State({ of, paused = false }: { of: Job | null; paused?: boolean }) {
  const state = paused ? "paused" : of?.state;
  if (!state) return <span class="quiet">{t("jobs.never")}</span>;
  const tone = { done: "done", failed: "missed", paused: "warn" }[state] ?? (of?.error ? "warn" : "");
  const far = of && !paused && state === "running" && of.units ? ` ${t("jobs.progress", { done: of.units_done ?? 0, of: of.units })}` : "";
  return <span class={`chip ${tone}`}>{tcode("jobstate", state)}{far}</span>;
}

function Chores({ list, act }: { list: Chore[]; act: Act }) {
  return (
    <table class="wide cards">
      <thead><tr><th>{t("jobs.chore")}</th><th>{t("jobs.when")}</th><th>{t("jobs.last")}</th><th class="num">{t("jobs.took")}</th><th>{t("jobs.state")}</th><th>{t("jobs.next")}</th><th><span class="sr">{t("jobs.do")}</span></th></tr></thead>
      <tbody>{list.map((each) => {
        const title = titleOf(each);
        return (
          <tr key={each.code}>
            <td><strong>{title}</strong></td><td>{when(each.schedule)}</td><td>{each.last ? sayMoment(each.last.started_at) : "–"}</td><td class="num">{took(each.last?.duration_s)}</td>
            <td><State of={each.last} paused={each.paused_at !== null} />{each.last?.error && <p class="bad">{each.last.error}</p>}</td>
            <td>{sayMoment(each.next_at)}</td>
            <td>
              <button type="button" class="small" aria-label={`${t("jobs.run")}: ${title}`} onClick={() => act(`chores/${each.code}/run`, t("jobs.asked", { what: title }))}>{t("jobs.run")}</button>{" "}
              {each.paused_at
                ? <button type="button" class="small" aria-label={`${t("jobs.resume")}: ${title}`} onClick={() => act(`chores/${each.code}/resume`, "")}>{t("jobs.resume")}</button>
                : <button type="button" class="small" aria-label={`${t("jobs.pause")}: ${title}`} onClick={() => act(`chores/${each.code}/pause`, "")}>{t("jobs.pause")}</button>}
            </td>
          </tr>);
      })}</tbody>
    </table>
  );
}

function Failure({ of, title, act }: { of: Job; title: string; act: Act }) {
  return (
    <article class="note" aria-label={title}>
      <p><strong class="bad">{title}</strong> · {sayDay(of.day)} {of.zone && `· ${of.zone}`} <small class="quiet">{sayMoment(of.started_at)} · {t("jobs.attempts")}: {of.attempts}</small></p>
      <p class="bad">{of.error}</p>
      <button type="button" class="main" onClick={() => act(`${of.id}/retry`, t("jobs.asked", { what: title }))}>{t("jobs.retry")}</button>
    </article>
  );
}

function History({ titles, turn }: { titles: Map<string, string>; turn: number }) {
  const [chore, setChore] = useState("");
  const [many, setMany] = useState(20);
  const runs = useLoad(() => get<Page<Job>>("/api/v1/jobs", { chore, limit: many }), [chore, many]);
  useEffect(() => { if (turn) runs.again(); }, [turn]);
  return (
    <>
      <label>{t("jobs.of")} <select value={chore} onChange={(event) => setChore(event.currentTarget.value)}>
        <option value="">{t("jobs.all")}</option>{[...titles].map(([code, title]) => <option key={code} value={code}>{title}</option>)}
      </select></label>
      <Show of={runs}>{(found) => found.items.length ? (
        <>
          <table class="wide cards">
            <thead><tr><th>{t("jobs.chore")}</th><th>{t("jobs.day")}</th><th>{t("jobs.last")}</th><th class="num">{t("jobs.took")}</th><th>{t("jobs.state")}</th><th>{t("jobs.result")}</th></tr></thead>
            <tbody>{found.items.map((each) => (
              <tr key={each.id}>
                <td>{titles.get(each.chore) ?? each.chore}</td><td>{sayDay(each.day)}</td><td>{sayMoment(each.started_at)}</td><td class="num">{took(each.duration_s)}</td>
                <td><State of={each} /></td>
                <td>{each.error ? <span class="bad">{each.error}</span> : <Result of={each.result} />}{each.missed > 0 && <small class="quiet"> {t("jobs.missed", { n: each.missed })}</small>}</td>
              </tr>))}</tbody>
          </table>
          {found.next && many < 200 && <button type="button" onClick={() => setMany(Math.min(200, many + 60))}>{t("jobs.more")}</button>}
        </>) : <p class="quiet">{t("jobs.none")}</p>}</Show>
    </>
  );
}

/** What came of it: numbers by name, and by day or the like where there are several. */
function Result({ of }: { of: Record<string, unknown> | null }) {
  return <>{(of && sayResult(of)) || "–"}</>;
}

function sayResult(of: object): string {
  const part = ([name, value]: [string, unknown]) => `${name.replaceAll("_", " ")}: ${value !== null && typeof value === "object" ? `(${sayResult(value)})` : String(value)}`;
  return Object.entries(of).map(part).join(", ");
}
