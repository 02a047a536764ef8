/** Every page: in which group of the navigation it stands, and how it is loaded. A new page is one line here, an icon and a text. */
import type { ComponentType } from "preact";
import type { PageProps } from "./app";
import type { Me } from "./types";

export const GROUPS = ["field", "customers", "numbers", "house"] as const;

interface Entry {
  group: (typeof GROUPS)[number];
  /** Stands in the bar at the foot of a phone's screen; the others are behind More. Four at most. */
  bar?: boolean;
  /** Concerns every territory: shown to managers only. */
  bosses?: boolean;
  load: () => Promise<ComponentType<PageProps>>;
}

const entries = <T extends Record<string, Entry>>(all: T): { [name in keyof T]: Entry } => all;

export const PAGES = entries({
  today: { group: "field", bar: true, load: async () => (await import("./pages/today")).Today },
  visits: { group: "field", bar: true, load: async () => (await import("./pages/visits")).Visits },
  plans: { group: "field", load: async () => (await import("./pages/plans")).Plans },
  approvals: { group: "field", bar: true, load: async () => (await import("./pages/approvals")).Approvals },
  absences: { group: "field", load: async () => (await import("./pages/absences")).Absences },
  customers: { group: "customers", load: async () => (await import("./pages/customers")).Customers },
  anomalies: { group: "customers", bar: true, load: async () => (await import("./pages/anomalies")).Anomalies },
  alerts: { group: "field", load: async () => (await import("./pages/alerts")).Alerts },
  targets: { group: "numbers", load: async () => (await import("./pages/targets")).Targets },
  performance: { group: "numbers", load: async () => (await import("./pages/performance")).Performance },
  pay: { group: "numbers", load: async () => (await import("./pages/pay")).Pay },
  report: { group: "numbers", load: async () => (await import("./pages/report")).ReportPage },
  sync: { group: "house", load: async () => (await import("./pages/sync")).SyncHealth },
  import: { group: "house", bosses: true, load: async () => (await import("./pages/import")).ImportPage },
  jobs: { group: "house", bosses: true, load: async () => (await import("./pages/jobs")).Jobs },
  settings: { group: "house", load: async () => (await import("./pages/settings")).SettingsPage },
});

export type PageName = keyof typeof PAGES;

/** The pages that somebody sees, in their order. */
export const pagesOf = (me: Me) => (Object.keys(PAGES) as PageName[]).filter((each) => !PAGES[each].bosses || me.role === "manager" || me.role === "admin");
