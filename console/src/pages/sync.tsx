/** Whether the phones are well: what they have not sent, and what waits for a person. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, post } from "../api";
import { sayMoment } from "../format";
import { people } from "../parts/people";
import { TakeAlong } from "../parts/takealong";
import { say, Show, useLoad } from "../parts/ui";
import { t, tcode } from "../texts";
import type { Person } from "../types";

interface Device { id: string; user_id: string; name: string | null; installation: string; app_version: string | null; last_seen_at: string; revoked_at: string | null; held: number; under_review: number; sync: { pushed_at: string | null; queued: number | null; skew_ms: number | null } | null }
interface Matter { id: string; type: string; status: string; rep: { id: string; name: string }; customer: { id: string; name: string } | null; problem: { title?: string; detail?: string } | null; received_at: string }

export function SyncHealth(_: PageProps) {
  const devices = useLoad(() => all<Device>("/api/v1/devices"), []);
  const review = useLoad(() => all<Matter>("/sync/v1/review", {}, 200), []);
  const who = useLoad(people, []);
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.sync")}</h1></header>
      <section class="card"><div class="head"><h2>{t("sync.review")}</h2><TakeAlong path="/sync/v1/review" /></div>
        <Show of={review}>{(found) => found.length ? <div class="stack">{found.map((each) => <Held key={each.id} of={each} again={review.again} />)}</div> : <p class="quiet">{t("sync.no_review")}</p>}</Show>
      </section>
      <section class="card"><div class="head"><h2>{t("sync.devices")}</h2><TakeAlong path="/api/v1/devices" /></div>
        <Show of={devices}>{(found) => found.length ? <Devices list={found} who={who.data} again={devices.again} /> : <p class="quiet">{t("sync.no_devices")}</p>}</Show>
      </section>
    </div>
  );
}

function Devices({ list, who, again }: { list: Device[]; who: Map<string, Person> | undefined; again: () => void }) {
  const clock = (ms: number | null | undefined) => (ms == null ? "–" : Math.abs(ms) < 60_000 ? t("sync.clock_ok") : t("sync.clock_off", { s: Math.round(ms / 1000) }));
  return (
    <table class="wide cards">
      <thead><tr><th>{t("sync.person")}</th><th>{t("sync.device")}</th><th>{t("sync.pushed")}</th><th class="num">{t("sync.queued")}</th><th class="num">{t("sync.held")}</th><th>{t("sync.clock")}</th><th><span class="sr">{t("sync.revoke")}</span></th></tr></thead>
      <tbody>{list.map((each) => (
        <tr key={each.id}>
          <td>{who?.get(each.user_id)?.name ?? "?"}</td><td>{each.name ?? each.installation} <small class="quiet">{each.app_version}</small></td>
          <td>{sayMoment(each.sync?.pushed_at)}</td><td class="num">{each.sync?.queued ?? "–"}</td>
          <td class={`num ${each.held + each.under_review ? "bad" : ""}`}>{each.held + each.under_review}</td><td>{clock(each.sync?.skew_ms)}</td>
          <td>{each.revoked_at ? <span class="chip missed">{t("sync.revoked")}</span> : <button type="button" class="small" onClick={() => confirm(`${t("sync.revoke")}: ${each.name ?? each.installation}?`) && post(`/api/v1/devices/${each.id}/revoke`).then(again, again)}>{t("sync.revoke")}</button>}</td>
        </tr>))}</tbody>
    </table>
  );
}

function Held({ of, again }: { of: Matter; again: () => void }) {
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState("");
  const rule = (action: string) => post(`/sync/v1/review/${of.id}`, { action, reason: reason.trim() || null }).then(again, (what: unknown) => setWrong(say(what)));
  return (
    <article class="note">
      <p><strong>{tcode("mutation", of.type)}</strong> · {of.rep.name}{of.customer ? ` · ${of.customer.name}` : ""} <small class="quiet">{sayMoment(of.received_at)}</small></p>
      <p>{of.problem?.detail ?? of.problem?.title}</p>
      <div class="decide"><label>{t("sync.discard_reason")}<input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        <button type="button" disabled={!reason.trim()} onClick={() => rule("discard")}>{t("sync.discard")}</button>
        <button type="button" class="main" onClick={() => rule("retry")}>{t("sync.retry")}</button></div>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
    </article>
  );
}
