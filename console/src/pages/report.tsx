/** A day as a report: to look at, to take along, and to be sent by mail. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, get, post } from "../api";
import { addDays, sayDay, sayDuration, sayMoment, sayMoney, sayTime, sayWeekday, today, zoneName } from "../format";
import { download } from "../parts/takealong";
import { Empty, say, Show, Told, useLoad } from "../parts/ui";
import { language, t, tcode, type Key } from "../texts";
import type { Territory } from "../types";

type Amounts = Record<string, number>;
interface Figures { planned: number; done: number; missed: number; to_do: number; off_plan: number; orders: number; doubted: number; sold: Amounts; returned: Amounts; collected: Amounts; field_s: number }
interface Call { customer_id: string; customer: string; state: string; visit_id: string | null; at: string | null; sold: Amounts; doubtful: boolean; why: string | null }
interface Report {
  day: string; territory: string | null; currency: string; made_at: string; over: boolean;
  figures: { label: string; value: string; usual: string; tone: string; link: string }[];
  usual: { days: number };
  reps: { rep_id: string; name: string; figures: Figures; calls: Call[] }[];
  doubts: { visit_id: string; rep: string; customer: string; score: number | null; signals: string[] }[];
  findings: { customer_id: string; customer: string; kind: string; reason: string; at_risk_minor: number; currency: string }[]; findings_count: number;
  requests: { approval_id: string; kind: string; customer: string | null; asked_by: string | null; asked_at: string; amount_minor: number; currency: string }[]; requests_count: number;
  phones: { rep_id: string; rep: string; seen_at: string | null; silent: boolean; held: number }[];
}
interface Subscription { id: string; person: string; email: string; territory: string | null; sends_at: string; weekdays: string; time_zone: string; covers: string; language: string }

const money = (amounts: Amounts, currency: string) => Object.entries(amounts).map(([code, minor]) => sayMoney(minor, code)).join(" + ") || sayMoney(0, currency);
const any = (amounts: Amounts) => Object.values(amounts).some(Boolean);

export function ReportPage({ rest, me }: PageProps) {
  const [wanted, area = ""] = rest.split("/");
  const day = wanted || today();
  const go = (to: string, territory = area) => (location.hash = `#/report/${to}${territory ? `/${territory}` : ""}`);
  const query = { day, territory: area || undefined, language: language() };
  const found = useLoad(() => get<Report>("/api/v1/reports/daily", query), [day, area]);
  const lands = useLoad(() => all<Territory>("/api/v1/territories"), []);
  const [wrong, setWrong] = useState("");
  const take = () => download("/api/v1/reports/daily", { ...query, format: "pdf" }).then(() => setWrong(""), (what) => setWrong(say(what)));
  return (
    <div class="page report">
      <header class="head">
        <h1>{t("report.title")} <small>{sayDay(day, "long")}</small></h1>
        <div class="tools">
          <button type="button" aria-label={t("today.previous")} onClick={() => go(addDays(day, -1))}>‹</button>
          <label><span class="sr">{t("today.day")}</span><input type="date" value={day} onChange={(event) => event.currentTarget.value && go(event.currentTarget.value)} /></label>
          <button type="button" aria-label={t("today.next")} onClick={() => go(addDays(day, 1))}>›</button>
          <label><span class="sr">{t("report.territory")}</span>
            <select value={area} onChange={(event) => go(day, event.currentTarget.value)}>
              <option value="">{t("report.everything")}</option>
              {(lands.data ?? []).map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
            </select></label>
          <button type="button" class="main" onClick={take}>{t("report.pdf")}</button>
        </div>
      </header>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      <Show of={found}>{(report) => <Day of={report} />}</Show>
      <Subscriptions lands={lands.data ?? []} area={area} language={me.language} />
    </div>
  );
}

function Day({ of }: { of: Report }) {
  const here = (link: string) => (link.includes("#") ? link.slice(link.indexOf("#")) : undefined);
  return (
    <>
      {!of.over && <p class="quiet">{t("report.not_over", { time: sayTime(of.made_at) })}</p>}
      <dl class="figures">{of.figures.map((each) => (
        <div key={each.label} class={`stat ${each.tone}`}><dt>{each.label}</dt><dd><a href={here(each.link)}>{each.value}</a>{each.usual && <small>{each.usual}</small>}</dd></div>
      ))}</dl>
      <p class="quiet">{of.usual.days ? t("report.usual", { n: of.usual.days }) : t("report.no_usual")}</p>
      {!of.reps.length && <Empty><p>{t("report.nobody")}</p></Empty>}
      {of.reps.map((rep) => <Rep key={rep.rep_id} rep={rep} day={of.day} currency={of.currency} />)}
      <Matters title={t("report.doubts")} many={of.doubts.length}>{of.doubts.map((each) => <li key={each.visit_id}><a href={`#/visits/${each.visit_id}`}>{each.customer} · {each.rep}</a><small>{[each.score ?? "–", ...each.signals].join(" · ")}</small></li>)}</Matters>
      <Matters title={t("report.findings")} many={of.findings_count}>{of.findings.map((each) => <li key={each.customer_id + each.kind}><a href={`#/customers/${each.customer_id}`}>{each.customer} · {tcode("kind", each.kind)}</a><small>{sayMoney(each.at_risk_minor, each.currency)} · {each.reason}</small></li>)}</Matters>
      <Matters title={t("report.requests")} many={of.requests_count}>{of.requests.map((each) => <li key={each.approval_id}><a href="#/approvals">{[tcode("approval", each.kind), each.customer].filter(Boolean).join(" · ")}</a><small>{sayMoney(each.amount_minor, each.currency)} · {each.asked_by} · {sayMoment(each.asked_at)}</small></li>)}</Matters>
      <Matters title={t("report.phones")} many={of.phones.length}>{of.phones.map((each) => <li key={each.rep_id}><a href="#/sync">{each.rep}</a><small>{[each.held ? t("report.held", { n: each.held }) : "", each.seen_at ? t("today.last_seen", { time: sayMoment(each.seen_at) }) : t("report.never")].filter(Boolean).join(" · ")}</small></li>)}</Matters>
    </>
  );
}

function Rep({ rep, day, currency }: { rep: Report["reps"][number]; day: string; currency: string }) {
  const of = rep.figures;
  const told = [t("today.of", { done: of.done, planned: of.planned }), ...(["missed", "to_do", "off_plan"] as const).filter((each) => of[each]).map((each) => `${t(`report.state.${each}`)} ${of[each]}`), of.orders ? `${t("today.orders")} ${of.orders}` : "", any(of.collected) ? `${t("report.collected")} ${money(of.collected, currency)}` : "", of.field_s ? sayDuration(of.field_s) : ""];
  return (
    <section class="card"><div class="head"><h2><a href={`#/today/${day}/${rep.rep_id}`}>{rep.name}</a></h2><strong>{money(of.sold, currency)}</strong></div>
      <p class="quiet">{told.filter(Boolean).join(" · ")}</p>
      <table class="wide"><thead class="sr"><tr><th>{t("report.time")}</th><th>{t("anomalies.customer")}</th><th>{t("report.visit")}</th><th>{t("today.sold")}</th></tr></thead>
        <tbody>{rep.calls.map((each) => (
          <tr key={each.customer_id}><td>{sayTime(each.at)}</td><td><a href={each.visit_id ? `#/visits/${each.visit_id}` : `#/customers/${each.customer_id}`}>{each.customer}</a></td>
            <td><span class={`chip ${each.state}`}>{t(`report.state.${each.state}` as Key)}</span>{each.doubtful && <span class="chip missed">{t("report.doubtful")}</span>}{each.why && <small> {each.why}</small>}</td>
            <td class="num">{any(each.sold) ? money(each.sold, currency) : ""}</td></tr>
        ))}</tbody></table></section>
  );
}

function Matters({ title, many, children }: { title: string; many: number; children: preact.ComponentChildren }) {
  return many ? <section class="card"><h2>{title} ({many})</h2><ul class="plainlist matters">{children}</ul></section> : null;
}

const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const weekdayName = (at: number) => sayWeekday(addDays("2026-03-02", at));

function Subscriptions({ lands, area, language: own }: { lands: Territory[]; area: string; language: string }) {
  const list = useLoad(() => get<{ subscriptions: Subscription[] }>("/api/v1/report-subscriptions"), []);
  const [email, setEmail] = useState("");
  const [at, setAt] = useState("19:00");
  const [days, setDays] = useState(new Set(DAYS.slice(0, 5)));
  const [spoken, setSpoken] = useState(own.startsWith("zh") || language() === "zh" ? "zh" : "en");
  const [wrong, setWrong] = useState("");
  const [done, setDone] = useState("");
  const run = async (work: () => Promise<unknown>, told: string) => {
    setWrong("");
    setDone("");
    try {
      await work();
      setDone(told);
      list.again();
    } catch (what) {
      setWrong(say(what));
    }
  };
  const add = (event: Event) => {
    event.preventDefault();
    const body = { email, sends_at: at, weekdays: DAYS.filter((each) => days.has(each)).join(","), territory_id: area || null, language: spoken, time_zone: zoneName() };
    void run(() => post("/api/v1/report-subscriptions", body), t("report.subscribed", { email }));
  };
  return (
    <section class="card" aria-labelledby="by-mail"><h2 id="by-mail">{t("report.by_mail")}</h2>
      <Show of={list}>{(found) => found.subscriptions.length ? (
        <ul class="plainlist matters">{found.subscriptions.map((each) => (
          <li key={each.id}><strong>{each.email}</strong> <button type="button" class="plain" aria-label={`${t("report.end")}: ${each.email}`} onClick={() => run(() => post(`/api/v1/report-subscriptions/${each.id}`, undefined, "DELETE"), t("report.ended"))}>{t("report.end")}</button>
            <small>{[each.person, each.territory ?? t("report.everything"), `${each.sends_at} ${each.time_zone}`, each.weekdays.split(",").map((one) => weekdayName(DAYS.indexOf(one))).join(" "), t(`report.covers.${each.covers}` as Key)].join(" · ")}</small></li>
        ))}</ul>) : <p class="quiet">{t("report.none")}</p>}</Show>
      <form class="subscribe" onSubmit={add}>
        <div class="row">
          <label class="grow">{t("report.email")}<input type="email" required value={email} onInput={(event) => setEmail(event.currentTarget.value)} /></label>
          <label>{t("report.at")}<input type="time" required value={at} onInput={(event) => setAt(event.currentTarget.value)} /></label>
          <label>{t("app.language")}<select value={spoken} onChange={(event) => setSpoken(event.currentTarget.value)}><option value="en">English</option><option value="zh">中文</option></select></label>
        </div>
        <fieldset class="onwhich"><legend>{t("report.weekdays")}</legend>{DAYS.map((each, place) => (
          <label key={each}><input type="checkbox" checked={days.has(each)} onChange={(event) => { const next = new Set(days); if (event.currentTarget.checked) next.add(each); else next.delete(each); setDays(next); }} /> {weekdayName(place)}</label>
        ))}</fieldset>
        <p class="quiet">{t("report.about", { what: lands.find((each) => each.id === area)?.name ?? t("report.everything") })} {t(at < "12:00" ? "report.covers.day_before" : "report.covers.same_day")}</p>
        {wrong && <p class="wrong" role="alert">{wrong}</p>}
        {done && <Told>{done}</Told>}
        <button type="submit" class="main" disabled={!days.size}>{t("report.subscribe")}</button>
      </form>
    </section>
  );
}
