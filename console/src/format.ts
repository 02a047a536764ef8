/** Days, times and money as the reader's language writes them. */
import { locale } from "./texts";

let zone: string | undefined;
export let currency = "EUR";

export function settle(timeZone: string | undefined, money: string | undefined) {
  zone = timeZone;
  currency = money ?? currency;
}

export function zoneName(): string {
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function today(): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());
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
  return new Intl.DateTimeFormat(locale(), { ...how, timeZone: "UTC" }).format(new Date(`${day.slice(0, 10)}T12:00:00Z`));
}

export function sayTime(moment: string | null | undefined): string {
  if (!moment) return "–";
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date(moment));
}

export function sayMoment(moment: string | null | undefined): string {
  if (!moment) return "–";
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date(moment));
}

export function sayMoney(minor: number | null | undefined, code: string = currency, round = false): string {
  if (minor === null || minor === undefined) return "–";
  const format = new Intl.NumberFormat(locale(), { style: "currency", currency: code || currency, ...(round ? { maximumFractionDigits: 0 } : {}) });
  const digits = new Intl.NumberFormat("en", { style: "currency", currency: code || currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

export function sayNumber(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** The time alone if it was today, else with the day. */
export function sayWhen(moment: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(moment)) === today() ? sayTime(moment) : sayMoment(moment);
}

/** So many seconds as minutes, or hours and minutes. */
export function sayDuration(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const unit = (value: number, name: string) => new Intl.NumberFormat(locale(), { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  return minutes < 60 ? unit(minutes, "minute") : `${unit(Math.floor(minutes / 60), "hour")} ${unit(minutes % 60, "minute")}`;
}

export function sayWeekday(day: string): string {
  return new Intl.DateTimeFormat(locale(), { weekday: "short", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
}
