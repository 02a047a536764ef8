/** Visits as evidence: how far each can be believed, what speaks against it, and a person's decision. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { get, type Page } from "../api";
import { sayDay, sayTime } from "../format";
import { people, repsOf } from "../parts/people";
import { leave } from "../parts/way";
import { TakeAlong } from "../parts/takealong";
import { Empty, Show, Trouble, useLoad } from "../parts/ui";
import { t, tcode } from "../texts";
import type { VisitLine } from "../types";
import { Evidence } from "./evidence";

interface Wanted { since: string; until: string; rep_id: string; decision: string; doubtful: boolean }

export function Visits({ rest, me }: PageProps) {
  const [wanted, setWanted] = useState<Wanted>({ since: "", until: "", rep_id: "", decision: "", doubtful: false });
  const [more, setMore] = useState<Page<VisitLine>>({ items: [], next: null });
  const [wrong, setWrong] = useState<unknown>();
  const who = useLoad(people, []);
  const ask = (after: string | null) => get<Page<VisitLine>>("/api/v1/visits", { limit: 50, after, since: wanted.since, until: wanted.until, rep_id: wanted.rep_id, decision: wanted.decision, doubtful: wanted.doubtful || undefined });
  const found = useLoad(async () => {
    setMore({ items: [], next: null });
    return ask(null);
  }, [wanted]);
  const waiting = useLoad(() => get<Page<VisitLine>>("/api/v1/visits/doubtful", { limit: 100 }), []);
  const narrow = (part: Partial<Wanted>) => setWanted((was) => ({ ...was, ...part }));
  const again = () => {
    found.again();
    waiting.again();
  };
  const next = more.items.length ? more.next : found.data?.next;
  const onward = () => ask(next!).then((page) => setMore((was) => ({ items: [...was.items, ...page.items], next: page.next })), setWrong);
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.visits")}</h1><TakeAlong path="/api/v1/visits" query={{ since: wanted.since, until: wanted.until, rep_id: wanted.rep_id, decision: wanted.decision, doubtful: wanted.doubtful || undefined }} /></header>
      {waiting.data?.items.length ? (
        <section class="card alerts" aria-labelledby="waiting"><h2 id="waiting">{t("visits.waiting", { n: waiting.data.next ? "100+" : waiting.data.items.length })}</h2>
          <ul>{waiting.data.items.slice(0, 5).map((each) => <li class="bad" key={each.visit_id}><a href={`#/visits/${each.visit_id}`}>{each.customer} · {each.rep}, {sayDay(each.day)}</a></li>)}</ul>
        </section>
      ) : null}
      <div class="filters">
        <label>{t("visits.since")}<input type="date" value={wanted.since} max={wanted.until} onChange={(event) => narrow({ since: event.currentTarget.value })} /></label>
        <label>{t("visits.until")}<input type="date" value={wanted.until} min={wanted.since} onChange={(event) => narrow({ until: event.currentTarget.value })} /></label>
        <label>{t("customers.rep")}<select value={wanted.rep_id} onChange={(event) => narrow({ rep_id: event.currentTarget.value })}>
          <option value="">{t("today.all")}</option>
          {who.data && repsOf(who.data).map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
        </select></label>
        <label>{t("visits.decision")}<select value={wanted.decision} onChange={(event) => narrow({ decision: event.currentTarget.value })}>
          <option value="">{t("visits.any_decision")}</option>
          {["honest", "fake", "unclear"].map((each) => <option key={each} value={each}>{tcode("decision", each)}</option>)}
        </select></label>
        <label class="inline"><input type="checkbox" checked={wanted.doubtful} onChange={(event) => narrow({ doubtful: event.currentTarget.checked })} /> {t("visits.doubtful_only")}</label>
      </div>
      <Show of={found}>
        {(page) => page.items.length ? <Lines list={[...page.items, ...more.items].sort((a, b) => when(b).localeCompare(when(a)))} /> : <Empty><p>{t("visits.empty")}</p></Empty>}
      </Show>
      {wrong ? <Trouble wrong={wrong} /> : null}
      {next && <button type="button" onClick={onward}>{t("customers.more")}</button>}
      {rest && <Evidence key={rest} id={rest} me={me} close={() => leave("visits")} changed={again} />}
    </div>
  );
}

const when = (of: VisitLine) => `${of.day} ${of.checked_in_at ?? ""}`;

function Lines({ list }: { list: VisitLine[] }) {
  return (
    <table class="wide cards visits">
      <thead><tr><th class="num">{t("visits.score")}</th><th>{t("anomalies.customer")}</th><th>{t("customers.rep")}</th><th>{t("visits.when")}</th><th>{t("visits.against")}</th><th>{t("visits.decision")}</th></tr></thead>
      <tbody>{list.map((each) => (
        <tr key={each.visit_id}>
          <td class="check"><Score of={each} /></td>
          <td><a href={`#/visits/${each.visit_id}`}>{each.customer}</a></td>
          <td>{each.rep}</td>
          <td class="since">{sayDay(each.day)}, {sayTime(each.checked_in_at)}{each.checked_out_at ? `–${sayTime(each.checked_out_at)}` : ""}</td>
          <td class="why">{each.signals.filter((signal) => signal.points > 0).map((signal) => tcode("signal", signal.code)).join(", ") || "–"}</td>
          <td>{each.decision ? <span class={`chip flush ${each.decision}`}>{tcode("decision", each.decision)}</span> : each.doubtful ? <span class="chip flush warn">{t("visits.undecided")}</span> : null}</td>
        </tr>))}</tbody>
    </table>
  );
}

/** The number, coloured as far as it is believed; a dash until somebody looked at the visit. */
export function Score({ of }: { of: Pick<VisitLine, "score" | "doubtful"> }) {
  return <span class={`score ${of.score === null ? "" : of.doubtful ? "bad" : of.score < 80 ? "warn" : "good"}`}>{of.score ?? "–"}{of.doubtful && <span class="sr"> {t("visits.doubtful")}</span>}</span>;
}
