/** A run: its slips, the lines of one, and why a line is what it is. */
import { useState } from "preact/hooks";
import { ask, get, post, type Page } from "../api";
import { sayDay, sayMoney, sayNumber } from "../format";
import { t, tcode } from "../texts";
import { sayFraction, type Explanation, type Path, type PayLine, type RunDetail, type Slip } from "./paytypes";
import { Dialog, say, Show, Told, useLoad } from "./ui";

export function RunView({ id, boss }: { id: string; boss: boolean }) {
  const found = useLoad(() => get<RunDetail>(`/api/v1/pay-runs/${id}`), [id]);
  const [rep, setRep] = useState<string>();
  return (
    <Show of={found}>{({ run, slips }) => {
      const money = (minor: number) => sayMoney(minor, run.currency);
      const shown = slips.find((each) => each.rep_id === rep);
      return (
        <>
          <section class="card"><div class="row between"><div><h2>{run.scheme} · {run.first.slice(0, 7)} <span class={`chip ${run.state === "closed" ? "done" : "warn"}`}>{tcode("pay", run.state)}</span></h2>
            <p class="quiet">{t("pay.run_of", { amount: money(run.amount_minor), lines: sayNumber(run.lines), hash: run.content_hash.slice(0, 12) })}</p></div>
            <Deeds run={run} boss={boss} again={found.again} /></div></section>
          <div class="scroll"><table class="wide"><thead><tr><th>{t("pay.rep")}</th><th>{t("pay.how")}</th><th class="num">{t("pay.amount")}</th></tr></thead>
            <tbody>{slips.map((each) => (
              <tr key={each.rep_id} class={each.rep_id === rep ? "on" : ""}><td><button type="button" class="plain" aria-pressed={each.rep_id === rep} onClick={() => setRep(each.rep_id === rep ? undefined : each.rep_id)}>{each.rep}</button></td>
                <td>{each.content.rules.map((rule) => <p key={rule.rule}>{rule.rule}: {sayBasis(rule, run.currency)} {rule.mode === "by line" ? t("pay.by_line") : `× ${sayRate(rule)}`} → {money(rule.amount_minor)}</p>)}
                  {Object.entries(each.content.kinds).filter(([kind]) => kind !== "earned").map(([kind, amount]) => <p key={kind}>{tcode("pay.kind", kind)} → {money(amount)}</p>)}</td>
                <td class="num"><strong>{money(each.amount_minor)}</strong></td></tr>))}</tbody></table></div>
          {shown && <SlipLines slip={shown} run={run} boss={boss} />}
        </>);
    }}</Show>
  );
}

function Deeds({ run, boss, again }: { run: RunDetail["run"]; boss: boolean; again: () => void }) {
  const [wrong, setWrong] = useState("");
  const [told, setTold] = useState("");
  const attempt = async (work: () => Promise<unknown>) => {
    setWrong("");
    setTold("");
    await work().then(again, (what: unknown) => setWrong(say(what)));
  };
  const address = `/api/v1/pay-runs/${run.id}`;
  const check = async () => {
    const { faults } = await get<{ faults: string[] }>(`${address}/check`);
    setTold(faults.length ? faults.join("; ") : t("pay.adds_up"));
  };
  return (
    <div><div class="row">
      {["csv", "xlsx"].map((kind) => <button key={kind} type="button" onClick={() => attempt(() => save(`${address}/slips.${kind}`, `pay-${run.scheme}-${run.first.slice(0, 7)}.${kind}`))}>{kind.toUpperCase()}</button>)}
      {boss && <button type="button" onClick={() => attempt(check)}>{t("pay.check")}</button>}
      {boss && run.state === "open" && <><button type="button" onClick={() => attempt(async () => { await post(`${address}/discard`); location.hash = "#/pay/runs"; })}>{t("pay.discard")}</button>
        <button type="button" class="main" onClick={() => attempt(() => post(`${address}/close`))}>{t("pay.close")}</button></>}
    </div>{wrong && <p class="wrong" role="alert">{wrong}</p>}{told && <Told>{told}</Told>}</div>
  );
}

async function save(path: string, name: string) {
  const answer = await ask("GET", path);
  const address = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function SlipLines({ slip, run, boss }: { slip: Slip; run: RunDetail["run"]; boss: boolean }) {
  const [after, setAfter] = useState<string | null>(null);
  const [open, setOpen] = useState<PayLine>();
  const found = useLoad(() => get<Page<PayLine>>(`/api/v1/pay-runs/${run.id}/lines`, { rep_id: slip.rep_id, limit: 50, after }), [slip.rep_id, after]);
  return (
    <section aria-label={t("pay.lines_of", { rep: slip.rep })}><h2>{t("pay.lines_of", { rep: slip.rep })}</h2>
      <Show of={found}>{(page) => <><div class="scroll"><table class="wide"><thead><tr><th>#</th><th>{t("pay.day")}</th><th>{t("pay.rule")}</th><th>{t("pay.what")}</th><th>{t("pay.share")}</th><th class="num">{t("pay.amount")}</th></tr></thead>
        <tbody>{page.items.map((each) => (
          <tr key={each.id}><td><button type="button" class="plain" aria-label={t("pay.explain", { n: each.position })} onClick={() => setOpen(each)}>{each.position}</button></td><td>{sayDay(each.day)}</td><td>{each.rule}</td>
            <td>{tcode("pay.kind", each.kind)} · {tcode("pay.source", each.source_kind)}</td><td>{each.of_weights > 1 ? `${each.weight}/${each.of_weights}` : ""}</td><td class="num">{sayMoney(each.amount_minor, run.currency)}</td></tr>))}</tbody></table></div>
        <div class="row">{after && <button type="button" onClick={() => setAfter(null)}>{t("pay.from_start")}</button>}{page.next && <button type="button" onClick={() => setAfter(page.next)}>{t("pay.more")}</button>}</div></>}</Show>
      {open && <LineDialog line={open} run={run} boss={boss} close={() => setOpen(undefined)} />}
    </section>
  );
}

export function LineDialog({ line, run, boss, close }: { line: { id: string; rep_id: string }; run: { id: string; currency?: string; scheme?: string; state?: string }; boss: boolean; close: () => void }) {
  const found = useLoad(() => get<Explanation>(`/api/v1/pay-runs/${run.id}/lines/${line.id}/explain`), [line.id]);
  return (
    <Dialog title={t("pay.why")} close={close}>
      <Show of={found}>{(told) => <><Why of={told} currency={run.currency} />{boss && told.run.state === "closed" && <Correct told={told} />}</>}</Show>
    </Dialog>
  );
}

function Why({ of, currency }: { of: Explanation; currency?: string }) {
  const money = (minor: number | null) => sayMoney(minor, currency);
  return (
    <div class="stack">
      <p><strong>{money(of.line.amount_minor)}</strong> · {of.rep} · {tcode("pay.kind", of.line.kind)} · {of.line.rule}{of.customer ? ` · ${of.customer}` : ""}</p>
      {of.line.of_weights > 1 && <p>{t("pay.shared", { weight: of.line.weight, of: of.line.of_weights })}</p>}
      <ul class="lines">{Object.entries(of.source).filter(([, value]) => value !== null).map(([name, value]) => <li key={name}><small>{name.replace(/_(minor|id)$/, "").replaceAll("_", " ")}</small><span>{name.endsWith("_minor") ? money(Number(value)) : String(value)}</span></li>)}</ul>
      {of.because.map((each, at) => <p key={at} class="quiet">{Object.entries(each).filter(([, value]) => value !== null).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`).join(" · ")}</p>)}
      {of.path && <HowItCame path={of.path} currency={currency} />}
      {of.parts.length > 0 && <div class="scroll"><table class="wide"><thead><tr><th>#</th><th>{t("pay.product")}</th><th class="num">{t("pay.pieces")}</th><th class="num">{t("pay.net")}</th><th class="num">{t("pay.cost")}</th><th class="num">{t("pay.basis")}</th><th class="num">{t("pay.exact")}</th><th class="num">{t("pay.amount")}</th></tr></thead>
        <tbody>{of.parts.map((each) => <tr key={each.line_no}><td>{each.line_no}</td><td>{each.sku} {each.product}</td><td class="num">{sayNumber(each.pieces)}</td><td class="num">{money(each.net_minor)}</td><td class="num">{each.cost_minor === null ? "" : money(each.cost_minor)}</td>
          <td class="num">{of.path ? inBasis(of.path, each.basis, currency) : ""}</td><td class="num">{each.exact ? sayFraction(each.exact) : ""}</td><td class="num">{money(each.amount_minor)}</td></tr>)}</tbody></table></div>}
      {of.origin && <><h3>{t("pay.takes_back")}</h3><Why of={of.origin} currency={currency} /></>}
      {of.later.length > 0 && <p>{t("pay.later", { n: of.later.length, amount: money(of.later.reduce((sum, each) => sum + each.amount_minor, 0)) })}</p>}
    </div>
  );
}

function HowItCame({ path, currency }: { path: Path; currency?: string }) {
  return (
    <div class="note"><p>{t("pay.whole_basis", { basis: sayBasis(path, currency) })}{path.target ? ` · ${t("pay.target", { part: ((path.reached_bp ?? 0) / 100).toFixed(1) })}` : ""}</p>
      <ul class="lines">{path.steps.map((each) => <li key={each.from}><small>{t("pay.step", { from: path.mode === "by line" ? sayNumber(each.from) : inBasis(path, each.from, currency), rate: inRate(path, each.rate, currency) })}</small><span>{inBasis(path, each.basis, currency)}</span></li>)}</ul>
      <p>{t("pay.sum", { steps: sayFraction(path.exact), fast: sayFraction(path.accelerated), paid: sayFraction(path.paid), times: path.multiplier })}</p></div>
  );
}

function Correct({ told }: { told: Explanation }) {
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState("");
  const [done, setDone] = useState(false);
  const send = () => post("/api/v1/pay-corrections", { rep_id: told.line.rep_id ?? "", scheme: told.run.scheme, amount_minor: Number(amount), reason: reason.trim(), line_id: told.line.id }).then(() => setDone(true), (what: unknown) => setWrong(say(what)));
  if (done) return <Told>{t("pay.correction_asked")}</Told>;
  return (
    <details><summary>{t("pay.correct")}</summary>
      <div class="decide"><label>{t("pay.minor")}<input inputMode="numeric" pattern="-?[0-9]+" value={amount} onInput={(event) => setAmount(event.currentTarget.value)} /></label>
        <label>{t("pay.reason")}<input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        <button type="button" class="main" disabled={!/^-?[1-9]\d*$/.test(amount) || !reason.trim()} onClick={send}>{t("pay.ask_correction")}</button></div>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}</details>
  );
}

function sayBasis(path: Path, currency?: string): string {
  return inBasis(path, path.basis_sum, currency);
}

function inBasis(path: Path, value: number, currency?: string): string {
  return path.basis === "quantity" ? t("pay.count_pieces", { n: sayNumber(value / 1000) }) : sayMoney(value, currency);
}

function inRate(path: Path, rate: number, currency?: string): string {
  return path.basis === "quantity" ? t("pay.per_1000", { amount: sayMoney(rate, currency) }) : `${sayNumber(rate / 100)} %`;
}

function sayRate(path: Path): string {
  const [above = "0", below = "1"] = path.multiplier.split("/");
  const value = Number(above) / Number(below);
  return path.basis === "quantity" ? t("pay.per_1000", { amount: sayMoney(Math.round(value * 1e6)) }) : `${sayNumber(Math.round(value * 1e5) / 1e3)} %`;
}
