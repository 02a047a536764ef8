/** Policies: what the house goes by. Each is a form made from its schema, tried before it is set, with its history. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { ApiError, get, post } from "../api";
import { addDays, sayDay, sayMoment, today } from "../format";
import { people } from "../parts/people";
import { SchemaForm, type Faults, type Schema } from "../parts/schemaform";
import { Dialog, say, Show, Told, useLoad } from "../parts/ui";
import { TrackingCard } from "../parts/tracking";
import { has, t, tcode } from "../texts";

interface Kind { kind: string; about: string; schema: Schema; default: unknown; in_force: { body: unknown; version_id: string | null; effective_from: string | null } }
interface TierPreview { customers: number; moved: number; counts: { tier: string | null; before: number; after: number }[]; reps: { rep_id: string | null; name: string; visits_before: number; visits_after: number }[] }
interface Trial { differences: { pointer: string; before: unknown; after: unknown }[]; tiers: TierPreview | null }
interface Version { id: string; effective_from: string; note: string; made_at: string; made_by: string | null; withdrawn_at: string | null; body: unknown }

const GROUPS: Record<string, string[]> = {
  visits: ["tiers", "value_score", "planning", "visits", "integrity", "days_off"],
  selling: ["selling", "credit", "approvals", "gifts", "taxes", "causes", "holdout"],
  goods: ["stock", "deliveries", "settlements"],
};
const groupOf = (kind: string) => Object.keys(GROUPS).find((group) => GROUPS[group]!.includes(kind)) ?? "others";

/** What a policy is about, in the reader's language where we have it. */
const aboutOf = ({ kind, about }: Kind) => {
  const key = `policy_about.${kind}`;
  return has(key) ? t(key) : about;
};

export function SettingsPage({ me, rest }: PageProps) {
  const found = useLoad(() => get<{ kinds: Kind[] }>("/api/v1/policies"), []);
  const opened = found.data?.kinds.find((each) => each.kind === rest);
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.settings")}</h1></header>
      <Show of={found}>{({ kinds }) => <>{[...Object.keys(GROUPS), "others"].map((group) => {
        const own = kinds.filter((each) => groupOf(each.kind) === group);
        return own.length ? (
          <section class="card" key={group} aria-labelledby={`of-${group}`}><h2 id={`of-${group}`}>{tcode("settings.group", group)}</h2>
            <ul class="policies">{own.map((each) => (
              <li key={each.kind}><div><strong>{tcode("policy", each.kind)}</strong> <span class="chip">{each.in_force.version_id ? t("settings.in_force", { day: sayDay(each.in_force.effective_from) }) : t("settings.default")}</span><p class="quiet">{aboutOf(each)}</p></div>
                <a class="button" href={`#/settings/${each.kind}`} aria-label={`${t(me.role === "supervisor" ? "settings.look" : "settings.edit")}: ${tcode("policy", each.kind)}`}>{t(me.role === "supervisor" ? "settings.look" : "settings.edit")}</a></li>
            ))}</ul>
          </section>) : null;
      })}</>}</Show>
      <TrackingCard me={me} />
      {opened && <Edit key={opened.kind} of={opened} may={me.role !== "supervisor"} close={() => (location.hash = "#/settings")} changed={found.again} />}
    </div>
  );
}

function Edit({ of, may, close, changed }: { of: Kind; may: boolean; close: () => void; changed: () => void }) {
  const [body, setBody] = useState(of.in_force.body);
  const [json, setJson] = useState<string>();
  const [from, setFrom] = useState(addDays(today(), 1));
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState("");
  const [faults, setFaults] = useState<Faults>(new Map());
  const [trial, setTrial] = useState<Trial>();
  const [done, setDone] = useState(false);
  const history = useLoad(async () => {
    const [{ versions }, who] = await Promise.all([get<{ versions: Version[] }>(`/api/v1/policies/${of.kind}/versions`), people()]);
    return { versions, who };
  }, [of.kind]);
  const edit = (next: unknown) => {
    setBody(next);
    setTrial(undefined);
    setDone(false);
  };
  const run = async (work: (body: unknown) => Promise<void>) => {
    setWrong("");
    setFaults(new Map());
    setTrial(undefined);
    setDone(false);
    try {
      const told = json === undefined ? body : (JSON.parse(json) as unknown);
      setBody(told);
      await work(told);
    } catch (what) {
      const told = what instanceof ApiError ? what.problem.errors ?? [] : [];
      setFaults(new Map(told.map((each) => [each.pointer, each.message])));
      setWrong(what instanceof SyntaxError ? t("settings.not_json", { why: what.message }) : told.length && json === undefined ? t("settings.faults", { n: told.length }) : say(what));
    }
  };
  const set = (told: unknown) => post(`/api/v1/policies/${of.kind}`, { effective_from: from, body: told, note: note.trim() }, "PUT").then(() => { setDone(true); changed(); history.again(); });
  const withdraw = (version: Version) => run(async () => { await post(`/api/v1/policies/${of.kind}/versions/${version.id}`, undefined, "DELETE"); changed(); history.again(); });
  return (
    <Dialog title={tcode("policy", of.kind)} close={close}>
      <p class="quiet">{aboutOf(of)}</p>
      {json === undefined
        ? <fieldset disabled={!may}><SchemaForm schema={of.schema} name={of.kind} at="" value={body} set={edit} faults={faults} must normal={of.default} /></fieldset>
        : <label>{t("settings.body")}<textarea spellcheck={false} rows={16} value={json} onInput={(event) => setJson(event.currentTarget.value)} /></label>}
      <div class="row">
        {may && <button type="button" class="plain" onClick={() => { edit(of.default); setJson(undefined); }}>{t("settings.as_delivered")}</button>}
        <button type="button" class="plain" onClick={() => { try { if (json !== undefined) setBody(JSON.parse(json)); setJson(json === undefined ? JSON.stringify(body, null, 2) : undefined); } catch (what) { setWrong(t("settings.not_json", { why: String(what) })); } }}>{t(json === undefined ? "settings.as_json" : "settings.as_form")}</button>
      </div>
      {may && <div class="verdict">
        <div class="row"><label>{t("settings.from")}<input type="date" value={from} onChange={(event) => setFrom(event.currentTarget.value)} /></label>
          <label class="grow">{t("settings.note")}<input value={note} maxLength={500} onInput={(event) => setNote(event.currentTarget.value)} /></label></div>
        {wrong && <p class="wrong" role="alert">{wrong}</p>}
        {trial && <Difference of={trial} />}
        {done && <Told>{t("settings.set_done")}</Told>}
        <div class="row">
          <button type="button" onClick={() => run(async (told) => setTrial(await post<Trial>(`/api/v1/policies/${of.kind}/dry-run`, { effective_from: from, body: told })))}>{t("settings.try")}</button>
          <button type="button" class="main" disabled={!note.trim()} onClick={() => run(set)}>{t("settings.set")}</button>
        </div>
      </div>}
      <section><h3>{t("settings.history")}</h3>
        <Show of={history}>{({ versions, who }) => versions.length ? (
          <ul class="lines wrap versions">{versions.map((each) => (
            <li key={each.id}><div>{t("settings.in_force", { day: sayDay(each.effective_from) })}{each.id === of.in_force.version_id && <span class="chip done">{t("settings.holds")}</span>}{each.withdrawn_at && <span class="chip">{t("settings.withdrawn")}</span>}<small class="said">{each.note}</small></div>
              <small>{each.made_by ? (who.get(each.made_by)?.name ?? "?") : t("settings.terminal")}, {sayMoment(each.made_at)}{may && !each.withdrawn_at && each.effective_from > today() && <button type="button" class="plain" onClick={() => withdraw(each)}>{t("settings.withdraw")}</button>}</small></li>))}</ul>
        ) : <p class="quiet">{t("settings.never")}</p>}</Show>
      </section>
    </Dialog>
  );
}

/** What would change: in the document, and in the tiers of customers and the work of reps where it bears on them. */
function Difference({ of }: { of: Trial }) {
  const short = (value: unknown) => (value === null || value === undefined ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));
  return (
    <Told>
      <p><strong>{of.differences.length ? t("settings.differences", { n: of.differences.length }) : t("settings.no_difference")}</strong></p>
      <ul class="lines">{of.differences.map((each) => <li key={each.pointer}><span>{each.pointer.slice(1).split("/").map((part) => (/^\d+$/.test(part) ? Number(part) + 1 : tcode("field", part.replace(/_(bp|minor)$/, "")))).join(" › ")}</span><span>{short(each.before)} → {short(each.after)}</span></li>)}</ul>
      {of.tiers && <>
        <p>{t("settings.tier_moves", { n: of.tiers.moved, all: of.tiers.customers })}</p>
        <ul class="lines">{of.tiers.counts.map((each) => <li key={each.tier}><span>{t("customers.tier")} {each.tier ?? "–"}</span><span>{each.before} → {each.after}</span></li>)}
          {of.tiers.reps.map((each) => <li key={each.rep_id}><span>{each.rep_id ? each.name : t("customers.nobody")}</span><span>{t("settings.visits_a_week", { before: each.visits_before.toFixed(1), after: each.visits_after.toFixed(1) })}</span></li>)}</ul></>}
    </Told>
  );
}
