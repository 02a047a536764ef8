/** Drawn by ourselves: a few strokes for each page. */
const PATHS: Record<string, string> = {
  today: "M4 10l4-3 5 3 5-3v10l-5 3-5-3-4 3zM8 7v10M13 10v10",
  visits: "M12 21s-7-6.500-7-11.500a7 7 0 0114 0C19 14.500 12 21 12 21zM9 9.500l2.200 2.200L15 8",
  anomalies: "M3 7l6 6 4-4 8 9M21 12v6h-6",
  approvals: "M12 3l8 4v5c0 5-3.5 8-8 9-4.500-1-8-4-8-9V7zM8.500 12l2.500 2.500 4.500-5",
  absences: "M9 4a3.500 3.500 0 100 7 3.500 3.500 0 000-7zM3 20c0-4 2.500-6.500 6-6.500M14 17h7M18 13.500l3.500 3.500-3.500 3.500",
  customers: "M4 10V20h16V10M3 10l2-6h14l2 6M3 10a3 3 0 006 0 3 3 0 006 0 3 3 0 006 0M10 20v-5h4v5",
  plans: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M8 14h3M8 17h6",
  performance: "M4 20V10M10 20V4M16 20v-8M21 20H3",
  pay: "M3 7h18v10H3zM12 9.500a2.500 2.500 0 010 5 2.500 2.500 0 010-5M6 10v4M18 10v4",
  report: "M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 15h7M9 18h4",
  sync: "M4 12a8 8 0 0114-5l2 2M20 4v5h-5M20 12a8 8 0 01-14 5l-2-2M4 20v-5h5",
  import: "M12 3v11M7.500 9.500L12 14l4.500-4.500M4 15v5h16v-5",
  results: "M4 20V10M10 20V4M16 20v-8M21 20H3",
  targets: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 8a4 4 0 100 8 4 4 0 000-8zM12 12h.01",
  alerts: "M6 17v-6a6 6 0 0112 0v6l2 2H4zM10 19a2 2 0 004 0",
  jobs: "M4 12l4 4 4-8 4 6 4-2M3 4h18M3 20h18",
  reports: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7",
  more: "M4 7h16M4 12h16M4 17h16",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
};

export function Icon({ name }: { name: string }) {
  return <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" class="icon"><path d={PATHS[name] ?? ""} /></svg>;
}
