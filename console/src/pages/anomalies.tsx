/** The cockpit: whose buying has changed, most money first; one tap turns the selected into visits. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, post } from "../api";
import { sayDay, sayMoney } from "../format";
import { TakeAlong } from "../parts/takealong";
import { Empty, Show, Told, Trouble, useLoad } from "../parts/ui";
import { whyOf } from "../parts/why";
import { t, tcode } from "../texts";
import type { Anomaly } from "../types";

interface Outcome { customer_id: string; customer_name: string; fate: string; reason: string; slots: { rep_id: string; day: string }[] }
interface Selected { days: string[]; counts: Record<string, number>; outcomes: Outcome[] }

export function Anomalies(_: PageProps) {
  const [kind, setKind] = useState("");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<{ found: Selected; trial: boolean }>();
  const [wrong, setWrong] = useState<unknown>();
  const list = useLoad(() => all<Anomaly>("/api/v1/anomalies", { kind }), [kind]);
  const shown = list.data ?? [];
  const chosen = shown.filter((each) => picked.has(each.id));
  const sum = (some: Anomaly[]) => sayMoney(some.reduce((total, each) => total + each.at_risk_minor, 0), undefined, true);
  const flip = (id: string) => setPicked((was) => {
    const next = new Set(was);
    if (!next.delete(id)) next.add(id);
    return next;
  });
  const plan = async (trial: boolean) => {
    setBusy(true);
    setWrong(undefined);
    setDone(undefined);
    try {
      const found = await post<Selected>("/api/v1/plans/from-selection", { anomaly_ids: chosen.map((each) => each.id), dry_run: trial });
      setDone({ found, trial });
      if (!trial) setPicked(new Set());
    } catch (what) {
      setWrong(what);
    }
    setBusy(false);
  };
  return (
    <div class="page">
      <header class="head">
        <h1>{t("nav.anomalies")} {list.data && <small>{t("anomalies.total", { n: shown.length, money: sum(shown) })}</small>}</h1>
        <div class="tools">
          <label><span class="sr">{t("anomalies.kind")}</span>
            <select value={kind} onChange={(event) => { setKind(event.currentTarget.value); setPicked(new Set()); }}>
              <option value="">{t("anomalies.every_kind")}</option>
              {["churn_risk", "amount_plunge", "count_plunge"].map((each) => <option key={each} value={each}>{tcode("kind", each)}</option>)}
            </select>
          </label>
          <TakeAlong path="/api/v1/anomalies" query={{ kind }} />
        </div>
      </header>
      {wrong ? <Trouble wrong={wrong} /> : null}
      {done && <Result {...done} />}
      <Show of={list}>
        {(found) => !found.length ? <Empty><p>{t("anomalies.empty")}</p></Empty> : (
          <table class="wide cards">
            <thead><tr>
              <th class="check"><input type="checkbox" aria-label={t("anomalies.select_all")} checked={chosen.length === found.length} onChange={(event) => setPicked(new Set(event.currentTarget.checked ? found.map((each) => each.id) : []))} /></th>
              <th>{t("anomalies.customer")}</th><th>{t("anomalies.why")}</th><th class="num">{t("anomalies.at_risk")}</th><th>{t("anomalies.since")}</th>
            </tr></thead>
            <tbody>
              {found.map((each) => (
                <tr key={each.id} class={picked.has(each.id) ? "on" : ""}>
                  <td class="check"><input type="checkbox" aria-label={t("anomalies.select", { name: each.customer_name })} checked={picked.has(each.id)} onChange={() => flip(each.id)} /></td>
                  <td><a href={`#/customers/${each.customer_id}`}>{each.customer_name}</a> <span class={`chip ${each.kind}`}>{tcode("kind", each.kind)}</span>{each.held_until && <span class="chip">{t("anomalies.held")}</span>}</td>
                  <td class="why">{whyOf(each)}</td>
                  <td class="num"><strong>{sayMoney(each.at_risk_minor, undefined, true)}</strong></td>
                  <td class="since">{sayDay(each.opened_on)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Show>
      {chosen.length > 0 && (
        <div class="actions" role="region" aria-label={t("anomalies.plan")}>
          <span>{t("anomalies.selected", { n: chosen.length, money: sum(chosen) })}</span>
          <button type="button" class="plain" onClick={() => setPicked(new Set())}>{t("anomalies.clear")}</button>
          <button type="button" disabled={busy} onClick={() => plan(true)}>{t("anomalies.try")}</button>
          <button type="button" class="main" disabled={busy} onClick={() => plan(false)}>{busy ? t("anomalies.planning") : t("anomalies.plan")}</button>
        </div>
      )}
    </div>
  );
}

function Result({ found, trial }: { found: Selected; trial: boolean }) {
  const there = found.outcomes.filter((each) => each.slots.length);
  return (
    <Told>
      <p><strong>{t(trial ? "anomalies.would" : "anomalies.result", { planned: there.length, n: found.outcomes.length })}</strong> {!trial && <a href={`#/plans/${found.days[0] ?? ""}`}>{t("anomalies.see_plans")}</a>}</p>
      <ul>{found.outcomes.map((each) => <li key={each.customer_id}>{each.customer_name}: {each.slots.length ? each.slots.map((slot) => sayDay(slot.day)).join(", ") : each.reason}</li>)}</ul>
    </Told>
  );
}
