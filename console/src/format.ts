/** Days, times and money as the reader's language writes them. */
import { locale } from "./texts";

/** Kept from the last time, so that the day can be asked for before the server has told who asks. */
let zone: string | undefined = localStorage.getItem("zone") ?? undefined;
export let currency = "EUR";

export function settle(timeZone: string | undefined, money: string | undefined) {
  zone = timeZone;
  currency = money ?? currency;
  made.clear();
  monies.clear();
  if (timeZone) localStorage.setItem("zone", timeZone);
}

/** Whether the zone is known, and so which day it is. */
export const zoned = () => zone !== undefined;

const monies = new Map<string, [Intl.NumberFormat, number]>();
const made = new Map<string, Intl.DateTimeFormat>();

/** A format of moments; making one takes longer than using it a thousand times. */
function format(name: string, how: Intl.DateTimeFormatOptions, where = locale(), timeZone = zone): Intl.DateTimeFormat {
  let found = made.get(name + where);
  if (!found) made.set(name + where, (found = new Intl.DateTimeFormat(where, { ...how, timeZone })));
  return found;
}

export function zoneName(): string {
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function today(): string {
  return format("day", {}, "en-CA").format(new Date());
}

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export function weekday(day: string): number {
  return (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
}

export function sayDay(day: string | null | undefined, style: "long" | "short" = "short"): string {
  if (!day) return "–";
  const how: Intl.DateTimeFormatOptions = style === "long" ? { weekday: "long", day: "numeric", month: "long" } : { weekday: "short", day: "numeric", month: "short" };
  return format(style, how, locale(), "UTC").format(new Date(`${day.slice(0, 10)}T12:00:00Z`));
}

export function sayTime(moment: string | null | undefined): string {
  if (!moment) return "–";
  return format("time", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(moment));
}

export function sayMoment(moment: string | null | undefined): string {
  if (!moment) return "–";
  return format("moment", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(moment));
}

function moneyFormat(code: string, round: boolean): [Intl.NumberFormat, number] {
  const name = code + round;
  let found = monies.get(name);
  if (!found) {
    // The house's own currency goes by its plain sign; others are told apart.
    const how: Intl.NumberFormatOptions = { style: "currency", currency: code, currencyDisplay: code === currency ? "narrowSymbol" : "symbol" };
    const digits = new Intl.NumberFormat("en", how).resolvedOptions().maximumFractionDigits ?? 2;
    monies.set(name, (found = [new Intl.NumberFormat(locale(), { ...how, ...(round ? { maximumFractionDigits: 0 } : {}) }), digits]));
  }
  return found;
}

/** How many digits of a currency are behind the point. */
export function minorDigits(code: string): number {
  return /^[A-Z]{3}$/.test(code) ? moneyFormat(code, false)[1] : 2;
}

export function sayMoney(minor: number | null | undefined, code: string = currency, round = false): string {
  if (minor === null || minor === undefined) return "–";
  const [written, digits] = moneyFormat(code || currency, round);
  return written.format(minor / 10 ** digits);
}

export function sayNumber(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** The time alone if it was today, else with the day. */
export function sayWhen(moment: string): string {
  return format("day", {}, "en-CA").format(new Date(moment)) === today() ? sayTime(moment) : sayMoment(moment);
}

/** So many seconds as minutes, or hours and minutes. */
export function sayDuration(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const unit = (value: number, name: string) => new Intl.NumberFormat(locale(), { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  return minutes < 60 ? unit(minutes, "minute") : `${unit(Math.floor(minutes / 60), "hour")} ${unit(minutes % 60, "minute")}`;
}

export function sayWeekday(day: string): string {
  return format("weekday", { weekday: "short" }, locale(), "UTC").format(new Date(`${day}T12:00:00Z`));
}
