/** A form made from a JSON Schema, as policies are described: values in and out are the document itself. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { minorDigits } from "../format";
import { Cadence } from "./cadence";
import { t, tcode } from "../texts";

export interface Schema {
  type?: string; enum?: string[]; properties?: Record<string, Schema>; required?: string[]; items?: Schema; additionalProperties?: Schema | boolean;
  propertyNames?: { enum?: string[]; pattern?: string }; description?: string; minimum?: number; maximum?: number; minLength?: number; maxLength?: number; pattern?: string; uniqueItems?: boolean;
}
type Json = unknown;
/** What the server found wrong, by JSON pointer. */
export type Faults = ReadonlyMap<string, string>;
interface At { schema: Schema; name: string; at: string; value: Json; set: (value: Json) => void; faults: Faults; must: boolean; /** What holds as delivered, to be told beside a value that differs. */ normal?: Json }

const named = (name: string) => tcode("field", name.replace(/_(bp|minor)$/, ""));
const coded = (code: string) => tcode("choice", code);
const isMoney = (schema: Schema) => schema.propertyNames?.pattern === "^[A-Z]{3}$";
const record = (value: Json) => (value ?? {}) as Record<string, Json>;
const list = (value: Json) => (value ?? []) as Json[];

/** What an entry that is being added begins with: what must be there, as empty as can be. */
function blank(schema: Schema): Json {
  if (schema.enum) return schema.enum[0];
  if (schema.properties) return Object.fromEntries((schema.required ?? []).map((name) => [name, blank(schema.properties![name] ?? {})]));
  return { object: {}, array: [], boolean: false, integer: schema.minimum ?? 0, number: schema.minimum ?? 0 }[schema.type ?? ""] ?? "";
}

export function SchemaForm(of: At) {
  const { schema, value, must, name, at, faults } = of;
  const fault = faults.get(at);
  if (schema.type === "object" || schema.type === "array") {
    if (value === undefined && !must) return <div class="unset"><button type="button" class="small" onClick={() => of.set(blank(schema))}>+ {named(name)}</button></div>;
    const Inside = schema.properties ? Parts : schema.type === "object" ? Pairs : schema.items?.enum ? Choices : schema.items?.properties ? Entries : Words;
    return (
      <fieldset class={at ? "part" : "whole"}>
        {at && <legend>{named(name)}{!must && <button type="button" class="plain" aria-label={t("settings.take_out", { name: named(name) })} onClick={() => of.set(undefined)}>✕</button>}</legend>}
        {schema.description && <p class="quiet">{schema.description}</p>}
        {fault && <p class="wrong" role="alert">{fault}</p>}
        <Inside {...of} />
      </fieldset>
    );
  }
  return <Simple {...of} />;
}

function Parts({ schema, value, set, at, faults, normal }: At) {
  return <div class="parts">{Object.entries(schema.properties!).map(([name, part]) => (
    <SchemaForm key={name} schema={part} name={name} at={`${at}/${name}`} value={record(value)[name]} must={!!schema.required?.includes(name)} faults={faults} normal={record(normal)[name]} set={(next) => {
      const { [name]: _, ...others } = record(value);
      set(next === undefined ? others : { ...others, [name]: next });
    }} />))}</div>;
}

function Entries({ schema, value, set, at, faults, name }: At) {
  const all = list(value);
  const put = (place: number, next: Json[]) => set([...all.slice(0, place), ...next, ...all.slice(place + 1)]);
  return (
    <>
      {all.map((each, place) => (
        <div class="entry" key={place} role="group" aria-label={`${named(name)} ${place + 1}`}>
          {faults.has(`${at}/${place}`) && <p class="wrong" role="alert">{faults.get(`${at}/${place}`)}</p>}
          <Parts schema={schema.items!} name={name} at={`${at}/${place}`} value={each} must set={(next) => put(place, [next])} faults={faults} />
          <div class="row">
            {place > 0 && <button type="button" class="small" aria-label={t("settings.up", { name: `${named(name)} ${place + 1}` })} onClick={() => set([...all.slice(0, place - 1), each, all[place - 1], ...all.slice(place + 1)])}>↑</button>}
            <button type="button" class="small" aria-label={t("settings.take_out", { name: `${named(name)} ${place + 1}` })} onClick={() => put(place, [])}>✕</button>
          </div>
        </div>))}
      <button type="button" class="small" onClick={() => set([...all, blank(schema.items!)])}>{t("settings.add")}</button>
    </>
  );
}

/** Names with a value each: money by currency, rates by class. */
function Pairs({ schema, value, set, at, faults, name }: At) {
  const inner = schema.additionalProperties as Schema;
  const all = Object.entries(record(value));
  const put = (place: number, pair: [string, Json][]) => set(Object.fromEntries([...all.slice(0, place), ...pair, ...all.slice(place + 1)]));
  const names = schema.propertyNames?.enum;
  return (
    <>
      {all.map(([key, each], place) => (
        <div class="pair" key={place}>
          <Labelled text={t("settings.name")} hide>{(id) => names
            ? <select id={id} value={key} onChange={(event) => put(place, [[event.currentTarget.value, each]])}>{names.map((one) => <option key={one} value={one}>{coded(one)}</option>)}</select>
            : <input id={id} value={key} pattern={schema.propertyNames?.pattern} onChange={(event) => put(place, [[event.currentTarget.value.trim(), each]])} />}</Labelled>
          <SchemaForm schema={inner} name={isMoney(schema) ? `money:${key}` : name} at={`${at}/${key}`} value={each} must set={(next) => put(place, [[key, next]])} faults={faults} />
          <button type="button" class="small" aria-label={t("settings.take_out", { name: key })} onClick={() => put(place, [])}>✕</button>
        </div>))}
      <button type="button" class="small" onClick={() => set({ ...record(value), [names?.find((one) => !(one in record(value))) ?? (isMoney(schema) ? "EUR" : "")]: blank(inner) })}>{t("settings.add")}</button>
    </>
  );
}

function Choices({ schema, value, set }: At) {
  const all = list(value) as string[];
  return <div>{schema.items!.enum!.map((each) => <label class="inline" key={each}><input type="checkbox" checked={all.includes(each)} onChange={() => set(all.includes(each) ? all.filter((one) => one !== each) : [...all, each])} /> {coded(each)}</label>)}</div>;
}

function Words({ value, set, name }: At) {
  return <Labelled text={t("settings.one_a_line")}>{(id) => <textarea id={id} aria-label={named(name)} rows={3} value={list(value).join("\n")} onChange={(event) => set(event.currentTarget.value.split("\n").map((each) => each.trim()).filter(Boolean))} />}</Labelled>;
}

function Labelled({ text, hide, children }: { text: string; hide?: boolean; children: (id: string) => ComponentChildren }) {
  const id = useId();
  return <div class="labelled"><label for={id} class={hide ? "sr" : ""}>{text}</label>{children(id)}</div>;
}

/** A number as people say it: basis points as per cent, minor units as money. */
function scaleOf(name: string): { per: number; unit: string } {
  if (name.startsWith("money:")) return { per: 10 ** minorDigits(name.slice(6)), unit: name.slice(6) };
  return name.endsWith("_bp") || name === "rates" ? { per: 100, unit: "%" } : { per: 1, unit: "" };
}

function Simple({ schema, name, value, set, at, faults, must, normal }: At) {
  const fault = faults.get(at);
  const scale = scaleOf(name);
  const known = schema.enum ?? (schema.type === "boolean" ? ["yes", "no"] : undefined);
  if (name === "rrule") return <Labelled text={t("cadence.how_often")}>{(id) => <Cadence id={id} value={(value as string | undefined) ?? ""} set={(next) => set(next || undefined)} />}</Labelled>;
  const tell = (of: Json) => (typeof of === "boolean" ? coded(of ? "yes" : "no") : typeof of === "number" ? `${of / scale.per} ${scale.unit}` : schema.enum ? coded(String(of)) : String(of));
  const label = name.startsWith("money:") ? t("settings.amount") : `${named(name)}${scale.unit ? ` (${scale.unit})` : ""}`;
  return (
    <Labelled text={label}>{(id) => (
      <>
        {known ? (
          <select id={id} aria-invalid={!!fault} value={value === undefined ? "" : schema.type === "boolean" ? (value ? "yes" : "no") : String(value)} onChange={({ currentTarget }) => set(currentTarget.value === "" ? undefined : schema.type === "boolean" ? currentTarget.value === "yes" : currentTarget.value)}>
            {(!must || value === undefined) && <option value="">{t("settings.unset")}</option>}
            {known.map((each) => <option key={each} value={each}>{coded(each)}</option>)}
          </select>
        ) : schema.type === "integer" || schema.type === "number" ? (
          <input id={id} type="number" step={schema.type === "integer" && scale.per === 1 ? 1 : "any"} aria-invalid={!!fault} value={value === undefined ? "" : Number(((value as number) / scale.per).toPrecision(12))} onInput={({ currentTarget }) => {
            const typed = currentTarget.value === "" ? undefined : Number(currentTarget.value) * scale.per;
            set(typed !== undefined && schema.type === "integer" && scale.per > 1 ? Math.round(typed) : typed);
          }} />
        ) : <input id={id} aria-invalid={!!fault} maxLength={schema.maxLength} value={(value as string | undefined) ?? ""} onInput={({ currentTarget }) => set(currentTarget.value === "" && !must ? undefined : currentTarget.value)} />}
        {fault ? <small class="wrong" role="alert">{fault}</small> : schema.description && named(name) === name.replaceAll("_", " ") && <small class="quiet">{schema.description}</small>}
        {normal !== undefined && normal !== value && typeof normal !== "object" && <small class="quiet">{t("settings.delivered", { value: tell(normal) })}</small>}
      </>)}</Labelled>
  );
}
