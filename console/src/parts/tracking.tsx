/** What is kept of where a rep was: agreed or not, how much, who looked; as a file, and its erasure for a reason. */
import { useState } from "preact/hooks";
import { get, post } from "../api";
import { sayDay, sayMoment } from "../format";
import { t, tcode } from "../texts";
import type { Me } from "../types";
import { people, repsOf } from "./people";
import { download } from "./takealong";
import { say, Show, Told, useLoad } from "./ui";

interface Tracking { active: boolean; consent_needed: boolean; version: string; agreed: boolean; said_version: string | null; said_at: string | null; hours: { from: string; to: string } | null; window: string; margin_minutes: number; keep_days: number; points: number; first_at: string | null; last_at: string | null }
interface Look { reader: string; day: string; route: string; last_at: string; times: number }

export function TrackingCard({ me }: { me: Me }) {
  const who = useLoad(people, []);
  const [rep, setRep] = useState("");
  return (
    <section class="card" aria-labelledby="of-tracking"><h2 id="of-tracking">{t("tracking.title")}</h2>
      <p class="quiet">{t("tracking.about")}</p>
      <Show of={who}>{(found) => (
        <label>{t("customers.rep")}<select value={rep} onChange={(event) => setRep(event.currentTarget.value)}>
          <option value="">{t("tracking.choose")}</option>
          {repsOf(found).map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
        </select></label>)}</Show>
      {rep && <OfRep key={rep} rep={rep} boss={me.role !== "supervisor"} />}
    </section>
  );
}

function OfRep({ rep, boss }: { rep: string; boss: boolean }) {
  const path = `/api/v1/reps/${rep}/tracking`;
  const found = useLoad(() => get<Tracking>(path), [path]);
  const looks = useLoad(async () => (boss ? (await get<{ items: Look[] }>(`${path}/accesses`, { limit: 20 })).items : []), [path]);
  const said = (of: Tracking) => (!of.consent_needed ? t("tracking.not_needed") : of.agreed ? t("tracking.agreed", { when: sayMoment(of.said_at), version: of.version }) : of.said_at ? t("tracking.refused", { when: sayMoment(of.said_at) }) : t("tracking.no_answer"));
  return (
    <div class="stack">
      <Show of={found}>{(of) => (
        <ul class="lines wrap free">
          <li><span>{t("tracking.state")}</span><span class={of.active ? "chip done" : "chip"}>{t(of.active ? "tracking.active" : "tracking.inactive")}</span></li>
          <li><span>{t("tracking.consent")}</span><span>{said(of)}</span></li>
          <li><span>{t("tracking.window")}</span><span>{of.window === "any" ? t("tracking.always") : of.hours ? t("tracking.hours", { from: of.hours.from.slice(0, 5), to: of.hours.to.slice(0, 5), n: of.margin_minutes }) : t("tracking.no_hours")}</span></li>
          <li><span>{t("tracking.kept")}</span><span>{of.points ? t("tracking.points", { n: of.points, from: sayMoment(of.first_at), to: sayMoment(of.last_at), days: of.keep_days }) : t("tracking.no_points")}</span></li>
        </ul>)}</Show>
      {boss && <Export path={path} then={looks.again} />}
      {boss && <Erase path={path} then={found.again} />}
      {boss && <section><h3>{t("tracking.looks")}</h3>
        <Show of={looks}>{(list) => list.length ? <ul class="lines wrap free">{list.map((each) => <li key={`${each.reader}${each.route}${each.day}${each.last_at}`}><span>{each.reader} · {tcode("tracking.way", each.route)} · {sayDay(each.day)}</span><small>{sayMoment(each.last_at)}{each.times > 1 ? ` × ${each.times}` : ""}</small></li>)}</ul> : <p class="quiet">{t("tracking.no_looks")}</p>}</Show>
      </section>}
    </div>
  );
}

function Export({ path, then }: { path: string; then: () => void }) {
  const [wrong, setWrong] = useState("");
  return (
    <div class="row"><button type="button" onClick={() => download(`${path}/export.zip`, {}).then(then, (what: unknown) => setWrong(say(what)))}>{t("tracking.export")}</button>
      {wrong && <span class="wrong" role="alert">{wrong}</span>}</div>
  );
}

function Erase({ path, then }: { path: string; then: () => void }) {
  const [reason, setReason] = useState("");
  const [sure, setSure] = useState<number>();
  const [told, setTold] = useState<number>();
  const [wrong, setWrong] = useState("");
  const erase = (dry_run: boolean) => post<{ points: number }>(`${path}/erase`, { reason: reason.trim(), dry_run }).then(({ points }) => {
    setWrong("");
    if (dry_run) return setSure(points);
    setSure(undefined);
    setReason("");
    setTold(points);
    then();
  }, (what: unknown) => setWrong(say(what)));
  return (
    <div class="stack">
      <div class="decide"><label>{t("tracking.reason")}<input value={reason} maxLength={500} onInput={(event) => { setReason(event.currentTarget.value); setSure(undefined); setTold(undefined); }} /></label>
        {sure === undefined
          ? <button type="button" disabled={!reason.trim()} onClick={() => erase(true)}>{t("tracking.erase")}</button>
          : <button type="button" class="main" onClick={() => erase(false)}>{t("tracking.sure", { n: sure })}</button>}</div>
      {told !== undefined && <Told>{t("tracking.erased", { n: told })}</Told>}
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
    </div>
  );
}
