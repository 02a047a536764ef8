/** Arranging who stands in for a rep: what the rep has in hand, what each stand-in would get, and only then for good. */
import { useState } from "preact/hooks";
import { get, post } from "../api";
import { addDays, sayMoney, sayNumber, today } from "../format";
import { t } from "../texts";
import type { Cover, Person } from "../types";
import { repsOf } from "./people";
import { Dialog, say, Show, Stat, Told, useLoad } from "./ui";

interface InHand { customers: number; key_accounts: number; planned_visits: number; open_orders: number; owed_minor: Record<string, number>; van_pieces: number; cash_minor: Record<string, number> }
type Kind = "absence" | "departure";

const money = (of: Record<string, number>) => Object.entries(of).filter(([, minor]) => minor).map(([code, minor]) => sayMoney(minor, code, true)).join(", ") || "–";

export function ArrangeCover({ who, close, done }: { who: Map<string, Person>; close: () => void; done: (told: string) => void }) {
  const [form, setForm] = useState({ rep: "", kind: "absence" as Kind, from: addDays(today(), 1), until: addDays(today(), 7), reason: "" });
  const [crew, setCrew] = useState<ReadonlySet<string>>(new Set());
  const [trial, setTrial] = useState<Cover>();
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const set = (part: Partial<typeof form>) => { setForm((was) => ({ ...was, ...part })); setTrial(undefined); setWrong(""); };
  const reps = repsOf(who);
  const others = reps.filter((each) => each.id !== form.rep);
  const toggle = (id: string) => { const next = new Set(crew); if (!next.delete(id)) next.add(id); setCrew(next); setTrial(undefined); };
  const send = async (dry_run: boolean) => {
    setBusy(true);
    setWrong("");
    const stand_ins = others.filter((each) => crew.has(each.id)).map((each) => each.id);
    const body = { rep_id: form.rep, kind: form.kind, from_on: form.from, until_on: form.kind === "absence" ? form.until : null, reason: form.reason.trim(), stand_ins, dry_run };
    await post<Cover>("/api/v1/covers", body).then((found) => {
      if (dry_run) return setTrial(found);
      done(t("absences.arranged", { name: who.get(form.rep)?.name ?? "" }));
      close();
    }, (what: unknown) => setWrong(say(what)));
    setBusy(false);
  };
  const ready = form.rep && form.from && form.reason.trim() && others.some((each) => crew.has(each.id));
  return (
    <Dialog title={t("absences.arrange")} close={close}>
      <div class="parts">
        <label>{t("absences.who")}<select value={form.rep} onChange={(event) => set({ rep: event.currentTarget.value })}><option value="">{t("absences.choose")}</option>{reps.map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}</select></label>
        <label>{t("absences.what")}<select value={form.kind} onChange={(event) => set({ kind: event.currentTarget.value as Kind })}><option value="absence">{t("absences.comes_back")}</option><option value="departure">{t("absences.for_good")}</option></select></label>
        <label>{t(form.kind === "absence" ? "absences.first_day" : "absences.first_without")}<input type="date" value={form.from} onInput={(event) => set({ from: event.currentTarget.value })} /></label>
        {form.kind === "absence" && <label>{t("absences.last_day")}<input type="date" min={form.from} value={form.until} onInput={(event) => set({ until: event.currentTarget.value })} /></label>}
        <label>{t("absences.reason")}<input value={form.reason} maxLength={120} onInput={(event) => set({ reason: event.currentTarget.value })} /></label>
      </div>
      {form.rep && <Hand rep={form.rep} leaves={form.kind === "departure"} />}
      {form.rep && <fieldset><legend>{t("absences.by")}</legend><div class="tall">{others.map((each) => <label key={each.id} class="inline"><input type="checkbox" checked={crew.has(each.id)} onChange={() => toggle(each.id)} /> {each.name}</label>)}</div></fieldset>}
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {trial && <Told><p><strong>{t("absences.would", { n: trial.parts.length })}</strong></p>
        <ul class="lines">{trial.stand_ins.map((id) => <li key={id}><span>{who.get(id)?.name ?? "–"}</span><span>{t("absences.gets", { n: trial.parts.filter((part) => part.rep_id === id).length })}</span></li>)}</ul>
        {form.kind === "departure" && <p>{t("absences.switched_off")}</p>}</Told>}
      <div class="row"><button type="button" disabled={busy || !ready} onClick={() => send(true)}>{t("absences.look")}</button>
        <button type="button" class="main" disabled={busy || !trial} onClick={() => send(false)}>{t("absences.do")}</button></div>
      {!trial && <p class="quiet">{t("absences.look_first")}</p>}
    </Dialog>
  );
}

/** What moves along, and what a rep who leaves has to give back. */
function Hand({ rep, leaves }: { rep: string; leaves: boolean }) {
  const found = useLoad(() => get<InHand>(`/api/v1/covers/in-hand/${rep}`), [rep]);
  return (
    <Show of={found}>{(hand) => (
      <section aria-label={t("absences.in_hand")}><h3>{t("absences.in_hand")}</h3>
        <dl class="stats slim">
          <Stat label={t("absences.customers")} value={sayNumber(hand.customers)} /><Stat label={t("absences.planned")} value={sayNumber(hand.planned_visits)} />
          <Stat label={t("absences.open_orders")} value={sayNumber(hand.open_orders)} /><Stat label={t("absences.owed")} value={money(hand.owed_minor)} />
        </dl>
        {(hand.van_pieces > 0 || money(hand.cash_minor) !== "–") && <p class={leaves ? "wrong" : "quiet"}>{t("absences.give_back", { pieces: sayNumber(hand.van_pieces), money: money(hand.cash_minor) })}</p>}
      </section>
    )}</Show>
  );
}
