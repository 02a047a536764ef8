/** Policies: what the house goes by, tried before it is set. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { get, post } from "../api";
import { addDays, sayDay, today } from "../format";
import { Dialog, say, Show, Told, useLoad } from "../parts/ui";
import { t } from "../texts";

interface Kind { kind: string; about: string; in_force: { body: unknown; version_id: string | null; effective_from: string | null } }
interface Trial { differences: { pointer: string; before: unknown; after: unknown }[] }

export function SettingsPage({ me }: PageProps) {
  const found = useLoad(() => get<{ kinds: Kind[] }>("/api/v1/policies"), []);
  const [opened, setOpened] = useState<Kind>();
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.settings")}</h1></header>
      <section class="card"><h2>{t("settings.policies")}</h2>
        <Show of={found}>{(all) => (
          <ul class="policies">{all.kinds.map((each) => (
            <li key={each.kind}><div><strong>{each.kind.replaceAll("_", " ")}</strong> <span class="chip">{each.in_force.version_id ? t("settings.in_force", { day: sayDay(each.in_force.effective_from) }) : t("settings.default")}</span><p class="quiet">{each.about}</p></div>
              {me.role !== "supervisor" && <button type="button" aria-label={`${t("settings.edit")}: ${each.kind}`} onClick={() => setOpened(each)}>{t("settings.edit")}</button>}</li>
          ))}</ul>)}</Show>
      </section>
      {opened && <Edit of={opened} close={() => { setOpened(undefined); found.again(); }} />}
    </div>
  );
}

function Edit({ of, close }: { of: Kind; close: () => void }) {
  const [body, setBody] = useState(JSON.stringify(of.in_force.body, null, 2));
  const [from, setFrom] = useState(addDays(today(), 1));
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState("");
  const [trial, setTrial] = useState<Trial>();
  const [done, setDone] = useState(false);
  const run = async (work: (parsed: unknown) => Promise<void>) => {
    setWrong("");
    setTrial(undefined);
    try {
      await work(JSON.parse(body));
    } catch (what) {
      setWrong(what instanceof SyntaxError ? t("settings.not_json", { why: what.message }) : say(what));
    }
  };
  return (
    <Dialog title={of.kind.replaceAll("_", " ")} close={close}>
      <p class="quiet">{of.about}</p>
      <label>{t("settings.body")}<textarea spellcheck={false} rows={14} value={body} onInput={(event) => setBody(event.currentTarget.value)} /></label>
      <div class="row"><label>{t("settings.from")}<input type="date" value={from} onChange={(event) => setFrom(event.currentTarget.value)} /></label>
        <label class="grow">{t("settings.note")}<input value={note} onInput={(event) => setNote(event.currentTarget.value)} /></label></div>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {trial && <Told><p>{trial.differences.length ? t("settings.differences", { n: trial.differences.length }) : t("settings.no_difference")}</p>
        <ul class="lines">{trial.differences.map((each) => <li key={each.pointer}><code>{each.pointer}</code><span>{JSON.stringify(each.before)} → {JSON.stringify(each.after)}</span></li>)}</ul></Told>}
      {done && <Told>{t("settings.set_done")}</Told>}
      <div class="row">
        <button type="button" onClick={() => run(async (parsed) => setTrial(await post<Trial>(`/api/v1/policies/${of.kind}/dry-run`, { effective_from: from, body: parsed })))}>{t("settings.try")}</button>
        <button type="button" class="main" disabled={!note.trim()} onClick={() => run(async (parsed) => { await post(`/api/v1/policies/${of.kind}`, { effective_from: from, body: parsed, note: note.trim() }, "PUT"); setDone(true); })}>{t("settings.set")}</button>
      </div>
    </Dialog>
  );
}
