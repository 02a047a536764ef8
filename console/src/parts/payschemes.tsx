/** Schemes: written as JSON, tried on past months beside each other, adopted from a month on. */
import { useState } from "preact/hooks";
import { all, ApiError, get, post } from "../api";
import { sayDay, sayMoney, today } from "../format";
import { t } from "../texts";
import type { Outcome, Scheme } from "./paytypes";
import { Empty, say, Show, Told, useLoad } from "./ui";

export function Schemes() {
  const found = useLoad(async () => {
    const [list, shape] = await Promise.all([all<Scheme>("/api/v1/schemes", {}, 200), get<{ example: object }>("/api/v1/schemes/shape")]);
    return { list, example: shape.example };
  }, []);
  const [from, setFrom] = useState<Scheme>();
  return (
    <Show of={found}>{({ list, example }) => (
      <>
        {list.length ? <div class="scroll"><table class="wide"><thead><tr><th>{t("pay.scheme")}</th><th>{t("pay.from")}</th><th>{t("pay.rules")}</th><th>{t("pay.note")}</th><th /></tr></thead>
          <tbody>{list.map((each) => (
            <tr key={each.id}><td>{each.code} {each.withdrawn_at && <span class="chip missed">{t("pay.withdrawn")}</span>}</td><td>{sayDay(each.effective_from)} {each.effective_from.slice(0, 4)}</td><td>{each.body.rules.map((rule) => rule.name).join(", ")}</td><td class="why">{each.note}</td>
              <td><button type="button" aria-label={`${t("pay.take")}: ${each.code} ${each.effective_from}`} onClick={() => setFrom(each)}>{t("pay.take")}</button></td></tr>))}</tbody></table></div> : <Empty><p>{t("pay.no_schemes")}</p></Empty>}
        <Edit key={from?.id ?? "new"} from={from} example={example} codes={[...new Set(list.filter((each) => !each.withdrawn_at).map((each) => each.code))]} again={found.again} />
      </>)}</Show>
  );
}

function nextMonth(): string {
  const [year = 2000, month = 1] = today().split("-").map(Number);
  return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, "0")}`;
}

function monthsAgo(count: number): string {
  const date = new Date(`${today().slice(0, 7)}-01T12:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - count);
  return date.toISOString().slice(0, 7);
}

function Edit({ from, example, codes, again }: { from?: Scheme; example: object; codes: string[]; again: () => void }) {
  const [code, setCode] = useState(from?.code ?? "");
  const [month, setMonth] = useState(nextMonth());
  const [note, setNote] = useState("");
  const [body, setBody] = useState(JSON.stringify(from?.body ?? example, null, 2));
  const [since, setSince] = useState(monthsAgo(3));
  const [months, setMonths] = useState(3);
  const [beside, setBeside] = useState<string[]>(codes.slice(0, 3));
  const [wrong, setWrong] = useState<string[]>([]);
  const [outcomes, setOutcomes] = useState<Outcome[]>();
  const [done, setDone] = useState("");
  const [busy, setBusy] = useState(false);
  const attempt = async (work: (parsed: object) => Promise<void>) => {
    setWrong([]);
    setDone("");
    setBusy(true);
    try {
      await work(JSON.parse(body) as object);
    } catch (what) {
      setWrong(what instanceof SyntaxError ? [t("settings.not_json", { why: what.message })] : faults(what));
    }
    setBusy(false);
  };
  const simulate = () => attempt(async (parsed) => {
    const wanted = { first: `${since}-01`, months, codes: beside, candidates: [{ label: t("pay.draft"), body: parsed }] };
    setOutcomes((await post<{ outcomes: Outcome[] }>("/api/v1/schemes/simulate", wanted)).outcomes);
  });
  const adopt = () => attempt(async (parsed) => {
    const made = await post<Scheme>("/api/v1/schemes", { code: code.trim(), effective_from: `${month}-01`, note: note.trim(), body: parsed });
    setDone(t("pay.adopted", { code: made.code, month: made.effective_from.slice(0, 7) }));
    again();
  });
  return (
    <section class="card stack" aria-label={t("pay.edit")}><h2>{t("pay.edit")}</h2>
      <label>{t("pay.document")}<textarea spellcheck={false} rows={16} value={body} onInput={(event) => setBody(event.currentTarget.value)} /></label>
      {wrong.length > 0 && <ul class="wrong" role="alert">{wrong.map((each) => <li key={each}>{each}</li>)}</ul>}
      <div class="filters"><label>{t("pay.try_from")}<input type="month" value={since} onInput={(event) => setSince(event.currentTarget.value)} /></label>
        <label>{t("pay.months")}<input type="number" min={1} max={24} value={months} onInput={(event) => setMonths(Number(event.currentTarget.value))} /></label>
        {codes.map((each) => <label key={each} class="inline"><input type="checkbox" checked={beside.includes(each)} onChange={(event) => setBeside(event.currentTarget.checked ? [...beside, each] : beside.filter((other) => other !== each))} /> {t("pay.beside", { code: each })}</label>)}
        <button type="button" disabled={busy} onClick={simulate}>{t("pay.simulate")}</button></div>
      {outcomes && <Beside outcomes={outcomes} />}
      <div class="filters"><label>{t("pay.code")}<input value={code} maxLength={40} onInput={(event) => setCode(event.currentTarget.value)} /></label>
        <label>{t("pay.from")}<input type="month" value={month} onInput={(event) => setMonth(event.currentTarget.value)} /></label>
        <label class="grow">{t("pay.note")}<input value={note} maxLength={500} onInput={(event) => setNote(event.currentTarget.value)} /></label>
        <button type="button" class="main" disabled={busy || !code.trim()} onClick={adopt}>{t("pay.adopt")}</button></div>
      {done && <Told>{done}</Told>}
    </section>
  );
}

/** What the server has against a document, each with its place. */
function faults(what: unknown): string[] {
  const errors = what instanceof ApiError ? (what.problem as unknown as { errors?: { pointer: string; message: string }[] }).errors : undefined;
  return errors?.length ? errors.map((each) => `${each.pointer || "/"}: ${each.message}`) : [say(what)];
}

function Beside({ outcomes }: { outcomes: Outcome[] }) {
  const reps = new Map(outcomes.flatMap((each) => each.reps.map((rep) => [rep.rep_id, rep.rep] as const)));
  const amount = (of: Outcome, id: string) => of.reps.find((each) => each.rep_id === id)?.amount_minor ?? 0;
  return (
    <div class="scroll"><table class="wide" aria-label={t("pay.compared")}><thead><tr><th>{t("pay.rep")}</th>{outcomes.map((each) => <th key={each.label} class="num">{each.label}</th>)}</tr></thead>
      <tbody>{[...reps].map(([id, name]) => <tr key={id}><td>{name}</td>{outcomes.map((each) => <td key={each.label} class="num">{sayMoney(amount(each, id), each.currency)}</td>)}</tr>)}
        <tr><td><strong>{t("pay.all")}</strong></td>{outcomes.map((each) => <td key={each.label} class="num"><strong>{sayMoney(each.amount_minor, each.currency)}</strong></td>)}</tr></tbody></table></div>
  );
}
