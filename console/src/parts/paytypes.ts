/** What the server tells of pay. */
export interface Run { id: string; scheme_id: string; scheme: string; first: string; last: string; state: "open" | "closed" | "discarded"; currency: string; amount_minor: number; lines: number; nobodys_minor: number; content_hash: string; made_at: string | null }
export interface Path { rule: string; basis: string; basis_sum: number; basis_unit: string; rate_unit: string; mode: string; target: number | null; reached_bp: number | null; steps: { from: number; rate: number; basis: number }[]; exact: string; accelerated: string; paid: string; multiplier: string; amount_minor: number; lines_without_cost: number }
export interface Slip { rep_id: string; rep: string; amount_minor: number; content: { rules: Path[]; kinds: Record<string, number> } }
export interface RunDetail { run: Run; slips: Slip[] }
export interface PayLine { id: string; rep_id: string; position: number; rule: string; kind: string; source_kind: string; source_id: string; day: string; amount_minor: number; weight: number; of_weights: number }
export interface Part { line_no: number; sku: string | null; product: string | null; pieces: number; net_minor: number; cost_minor: number | null; basis: number; rate_bp: number | null; exact: string | null; amount_minor: number }
export interface Explanation { line: PayLine; run: { id: string; scheme: string; month: string; state: string }; rep: string; customer: string | null; path: Path | null; parts: Part[]; source: Record<string, string | number | null>; because: Record<string, string | number | null>[]; origin: Explanation | null; later: PayLine[] }
export interface Scheme { id: string; code: string; name: string; effective_from: string; ends_on: string | null; body: { currency: string; rules: { name: string }[] }; note: string; withdrawn_at: string | null }
export interface Outcome { label: string; currency: string; amount_minor: number; reps: { rep_id: string; rep: string; amount_minor: number }[]; months: { first: string; amount_minor: number; lines: number }[] }
export interface Dispute { id: string; line_id: string; run_id: string; rep_id: string; state: "open" | "upheld" | "rejected"; reason: string; raised_at: string; answer: string | null; answered_at: string | null; correction_id: string | null }
export interface Correction { id: string; scheme: string; rep_id: string; currency: string; amount_minor: number; reason: string; asked_at: string; asked_by: string; granted_at: string | null; refused_at: string | null }

/** A fraction that the server tells exactly, as a number to read. */
export function sayFraction(fraction: string, digits = 4): string {
  const [above = "0", below = "1"] = fraction.split("/");
  return (Number(above) / Number(below)).toLocaleString(undefined, { maximumFractionDigits: digits });
}
