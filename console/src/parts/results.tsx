/** Any measure by anything: choose, look, compare, take along. */
import { useState } from "preact/hooks";
import { ask, get } from "../api";
import { addDays, sayDay, sayMoney, sayNumber, today } from "../format";
import { locale, t, type Key } from "../texts";
import type { Me } from "../types";
import { Empty, Show, useLoad } from "./ui";

interface Measure { code: string; unit: string; by: string[]; confidential: boolean }
type Values = Record<string, number | null>;
interface Row { keys: { id: string | null; name: string }[]; currency: string | null; values: Values; before: Values | null }
interface Answer { before_first: string | null; before_last: string | null; rows: Row[]; totals: Row[] }
interface Comparison { rep: { name: string }; currency: string; territory_type: string; tenure: string; standing: { value: number | null; peers: number; median: number | null; lower: number | null; upper: number | null; rank: number | null; low: number | null; high: number | null }; peers: { id: string; name: string }[] }

const VIEWS: Record<string, string[]> = {
  sales: ["sales_amount", "quantity", "returns_amount", "gross_margin", "gross_margin_share"],
  calls: ["calls", "strike_rate", "coverage", "lppc", "drop_size", "time_in_store", "pjp_adherence"],
  money: ["collections", "receivables", "dso"],
  range: ["numeric_distribution"],
  deliveries: ["fill_rate", "otif"],
};
const SPANS = ["day", "week", "month", "quarter", "year"];
const BY = ["rep", "team", "territory", "segment", "tier", "customer", "product", "brand", "category", ...SPANS];
const MOST = 60;

function periods(): Record<string, [string, string]> {
  const now = today();
  const month = now.slice(0, 8) + "01";
  const before = addDays(month, -1);
  return { this_month: [month, now], last_month: [before.slice(0, 8) + "01", before], this_year: [now.slice(0, 5) + "01-01", now], year: [addDays(now, -364), now] };
}

export function sayValue(value: number | null | undefined, unit: string, currency: string | null): string {
  if (value === null || value === undefined) return "–";
  if (unit === "money") return currency ? sayMoney(value, currency, true) : "–";
  if (unit === "share") return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 }).format(value);
  const digits = unit === "ratio" || unit === "days" || unit === "minutes" ? 1 : 0;
  return digits ? new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value) : sayNumber(value);
}

export function Results({ me }: { me: Me }) {
  const known = useLoad(() => get<{ items: Measure[] }>("/api/v1/measures"), []);
  return <section class="card results" aria-label={t("results.title")}><Show of={known}>{(found) => <Asked me={me} measures={found.items} />}</Show></section>;
}

function Asked({ me, measures }: { me: Me; measures: Measure[] }) {
  const told = measures.filter((each) => !each.confidential || me.role === "manager" || me.role === "admin");
  const [days, setDays] = useState(periods().this_month!);
  const [codes, setCodes] = useState(VIEWS.sales!);
  const [by, setBy] = useState("rep");
  const [compare, setCompare] = useState("previous");
  const [rep, setRep] = useState<string | null>(null);
  const chosen = told.filter((each) => codes.includes(each.code)).sort((one, other) => codes.indexOf(one.code) - codes.indexOf(other.code));
  const possible = BY.filter((name) => SPANS.includes(name) || chosen.every((each) => each.by.includes(name)));
  const shown = possible.includes(by) ? by : possible[0]!;
  const query = { measures: chosen.map((each) => each.code).join(","), by: shown, first: days[0], last: days[1], compare, top: SPANS.includes(shown) ? undefined : MOST };
  const answer = useLoad(() => (chosen.length ? get<Answer>("/api/v1/results", query) : Promise.resolve({ before_first: null, before_last: null, rows: [], totals: [] })), [query]);
  const period = Object.entries(periods()).find(([, each]) => each.join() === days.join())?.[0] ?? "";
  const view = Object.entries(VIEWS).find(([, each]) => each.join() === codes.join())?.[0] ?? "";
  const take = async (kind: string) => {
    const found = await ask("GET", `/api/v1/results/export.${kind}?${new URLSearchParams(Object.entries(query).filter(([, value]) => value).map(([name, value]) => [name, String(value)]))}`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await found.blob());
    link.download = `results.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return (
    <>
      <div class="filters">
        <label>{t("results.period")}<select value={period} onChange={(event) => periods()[event.currentTarget.value] && setDays(periods()[event.currentTarget.value]!)}>
          {Object.keys(periods()).map((each) => <option key={each} value={each}>{t(`results.${each}` as Key)}</option>)}<option value="">{t("results.other")}</option></select></label>
        <label>{t("results.from")}<input type="date" value={days[0]} max={days[1]} onChange={(event) => event.currentTarget.value && setDays([event.currentTarget.value, days[1]])} /></label>
        <label>{t("results.to")}<input type="date" value={days[1]} min={days[0]} onChange={(event) => event.currentTarget.value && setDays([days[0], event.currentTarget.value])} /></label>
        <label>{t("results.view")}<select value={view} onChange={(event) => VIEWS[event.currentTarget.value] && setCodes(VIEWS[event.currentTarget.value]!)}>
          {Object.keys(VIEWS).map((each) => <option key={each} value={each}>{t(`results.${each}` as Key)}</option>)}<option value="">{t("results.other")}</option></select></label>
        <label>{t("results.by")}<select value={shown} onChange={(event) => setBy(event.currentTarget.value)}>{possible.map((each) => <option key={each} value={each}>{t(`results.by.${each}` as Key)}</option>)}</select></label>
        <label>{t("results.compare")}<select value={compare} onChange={(event) => setCompare(event.currentTarget.value)}>{["", "previous", "last_year"].map((each) => <option key={each} value={each}>{t(`results.compare.${each || "none"}` as Key)}</option>)}</select></label>
        <button type="button" onClick={() => take("csv")}>CSV</button><button type="button" onClick={() => take("xlsx")}>XLSX</button>
      </div>
      <details><summary>{t("results.choose")}</summary><div class="choices">
        {told.map((each) => <label class="inline" key={each.code}><input type="checkbox" checked={codes.includes(each.code)} onChange={() => setCodes(codes.includes(each.code) ? codes.filter((code) => code !== each.code) : [...codes, each.code])} /> {t(`measure.${each.code}` as Key)}</label>)}
      </div></details>
      <Show of={answer}>{(found) => found.rows.length ? <Told answer={found} measures={chosen} by={shown} pick={shown === "rep" ? setRep : undefined} /> : <Empty>{t("results.nothing")}</Empty>}</Show>
      {rep && shown === "rep" && chosen[0] && <Peers rep={rep} measure={chosen[0]} days={days} />}
    </>
  );
}

function Told({ answer, measures, by, pick }: { answer: Answer; measures: Measure[]; by: string; pick?: (id: string) => void }) {
  const first = measures[0]!.code;
  const most = Math.max(1e-9, ...answer.rows.map((row) => row.values[first] ?? 0));
  const cells = (row: Row) => measures.map((each) => <td class="num" key={each.code}>{sayValue(row.values[each.code], each.unit, row.currency)}<Change row={row} measure={each} /></td>);
  return (
    <div class="scroll">
      {answer.before_first && <p class="quiet">{t("results.beside", { first: sayDay(answer.before_first), last: sayDay(answer.before_last) })}</p>}
      <table class="wide"><thead><tr><th>{t(`results.by.${by}` as Key)}</th>{measures.map((each) => <th class="num" key={each.code}>{t(`measure.${each.code}` as Key)}</th>)}</tr></thead>
        <tbody>
          {answer.rows.map((row) => {
            const key = row.keys[0]!;
            const name = key.name || t("results.none");
            return <tr key={`${key.id}${row.currency}`}><th scope="row">{pick && key.id ? <button type="button" class="link" onClick={() => pick(key.id!)}>{name}</button> : by === "customer" && key.id ? <a href={`#/customers/${key.id}`}>{name}</a> : name}<span class="bar" aria-hidden="true"><i style={{ width: `${Math.max(0, 100 * (row.values[first] ?? 0)) / most}%`, background: "currentColor" }} /></span></th>{cells(row)}</tr>;
          })}
          {answer.totals.map((row) => <tr class="sum" key={row.currency}><th scope="row">{t("results.total")}</th>{cells(row)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function Change({ row, measure }: { row: Row; measure: Measure }) {
  const [now, then] = [row.values[measure.code], row.before?.[measure.code]];
  if (now === null || now === undefined || !then) return null;
  const share = measure.unit === "share" ? now - then : now / then - 1;
  return <small class={Math.round(share * 100) < 0 ? "down" : "up"}>{new Intl.NumberFormat(locale(), { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 0 }).format(share)}</small>;
}

function Peers({ rep, measure, days }: { rep: string; measure: Measure; days: [string, string] }) {
  const found = useLoad(() => get<Comparison>("/api/v1/results/peers", { rep_id: rep, measure: measure.code, first: days[0], last: days[1] }), [rep, measure.code, days]);
  return (
    <div class="peers" role="status"><Show of={found}>{({ rep: who, standing, currency, peers }) => {
      const told = (value: number | null) => sayValue(value, measure.unit, currency);
      const what = t(`measure.${measure.code}` as Key);
      if (standing.median === null) return <p><strong>{who.name}</strong>: {t("results.too_few", { count: String(standing.peers) })}</p>;
      return <>
        <p><strong>{who.name}</strong>, {what}: {told(standing.value)}. {t("results.rank", { rank: String(standing.rank), of: String(standing.peers + 1) })} {standing.low === null ? t("results.unsure") : t("results.between", { low: String(standing.low), high: String(standing.high) })}</p>
        <p class="quiet">{t("results.median", { median: told(standing.median), lower: told(standing.lower), upper: told(standing.upper) })} {peers.map((each) => each.name).join(", ")}</p>
      </>;
    }}</Show></div>
  );
}
