/** What somebody has to look at, why, who was told; the rules that find it, and whom nobody is told about. */
import { useEffect, useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, get, post } from "../api";
import { addDays, currency as usual, minorDigits, sayDay, sayMoment, today } from "../format";
import { people } from "../parts/people";
import { Dialog, Empty, say, Show, Told, useLoad } from "../parts/ui";
import { t, tcode, type Key } from "../texts";
import type { Person, Territory } from "../types";

interface Facts { said?: Record<string, string | null>; review_on?: string; kind?: string }
interface Alert { id: string; rule_id: string | null; severity: string; title: string; customer_id: string | null; state: string; facts: Facts; opened_at: string; seen_at: string; resolved_at: string | null; acknowledged_at: string | null; acknowledged_by: string | null; note: string | null }
interface Message { channel: string; to: string; step: number; state: string; due_at: string; held_by: string | null; handed_at: string | null; attempts: { at: string; taken: boolean; status: number | null; answer: string | null }[] }
interface Rule { id: string; name: string; title: string; says: string; grain: string; owner_name: string; review_on: string; review_overdue: boolean; quiet_from: string | null; quiet_to: string | null; digest_at: string | null; mails: string[]; webhooks: string[]; looked_at: string | null; last: { subjects: number; found: number; wrong: string | null } | null }
interface Mute { id: string; name: string; reason: string; ends_at: string }
interface Measure { code: string; title: string; unit: string }

const TABS = ["open", "rules", "mutes"] as const;
/** A card says what is wrong; how it is measured stands behind Why. */
const SHORT = ["value", "before", "changed", "threshold", "period", "rule"];
const SAID = ["measure", "formula", "value", "threshold", "period", "before", "changed", "rule"];

export function Alerts({ me, rest, heard }: PageProps) {
  const tab = TABS.find((each) => each === rest) ?? "open";
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.alerts")}</h1>
        <div class="tools" role="group" aria-label={t("nav.alerts")}>{TABS.map((each) => <a key={each} href={`#/alerts/${each}`} class="chip" aria-current={each === tab ? "page" : undefined}>{t(`alerts.tab_${each}` as Key)}</a>)}</div>
      </header>
      {tab === "open" && <Open id={(TABS as readonly string[]).includes(rest) ? "" : rest} heard={heard} />}
      {tab === "rules" && <Rules me={me.id} />}
      {tab === "mutes" && <Mutes />}
    </div>
  );
}

function Open({ id, heard }: { id: string; heard: PageProps["heard"] }) {
  const [state, setState] = useState("open");
  const [who, setWho] = useState(new Map<string, Person>());
  const found = useLoad(() => all<Alert>("/api/v1/alerts", { state: state === "all" ? undefined : state }, 200), [state]);
  useEffect(() => { people().then(setWho, () => undefined); }, []);
  useEffect(() => { if (heard?.what === "alert") found.again(); }, [heard]);
  return (
    <>
      <div class="tools"><label><span class="sr">{t("alerts.state")}</span><select value={state} onChange={(event) => setState(event.currentTarget.value)}>{["open", "resolved", "all"].map((each) => <option key={each} value={each}>{t(`alerts.state_${each}` as Key)}</option>)}</select></label></div>
      <Show of={found}>{(list) => (list.length ? <div class="stack">{list.map((each) => <Item key={each.id} of={each} who={who} again={found.again} />)}</div> : <Empty><p>{t("alerts.empty")}</p></Empty>)}</Show>
      {id && <Why id={id} />}
    </>
  );
}

function Item({ of, who, again }: { of: Alert; who: Map<string, Person>; again: () => void }) {
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState("");
  const [muting, setMuting] = useState(false);
  const look = () => post(`/api/v1/alerts/${of.id}/acknowledge`, { note: note.trim() || null }).then(again, (what: unknown) => setWrong(say(what)));
  return (
    <article class="card request" aria-label={of.title}>
      <header class="row between"><div><h2>{of.title}</h2><p class="quiet">{t("alerts.found", { time: sayMoment(of.opened_at) })}{of.resolved_at ? ` · ${t("alerts.resolved", { time: sayMoment(of.resolved_at) })}` : ""}</p></div>
        <span class={`chip ${of.severity === "info" ? "" : of.severity === "critical" ? "missed" : "warn"}`}>{tcode("alerts.severity", of.severity)}</span></header>
      <dl class="facts">{SHORT.map((name) => of.facts.said?.[name] && <div key={name}><dt>{t(`alerts.said_${name}` as Key)}</dt><dd>{of.facts.said[name]}</dd></div>)}</dl>
      {of.acknowledged_at ? <p><span class="chip done">{t("alerts.acknowledged", { name: who.get(of.acknowledged_by ?? "")?.name ?? "–" })}</span> {of.note}</p> : null}
      <div class="decide">
        {of.state === "open" && !of.acknowledged_at && <><label>{t("alerts.note")}<input value={note} maxLength={500} onInput={(event) => setNote(event.currentTarget.value)} /></label><button type="button" class="main" onClick={look}>{t("alerts.acknowledge")}</button></>}
        <a href={`#/alerts/${of.id}`}>{t("alerts.why")}</a>
        {of.customer_id && <a href={`#/customers/${of.customer_id}`}>{t("alerts.customer")}</a>}
        {of.customer_id && of.state === "open" && <button type="button" onClick={() => setMuting(!muting)} aria-expanded={muting}>{t("alerts.mute")}</button>}
        {wrong && <p class="wrong" role="alert">{wrong}</p>}
      </div>
      {muting && <MuteForm customer={of.customer_id!} done={() => { setMuting(false); again(); }} />}
    </article>
  );
}

function MuteForm({ customer, done }: { customer: string; done: () => void }) {
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState(addDays(today(), 7));
  const [wrong, setWrong] = useState("");
  const [told, setTold] = useState(false);
  const send = () => {
    if (!reason.trim()) return setWrong(t("alerts.need_reason"));
    void post("/api/v1/mutes", { customer_id: customer, reason: reason.trim(), until_on: until }).then(() => { setWrong(""); setTold(true); }, (what: unknown) => setWrong(say(what)));
  };
  if (told) return <><Told>{t("alerts.muted")}</Told><button type="button" onClick={done}>{t("app.close")}</button></>;
  return (
    <div class="decide">
      <label>{t("alerts.mute_reason")}<input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} /></label>
      <label>{t("alerts.until")}<input type="date" value={until} onInput={(event) => setUntil(event.currentTarget.value)} /></label>
      <button type="button" class="main" onClick={send}>{t("alerts.mute_go")}</button>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
    </div>
  );
}

/** One alert with everybody who was told, and each attempt. */
function Why({ id }: { id: string }) {
  const found = useLoad(() => get<Alert & { messages: Message[] }>(`/api/v1/alerts/${id}`), [id]);
  return (
    <Dialog title={t("alerts.why")} close={() => { location.hash = "#/alerts"; }}>
      <Show of={found}>{(alert) => (
        <>
          <p><strong>{alert.title}</strong></p>
          <dl class="facts">{SAID.map((name) => alert.facts.said?.[name] && <div key={name}><dt>{t(`alerts.said_${name}` as Key)}</dt><dd>{alert.facts.said[name]}</dd></div>)}</dl>
          <h3>{t("alerts.told")}</h3>
          {alert.messages.length ? <ul class="plainlist">{alert.messages.map((each) => (
            <li key={each.channel + each.to + each.step}>{each.channel === "mail" ? each.to : t("alerts.webhook")} <span class="chip">{tcode("alerts.message", each.held_by && each.state === "waiting" ? "held" : each.state)}</span> {each.state === "waiting" ? t("alerts.due", { time: sayMoment(each.due_at) }) : sayMoment(each.handed_at)}
              {each.attempts.map((one) => <div class="quiet" key={one.at}>{sayMoment(one.at)}: {one.taken ? t("alerts.taken") : `${t("alerts.not_taken")} ${one.status ?? ""} ${one.answer ?? ""}`}</div>)}</li>
          ))}</ul> : <p class="quiet">{t("alerts.console_only")}</p>}
        </>
      )}</Show>
    </Dialog>
  );
}

function Rules({ me }: { me: string }) {
  const found = useLoad(() => get<{ rules: Rule[] }>("/api/v1/alert-rules"), []);
  const [making, setMaking] = useState(false);
  const [wrong, setWrong] = useState("");
  const act = (method: string, path: string, body?: unknown) => post(path, body, method).then(found.again, (what: unknown) => setWrong(say(what)));
  return (
    <>
      <div class="tools"><button type="button" onClick={() => setMaking(!making)} aria-expanded={making}>{t("alerts.new_rule")}</button></div>
      {making && <NewRule me={me} done={() => { setMaking(false); found.again(); }} />}
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      <Show of={found}>{({ rules }) => (rules.length ? <div class="stack">{rules.map((each) => (
        <article class="card" key={each.id} aria-label={each.name}>
          <header class="row between"><div><h2>{each.name}</h2><p class="quiet">{each.title} · {tcode("alerts.grain", each.grain)} · {each.says}</p></div>
            <span class={`chip ${each.review_overdue ? "missed" : ""}`}>{t(each.review_overdue ? "alerts.review_overdue" : "alerts.review_on", { day: sayDay(each.review_on) })}</span></header>
          <p>{t("alerts.owner", { name: each.owner_name })} · {each.digest_at ? t("alerts.digest", { time: each.digest_at }) : t("alerts.at_once")}{each.quiet_from ? ` · ${t("alerts.quiet", { from: each.quiet_from, to: each.quiet_to ?? "" })}` : ""} · {[...each.mails, ...each.webhooks.map(() => t("alerts.webhook"))].join(", ") || t("alerts.console_only")}</p>
          <p class={each.last?.wrong ? "wrong" : "quiet"}>{each.last ? each.last.wrong ?? t("alerts.last", { found: each.last.found, of: each.last.subjects, time: sayMoment(each.looked_at) }) : t("alerts.not_yet")}</p>
          <div class="decide"><button type="button" onClick={() => act("POST", `/api/v1/alert-rules/${each.id}/review`, { review_on: addDays(today(), 182) })}>{t("alerts.reviewed")}</button>
            <button type="button" class="plain" onClick={() => act("DELETE", `/api/v1/alert-rules/${each.id}`)}>{t("alerts.end")}</button></div>
        </article>
      ))}</div> : <Empty><p>{t("alerts.no_rules")}</p></Empty>)}</Show>
    </>
  );
}

const START = { name: "", measure: "orders", grain: "customer", territory: "", days: "7", kind: "absence", value: "", mail: "", quiet_from: "20:00", quiet_to: "07:00", review_on: "" };

function NewRule({ me, done }: { me: string; done: () => void }) {
  const known = useLoad(async () => {
    const [measures, lands] = await Promise.all([get<{ items: Measure[] }>("/api/v1/measures"), all<Territory>("/api/v1/territories")]);
    return { measures: measures.items, lands };
  }, []);
  const [form, setForm] = useState({ ...START, review_on: addDays(today(), 182) });
  const [wrong, setWrong] = useState("");
  const [tried, setTried] = useState("");
  const put = (name: string) => (event: { currentTarget: { value: string } }) => { setTried(""); setForm({ ...form, [name]: event.currentTarget.value }); };
  const body = (unit: string) => {
    const factor = form.kind === "below" || form.kind === "above" ? (unit === "money" ? 10 ** minorDigits(usual) : unit === "share" || unit === "ratio" ? 100 : 1) : 100;
    const value = Math.round(Number(form.value.replace(",", ".")) * factor);
    const condition = form.kind === "absence" ? { kind: "absence" } : form.kind === "target" ? { kind: "target", value } : form.kind === "below" || form.kind === "above" ? { kind: "threshold", op: form.kind, value } : { kind: "change", op: form.kind, value };
    return {
      name: form.name.trim(), measure: form.measure, grain: form.grain, territory_id: form.territory || null, window: "last_days", days: Number(form.days), condition,
      compared: condition.kind === "change" ? "previous" : null, currency: unit === "money" ? usual : null, owner_id: me, review_on: form.review_on,
      mails: form.mail.split(/[\s,;]+/).filter(Boolean), quiet_from: form.quiet_from || null, quiet_to: form.quiet_to || null,
    };
  };
  return (
    <section class="card"><h2>{t("alerts.new_rule")}</h2>
      <Show of={known}>{(all) => {
        const unit = all.measures.find((each) => each.code === form.measure)?.unit ?? "count";
        const fail = (what: unknown) => setWrong(say(what));
        const look = () => { setWrong(""); return post<{ subjects: number; found: number }>("/api/v1/alert-rules/dry-run", body(unit)).then((seen) => setTried(t("alerts.would", { found: seen.found, of: seen.subjects })), fail); };
        const send = () => post("/api/v1/alert-rules", body(unit)).then(done, fail);
        return (
          <div class="decide">
            <label>{t("alerts.name")}<input value={form.name} maxLength={120} onInput={put("name")} /></label>
            <label>{t("targets.measure")}<select value={form.measure} onChange={put("measure")}>{all.measures.map((each) => <option key={each.code} value={each.code}>{each.title}</option>)}</select></label>
            <label>{t("alerts.each")}<select value={form.grain} onChange={put("grain")}>{["customer", "rep", "territory", "product", "whole"].map((each) => <option key={each} value={each}>{tcode("alerts.grain", each)}</option>)}</select></label>
            <label>{t("alerts.territory")}<select value={form.territory} onChange={put("territory")}><option value="">{t("alerts.everywhere")}</option>{all.lands.map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}</select></label>
            <label>{t("alerts.days")}<input type="number" min={1} max={366} value={form.days} onInput={put("days")} /></label>
            <label>{t("alerts.reason_is")}<select value={form.kind} onChange={put("kind")}>{["absence", "below", "above", "falls", "rises", "target"].map((each) => <option key={each} value={each}>{t(`alerts.kind_${each}` as Key)}</option>)}</select></label>
            {form.kind !== "absence" && <label>{form.kind === "below" || form.kind === "above" ? t("alerts.value") : t("alerts.percent")}<input inputMode="decimal" value={form.value} onInput={put("value")} /></label>}
            <label>{t("alerts.mails")}<input value={form.mail} onInput={put("mail")} /></label>
            <label>{t("alerts.quiet_from")}<input type="time" value={form.quiet_from} onInput={put("quiet_from")} /></label>
            <label>{t("alerts.quiet_to")}<input type="time" value={form.quiet_to} onInput={put("quiet_to")} /></label>
            <label>{t("alerts.review_day")}<input type="date" value={form.review_on} onInput={put("review_on")} /></label>
            <button type="button" onClick={look}>{t("alerts.try")}</button>
            <button type="button" class="main" onClick={send}>{t("alerts.make")}</button>
            {tried && <Told>{tried}</Told>}
            {wrong && <p class="wrong" role="alert">{wrong}</p>}
          </div>
        );
      }}</Show>
    </section>
  );
}

function Mutes() {
  const found = useLoad(() => get<{ mutes: Mute[] }>("/api/v1/mutes"), []);
  const [wrong, setWrong] = useState("");
  const end = (id: string) => post(`/api/v1/mutes/${id}`, undefined, "DELETE").then(found.again, (what: unknown) => setWrong(say(what)));
  return (
    <>
      <p class="quiet">{t("alerts.mutes_about")}</p>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      <Show of={found}>{({ mutes }) => (mutes.length ? <table class="wide"><thead><tr><th>{t("alerts.of")}</th><th>{t("alerts.mute_reason")}</th><th>{t("alerts.until")}</th><th><span class="sr">{t("alerts.unmute")}</span></th></tr></thead>
        <tbody>{mutes.map((each) => <tr key={each.id}><td>{each.name}</td><td>{each.reason}</td><td>{sayMoment(each.ends_at)}</td><td><button type="button" onClick={() => end(each.id)}>{t("alerts.unmute")}</button></td></tr>)}</tbody></table> : <Empty><p>{t("alerts.nobody_muted")}</p></Empty>)}</Show>
    </>
  );
}
