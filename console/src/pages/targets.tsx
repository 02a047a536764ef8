/** What is to be reached: how far it is, where it will end, how it is divided, and who changes it with whose consent. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, get, post } from "../api";
import { currency as usual, minorDigits, sayMoment, sayMoney, today } from "../format";
import { people } from "../parts/people";
import { Empty, say, Show, Stat, Told, useLoad } from "../parts/ui";
import { locale, t, tcode } from "../texts";
import type { Territory } from "../types";

interface Progress { reached: number | null; reached_bp: number | null; pace_bp: number | null; end_bp: number | null; days_done: number; days_left: number; forecast: { end: number | null; method: string; usual_bp: number | null; periods: number } }
interface Target { id: string; name: string; measure: string; title: string; unit: string; kind: string; period: string; first_day: string; last_day: string; value: number; currency: string | null; parent_id: string | null; rule: string | null; parts: number; brand: string | null; category: string | null; product_id: string | null; progress: Progress }
interface Line { target_id: string; name: string; before: number; after: number }
interface Card extends Target { below: Target[]; history: { before: number; after: number; at: string; reason: string }[]; adjustments: { id: string; state: string; value: number; reason: string; asked_at: string }[] }
interface Part { name: string; kind: string; above: string; depth: number; value: number; weight: number; equal: boolean }
interface Measure { code: string; title: string; unit: string; is_money?: boolean }

/** A whole number of a measure's smallest unit, as people read it. */
export function sayValue(value: number | null | undefined, unit: string, code: string | null): string {
  if (value === null || value === undefined) return "–";
  if (unit === "minor") return sayMoney(value, code ?? usual);
  const number = new Intl.NumberFormat(locale());
  if (unit === "bp") return `${number.format(value / 100)} %`;
  return unit === "hundredths" ? number.format(value / 100) : number.format(value);
}

const scale = (unit: string, code: string | null) => (unit === "minor" ? 10 ** minorDigits(code ?? usual) : unit === "bp" || unit === "hundredths" ? 100 : 1);
const share = (bp: number | null) => (bp === null ? "–" : `${Math.round(bp / 100)} %`);

export function Targets({ me, rest }: PageProps) {
  return rest ? <One key={rest} id={rest} boss={me.role !== "supervisor"} /> : <List boss={me.role !== "supervisor"} />;
}

function List({ boss }: { boss: boolean }) {
  const [period, setPeriod] = useState(today().slice(0, 4));
  const [tops, setTops] = useState(true);
  const [making, setMaking] = useState(false);
  const found = useLoad(() => all<Target>("/api/v1/targets", { period, tops }, 200), [period, tops]);
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.targets")}</h1>
        <div class="tools">
          <label>{t("targets.period")} <input value={period} size={9} onChange={(event) => setPeriod(event.currentTarget.value.trim())} /></label>
          <label class="inline"><input type="checkbox" checked={!tops} onChange={() => setTops(!tops)} /> {t("targets.parts_too")}</label>
          {boss && <button type="button" onClick={() => setMaking(!making)} aria-expanded={making}>{t("targets.new")}</button>}
        </div>
      </header>
      {making && <New period={period} done={() => { setMaking(false); found.again(); }} />}
      <Show of={found}>{(list) => (list.length ? <div class="stack">{list.map((each) => <Bar key={each.id} of={each} />)}</div> : <Empty><p>{t("targets.empty")}</p></Empty>)}</Show>
    </div>
  );
}

function Bar({ of, plain }: { of: Target; plain?: boolean }) {
  const { progress } = of;
  const reached = progress.reached_bp ?? 0;
  const end = progress.end_bp ?? reached;
  const late = progress.end_bp !== null && progress.end_bp < 9500;
  const value = sayValue(progress.reached, of.unit, of.currency);
  return (
    <article class="card target" aria-label={`${of.name} · ${of.title}`}>
      <header class="row between">
        <div><h2>{plain ? of.name : <a href={`#/targets/${of.id}`}>{of.name}</a>}</h2><p class="quiet">{of.title} · {of.period}{of.parts ? ` · ${t("targets.parts", { n: of.parts })}` : ""}</p></div>
        <div class="amount"><strong>{sayValue(of.value, of.unit, of.currency)}</strong></div>
      </header>
      <div class="meter" role="progressbar" aria-label={t("targets.reached")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.min(Math.round(reached / 100), 100)} aria-valuetext={`${value}, ${share(progress.reached_bp)}`}>
        <i class="ahead" style={{ width: `${Math.min(end / 100, 100)}%` }} /><i class={late ? "late" : "well"} style={{ width: `${Math.min(reached / 100, 100)}%` }} />
      </div>
      <p>{t("targets.reached_of", { value, share: share(progress.reached_bp), done: progress.days_done, all: progress.days_done + progress.days_left })}{" "}
        <span class={`chip ${late ? "warn" : "done"}`}>{progress.end_bp === null ? tcode("targets.method", progress.forecast.method) : t("targets.end", { value: sayValue(progress.forecast.end, of.unit, of.currency), share: share(progress.end_bp) })}</span></p>
      {progress.end_bp !== null && <p class="quiet">{tcode("targets.method", progress.forecast.method)}{progress.forecast.usual_bp !== null ? ` ${t("targets.usual", { share: share(progress.forecast.usual_bp) })}` : ""}</p>}
    </article>
  );
}

function One({ id, boss }: { id: string; boss: boolean }) {
  const found = useLoad(() => get<Card>(`/api/v1/targets/${id}`), [id]);
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.targets")}</h1><div class="tools"><a href="#/targets">{t("targets.back")}</a></div></header>
      <Show of={found}>{(card) => (
        <>
          {card.parent_id && <p><a href={`#/targets/${card.parent_id}`}>{t("targets.above")}</a></p>}
          <Bar of={card} plain />
          {boss && !card.below.length && <Divide of={card} done={found.again} />}
          <Adjust of={card} done={found.again} />
          {card.below.length > 0 && <section><h2>{t("targets.below", { rule: tcode("targets.rule", card.below[0]?.rule ?? "") })}</h2><div class="stack">{card.below.map((each) => <Bar key={each.id} of={each} />)}</div></section>}
          {card.adjustments.some((each) => each.state === "waiting") && <p class="told">{t("targets.waits")} <a href="#/approvals">{t("nav.approvals")}</a></p>}
          {card.history.length > 0 && <section class="card"><h2>{t("targets.history")}</h2>
            <ul class="plainlist">{card.history.map((each) => <li key={each.at}>{sayMoment(each.at)}: {sayValue(each.before, card.unit, card.currency)} → {sayValue(each.after, card.unit, card.currency)} · {each.reason}</li>)}</ul></section>}
        </>
      )}</Show>
    </div>
  );
}

function Divide({ of, done }: { of: Card; done: () => void }) {
  const levels = of.product_id || of.brand || of.category ? ["territory", "rep", "customer"] : ["territory", "rep", "customer", "category", "brand", "product"];
  const fit = levels.filter((each) => of.kind === "territory" || each === "category" || each === "brand" || each === "product" || (of.kind === "rep" && each === "customer"));
  const [rule, setRule] = useState("last_year");
  const [level, setLevel] = useState(fit.includes("rep") ? "rep" : fit[0] ?? "category");
  const [parts, setParts] = useState<Part[]>();
  const [wrong, setWrong] = useState("");
  if (!fit.length) return null;
  const ask = (path: string) => post<{ parts: Part[] }>(`/api/v1/targets/${of.id}/divide${path}`, { rule, level });
  const look = () => { setWrong(""); return ask("/dry-run").then((found) => setParts(found.parts), (what: unknown) => { setParts(undefined); setWrong(say(what)); }); };
  const keep = () => ask("").then(done, (what: unknown) => setWrong(say(what)));
  return (
    <section class="card"><h2>{t("targets.divide")}</h2>
      <div class="decide">
        <label>{t("targets.by")}<select value={rule} onChange={(event) => { setRule(event.currentTarget.value); setParts(undefined); }}>{["equal", "last_year", "last_period", "potential"].map((each) => <option key={each} value={each}>{tcode("targets.rule", each)}</option>)}</select></label>
        <label>{t("targets.down_to")}<select value={level} onChange={(event) => { setLevel(event.currentTarget.value); setParts(undefined); }}>{fit.map((each) => <option key={each} value={each}>{tcode("targets.level", each)}</option>)}</select></label>
        <button type="button" onClick={look}>{t("targets.preview")}</button>
        {parts && <button type="button" class="main" onClick={keep}>{t("targets.keep")}</button>}
      </div>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {parts && <table class="wide"><caption class="sr">{t("targets.preview")}</caption><thead><tr><th>{t("targets.who")}</th><th class="num">{t("targets.target")}</th><th class="num">{t("targets.weight")}</th></tr></thead>
        <tbody>{parts.map((each, at) => <tr key={at}><td style={{ paddingLeft: `${each.depth * 0.9}rem` }}>{each.name}</td><td class="num">{sayValue(each.value, of.unit, of.currency)}</td><td class="num">{each.equal ? t("targets.equal") : sayValue(each.weight, rule === "equal" ? "count" : of.unit, of.currency)}</td></tr>)}</tbody></table>}
    </section>
  );
}

function Adjust({ of, done }: { of: Card; done: () => void }) {
  const factor = scale(of.unit, of.currency);
  const [value, setValue] = useState(String(of.value / factor));
  const [carry, setCarry] = useState("above");
  const [reason, setReason] = useState("");
  const [lines, setLines] = useState<Line[]>();
  const [wrong, setWrong] = useState("");
  const [told, setTold] = useState(false);
  const body = { value: Math.round(Number(value.replace(",", ".")) * factor), carry };
  const fail = (what: unknown) => { setLines(undefined); setWrong(say(what)); };
  const look = () => { setWrong(""); setTold(false); return post<{ lines: Line[] }>(`/api/v1/targets/${of.id}/adjust/dry-run`, body).then((found) => setLines(found.lines), fail); };
  const ask = () => {
    if (!reason.trim()) return setWrong(t("targets.need_reason"));
    void post(`/api/v1/targets/${of.id}/adjust`, { ...body, reason: reason.trim() }).then(() => { setLines(undefined); setTold(true); done(); }, fail);
  };
  return (
    <section class="card"><h2>{t("targets.adjust")}</h2><p class="quiet">{t("targets.two_persons")}</p>
      <div class="decide">
        <label>{t("targets.new_value")}<input inputMode="decimal" value={value} onInput={(event) => { setValue(event.currentTarget.value); setLines(undefined); }} /></label>
        {of.parent_id && <label>{t("targets.carry")}<select value={carry} onChange={(event) => { setCarry(event.currentTarget.value); setLines(undefined); }}><option value="above">{t("targets.carry_above")}</option><option value="siblings">{t("targets.carry_siblings")}</option></select></label>}
        <label>{t("targets.reason")}<input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        <button type="button" onClick={look}>{t("targets.preview")}</button>
        {lines && <button type="button" class="main" onClick={ask}>{t("targets.ask")}</button>}
      </div>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {told && <Told>{t("targets.asked")}</Told>}
      {lines && <ul class="plainlist">{lines.map((each) => <li key={each.target_id}>{each.name}: {sayValue(each.before, of.unit, of.currency)} → <strong>{sayValue(each.after, of.unit, of.currency)}</strong></li>)}</ul>}
    </section>
  );
}

function New({ period, done }: { period: string; done: () => void }) {
  const known = useLoad(async () => {
    const [measures, lands, who] = await Promise.all([get<{ items: Measure[] }>("/api/v1/measures"), all<Territory>("/api/v1/territories"), people()]);
    return { measures: measures.items, lands, reps: [...who.values()].filter((each) => each.role === "rep" && each.active) };
  }, []);
  const [form, setForm] = useState({ measure: "sales_amount", whose: "", value: "", period: period.length > 4 ? period : today().slice(0, 7), currency: usual });
  const [wrong, setWrong] = useState("");
  const put = (name: string) => (event: { currentTarget: { value: string } }) => setForm({ ...form, [name]: event.currentTarget.value });
  return (
    <section class="card"><h2>{t("targets.new")}</h2>
      <Show of={known}>{(all) => {
        const unit = all.measures.find((each) => each.code === form.measure)?.unit ?? "count";
        const wire = unit === "money" ? "minor" : unit === "share" ? "bp" : unit === "ratio" ? "hundredths" : unit;
        const send = () => {
          const [kind, id] = (form.whose || `territory:${all.lands[0]?.id}`).split(":");
          const value = Math.round(Number(form.value.replace(",", ".")) * scale(wire, form.currency));
          if (!form.value.trim() || !Number.isFinite(value)) return setWrong(t("targets.need_value"));
          void post("/api/v1/targets", { measure: form.measure, value, period: form.period, [`${kind}_id`]: id, currency: wire === "minor" ? form.currency : null }).then(done, (what: unknown) => setWrong(say(what)));
        };
        return (
          <div class="decide">
            <label>{t("targets.measure")}<select value={form.measure} onChange={put("measure")}>{all.measures.map((each) => <option key={each.code} value={each.code}>{each.title}</option>)}</select></label>
            <label>{t("targets.who")}<select value={form.whose} onChange={put("whose")}>
              {all.lands.map((each) => <option key={each.id} value={`territory:${each.id}`}>{each.name}</option>)}
              {all.reps.map((each) => <option key={each.id} value={`rep:${each.id}`}>{each.name}</option>)}</select></label>
            <label>{t("targets.period")}<input value={form.period} onInput={put("period")} /></label>
            <label>{t("targets.target")}<input inputMode="decimal" value={form.value} onInput={put("value")} /></label>
            {wire === "minor" && <label>{t("targets.currency")}<input value={form.currency} size={4} maxLength={3} onInput={put("currency")} /></label>}
            <button type="button" class="main" onClick={send}>{t("targets.set")}</button>
            {wrong && <p class="wrong" role="alert">{wrong}</p>}
          </div>
        );
      }}</Show>
    </section>
  );
}

/** What an adjustment of a target asks for, on the page of approvals. */
export function TargetFacts({ facts, code }: { facts: { name: string; measure: string; period: string; before: number; after: number; lines: Line[] }; code: string }) {
  const told = (value: number) => (code === "XXX" ? String(value) : sayMoney(value, code));
  return (
    <>
      <dl class="stats slim"><Stat label={t("targets.measure")} value={tcode("measure", facts.measure)} /><Stat label={t("targets.period")} value={facts.period} /><Stat label={t("targets.target")} value={`${told(facts.before)} → ${told(facts.after)}`} /></dl>
      <ul class="plainlist">{facts.lines.slice(0, 12).map((each) => <li key={each.target_id}>{each.name}: {told(each.before)} → {told(each.after)}</li>)}</ul>
    </>
  );
}

