/** Every page: in which group of the navigation it stands, and how it is loaded. A new page is one line here, an icon and a text. */
import type { ComponentType } from "preact";
import type { PageProps } from "./app";

export const GROUPS = ["field", "customers", "numbers", "house"] as const;

interface Entry {
  group: (typeof GROUPS)[number];
  /** Stands in the bar at the foot of a phone's screen; the others are behind More. Four at most. */
  bar?: boolean;
  load: () => Promise<ComponentType<PageProps>>;
}

const entries = <T extends Record<string, Entry>>(all: T): { [name in keyof T]: Entry } => all;

export const PAGES = entries({
  today: { group: "field", bar: true, load: async () => (await import("./pages/today")).Today },
  visits: { group: "field", bar: true, load: async () => (await import("./pages/visits")).Visits },
  plans: { group: "field", load: async () => (await import("./pages/plans")).Plans },
  approvals: { group: "field", bar: true, load: async () => (await import("./pages/approvals")).Approvals },
  customers: { group: "customers", load: async () => (await import("./pages/customers")).Customers },
  anomalies: { group: "customers", bar: true, load: async () => (await import("./pages/anomalies")).Anomalies },
  alerts: { group: "field", load: async () => (await import("./pages/alerts")).Alerts },
  targets: { group: "numbers", load: async () => (await import("./pages/targets")).Targets },
  performance: { group: "numbers", load: async () => (await import("./pages/performance")).Performance },
  sync: { group: "house", load: async () => (await import("./pages/sync")).SyncHealth },
  settings: { group: "house", load: async () => (await import("./pages/settings")).SettingsPage },
});

export type PageName = keyof typeof PAGES;
