/** Who is away and who stands in; arranging an absence or a departure after a look at what it would do; and customers whom nobody looks after. */
import { useState } from "preact/hooks";
import type { PageProps } from "../app";
import { get, post } from "../api";
import { ArrangeCover } from "../parts/arrangecover";
import { people, repsOf } from "../parts/people";
import { Empty, say, Show, Told, useLoad } from "../parts/ui";
import { sayDay, today } from "../format";
import { t, tcode } from "../texts";
import type { Cover, Person } from "../types";

interface Orphan { customer_id: string; name: string; why: string; owner_id: string | null }

export function Absences(_: PageProps) {
  const who = useLoad(people, []);
  const covers = useLoad(() => get<{ items: Cover[] }>("/api/v1/covers", { since: today() }).then((found) => found.items), []);
  const missing = useLoad(() => get<{ items: Orphan[] }>("/api/v1/covers/missing").then((found) => found.items), []);
  const [arranging, setArranging] = useState(false);
  const [told, setTold] = useState("");
  const look = (done: string) => { setTold(done); covers.again(); missing.again(); };
  return (
    <div class="page">
      <header class="head"><h1>{t("nav.absences")}</h1><div class="tools"><button type="button" class="main" onClick={() => setArranging(true)}>{t("absences.arrange")}</button></div></header>
      <p class="quiet">{t("absences.about")}</p>
      {told && <Told>{told}</Told>}
      <Show of={who}>{(known) => (
        <>
          <section class="stack" aria-label={t("absences.covers")}><h2>{t("absences.covers")}</h2>
            <Show of={covers}>{(found) => {
              const live = found.filter((each) => !each.called_off_at && !each.done_at).reverse();
              return live.length ? <div class="stack">{live.map((each) => <Away key={each.id} of={each} who={known} done={look} />)}</div> : <Empty><p>{t("absences.nobody_away")}</p></Empty>;
            }}</Show>
          </section>
          <section class="card"><h2>{t("absences.missing")}</h2>
            <Show of={missing}>{(found) => found.length ? <Missing list={found} who={known} done={look} /> : <p class="quiet">{t("absences.all_looked_after")}</p>}</Show>
          </section>
          {arranging && <ArrangeCover who={known} close={() => setArranging(false)} done={look} />}
        </>
      )}</Show>
    </div>
  );
}

const nameOf = (who: Map<string, Person>, id: string | null) => who.get(id ?? "")?.name ?? "–";

function Away({ of, who, done }: { of: Cover; who: Map<string, Person>; done: (told: string) => void }) {
  const [sure, setSure] = useState(false);
  const [wrong, setWrong] = useState("");
  const name = nameOf(who, of.rep_id);
  const callOff = () => post(`/api/v1/covers/${of.id}`, undefined, "DELETE").then(() => done(t("absences.called_off", { name })), (what: unknown) => setWrong(say(what)));
  const begun = of.from_on <= today();
  return (
    <article class="card" aria-label={name}>
      <header class="row between"><h3 class="flush">{name}</h3><span class={`chip flush ${begun ? "warn" : ""}`}>{begun ? t("absences.away_now") : tcode("absences.kind", of.kind)}</span></header>
      <p>{of.until_on ? t("absences.days", { from: sayDay(of.from_on), until: sayDay(of.until_on) }) : t("absences.leaves", { from: sayDay(of.from_on) })} · {of.reason}</p>
      <p class="quiet">{t("absences.stand_in", { names: of.stand_ins.map((each) => nameOf(who, each)).join(", ") })}</p>
      <div class="row">{sure
        ? <><span>{t("absences.sure")}</span><button type="button" class="main" onClick={callOff}>{t("absences.call_off_yes")}</button><button type="button" onClick={() => setSure(false)}>{t("absences.keep")}</button></>
        : <button type="button" onClick={() => setSure(true)}>{t("absences.call_off")}</button>}</div>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
    </article>
  );
}

const SHOWN = 50;

function Missing({ list, who, done }: { list: Orphan[]; who: Map<string, Person>; done: (told: string) => void }) {
  const [rep, setRep] = useState("");
  const [wrong, setWrong] = useState("");
  const give = (of: Orphan) => {
    if (!rep) return setWrong(t("absences.choose_rep"));
    setWrong("");
    void post(`/api/v1/customers/${of.customer_id}/owner`, { rep_id: rep }, "PUT").then(() => done(t("absences.given", { customer: of.name, name: nameOf(who, rep) })), (what: unknown) => setWrong(say(what)));
  };
  return (
    <>
      <p>{t("absences.many_missing", { n: list.length })}</p>
      <label class="narrow">{t("absences.new_owner")}<select value={rep} onChange={(event) => setRep(event.currentTarget.value)}><option value="">{t("absences.choose")}</option>{repsOf(who).map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}</select></label>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      <ul class="lines wide">{list.slice(0, SHOWN).map((each) => (
        <li key={each.customer_id}><span><a href={`#/customers/${each.customer_id}`}>{each.name}</a><small class="said">{tcode("absences.why", each.why)}{each.owner_id ? ` (${nameOf(who, each.owner_id)})` : ""}</small></span>
          <button type="button" onClick={() => give(each)} aria-label={t("absences.give_one", { customer: each.name })}>{t("absences.give")}</button></li>
      ))}</ul>
      {list.length > SHOWN && <p class="quiet">{t("absences.more", { n: list.length - SHOWN })}</p>}
    </>
  );
}
