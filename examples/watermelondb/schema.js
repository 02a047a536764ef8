// The tables of fieldsales as WatermelonDB holds them. Copy this file as it is; add tables of your own beside it.
//
// Everything is optional: the phone fills in what it knows, the server the rest, and a null stays a null.
// Moments are numbers (milliseconds since 1970), days are texts ("2026-03-02"), money is a whole number of cents.
// `json` columns hold JSON text. `stamp`, `check_in` and `check_out` only go up: there the phone writes when and where.

import { Database, Model, appSchema, tableSchema } from '@nozbe/watermelondb'
import { date, field, json } from '@nozbe/watermelondb/decorators/index.js'
import { schemaMigrations } from '@nozbe/watermelondb/Schema/migrations/index.js'
import { setGenerator } from '@nozbe/watermelondb/utils/common/randomId/index.js'
import { randomUUID } from 'node:crypto'

// Ids are born on the phone and stay what they are: the server wants UUIDs, WatermelonDB's own are none.
// In React Native: import { v7 as uuid } from 'uuid'.
setGenerator(() => randomUUID())

export const TABLES = {
  agreements: { text: ['customer_id', 'currency', 'version'], moment: ['made_at'], json: ['body'] },
  approvals: {
    text: ['kind', 'state', 'mutation_id', 'customer_id', 'currency', 'reason', 'decision_reason'],
    number: ['amount_minor'],
    moment: ['asked_at', 'expires_at', 'decided_at'],
  },
  assignments: {
    text: ['customer_id', 'kind', 'instruction', 'from_on', 'until_on'],
    number: ['priority'],
    boolean: ['together'],
    moment: ['assigned_at'],
  },
  cause_lists: { text: ['effective_from'], moment: ['made_at'], json: ['body'] },
  customers: {
    text: ['name', 'category', 'address', 'city', 'postal_code', 'phone', 'opening_hours', 'tier', 'tier_reason'],
    number: ['latitude', 'longitude', 'service_minutes', 'version'],
    json: ['flags', 'references', 'stamp'],
  },
  deliveries: {
    text: ['customer_id', 'state', 'promised_from', 'promised_until'],
    moment: ['picked_at', 'out_at', 'ended_at'],
    json: ['lines'],
  },
  gift_budgets: {
    text: ['name', 'scope', 'territory_id', 'tier', 'from_on', 'until_on', 'currency'],
    number: ['most', 'used'],
  },
  invoices: {
    text: ['customer_id', 'order_id', 'reference', 'currency', 'issued_on', 'due_on'],
    number: ['amount_minor', 'open_minor'],
  },
  // The outbox: a record made here is a mutation, and what became of those that were held comes back here.
  mutations: {
    text: ['type', 'status', 'decision', 'decision_reason'],
    number: ['v', 'base_version'],
    moment: ['settled_at'],
    json: ['entity', 'after', 'data', 'outcome', 'stamp'],
  },
  notes: { text: ['customer_id', 'rep_id', 'visit_id', 'text'], moment: ['noted_at'], json: ['flags', 'stamp'] },
  orders: {
    text: ['customer_id', 'rep_id', 'visit_id', 'kind', 'ordered_on', 'currency', 'state', 'amends_id', 'against_id',
      'exchange_id', 'reason', 'supply', 'wanted_on'],
    number: ['amount_minor', 'tax_minor'],
    moment: ['ordered_at'],
    json: ['basis', 'lines', 'flags', 'stamp'],
  },
  order_contexts: { text: ['customer_id', 'made_on'], json: ['body'] },
  payments: {
    text: ['customer_id', 'rep_id', 'visit_id', 'method', 'currency', 'paid_on', 'reference'],
    number: ['amount_minor'],
    moment: ['paid_at'],
    json: ['flags', 'stamp'],
  },
  photos: {
    text: ['visit_id', 'kind', 'sha256', 'content_type'],
    number: ['size_bytes'],
    moment: ['taken_at', 'stored_at'],
    json: ['flags', 'stamp'],
  },
  planned_visits: {
    text: ['customer_id', 'day', 'source', 'reason', 'status', 'left_out_code', 'left_out_reason', 'skip_code',
      'skip_reason', 'promotion'],
    number: ['value', 'version'],
    boolean: ['asks_cause'],
  },
  price_books: { text: ['currency', 'version'], moment: ['made_at'], json: ['body'] },
  products: {
    text: ['sku', 'name', 'brand', 'category', 'gtin', 'case_gtin', 'currency'],
    number: ['pack_size', 'price_minor'],
  },
  routes: {
    text: ['day'],
    number: ['lunch_minutes', 'travel_s', 'wait_s', 'service_s', 'distance_m', 'home_travel_s', 'home_distance_m'],
    moment: ['starts_at', 'ends_at', 'lunch_at'],
    json: ['stops'],
  },
  settlements: {
    text: ['day', 'state', 'content_hash', 'reopen_reason'],
    moment: ['counted_at', 'settled_at', 'reopened_at'],
    json: ['content', 'signatures'],
  },
  stock_levels: { text: ['warehouse_id', 'product_id', 'level'] },
  tier_discounts: { text: ['tier'], number: ['discount_bp'] },
  tier_prices: { text: ['tier', 'product_id'], number: ['price_minor'] },
  van_stocks: { text: ['warehouse_id', 'product_id', 'condition'], number: ['on_hand'] },
  visits: {
    text: ['customer_id', 'rep_id', 'day', 'summary', 'cause_code'],
    moment: ['checked_in_at', 'checked_out_at'],
    json: ['events', 'flags', 'check_in', 'check_out', 'stamp'],
  },
  warehouses: { text: ['code', 'name', 'kind'] },
}

const STORED_AS = { text: 'string', number: 'number', moment: 'number', boolean: 'boolean', json: 'string' }
const DECORATORS = { text: field, number: field, moment: date, boolean: field, json: (name) => json(name, (value) => value) }

export const schema = appSchema({
  version: 1,
  tables: Object.entries(TABLES).map(([name, kinds]) =>
    tableSchema({ name, columns: Object.entries(kinds).flatMap(([kind, names]) => names.map(columnOf(kind))) }),
  ),
})

// When a later version of the app adds tables or columns, say so here: the server then tells these tables whole.
export const migrations = schemaMigrations({ migrations: [] })

function columnOf(kind) {
  return (name) => ({ name, type: STORED_AS[kind], isOptional: true, isIndexed: name.endsWith('_id') })
}

// One model for each table. In an app with Babel you write them out, and give them queries and actions:
//
//   class Visit extends Model {
//     static table = 'visits'
//     @field('summary') summary
//     @json('check_in', (value) => value) check_in
//   }
const models = Object.entries(TABLES).map(([name, kinds]) => {
  const model = class extends Model {
    static table = name
  }
  for (const [kind, names] of Object.entries(kinds)) {
    for (const column of names) {
      // `initializer` is how Babel tells a plain property from a method.
      const property = DECORATORS[kind](column)(model.prototype, column, { initializer: null })
      Object.defineProperty(model.prototype, column, property)
    }
  }
  return model
})

// The adapter is SQLiteAdapter on a phone, LokiJSAdapter in a browser (and here, in Node).
export function openDatabase(adapter) {
  return new Database({ adapter, modelClasses: models })
}
