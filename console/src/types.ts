/** What the public API answers, as far as the console reads it (see /openapi.json). */
export interface Me { id: string; login: string; name: string; role: "rep" | "supervisor" | "manager" | "admin"; territory_id: string | null; language: string }
export interface Person { id: string; login: string; name: string; role: string; active: boolean }
export interface Territory { id: string; code: string; name: string; time_zone: string; currency: string }
export interface PlannedVisit { id: string; rep_id: string; customer_id: string; day: string; source: string; reason: string; status: string; left_out_reason: string | null; skip_reason: string | null; version: number }
export interface Made { id: string; checked_in_at: string | null; checked_out_at: string | null; summary: string | null; cause_code: string | null; flags: string[] }
export interface TeamStop { planned: PlannedVisit; customer_name: string; latitude: number | null; longitude: number | null; arrival_at: string | null; made: Made | null }
export interface Position { at: string; latitude: number; longitude: number; accuracy_m: number | null; mock: boolean }
export interface RepOfDay {
  rep: { id: string; login: string; name: string };
  planned: number; visited: number; unplanned: number; missed: number; to_do: number; left_out: number; skipped: number;
  orders: number; order_value_minor: number; currency: string; last_position: Position | null; stops: TeamStop[];
}
export interface TeamDay { day: string; reps: RepOfDay[] }
export interface Anomaly { id: string; customer_id: string; customer_name: string; kind: string; opened_on: string; reason: string; evidence: Partial<Record<string, number>>; at_risk_minor: number; probability: number | null; held_until: string | null }
export interface Approval {
  id: string; kind: string; kinds: string[]; state: string; customer_id: string | null; asked_by: string; asked_at: string; expires_at: string;
  currency: string; amount_minor: number; needed: number; reason: string; facts: Record<string, unknown>; decision_reason: string | null;
  votes: { by: string | null; grant: boolean; reason: string | null; at: string }[];
}
export interface Assignment { rep_id: string; kind: string; instruction: string | null }
export interface Customer {
  id: string; name: string; category: string | null; address: string | null; city: string | null; postal_code: string | null; phone: string | null;
  opening_hours: string | null; tier: string | null; tier_reason: string | null; tier_since: string | null; owner_id: string | null;
  key_account: Assignment[]; references: { system: string; value: string }[]; active: boolean; flags: string[];
}
export interface Signal { code: string; points: number; says: string; facts: Record<string, number | string> }
export interface VisitLine {
  visit_id: string; rep_id: string; rep: string; customer_id: string; customer: string; day: string; checked_in_at: string | null; checked_out_at: string | null;
  score: number | null; doubtful: boolean; signals: Signal[]; judged_at: string | null; due_at: string | null;
  decision: string | null; decided_by: string | null; decided_at: string | null; decided_score: number | null; note: string | null;
}
export interface VisitPhoto { id: string; kind: string; taken_at: string; stored_at: string | null; flags: string[] }
export interface VisitEvidence {
  visit: VisitLine; summary: string | null; cause_code: string | null; missing: string[]; photos: VisitPhoto[];
  events: { kind: string; at: string; latitude: number | null; distance_m: number | null; accuracy_m: number | null; mock: boolean }[];
  comments: { id: string; by_id: string; at: string; text: string }[];
}
export interface Halt { kind: "visit" | "stay"; number: number; name: string | null; since: string; until: string; seconds: number; gap_s: number | null }
export interface Cover {
  id: string; rep_id: string; kind: "absence" | "departure"; from_on: string; until_on: string | null; reason: string; stand_ins: string[];
  called_off_at: string | null; done_at: string | null; parts: { customer_id: string; rep_id: string }[];
}
