/** What reps are paid: schemes, months, slips to the last order line, disputes and corrections. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, post } from "../api";
import { sayDay, sayMoment, sayMoney, sayNumber, today } from "../format";
import { Disputes } from "../parts/paydisputes";
import { Schemes } from "../parts/payschemes";
import { RunView } from "../parts/payslip";
import type { Correction, Run, RunDetail, Scheme } from "../parts/paytypes";
import { people } from "../parts/people";
import { Empty, say, Show, useLoad } from "../parts/ui";
import { t, tcode, type Key } from "../texts";

const TABS = ["runs", "schemes", "disputes", "corrections"] as const;

export function Pay({ me, rest }: PageProps) {
  const boss = me.role !== "supervisor";
  const [tab = "runs", id] = rest.split("/");
  const tabs = TABS.filter((each) => boss || each === "runs" || each === "disputes");
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.pay")}</h1>
        <div role="navigation" class="tools" aria-label={t("pay.parts")}>{tabs.map((each) => <a key={each} class="chip" href={`#/pay/${each}`} aria-current={each === tab || (each === "runs" && tab === "run") ? "page" : undefined}>{t(`pay.${each}` as Key)}</a>)}</div></header>
      {tab === "run" && id ? <RunView id={id} boss={boss} /> : tab === "schemes" ? <Schemes /> : tab === "disputes" ? <Disputes boss={boss} /> : tab === "corrections" ? <Corrections /> : <Runs boss={boss} />}
    </div>
  );
}

function Runs({ boss }: { boss: boolean }) {
  const found = useLoad(async () => {
    const [runs, schemes] = await Promise.all([all<Run>("/api/v1/pay-runs", {}, 200), boss ? all<Scheme>("/api/v1/schemes", {}, 200) : []]);
    return { runs: runs.filter((each) => each.state !== "discarded"), codes: [...new Set(schemes.filter((each) => !each.withdrawn_at).map((each) => each.code))] };
  }, []);
  return (
    <Show of={found}>{({ runs, codes }) => (
      <>
        {boss && codes.length > 0 && <NewRun codes={codes} />}
        {runs.length ? <div class="scroll"><table class="wide">
          <thead><tr><th>{t("pay.month")}</th><th>{t("pay.scheme")}</th><th>{t("pay.state")}</th><th class="num">{t("pay.amount")}</th><th class="num">{t("pay.line_count")}</th><th class="num">{t("pay.nobodys")}</th></tr></thead>
          <tbody>{runs.map((each) => (
            <tr key={each.id}><td class="nobreak"><a href={`#/pay/run/${each.id}`}>{each.first.slice(0, 7)}</a></td><td>{each.scheme}</td><td><span class={`chip flush ${each.state === "closed" ? "done" : "warn"}`}>{tcode("pay", each.state)}</span></td>
              <td class="num">{sayMoney(each.amount_minor, each.currency)}</td><td class="num">{sayNumber(each.lines)}</td><td class="num">{each.nobodys_minor ? sayMoney(each.nobodys_minor, each.currency) : "–"}</td></tr>))}</tbody>
        </table></div> : <Empty><p>{boss && !codes.length ? t("pay.no_schemes") : t("pay.no_runs")}</p></Empty>}
      </>)}</Show>
  );
}

function NewRun({ codes }: { codes: string[] }) {
  const [code, setCode] = useState(codes[0] ?? "");
  const [month, setMonth] = useState(today().slice(0, 7));
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setWrong("");
    try {
      const made = await post<RunDetail>("/api/v1/pay-runs", { scheme: code, month: `${month}-01` });
      location.hash = `#/pay/run/${made.run.id}`;
    } catch (what) {
      setWrong(say(what));
    }
    setBusy(false);
  };
  return (
    <section class="card filters" aria-label={t("pay.new_run")}>
      <label>{t("pay.scheme")}<select value={code} onChange={(event) => setCode(event.currentTarget.value)}>{codes.map((each) => <option key={each}>{each}</option>)}</select></label>
      <label>{t("pay.month")}<input type="month" value={month} onInput={(event) => setMonth(event.currentTarget.value)} /></label>
      <button type="button" class="main" disabled={busy || !month} onClick={run}>{busy ? t("app.loading") : t("pay.run")}</button>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
    </section>
  );
}

function Corrections() {
  const found = useLoad(async () => ({ list: await all<Correction>("/api/v1/pay-corrections", {}, 200), who: await people() }), []);
  return (
    <Show of={found}>{({ list, who }) => list.length ? (
      <div class="scroll"><table class="wide"><thead><tr><th>{t("pay.rep")}</th><th>{t("pay.scheme")}</th><th>{t("pay.reason")}</th><th>{t("pay.asked")}</th><th>{t("pay.state")}</th><th class="num">{t("pay.amount")}</th></tr></thead>
        <tbody>{list.map((each) => (
          <tr key={each.id}><td>{who.get(each.rep_id)?.name ?? "?"}</td><td>{each.scheme}</td><td class="why">{each.reason}</td><td>{sayMoment(each.asked_at)} · {who.get(each.asked_by)?.name ?? "?"}</td>
            <td>{each.granted_at ? t("pay.granted", { day: sayDay(each.granted_at) }) : each.refused_at ? t("pay.refused") : <a href="#/approvals">{t("pay.waits")}</a>}</td><td class="num">{sayMoney(each.amount_minor, each.currency)}</td></tr>))}</tbody></table></div>
    ) : <Empty><p>{t("pay.no_corrections")}</p></Empty>}</Show>
  );
}

