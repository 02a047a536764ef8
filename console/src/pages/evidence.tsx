/** All about one visit: the signals in words, what is missing, the photos, what was said, and the decision. */
import { useState } from "preact/hooks";
import { get, post } from "../api";
import { sayDay, sayMoment, sayNumber, sayTime } from "../format";
import { people } from "../parts/people";
import { Photos } from "../parts/photos";
import { Dialog, say, Show, Told, useLoad } from "../parts/ui";
import { has, language, t, tcode, type Key } from "../texts";
import type { Me, Person, Signal, VisitEvidence, VisitLine } from "../types";
import { Score } from "./visits";

const DECISIONS = ["honest", "fake", "unclear"] as const;
interface Looked { evidence: VisitEvidence; who: Map<string, Person> }

export function Evidence({ id, me, close, changed }: { id: string; me: Me; close: () => void; changed: () => void }) {
  const found = useLoad(async (): Promise<Looked> => {
    const [evidence, who] = await Promise.all([get<VisitEvidence>(`/api/v1/visits/${id}/evidence`), people()]);
    return { evidence, who };
  }, [id]);
  const again = () => {
    found.again();
    changed();
  };
  return (
    <Dialog title={found.data?.evidence.visit.customer ?? t("nav.visits")} close={close}>
      <Show of={found}>{({ evidence, who }) => <Body of={evidence} who={who} me={me} again={again} />}</Show>
    </Dialog>
  );
}

function Body({ of, who, me, again }: { of: VisitEvidence; who: Map<string, Person>; me: Me; again: () => void }) {
  const { visit } = of;
  const name = (id: string | null) => (id === me.id ? me.name : (who.get(id ?? "")?.name ?? "?"));
  return (
    <>
      <p class="quiet"><Score of={visit} /> {visit.rep} · {sayDay(visit.day, "long")}, {sayTime(visit.checked_in_at)}–{visit.checked_out_at ? sayTime(visit.checked_out_at) : "?"}</p>
      <div class="row"><a href={`#/customers/${visit.customer_id}`}>{t("visits.customer_card")}</a><a href={`#/today/${visit.day}/${visit.rep_id}`}>{t("visits.the_day")}</a></div>
      {visit.due_at && <p class="note">{t("visits.due")}</p>}
      {of.missing.length ? <p class="note warn"><strong>{t("visits.missing")}:</strong> {of.missing.map((each) => tcode("part", each)).join(", ")}</p> : null}
      <section><h3>{t("visits.against")}</h3><Signals of={visit} /></section>
      {of.summary || of.cause_code ? <section><h3>{t("visits.summary")}</h3><p>{[of.cause_code && tcode("cause", of.cause_code), of.summary].filter(Boolean).join(": ")}</p></section> : null}
      <section><h3>{t("visits.photos")}</h3>{of.photos.length ? <Photos list={of.photos} /> : <p class="quiet">{t("customers.none")}</p>}</section>
      <section><h3>{t("visits.told")}</h3>
        <ul class="lines wrap">{of.events.map((each) => <li key={each.kind + each.at}><span>{tcode("event", each.kind)} {sayTime(each.at)}{each.mock && <span class="chip missed">{t("signal.mock_location")}</span>}</span><small>{each.latitude === null ? t("visits.no_position") : t("visits.from_where", { m: each.distance_m === null ? "?" : sayNumber(Math.round(each.distance_m)), accuracy: each.accuracy_m === null ? "?" : sayNumber(Math.round(each.accuracy_m)) })}</small></li>)}</ul>
      </section>
      <Comments of={of} name={name} again={again} />
      {visit.decision && <p class="note"><span class={`chip flush ${visit.decision}`}>{tcode("decision", visit.decision)}</span> {t("visits.decided", { by: name(visit.decided_by), at: sayMoment(visit.decided_at), score: visit.decided_score ?? "–" })} {visit.note}</p>}
      {visit.rep_id !== me.id && visit.judged_at && <Decide of={visit} again={again} />}
    </>
  );
}

/** What was seen, in the reader's language; the server says it in English, with a little more. */
function saySignal({ code, says, facts }: Signal): string {
  if (language() === "en" || !has(`says.${code}`)) return says;
  const told = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, typeof value === "number" ? sayNumber(value) : value]));
  return t(`says.${code}` as Key, told);
}

function Signals({ of }: { of: VisitLine }) {
  if (!of.signals.length) return <p class="quiet">{of.score === null ? t("visits.due") : t("visits.nothing_against")}</p>;
  return <ul class="signals">{of.signals.map((each) => <li key={each.code}><span><strong>{tcode("signal", each.code)}</strong><small>{saySignal(each)}</small></span><span class="num">{each.points ? `−${each.points}` : "0"}</span></li>)}</ul>;
}

function Comments({ of, name, again }: { of: VisitEvidence; name: (id: string) => string; again: () => void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  const add = async (event: Event) => {
    event.preventDefault();
    setWrong("");
    await post(`/api/v1/visits/${of.visit.visit_id}/comments`, { text: text.trim() }).then(() => { setText(""); again(); }, (what: unknown) => setWrong(say(what)));
  };
  return (
    <section><h3>{t("visits.comments")}</h3>
      {of.comments.map((each) => <p key={each.id}><strong>{name(each.by_id)}</strong> <small class="quiet">{sayMoment(each.at)}</small><br />{each.text}</p>)}
      <form class="decide" onSubmit={add}>
        <label>{t("visits.comment")}<input value={text} maxLength={1000} onInput={(event) => setText(event.currentTarget.value)} /></label>
        <button disabled={!text.trim()}>{t("visits.add_comment")}</button>
        {wrong && <p class="wrong" role="alert">{wrong}</p>}
      </form>
    </section>
  );
}

function Decide({ of, again }: { of: VisitLine; again: () => void }) {
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState("");
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const decide = async (decision: (typeof DECISIONS)[number]) => {
    setTold("");
    if (decision !== "honest" && !note.trim()) return setWrong(t("visits.need_note"));
    setBusy(true);
    setWrong("");
    await post(`/api/v1/visits/${of.visit_id}/decision`, { decision, note: note.trim() || null }).then(
      () => { setNote(""); setTold(t("visits.kept")); again(); }, (what: unknown) => setWrong(say(what)));
    setBusy(false);
  };
  return (
    <section class="verdict"><h3>{t(of.decision ? "visits.decide_again" : "visits.decide")}</h3>
      <label>{t("visits.note")}<input value={note} maxLength={1000} onInput={(event) => setNote(event.currentTarget.value)} /></label>
      <div class="row">{DECISIONS.map((each) => <button type="button" key={each} class={each} disabled={busy} onClick={() => decide(each)}>{t(`decision.${each}` as Key)}</button>)}</div>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {told && <Told>{told}</Told>}
    </section>
  );
}
