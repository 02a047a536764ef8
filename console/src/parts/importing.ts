/** What the server tells of files to import, and the words for it. */
import { language, t, tcode, type Key } from "../texts";

export interface Field { name: string; about: string; required: boolean; writes: string }
export interface Kinds { kinds: { kind: string; fields: Field[] }[]; most_bytes: number; keep_hours: number }
export interface Mapping { kind: string; name: string; columns: Record<string, string>; options: Record<string, string> }
export interface Reason { code: string; count: number; lines: number[] }
export interface Rejected { line: number; code: string; detail: string; field: string | null; cell: string | null }
export interface Report { things: string; holds: string; read: number; new: number; changed: number; unchanged: number; lines: number; rejects: number; seconds: number; rejected: Reason[]; flagged: Reason[]; shown: Rejected[] }
export interface Run { id: string; kind: string; file_name: string; started_at: string; by: string | null; read: number; new: number; changed: number; unchanged: number; rejects: number }
export interface Look { encoding: string | null; delimiter: string | null; sheet: string | null; sheets: string[]; mended: boolean; given: Record<string, string>; columns: string[]; sample: { line: number; cells: string[] }[]; proposals: { kind: string; columns: Record<string, string>; missing: string[] }[] }
export interface Asked { columns: Record<string, string>; options: Record<string, string> }
export interface ImportFile {
  id: string; file_name: string; size_bytes: number; handed_in_at: string; expires_at: string; state: string; kind: string | null; dry_run: boolean | null; asked: Asked | null; about: Look;
  progress: { bytes?: number; size?: number; rows?: number; rejects?: number } | null; report: Report | null; problem: { code: string; title: string; detail: string; mend: string | null } | null; has_rejects: boolean; imported_before: Run | null;
}

/** How a file is to be imported, as the form holds it. */
export interface Wanted { kind: string; columns: Record<string, string>; options: Record<string, string>; save: string }

export const ENCODINGS = ["utf-8", "gb18030", "big5", "cp1252", "cp1253", "utf-16"];
export const API = "/api/v1/imports";
export const isOpen = (file: ImportFile) => file.state === "waiting" || file.state === "running";

const OF_KIND: Record<string, string[]> = { customers: ["system", "territory", "decimal"], products: ["currency", "decimal"], orders: ["system", "currency", "decimal", "dates"] };
export const optionsOf = (kind: string) => OF_KIND[kind] ?? [];

/** The columns of a kind: what somebody chose for it, else what was proposed. */
export function proposed(file: ImportFile, fields: Field[], kind: string, saved?: Mapping): Record<string, string> {
  const found = file.about.proposals.find((each) => each.kind === kind)?.columns ?? {};
  const there = (column: string | undefined) => (column && file.about.columns.includes(column) ? column : undefined);
  return Object.fromEntries(fields.map((each) => [each.name, there(saved?.columns[each.name]) ?? (saved && saved.columns[each.name] === "" ? "" : there(found[each.name]) ?? "")]));
}

/** What the form holds when a file is opened: how it was last tried, else the likeliest proposal. */
export function opening(file: ImportFile, kinds: Kinds, territories: string[]): Wanted {
  const kind = file.kind ?? file.about.proposals[0]!.kind;
  const fields = kinds.kinds.find((each) => each.kind === kind)!.fields;
  const only: Record<string, string> = territories.length === 1 ? { territory: territories[0]! } : {};
  if (!file.asked) return { kind, columns: proposed(file, fields, kind), options: kind === "customers" ? only : {}, save: "" };
  const columns = { ...proposed(file, fields, kind), ...file.asked.columns };
  return { kind, columns, options: file.asked.options, save: "" };
}

/** The body of a request to try or import. */
export function bodyOf(wanted: Wanted, about: Look, dryRun: boolean) {
  const options = Object.fromEntries(Object.entries(wanted.options).filter(([name, value]) => value && optionsOf(wanted.kind).includes(name)));
  return { kind: wanted.kind, columns: wanted.columns, dry_run: dryRun, ...about.given, ...options, ...(wanted.save.trim() && !dryRun ? { save_mapping: wanted.save.trim() } : {}) };
}

/** The required fields that no column fills; of orders, what lines or totals need besides. */
export function missing(wanted: Wanted, fields: Field[]): string[] {
  const lacks = fields.filter((each) => each.required && !wanted.columns[each.name]).map((each) => each.name);
  if (wanted.kind !== "orders") return wanted.kind === "customers" && !wanted.columns.territory && !wanted.options.territory ? [...lacks, "territory"] : lacks;
  const lines = Boolean(wanted.columns.product);
  if (lines && !wanted.columns.quantity) lacks.push("quantity");
  if (!wanted.columns.amount && !(lines && wanted.columns.unit_price)) lacks.push("amount");
  return lacks;
}

function byCode(prefix: string, code: string): string {
  const exact = `${prefix}.${code}`;
  const found = tcode(prefix, code);
  if (found !== code.replaceAll("_", " ")) return found;
  const [subject, what] = code.split(".");
  const general = subject === "row" ? "row" : what ?? code;
  return tcode(prefix, general) === general.replaceAll("_", " ") ? exact.replace(`${prefix}.`, "") : t(`${prefix}.${general}` as Key);
}

/** What is wrong with a row: the server's own sentence in English, else the words for its code. */
export const sayFault = (each: Rejected) => (language() === "en" ? each.detail : byCode("fault", each.code));
export const sayReason = (code: string) => byCode("fault", code);
export const sayMend = (code: string) => byCode("mend", code);
export const sayField = (name: string) => tcode("field", name);
