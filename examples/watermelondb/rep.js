// What a rep does, as records. All of it works without a network; sync() hands it in later.

import { Q } from '@nozbe/watermelondb'
import { priceOrder } from '../pricing-js/pricing.mjs' // copy it beside this file
import { stamp } from './sync.js'

// `position` is where the phone was: { lat, lon, accuracy_m, mock, provider }, or null where it had none. There is no other
// default: a place that nobody measured would be evidence that somebody was there.
export async function checkIn(database, customer, position = null) {
  return create(database, 'visits', { customer_id: customer.id, check_in: { ...stamp(), position } })
}

export async function checkOut(database, visit, summary, position = null) {
  await database.write(() =>
    visit.update((row) => {
      Object.assign(row, { check_out: { ...stamp(), position }, summary, stamp: stamp() })
    }),
  )
}

// `wanted` is [[product, quantity], …]. The prices that the customer is told stand, within the policy's band.
export async function takeOrder(database, visit, customer, wanted) {
  const lines = []
  for (const [product, quantity] of wanted) {
    lines.push({ product_id: product.id, quantity, unit_price_minor: await priceOf(database, product, customer) })
  }
  return create(database, 'orders', {
    visit_id: visit.id,
    customer_id: customer.id,
    kind: 'sale',
    currency: wanted[0][0].currency,
    lines,
    amount_minor: lines.reduce((sum, line) => sum + line.quantity * line.unit_price_minor, 0),
    stamp: stamp(),
  })
}

// The same by the price book, in any unit and with its promotions: `wanted` are { product_id, quantity, unit, discount_bp }.
// `more` may say `amends_id`: then it takes the place of that order, all of its lines. What comes back (`kind: 'return'`)
// is told by `line_no`, `unit`, `unit_quantity` and `amount_minor` alike, and an exchange by queue('exchange.submit').
export async function takePricedOrder(database, visit, customer, wanted, { day, ...more } = {}) {
  const [book] = await database.get('price_books').query().fetch()
  const [terms] = await database.get('agreements').query(Q.where('customer_id', customer.id)).fetch()
  day ??= new Date().toISOString().slice(0, 10)
  const buyer = { customer_id: customer.id, tier: customer.tier, day, terms: terms?.body ?? null }
  const asked = wanted.map((each, at) => ({ line: at + 1, unit: 'each', discount_bp: 0, ...each }))
  const priced = priceOrder(book.body, buyer, asked)
  return create(database, 'orders', {
    visit_id: visit?.id ?? null,
    customer_id: customer.id,
    kind: 'sale',
    currency: book.currency,
    basis: { book: book.version, terms: terms?.version ?? null, tier: customer.tier, day },
    lines: priced.lines.map((line) => toldLine(line, asked[line.line - 1])),
    amount_minor: priced.total_minor,
    stamp: stamp(),
    ...more,
  })
}

function toldLine({ line, product_id, pieces, amount_minor, tax_minor, promotion }, asked) {
  const { unit, quantity, discount_bp } = asked ?? { unit: 'each', quantity: pieces, discount_bp: 0 }
  const how = { unit, unit_quantity: quantity, discount_bp, quantity: pieces }
  return { line_no: line, product_id, ...how, amount_minor, tax_minor, promotion }
}

export async function collect(database, visit, customer, amount_minor, currency) {
  const facts = { visit_id: visit.id, customer_id: customer.id, method: 'cash', currency, amount_minor }
  return create(database, 'payments', { ...facts, stamp: stamp() })
}

export async function writeNote(database, customer, text) {
  return create(database, 'notes', { customer_id: customer.id, text, stamp: stamp() })
}

// The server weighs an edit field by field: what somebody else changed meanwhile wins, and yours is kept for a person.
export async function editCustomer(database, customer, edits) {
  await database.write(() => customer.update((row) => Object.assign(row, edits, { stamp: stamp() })))
}

// Anything else goes into the outbox, as docs/sync-protocol.md describes the types of mutation.
export async function queue(database, type, entity, data) {
  return create(database, 'mutations', { type, v: 1, entity, data, stamp: stamp() })
}

// A tier's own price, else the list price less the tier's discount (half a cent counts up), else the list price.
export async function priceOf(database, product, customer) {
  const ofTier = Q.where('tier', customer.tier)
  const [own] = await database.get('tier_prices').query(ofTier, Q.where('product_id', product.id)).fetch()
  if (own) return own.price_minor
  const [discount] = await database.get('tier_discounts').query(ofTier).fetch()
  return Math.floor((product.price_minor * (10000 - (discount?.discount_bp ?? 0)) * 2 + 10000) / 20000)
}

async function create(database, table, columns) {
  return database.write(() => database.get(table).create((row) => Object.assign(row, columns)))
}
