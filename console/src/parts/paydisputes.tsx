/** What reps have against lines of their slips, and the answers. */
import { useState } from "preact/hooks";
import { all, post } from "../api";
import { sayMoment } from "../format";
import { t, tcode, type Key } from "../texts";
import { LineDialog } from "./payslip";
import type { Dispute } from "./paytypes";
import { people } from "./people";
import { Empty, say, Show, useLoad } from "./ui";

export function Disputes({ boss }: { boss: boolean }) {
  const [state, setState] = useState("open");
  const found = useLoad(async () => ({ list: await all<Dispute>("/api/v1/pay-disputes", { state }, 200), who: await people() }), [state]);
  const [open, setOpen] = useState<Dispute>();
  return (
    <>
      <div class="filters"><label>{t("pay.state")}<select value={state} onChange={(event) => setState(event.currentTarget.value)}>{["open", "upheld", "rejected"].map((each) => <option key={each} value={each}>{t(`pay.dispute_${each}` as Key)}</option>)}</select></label></div>
      <Show of={found}>{({ list, who }) => list.length ? <div class="stack">{list.map((each) => (
        <article key={each.id} class="card" aria-label={who.get(each.rep_id)?.name ?? "?"}>
          <header class="row between"><h2>{who.get(each.rep_id)?.name ?? "?"} <small class="quiet">{sayMoment(each.raised_at)}</small></h2><button type="button" onClick={() => setOpen(each)}>{t("pay.look")}</button></header>
          <p>{each.reason}</p>
          {each.answer ? <p><span class="chip flush">{tcode("pay.dispute", each.state)}</span> {each.answer}</p> : boss ? <Answer of={each} again={found.again} /> : null}
        </article>))}</div> : <Empty><p>{t("pay.no_disputes")}</p></Empty>}</Show>
      {open && <LineDialog line={{ id: open.line_id, rep_id: open.rep_id }} run={{ id: open.run_id }} boss={false} close={() => setOpen(undefined)} />}
    </>
  );
}

function Answer({ of, again }: { of: Dispute; again: () => void }) {
  const [answer, setAnswer] = useState("");
  const [amount, setAmount] = useState("");
  const [wrong, setWrong] = useState("");
  const send = (uphold: boolean) => post(`/api/v1/pay-disputes/${of.id}/answer`, { uphold, answer: answer.trim(), correction_minor: amount ? Number(amount) : null }).then(again, (what: unknown) => setWrong(say(what)));
  const ready = answer.trim() && /^(-?[1-9]\d*)?$/.test(amount);
  return (
    <div class="decide"><label>{t("pay.answer")}<input value={answer} maxLength={1000} onInput={(event) => setAnswer(event.currentTarget.value)} /></label>
      <label>{t("pay.minor_optional")}<input inputMode="numeric" value={amount} onInput={(event) => setAmount(event.currentTarget.value)} /></label>
      <button type="button" disabled={!ready} onClick={() => send(false)}>{t("pay.reject")}</button>
      <button type="button" class="main" disabled={!ready} onClick={() => send(true)}>{t("pay.uphold")}</button>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}</div>
  );
}
