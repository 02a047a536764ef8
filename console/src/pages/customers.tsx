/** All customers, and everything about one of them on a card. */
import { useEffect, useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, get, post, type Page } from "../api";
import { addDays, sayDay, sayMoney, today } from "../format";
import { Assign } from "../parts/assign";
import { sayCadence } from "../parts/cadence";
import { people, repsOf } from "../parts/people";
import { leave } from "../parts/way";
import { TakeAlong } from "../parts/takealong";
import { Dialog, Empty, say, Show, Stat, Told, useLoad } from "../parts/ui";
import { whyOf } from "../parts/why";
import { t, tcode } from "../texts";
import { Score } from "./visits";
import type { Anomaly, Customer, Me, Person, VisitLine } from "../types";

export function Customers({ rest, me }: PageProps) {
  const [search, setSearch] = useState("");
  const [tier, setTier] = useState("");
  const [asked, setAsked] = useState("");
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map());
  const [giving, setGiving] = useState(false);
  const boss = me.role === "manager" || me.role === "admin";
  const pick = (some: Customer[], on: boolean) => setPicked((was) => {
    const next = new Map(was);
    for (const each of some) if (on) next.set(each.id, each.name); else next.delete(each.id);
    return next;
  });
  useEffect(() => {
    const wait = setTimeout(() => setAsked(search.trim()), 250);
    return () => clearTimeout(wait);
  }, [search]);
  const who = useLoad(people, []);
  const list = useLoad(() => get<Page<Customer>>("/api/v1/customers", { search: asked, tier, limit: 50 }), [asked, tier]);
  const more = async () => {
    const was = list.data!;
    const page = await get<Page<Customer>>("/api/v1/customers", { search: asked, tier, limit: 50, after: was.next });
    list.set({ items: [...was.items, ...page.items], next: page.next });
  };
  return (
    <div class="page">
      <header class="head">
        <h1>{t("nav.customers")}</h1>
        <div class="tools grow">
          <label class="grow"><span class="sr">{t("customers.search")}</span><input type="search" placeholder={t("customers.search")} value={search} onInput={(event) => setSearch(event.currentTarget.value)} /></label>
          <label><span class="sr">{t("customers.tier")}</span>
            <select value={tier} onChange={(event) => setTier(event.currentTarget.value)}>
              <option value="">{t("customers.every_tier")}</option>
              {["A", "B", "C", "D"].map((each) => <option key={each}>{each}</option>)}
            </select></label>
          <TakeAlong path="/api/v1/customers" query={{ search: asked, tier }} />
        </div>
      </header>
      <Show of={list}>
        {(found) => !found.items.length ? <Empty><p>{t("customers.empty")}</p></Empty> : (
          <>
            <table class="wide cards">
              <thead><tr>{boss && <th class="check"><input type="checkbox" aria-label={t("anomalies.select_all")} checked={found.items.every((each) => picked.has(each.id))} onChange={(event) => pick(found.items, event.currentTarget.checked)} /></th>}<th>{t("customers.tier")}</th><th>{t("anomalies.customer")}</th>{kinds(found.items) && <th>{t("customers.category")}</th>}<th>{t("customers.place")}</th><th>{t("customers.rep")}</th></tr></thead>
              <tbody>{found.items.map((each) => (
                <tr key={each.id}>
                  {boss && <td class="check pick"><input type="checkbox" aria-label={t("anomalies.select", { name: each.name })} checked={picked.has(each.id)} onChange={(event) => pick([each], event.currentTarget.checked)} /></td>}
                  <td class="check"><span class={`badge ${each.tier ?? ""}`}>{each.tier ?? "–"}</span></td>
                  <td><a href={`#/customers/${each.id}`}>{each.name}</a>{each.key_account.length ? <span class="chip">{t("customers.key_account")}</span> : null}</td>
                  {kinds(found.items) && <td>{each.category?.replaceAll("_", " ")}</td>}<td>{[each.address, each.city].filter(Boolean).join(", ")}</td>
                  <td>{each.owner_id ? who.data?.get(each.owner_id)?.name : t("customers.nobody")}</td>
                </tr>))}</tbody>
            </table>
            {found.next && <button type="button" onClick={more}>{t("customers.more")}</button>}
          </>
        )}
      </Show>
      {picked.size > 0 && (
        <div class="actions" role="region" aria-label={t("assign.go")}>
          <span>{t("assign.selected", { n: picked.size })}</span>
          <button type="button" class="plain" onClick={() => setPicked(new Map())}>{t("anomalies.clear")}</button>
          <button type="button" class="main" onClick={() => setGiving(true)}>{t("assign.go")}</button>
        </div>
      )}
      {giving && who.data && <Assign customers={new Map(picked)} who={who.data} close={() => setGiving(false)} done={() => { setPicked(new Map()); list.again(); }} />}
      {rest && <Card key={rest} id={rest} me={me} who={who.data} close={() => leave("customers")} />}
    </div>
  );
}

/** Whether there is anything to tell in the column of kinds. */
const kinds = (list: Customer[]) => list.some((each) => each.category);

interface Context {
  last_orders: { id: string; ordered_on: string; currency: string; amount_minor: number }[];
  favourites: { product_id: string; name?: string; usual_pieces: number; last_on: string }[];
}
interface Statement { open_invoices: { id: string; reference: string | null; currency: string; open_minor: number; due_on: string }[] }
interface Standings { credit: { currency: string; limit_minor: number | null; owed_minor: number; left_minor: number | null }[] }
interface Remark { id: string; rep: string; text: string; noted_at: string }
interface Tiers { body: { tiers: { tier: string; rrule: string }[] } }
interface Whole { customer: Customer; context: Context | null; standings: Standings | null; statement: Statement | null; cadence: string | null; arranged: boolean; visits: VisitLine[]; notes: Remark[]; anomalies: Anomaly[]; products: Map<string, string> }

async function whole(id: string): Promise<Whole> {
  const quietly = <T,>(found: Promise<T>) => found.catch(() => null);
  const [customer, context, standings, statement, anomalies, visits, notes, tiers, arranged] = await Promise.all([
    get<Customer>(`/api/v1/customers/${id}`),
    quietly(get<Context>(`/api/v1/customers/${id}/order-context`)),
    quietly(get<Standings>(`/api/v1/customers/${id}/credit`)),
    quietly(get<Statement>(`/api/v1/customers/${id}/statement`, { since: addDays(today(), -90), until: today() })),
    quietly(all<Anomaly>("/api/v1/anomalies")),
    quietly(get<Page<VisitLine>>("/api/v1/visits", { customer_id: id, limit: 8 })),
    quietly(get<{ notes: Remark[] }>(`/api/v1/customers/${id}/notes`)),
    quietly(get<Tiers>("/api/v1/policies/tiers")),
    quietly(get<{ rrule: string | null }>(`/api/v1/customers/${id}/arrangement`)),
  ]);
  const products = context?.favourites.length ? await quietly(all<{ id: string; name: string }>("/api/v1/products")) : null;
  return {
    customer, context, standings, statement, visits: visits?.items ?? [], notes: notes?.notes ?? [], arranged: !!arranged?.rrule,
    cadence: arranged?.rrule ?? tiers?.body.tiers.find((each) => each.tier === customer.tier)?.rrule ?? null,
    anomalies: (anomalies ?? []).filter((each) => each.customer_id === id),
    products: new Map((products ?? []).map((each) => [each.id, each.name])),
  };
}

function Card({ id, me, who, close }: { id: string; me: Me; who: Map<string, Person> | undefined; close: () => void }) {
  const found = useLoad(() => whole(id), [id]);
  return <Dialog title={found.data?.customer.name ?? t("app.loading")} close={close}><Show of={found}>{(all) => <Facts all={all} me={me} who={who} again={found.again} />}</Show></Dialog>;
}

function Facts({ all, me, who, again }: { all: Whole; me: Me; who: Map<string, Person> | undefined; again: () => void }) {
  const { customer, context, standings, statement } = all;
  const [giving, setGiving] = useState(false);
  const name = (id: string) => who?.get(id)?.name ?? "?";
  return (
    <>
      <p class="quiet"><span class={`badge ${customer.tier ?? ""}`}>{customer.tier ?? "–"}</span> {[customer.category?.replaceAll("_", " "), customer.address, customer.postal_code, customer.city].filter(Boolean).join(" · ")}</p>
      {customer.tier_reason && <p class="quiet">{customer.tier_reason}{customer.tier_since ? ` (${t("customers.since", { day: sayDay(customer.tier_since) })})` : ""}</p>}
      <dl class="stats slim">
        {(standings?.credit ?? []).map((each) => <><Stat label={t("customers.owes")} value={sayMoney(each.owed_minor, each.currency)} tone={each.left_minor !== null && each.left_minor < 0 ? "bad" : ""} /><Stat label={t("customers.limit")} value={each.limit_minor === null ? t("customers.no_limit") : sayMoney(each.limit_minor, each.currency)} /></>)}
        <Stat label={t("customers.cadence")} value={<>{all.cadence ? sayCadence(all.cadence) : "–"}<small>{t(all.arranged ? "customers.by_arrangement" : "customers.by_tier")}</small></>} />
        <Stat label={t("customers.last_visit")} value={sayDay(all.visits[0]?.day)} />
        <Stat label={t("customers.rep")} value={customer.owner_id ? name(customer.owner_id) : t("customers.nobody")} />
      </dl>
      {all.anomalies.map((each) => <p class="note warn" key={each.id}><strong>{tcode("kind", each.kind)}, {sayMoney(each.at_risk_minor, undefined, true)}.</strong> {whyOf(each)}</p>)}
      <div class="halves">
        <section><h3>{t("customers.last_orders")}</h3>
          {context?.last_orders.length ? <ul class="lines">{context.last_orders.slice(0, 6).map((each) => <li key={each.id}><span>{sayDay(each.ordered_on)}</span><span>{sayMoney(each.amount_minor, each.currency)}</span></li>)}</ul> : <p class="quiet">{t("customers.none")}</p>}
        </section>
        <section><h3>{t("customers.buys")}</h3>
          {context?.favourites.length ? <ul class="lines">{context.favourites.slice(0, 6).map((each) => <li key={each.product_id}><span>{all.products.get(each.product_id) ?? ""}</span><small>{t("customers.usual", { n: each.usual_pieces, day: sayDay(each.last_on) })}</small></li>)}</ul> : <p class="quiet">{t("customers.none")}</p>}
        </section>
        <section><h3>{t("customers.open_invoices")}</h3>
          {statement?.open_invoices.length ? <ul class="lines">{statement.open_invoices.slice(0, 6).map((each) => <li key={each.id}><span>{each.reference ?? "–"} <small>{t("customers.due", { day: sayDay(each.due_on) })}</small></span><span class={each.due_on < today() ? "bad" : ""}>{sayMoney(each.open_minor, each.currency)}</span></li>)}</ul> : <p class="quiet">{t("customers.none")}</p>}
        </section>
        <section><h3>{t("customers.visits")}</h3>
          {all.visits.length ? <ul class="lines">{all.visits.slice(0, 6).map((each) => <li key={each.visit_id}><a href={`#/visits/${each.visit_id}`}>{sayDay(each.day)}</a><span>{each.rep} <Score of={each} /></span></li>)}</ul> : <p class="quiet">{t("customers.none")}</p>}
        </section>
        <section><h3>{t("customers.notes")}</h3>
          {all.notes.length ? <ul class="lines">{all.notes.slice(0, 6).map((each) => <li key={each.id}><span>{each.text}<small class="said">{each.rep}, {sayDay(each.noted_at)}</small></span></li>)}</ul> : <p class="quiet">{t("customers.none")}</p>}
        </section>
        <section><h3>{t("customers.about")}</h3>
          <ul class="lines">
            {customer.phone && <li><a href={`tel:${customer.phone}`}>{customer.phone}</a></li>}
            {customer.opening_hours && <li><span>{t("customers.hours")}</span><small>{customer.opening_hours}</small></li>}
            {customer.references.map((each) => <li key={each.system}><span>{each.system}</span><span>{each.value}</span></li>)}
            {customer.key_account.map((each) => <li key={each.rep_id}><span>{t("customers.key_account")}</span><span>{name(each.rep_id)}</span></li>)}
          </ul>
        </section>
      </div>
      {(me.role === "manager" || me.role === "admin") && who && (giving ? <Give customer={customer} who={who} done={() => { setGiving(false); again(); }} /> : <button type="button" onClick={() => setGiving(true)}>{t("customers.give")}</button>)}
    </>
  );
}

function Give({ customer, who, done }: { customer: Customer; who: Map<string, Person>; done: () => void }) {
  const [picked, setPicked] = useState(new Set(customer.key_account.map((each) => each.rep_id)));
  const [instruction, setInstruction] = useState(customer.key_account[0]?.instruction ?? "");
  const [wrong, setWrong] = useState("");
  const [saved, setSaved] = useState(false);
  const save = async (event: Event) => {
    event.preventDefault();
    setWrong("");
    await post(`/api/v1/customers/${customer.id}/key-account`, { rep_ids: [...picked], instruction: instruction.trim() || null }).then(
      () => { setSaved(true); setTimeout(done, 1200); }, (what: unknown) => setWrong(say(what)));
  };
  return (
    <form class="note" onSubmit={save}>
      <fieldset><legend>{t("customers.give_to", { name: customer.name })}</legend>
        {repsOf(who).map((rep) => <label key={rep.id} class="inline"><input type="checkbox" checked={picked.has(rep.id)} onChange={() => setPicked((was) => { const next = new Set(was); if (!next.delete(rep.id)) next.add(rep.id); return next; })} /> {rep.name}</label>)}
      </fieldset>
      <label>{t("customers.instruction")}<input value={instruction} onInput={(event) => setInstruction(event.currentTarget.value)} maxLength={500} /></label>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {saved && <Told>{t("customers.saved")}</Told>}
      <button class="main" disabled={!picked.size}>{t("customers.save")}</button>
    </form>
  );
}
