/** What only a person may decide, with the facts to decide by. */
import { useEffect, useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, get, post } from "../api";
import { sayDay, sayMoment, sayMoney } from "../format";
import { people } from "../parts/people";
import { TakeAlong } from "../parts/takealong";
import { Empty, say, Show, Stat, useLoad } from "../parts/ui";
import { t, tcode, type Key } from "../texts";
import { TargetFacts } from "./targets";
import type { Approval, Customer, Person } from "../types";

interface Named { list: Approval[]; who: Map<string, Person>; customers: Map<string, string> }

export function Approvals({ heard }: PageProps) {
  const [state, setState] = useState("open");
  const found = useLoad(async (): Promise<Named> => {
    const [list, who] = await Promise.all([all<Approval>("/api/v1/approvals", { state }, 100), people()]);
    const ids = [...new Set(list.flatMap((each) => each.customer_id ?? []))];
    const named = await Promise.all(ids.map((id) => get<Customer>(`/api/v1/customers/${id}`)));
    return { list, who, customers: new Map(named.map((each) => [each.id, each.name])) };
  }, [state]);
  useEffect(() => {
    if (heard?.what === "approval") found.again();
  }, [heard]);
  return (
    <div class="page">
      <header class="head">
        <h1>{t("nav.approvals")}</h1>
        <div class="tools"><label><span class="sr">{t("approvals.state")}</span>
          <select value={state} onChange={(event) => setState(event.currentTarget.value)}>
            {["open", "granted", "refused", "expired"].map((each) => <option key={each} value={each}>{t(`approvals.${each}` as Key)}</option>)}
          </select></label><TakeAlong path="/api/v1/approvals" query={{ state }} /></div>
      </header>
      <Show of={found}>
        {(all) => all.list.length ? <div class="stack">{all.list.map((each) => <Request key={each.id} of={each} all={all} again={found.again} />)}</div> : <Empty><p>{t("approvals.empty")}</p></Empty>}
      </Show>
    </div>
  );
}

function Request({ of, all, again }: { of: Approval; all: Named; again: () => void }) {
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const facts = of.facts as { target?: Parameters<typeof TargetFacts>[0]["facts"]; credit?: { limit_minor?: number | null; owed_minor?: number; left_after_minor?: number | null }; ageing?: { overdue_minor?: number }; history?: { order_id: string; ordered_on: string; currency: string; amount_minor: number }[] };
  const decide = async (grant: boolean) => {
    if (!grant && !reason.trim()) return setWrong(t("approvals.need_reason"));
    setBusy(true);
    setWrong("");
    await post(`/api/v1/approvals/${of.id}`, { grant, reason: reason.trim() || null }).then(again, (what: unknown) => setWrong(say(what)));
    setBusy(false);
  };
  const customer = all.customers.get(of.customer_id ?? "") ?? facts.target?.name ?? tcode("approval", of.kind);
  const money = (minor: number | null | undefined) => sayMoney(minor, of.currency);
  return (
    <article class="card request" aria-label={customer}>
      <header class="row between">
        <div><h2>{of.customer_id ? <a href={`#/customers/${of.customer_id}`}>{customer}</a> : customer}</h2>
          <p class="quiet">{t("approvals.asks", { rep: all.who.get(of.asked_by)?.name ?? "?", time: sayMoment(of.asked_at) })} · {t("approvals.until", { time: sayMoment(of.expires_at) })}</p></div>
        <div class="amount"><strong>{of.currency === "XXX" ? null : money(of.amount_minor)}</strong><div>{of.kinds.map((kind) => <span key={kind} class="chip warn">{tcode("approval", kind)}</span>)}</div></div>
      </header>
      <p>{of.reason}</p>
      {facts.target && <TargetFacts facts={facts.target} code={of.currency} />}
      {facts.credit && <dl class="stats slim">
        <Stat label={t("approvals.limit")} value={facts.credit?.limit_minor == null ? t("customers.no_limit") : money(facts.credit.limit_minor)} />
        <Stat label={t("approvals.owed")} value={money(facts.credit?.owed_minor)} />
        <Stat label={t("approvals.after")} value={money(facts.credit?.left_after_minor)} tone={(facts.credit?.left_after_minor ?? 0) < 0 ? "bad" : ""} />
        <Stat label={t("approvals.overdue")} value={money(facts.ageing?.overdue_minor)} tone={facts.ageing?.overdue_minor ? "bad" : ""} />
      </dl>}
      {facts.history?.length ? <p class="quiet">{t("approvals.last")}: {facts.history.slice(0, 5).map((each) => `${sayDay(each.ordered_on)} ${sayMoney(each.amount_minor, each.currency, true)}`).join(" · ")}</p> : null}
      {of.needed > 1 && <p class="quiet">{t("approvals.votes", { given: of.votes.filter((vote) => vote.grant).length, needed: of.needed })}</p>}
      {of.state === "open" ? (
        <div class="decide">
          <label>{t("approvals.reason")}<input value={reason} onInput={(event) => setReason(event.currentTarget.value)} maxLength={500} /></label>
          <button type="button" disabled={busy} onClick={() => decide(false)}>{t("approvals.refuse")}</button>
          <button type="button" class="main" disabled={busy} onClick={() => decide(true)}>{t("approvals.grant")}</button>
          {wrong && <p class="wrong" role="alert">{wrong}</p>}
        </div>
      ) : <p><span class={`chip ${of.state === "granted" ? "done" : "missed"}`}>{tcode("approvals", of.state)}</span> {of.decision_reason}</p>}
    </article>
  );
}
