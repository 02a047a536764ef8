/** Message catalogues: English holds every text; another language is one more file of the same keys. */
import { en } from "./en";

export type Key = keyof typeof en;
export type Catalogue = Record<Key, string>;

export const LANGUAGES: Record<string, string> = { en: "English", zh: "中文" };
const LOADERS: Record<string, () => Promise<Catalogue>> = { zh: async () => (await import("./zh")).zh };

let current = "en";
let texts: Catalogue = en;

export const locale = () => (current === "zh" ? "zh-CN" : current === "en" ? "en-GB" : current);
export const language = () => current;

export async function speak(wanted: string) {
  const known = wanted.slice(0, 2) in LANGUAGES ? wanted.slice(0, 2) : "en";
  texts = known in LOADERS ? await LOADERS[known]!() : en;
  current = known;
  document.documentElement.lang = known === "zh" ? "zh-Hans" : known;
}

export function choose(wanted: string) {
  localStorage.setItem("language", wanted);
  location.reload();
}

export const preferred = () => localStorage.getItem("language") ?? navigator.language;

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const has = (key: string): key is Key => key in texts;

/** A text for a code of the server's, or the code itself where we have none. */
export function tcode(prefix: string, code: string): string {
  const key = `${prefix}.${code}`;
  return key in texts ? texts[key as Key] : code.replaceAll("_", " ");
}
