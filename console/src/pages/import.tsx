/** Files of other systems: handed over, looked at, columns matched, tried, imported, mended. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PageProps } from "../app";
import { all, ApiError, get, newId, post, sendFile, type Page } from "../api";
import { sayNumber, sayWhen } from "../format";
import { API, ENCODINGS, isOpen, type ImportFile, type Kinds, type Run } from "../parts/importing";
import { Empty, say, Show, useLoad } from "../parts/ui";
import { t, tcode, type Key } from "../texts";
import type { Territory } from "../types";
import { FileAtWork } from "./importfile";

export function ImportPage({ me, rest }: PageProps) {
  const kinds = useLoad(() => get<Kinds>(`${API}/kinds`), []);
  const lands = useLoad(() => all<Territory>("/api/v1/territories"), []);
  if (me.role === "supervisor") return <div class="page"><header class="head"><h1>{t("nav.import")}</h1></header><Empty><p>{t("import.managers")}</p></Empty></div>;
  return (
    <div class="page importing">
      <header class="head"><h1>{t("nav.import")}</h1>{rest && <a href="#/import">{t("import.another")}</a>}</header>
      <Show of={kinds}>{(known) => (rest
        ? <Show of={lands}>{(found) => <FileAtWork key={rest} id={rest} kinds={known} territories={found} />}</Show>
        : <><HandOver kinds={known} /><Kept /><History /></>)}</Show>
    </div>
  );
}

function HandOver({ kinds }: { kinds: Kinds }) {
  const [over, setOver] = useState(false);
  const [share, setShare] = useState<number>();
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState<unknown>();
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);
  const [unread, setUnread] = useState<File>();
  const take = async (file: File | undefined | null, encoding = "") => {
    if (!file) return;
    setWrong(undefined);
    setUnread(undefined);
    setName(file.name);
    setShare(0);
    try {
      const made = await sendFile<ImportFile>(`${API}/${newId()}?${new URLSearchParams({ name: file.name, ...(encoding ? { encoding } : {}) })}`, file, setShare, leaving.current.signal);
      location.hash = `#/import/${made.id}`;
    } catch (what) {
      setWrong(what);
      setUnread(what instanceof ApiError && what.problem.code === "file.encoding" ? file : undefined);
      setShare(undefined);
    }
  };
  return (
    <section class="card">
      <h2>{t("import.choose")}</h2>
      <div class={over ? "drop over" : "drop"} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); take(event.dataTransfer?.files[0]); }}>
        <label class="pick"><span>{t("import.drop")}</span>
          <input type="file" accept=".csv,.tsv,.txt,.gz,.xlsx,.xlsm" disabled={share !== undefined} onChange={(event) => { take(event.currentTarget.files?.[0]); event.currentTarget.value = ""; }} /></label>
        <p class="quiet">{t("import.takes", { mb: Math.round(kinds.most_bytes / 2 ** 20), hours: kinds.keep_hours })}</p>
      </div>
      {share !== undefined && <div class="gauge"><label>{share < 1 ? t("import.sending", { name }) : t("import.looking", { name })}<progress value={share < 1 ? share : undefined} max={1} /></label></div>}
      {wrong ? <p class="wrong" role="alert">{say(wrong)}</p> : null}
      {unread && <label>{t("import.read_as")}<select onChange={(event) => take(unread, event.currentTarget.value)}>
        <option value="">{t("import.choose_encoding")}</option>
        {ENCODINGS.map((each) => <option key={each} value={each}>{each.toUpperCase()}</option>)}</select></label>}
      <p class="quiet">{t("import.order")}</p>
    </section>
  );
}

function Kept() {
  const files = useLoad(() => get<{ files: ImportFile[] }>(API), []);
  const erase = async (each: ImportFile) => {
    await post(`${API}/${each.id}`, undefined, "DELETE").catch(() => undefined);
    files.again();
  };
  if (!files.data?.files.length) return null;
  return (
    <section class="card"><h2>{t("import.kept")}</h2>
      <ul class="lines wrap kept">{files.data.files.map((each) => (
        <li key={each.id}><div><a href={`#/import/${each.id}`}>{each.file_name}</a> <span class={`chip ${chipOf(each.state)}`}>{t(`import.state.${each.state}` as Key)}</span><small class="said">{t("import.until", { when: sayWhen(each.expires_at) })}</small></div>
          <button type="button" class="small" disabled={isOpen(each)} aria-label={`${t("import.erase")}: ${each.file_name}`} onClick={() => erase(each)}>{t("import.erase")}</button></li>))}</ul>
    </section>
  );
}

export const chipOf = (state: string) => (state === "imported" ? "done" : state === "failed" || state === "died" ? "missed" : state === "tried" ? "warn" : "");

function History() {
  const runs = useLoad(() => get<Page<Run>>(`${API}/runs`, { limit: 20 }), []);
  const more = async () => {
    const was = runs.data!;
    const page = await get<Page<Run>>(`${API}/runs`, { limit: 20, after: was.next });
    runs.set({ items: [...was.items, ...page.items], next: page.next });
  };
  return (
    <section><h2>{t("import.history")}</h2>
      <Show of={runs}>{(found) => !found.items.length ? <Empty><p>{t("import.none")}</p></Empty> : (
        <><div class="scroll" tabIndex={0} role="region" aria-label={t("import.history")}><table class="wide runs">
          <thead><tr><th>{t("import.file")}</th><th>{t("import.when")}</th><th>{t("import.kind")}</th><th class="num">{t("import.new")}</th><th class="num">{t("import.changed")}</th><th class="num">{t("import.rejected")}</th></tr></thead>
          <tbody>{found.items.map((each) => (
            <tr key={each.id}><td>{each.file_name}<small class="quiet said">{each.by ?? t("import.terminal")}</small></td><td class="since">{sayWhen(each.started_at)}</td><td>{tcode("import.kind", each.kind)}</td>
              <td class="num">{sayNumber(each.new)}</td><td class="num">{sayNumber(each.changed)}</td><td class={each.rejects ? "num bad" : "num"}>{sayNumber(each.rejects)}</td></tr>))}</tbody>
        </table></div>
        {found.next && <button type="button" onClick={more}>{t("customers.more")}</button>}</>)}</Show>
    </section>
  );
}
