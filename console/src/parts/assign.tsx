/** Giving customers to several reps as key accounts, on terms; what would change is shown before it is done. */
import { useState } from "preact/hooks";
import { post } from "../api";
import { today } from "../format";
import { t, tcode, type Key } from "../texts";
import type { Person } from "../types";
import { Cadence } from "./cadence";
import { repsOf } from "./people";
import { Dialog, say, Told } from "./ui";

interface Row { customer_id: string; rep_id: string; change: "new" | "changed" | "same" | "refused"; changes: Record<string, [unknown, unknown]>; reason: string | null }
interface Given { counts: Record<string, number>; rows: Row[] }
const SHOWN = 60;

export function Assign({ customers: given, who, close, done }: { customers: Map<string, string>; who: Map<string, Person>; close: () => void; done: () => void }) {
  const [customers] = useState(given); // what was selected may be let go of once it is done
  const [reps, setReps] = useState<ReadonlySet<string>>(new Set());
  const [terms, setTerms] = useState({ priority: 3, rrule: "", from_on: "", until_on: "", together: false, instruction: "" });
  const [trial, setTrial] = useState<Given>();
  const [kept, setKept] = useState<Given>();
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const set = (part: Partial<typeof terms>) => { setTerms((was) => ({ ...was, ...part })); setTrial(undefined); setKept(undefined); };
  const ask = async (dry_run: boolean) => {
    setBusy(true);
    setWrong("");
    const body = { customer_ids: [...customers.keys()], rep_ids: [...reps], priority: terms.priority, together: terms.together, rrule: terms.rrule || null, from_on: terms.from_on || null, until_on: terms.until_on || null, instruction: terms.instruction.trim() || null, dry_run };
    await post<Given>("/api/v1/key-accounts", body).then((found) => { if (dry_run) return setTrial(found); setKept(found); setTrial(undefined); done(); }, (what: unknown) => setWrong(say(what)));
    setBusy(false);
  };
  const shown = trial ?? kept;
  return (
    <Dialog title={t("assign.title", { n: customers.size })} close={close}>
      <p class="quiet">{[...customers.values()].slice(0, 8).join(", ")}{customers.size > 8 ? " …" : ""}</p>
      <fieldset><legend>{t("assign.reps")}</legend><div class="tall">
        {repsOf(who).map((rep) => <label key={rep.id} class="inline"><input type="checkbox" checked={reps.has(rep.id)} onChange={() => { const next = new Set(reps); if (!next.delete(rep.id)) next.add(rep.id); setReps(next); setTrial(undefined); setKept(undefined); }} /> {rep.name}</label>)}</div>
      </fieldset>
      <div class="parts">
        <label>{t("assign.priority")}<select value={terms.priority} onChange={(event) => set({ priority: Number(event.currentTarget.value) })}>{[1, 2, 3, 4, 5].map((each) => <option key={each} value={each}>{each === 1 ? t("assign.first") : each === 5 ? t("assign.last") : each}</option>)}</select></label>
        <div class="labelled"><label for="assign-often">{t("cadence.how_often")}</label><Cadence id="assign-often" value={terms.rrule} set={(rrule) => set({ rrule })} none={t("assign.as_tier")} /></div>
        <label>{t("assign.from")}<input type="date" min={today()} value={terms.from_on} onChange={(event) => set({ from_on: event.currentTarget.value })} /></label>
        <label>{t("assign.until")}<input type="date" min={terms.from_on || today()} value={terms.until_on} onChange={(event) => set({ until_on: event.currentTarget.value })} /></label>
      </div>
      <label class="inline"><input type="checkbox" checked={terms.together} onChange={(event) => set({ together: event.currentTarget.checked })} /> {t("assign.together")}</label>
      <label>{t("customers.instruction")}<input value={terms.instruction} maxLength={500} onInput={(event) => set({ instruction: event.currentTarget.value })} /></label>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {shown && <Told>
        <p><strong>{t(kept ? "assign.done" : "assign.would")}</strong> {Object.entries(shown.counts).filter(([, n]) => n).map(([change, n]) => t(`assign.${change}` as Key, { n })).join(", ")}</p>
        <ul class="lines">{shown.rows.slice(0, SHOWN).map((each) => <li key={each.customer_id + each.rep_id}><span>{customers.get(each.customer_id)} → {who.get(each.rep_id)?.name ?? "?"}</span><small>{tcode("change", each.change)}{Object.entries(each.changes).map(([name, [before, after]]) => ` · ${tcode("field", name)}: ${String(before ?? "–")} → ${String(after ?? "–")}`).join("")}{each.reason ? ` · ${each.reason}` : ""}</small></li>)}</ul></Told>}
      <div class="row"><button type="button" disabled={busy || !reps.size} onClick={() => ask(true)}>{t("assign.try")}</button>
        <button type="button" class="main" disabled={busy || !reps.size} onClick={() => ask(false)}>{t("assign.do")}</button></div>
    </Dialog>
  );
}
