/** One file: what it looks like, how it is to be imported, how far that is, what became of its rows. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ask, get, post } from "../api";
import { sayNumber, sayWhen } from "../format";
import { API, ENCODINGS, bodyOf, isOpen, missing, opening, optionsOf, proposed, sayField, sayFault, sayMend, sayReason, type Field, type ImportFile, type Kinds, type Look, type Mapping, type Report, type Wanted } from "../parts/importing";
import { Loading, say, Stat, Told, Trouble, useLoad } from "../parts/ui";
import { t, tcode, type Key } from "../texts";
import type { Territory } from "../types";
import { chipOf } from "./import";

const POLL_MS = 500;
const ORDER_NEEDS = ["product", "quantity", "unit_price", "amount"];

export function FileAtWork({ id, kinds, territories }: { id: string; kinds: Kinds; territories: Territory[] }) {
  const [file, setFile] = useState<ImportFile>();
  const [wanted, setWanted] = useState<Wanted>();
  const [tried, setTried] = useState("");
  const [wrong, setWrong] = useState<unknown>();
  const path = `${API}/${id}`;
  const take = (found: ImportFile, anew = false) => {
    setFile(found);
    if (!anew) return;
    const filled = opening(found, kinds, territories.map((each) => each.code));
    setWanted(filled);
    if (found.state === "tried") setTried(JSON.stringify(bodyOf(filled, found.about, true)));
  };
  useEffect(() => { get<ImportFile>(path).then((found) => take(found, true), setWrong); }, [id]);
  const open = file !== undefined && isOpen(file);
  useEffect(() => {
    if (!open) return;
    const look = setInterval(() => get<ImportFile>(path).then((found) => { setWrong(undefined); take(found); }, setWrong), POLL_MS);
    return () => clearInterval(look);
  }, [open]);
  const was = useRef(open);
  useEffect(() => {
    if (was.current !== open) document.getElementById(open ? "under" : "outcome")?.focus();
    was.current = open;
  }, [open]);
  const act = async (work: () => Promise<void>) => {
    setWrong(undefined);
    try {
      await work();
    } catch (what) {
      setWrong(what);
    }
  };
  if (!file || !wanted) return wrong ? <Trouble wrong={wrong} /> : <Loading />;
  const body = bodyOf(wanted, file.about, true);
  const run = (dryRun: boolean) => act(async () => {
    take(await post<ImportFile>(`${path}/runs`, bodyOf(wanted, file.about, dryRun)));
    if (dryRun) setTried(JSON.stringify(body));
  });
  const fresh = file.state === "tried" && tried === JSON.stringify(body);
  const lacks = missing(wanted, kinds.kinds.find((each) => each.kind === wanted.kind)!.fields);
  return (
    <>
      <section class="card"><div class="row between"><h2 class="flush">{file.file_name} <span class={`chip ${chipOf(file.state)}`}>{t(`import.state.${file.state}` as Key)}</span></h2><small class="quiet">{sayBytes(file.size_bytes)} · {t("import.until", { when: sayWhen(file.expires_at) })}</small></div>
        {file.imported_before && <p class="note warn">{t("import.before", { when: sayWhen(file.imported_before.started_at), by: file.imported_before.by ?? t("import.terminal") })}</p>}
        {file.about.mended && <p class="note">{t("import.mended")}</p>}
      </section>
      {open ? <Under file={file} cancel={() => act(async () => { await ask("POST", `${path}/cancel`); })} /> : null}
      <div id="outcome" tabIndex={-1}><Outcome file={file} wanted={wanted} /></div>
      {wrong ? <div class="trouble" role="alert"><p>{say(wrong)}</p></div> : null}
      {!open && file.state !== "imported" && (
        <>
          <Reading about={file.about} change={(how) => act(async () => { const found = await post<ImportFile>(`${path}/examine`, how); setFile(found); setTried(""); setWanted({ ...wanted, columns: proposed(found, kinds.kinds.find((each) => each.kind === wanted.kind)!.fields, wanted.kind) }); })} />
          <Columns file={file} kinds={kinds} territories={territories} wanted={wanted} set={setWanted} />
          <div class="actions">
            <span>{lacks.length ? t("import.lacks", { fields: lacks.map(sayField).join(", ") }) : fresh ? t("import.ready") : t("import.try_first")}</span>
            <button type="button" class={fresh ? "" : "main"} disabled={lacks.length > 0} onClick={() => run(true)}>{t("import.try")}</button>
            <button type="button" class={fresh ? "main" : ""} disabled={!fresh || lacks.length > 0} onClick={() => run(false)}>{t("import.import")}</button>
          </div>
        </>
      )}
    </>
  );
}

const sayBytes = (bytes: number) => (bytes < 2 ** 20 ? `${sayNumber(Math.max(1, Math.round(bytes / 1024)))} kB` : `${sayNumber(Math.round(bytes / 2 ** 20))} MB`);

/** Work that is under way: a bar, and words for a screen reader at each quarter. */
function Under({ file, cancel }: { file: ImportFile; cancel: () => void }) {
  const { bytes = 0, size = 0, rows = 0 } = file.progress ?? {};
  const share = size ? Math.min(bytes / size, 1) : undefined;
  const name = file.dry_run ? t("import.trying") : t("import.importing");
  const [asked, setAsked] = useState(false);
  const what = file.state === "waiting" ? t("import.waits") : share === 1 ? t("import.finishing", { rows: sayNumber(rows) }) : t("import.rows", { rows: sayNumber(rows) });
  const quarter = Math.floor((share ?? 0) * 4) * 25;
  return (
    <section class="card gauge" id="under" tabIndex={-1}>
      <label>{name}<progress value={file.state === "running" && share !== undefined && share < 1 ? share : undefined} max={1} /></label>
      <div class="row between"><span class="quiet" aria-hidden="true">{what}{share !== undefined && share < 1 ? ` · ${Math.round(share * 100)} %` : ""}</span>
        <button type="button" disabled={asked} onClick={() => { setAsked(true); cancel(); }}>{asked ? t("import.cancelling") : t("import.cancel")}</button></div>
      <p class="sr" role="status">{name} {quarter ? `${quarter} %` : ""}</p>
    </section>
  );
}

function Outcome({ file, wanted }: { file: ImportFile; wanted: Wanted }) {
  const { report, problem } = file;
  if (file.state === "cancelled") return <p class="note" role="status">{t("import.cancelled")}</p>;
  if (file.state === "died") return <p class="note warn" role="alert">{t("import.died")}</p>;
  if (file.state === "failed") return <div class="trouble" role="alert"><strong>{t("import.failed")}</strong><p>{[problem?.detail, problem?.mend].filter(Boolean).join(" ")}</p></div>;
  if (!report || isOpen(file)) return null;
  const done = file.state === "imported";
  return (
    <section class="card stack">
      <h2>{done ? t("import.done") : t("import.tried")}</h2>
      <Told>{verdict(report, done)} {done && file.kind === "customers" && <a href="#/customers">{t("import.see_customers")}</a>}{done && file.kind === "orders" && <a href="#/anomalies">{t("import.see_anomalies")}</a>}</Told>
      <dl class="stats">
        <Stat label={t("import.read")} value={sayNumber(report.read)} />
        <Stat label={t("import.new")} value={sayNumber(report.new)} />
        <Stat label={t("import.changed")} value={sayNumber(report.changed)} />
        <Stat label={t("import.unchanged")} value={sayNumber(report.unchanged)} />
        <Stat label={t("import.rejected")} value={sayNumber(report.rejects)} tone={report.rejects ? "bad" : ""} />
      </dl>
      {report.rejects ? <Rejects file={file} report={report} columns={wanted.columns} /> : null}
      {report.flagged.length ? <details><summary>{t("import.flagged", { n: sayNumber(report.flagged.reduce((sum, each) => sum + each.count, 0)) })}</summary>
        <ul class="lines wrap">{report.flagged.map((each) => <li key={each.code}><span>{tcode("flag", each.code)}</span><small>{t("import.reason_lines", { n: sayNumber(each.count), lines: each.lines.join(", ") })}</small></li>)}</ul></details> : null}
      {done && <p><a href="#/import">{t("import.another")}</a></p>}
    </section>
  );
}

function verdict(report: Report, done: boolean): string {
  if (report.read && report.rejects === report.read) return t("import.all_rejected");
  if (!report.new && !report.changed) return done ? t("import.nothing_changed") : t("import.would_change_nothing");
  const counts = { things: tcode("import.things", report.things), new: sayNumber(report.new), changed: sayNumber(report.changed) };
  return done ? t("import.did", counts) : t("import.would", counts);
}

function Rejects({ file, report, columns }: { file: ImportFile; report: Report; columns: Record<string, string> }) {
  const [wrong, setWrong] = useState("");
  const load = async () => {
    setWrong("");
    try {
      const blob = await (await ask("GET", `${API}/${file.id}/rejects`)).blob();
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${file.file_name.replace(/(\.rejects)?(\.(csv|tsv|txt|gz|xlsx|xlsm))+$/i, "")}.rejects.csv` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    } catch (what) {
      setWrong(say(what));
    }
  };
  return (
    <div class="stack">
      <div class="row between"><h3 class="flush">{t("import.rejects", { n: sayNumber(report.rejects) })}</h3><button type="button" onClick={load}>{t("import.download")}</button></div>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      <p class="quiet">{t("import.mend_hint")}</p>
      {report.rejected.length > 1 && <p class="quiet">{report.rejected.map((each) => `${sayReason(each.code)}: ${sayNumber(each.count)}`).join(" · ")}</p>}
      <div class="scroll tall" tabIndex={0} role="region" aria-label={t("import.rejected_rows")}>
        <table class="wide rejects">
          <thead><tr><th class="num">{t("import.line")}</th><th>{t("import.column")}</th><th>{t("import.what")}</th><th>{t("import.mend")}</th></tr></thead>
          <tbody>{report.shown.map((each, at) => (
            <tr key={at}><td class="num">{each.line}</td><td>{each.field ? <>{columns[each.field] || sayField(each.field)}<code class="said">{each.cell || t("import.blank")}</code></> : "–"}</td><td>{sayFault(each)}</td><td>{sayMend(each.code)}</td></tr>))}</tbody>
        </table>
      </div>
      {report.shown.length < report.rejects && <p class="quiet">{t("import.first_shown", { n: report.shown.length })}</p>}
    </div>
  );
}

const DELIMITERS: Record<string, Key> = { ",": "import.comma", ";": "import.semicolon", "\t": "import.tab", "|": "import.bar" };

/** How the file was understood: its first rows, and what can be said otherwise. */
function Reading({ about, change }: { about: Look; change: (how: Record<string, string>) => void }) {
  const encoding = (about.encoding ?? "").replace("utf-8-sig", "utf-8").toLowerCase();
  const how = { encoding, delimiter: about.delimiter ?? "," };
  return (
    <section class="card"><h2>{t("import.looks")}</h2>
      <div class="row tools3">
        {about.sheet !== null ? (
          <label>{t("import.sheet")}<select value={about.sheet} onChange={(event) => change({ sheet: event.currentTarget.value })}>{about.sheets.map((each) => <option key={each}>{each}</option>)}</select></label>
        ) : (
          <>
            <label>{t("import.encoding")}<select value={encoding} onChange={(event) => change({ ...how, encoding: event.currentTarget.value })}>{[...new Set([encoding, ...ENCODINGS])].map((each) => <option key={each} value={each}>{each.toUpperCase()}</option>)}</select></label>
            <label>{t("import.delimiter")}<select value={how.delimiter} onChange={(event) => change({ ...how, delimiter: event.currentTarget.value })}>{[...new Set([how.delimiter, ...Object.keys(DELIMITERS)])].map((each) => <option key={each} value={each}>{each in DELIMITERS ? t(DELIMITERS[each]!) : each}</option>)}</select></label>
          </>
        )}
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={t("import.sample")}>
        <table class="sample"><thead><tr><th class="num">{t("import.line")}</th>{about.columns.map((each, at) => <th key={at}>{each}</th>)}</tr></thead>
          <tbody>{about.sample.map((row) => <tr key={row.line}><td class="num quiet">{row.line}</td>{row.cells.map((cell, at) => <td key={at}>{cell}</td>)}</tr>)}</tbody></table>
      </div>
    </section>
  );
}

/** What the rows are, and which column fills which field. */
function Columns({ file, kinds, territories, wanted, set }: { file: ImportFile; kinds: Kinds; territories: Territory[]; wanted: Wanted; set: (to: Wanted) => void }) {
  const saved = useLoad(() => get<{ mappings: Mapping[] }>(`${API}/mappings`), []);
  const [mapping, setMapping] = useState("");
  const fields = kinds.kinds.find((each) => each.kind === wanted.kind)!.fields;
  const example = (column: string) => file.about.sample.map((row) => row.cells[file.about.columns.indexOf(column)]).find(Boolean);
  const choose = (kind: string) => {
    const own = kinds.kinds.find((each) => each.kind === kind)!.fields;
    setMapping("");
    set({ ...wanted, kind, columns: proposed(file, own, kind) });
  };
  const reuse = (name: string) => {
    setMapping(name);
    const found = saved.data?.mappings.find((each) => each.kind === wanted.kind && each.name === name);
    set({ ...wanted, columns: proposed(file, fields, wanted.kind, found), options: found ? { ...wanted.options, ...found.options } : wanted.options });
  };
  const mine = saved.data?.mappings.filter((each) => each.kind === wanted.kind) ?? [];
  const option = (name: string, value: string) => set({ ...wanted, options: { ...wanted.options, [name]: value } });
  const first = useMemo(() => new Set(fields.filter((each) => each.required || wanted.columns[each.name] || (wanted.kind === "orders" && ORDER_NEEDS.includes(each.name))).map((each) => each.name)), [wanted.kind, mapping, file.about]);
  const row = (each: Field) => {
    const column = wanted.columns[each.name] ?? "";
    return (
      <li key={each.name} class={each.required && !column ? "lacking" : ""}>
        <label><span class="field">{sayField(each.name)}{each.required && <b class="need"> {t("import.required")}</b>}</span>
          <select value={column} required={each.required} onChange={(event) => set({ ...wanted, columns: { ...wanted.columns, [each.name]: event.currentTarget.value } })}>
            <option value="">{t("import.no_column")}</option>{file.about.columns.filter(Boolean).map((name) => <option key={name} value={name}>{name}</option>)}
          </select></label>
        <small class="quiet">{column ? example(column) ?? t("import.blank") : each.about}</small>
      </li>);
  };
  const twice = Object.values(wanted.columns).filter((each, at, list) => each && list.indexOf(each) !== at);
  return (
    <section class="card stack">
      <h2>{t("import.columns")}</h2>
      <div class="row tools3">
        <label>{t("import.kind")}<select value={wanted.kind} onChange={(event) => choose(event.currentTarget.value)}>{kinds.kinds.map((each) => <option key={each.kind} value={each.kind}>{tcode("import.kind", each.kind)}</option>)}</select></label>
        {mine.length > 0 && <label>{t("import.saved")}<select value={mapping} onChange={(event) => reuse(event.currentTarget.value)}><option value="">{t("import.proposal")}</option>{mine.map((each) => <option key={each.name}>{each.name}</option>)}</select></label>}
        {optionsOf(wanted.kind).map((name) => <Option key={name} name={name} value={wanted.options[name] ?? ""} territories={territories} needed={name === "territory" && !wanted.columns.territory} set={(value) => option(name, value)} />)}
      </div>
      {twice.length > 0 && <p class="note warn">{t("import.twice", { column: [...new Set(twice)].join(", ") })}</p>}
      <ul class="match">{fields.filter((each) => first.has(each.name)).map(row)}</ul>
      {first.size < fields.length && <details><summary>{t("import.other_fields", { n: fields.length - first.size })}</summary><ul class="match">{fields.filter((each) => !first.has(each.name)).map(row)}</ul></details>}
      <label class="narrow">{t("import.save_as")}<input maxLength={80} value={wanted.save} onInput={(event) => set({ ...wanted, save: event.currentTarget.value })} /></label>
    </section>
  );
}

function Option({ name, value, territories, needed, set }: { name: string; value: string; territories: Territory[]; needed: boolean; set: (value: string) => void }) {
  const label = t(`import.option.${name}` as Key);
  if (name === "territory") return <label>{label}{needed && <b class="need"> {t("import.required")}</b>}<select value={value} onChange={(event) => set(event.currentTarget.value)}><option value="">–</option>{territories.map((each) => <option key={each.id} value={each.code}>{each.name} ({each.code})</option>)}</select></label>;
  if (name === "decimal" || name === "dates") return <label>{label}<select value={value} onChange={(event) => set(event.currentTarget.value)}><option value="">{t("import.recognised")}</option>{(name === "decimal" ? ["point", "comma"] : ["dmy", "mdy"]).map((each) => <option key={each} value={each}>{t(`import.writes.${each}` as Key)}</option>)}</select></label>;
  return <label>{label}<input value={value} maxLength={name === "currency" ? 3 : 40} placeholder={name === "system" ? "erp" : t("import.of_territory")} onInput={(event) => set(name === "currency" ? event.currentTarget.value.toUpperCase() : event.currentTarget.value)} /></label>;
}
