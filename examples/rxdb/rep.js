// What a rep does, as documents. Times are when it was done; ids are made here, once.

import { randomUUID } from 'node:crypto'
import { priceOrder } from '../pricing-js/pricing.mjs' // copy it beside this file

const now = () => new Date().toISOString()

export function checkIn(database, customer, position = null) {
  return database.visits.insert({
    id: randomUUID(), customer_id: customer.id, checked_in_at: now(), check_in_position: position
  })
}

export function checkOut(visit, summary, position = null) {
  return visit.getLatest().incrementalPatch({ checked_out_at: now(), check_out_position: position, summary })
}

// `lines` are [product, quantity]; the price is what the customer is told.
export async function takeOrder(database, visit, customer, lines) {
  const priced = await Promise.all(lines.map(async ([product, quantity]) => {
    return { product_id: product.id, quantity, unit_price_minor: await priceOf(database, product, customer) }
  }))
  return database.orders.insert({
    id: randomUUID(),
    customer_id: customer.id,
    visit_id: visit?.id ?? null,
    currency: lines[0][0].currency,
    ordered_at: now(),
    lines: priced,
    amount_minor: priced.reduce((sum, line) => sum + line.quantity * line.unit_price_minor, 0)
  })
}

// The same by the price book, in any unit and with its promotions: `wanted` are { product_id, quantity, unit, discount_bp }.
// What it was priced by goes with the order, so that the server comes to the same cent. `more` may say `amends_id`: then it
// takes the place of that order, all of its lines; name the order's own `basis` and `book` to keep its prices.
export async function takePricedOrder(database, visit, customer, wanted, { book, day, ...more } = {}) {
  book ??= await database.price_books.findOne().exec()
  const terms = await database.agreements.findOne({ selector: { customer_id: customer.id } }).exec()
  day ??= new Date().toISOString().slice(0, 10)
  const buyer = { customer_id: customer.id, tier: customer.tier, day, terms: terms?.toJSON().body ?? null }
  const asked = wanted.map((each, at) => ({ line: at + 1, unit: 'each', discount_bp: 0, ...each }))
  const priced = priceOrder(JSON.parse(JSON.stringify(book.body)), buyer, asked)
  return database.orders.insert({
    id: randomUUID(), customer_id: customer.id, visit_id: visit?.id ?? null, kind: 'sale', currency: book.currency,
    ordered_at: now(), amount_minor: priced.total_minor,
    basis: { book: book.version, terms: terms?.version ?? null, tier: customer.tier, day },
    lines: priced.lines.map((line) => toldLine(line, asked[line.line - 1])),
    ...more
  })
}

function toldLine(line, asked) {
  const { product_id, amount_minor, tax_minor, promotion } = line
  const unit = asked ? { unit: asked.unit, unit_quantity: asked.quantity, discount_bp: asked.discount_bp }
    : { unit: 'each', unit_quantity: line.pieces }
  return { line_no: line.line, product_id, quantity: line.pieces, ...unit, amount_minor, tax_minor, promotion }
}

// Goods that come back, in any unit: `lines` are { product_id, unit, unit_quantity, amount_minor, condition }.
export function takeBack(database, visit, customer, lines, { currency, reason, against_id = null }) {
  return database.orders.insert({
    id: randomUUID(), customer_id: customer.id, visit_id: visit?.id ?? null, kind: 'return', currency, reason, against_id,
    ordered_at: now(), amount_minor: lines.reduce((sum, line) => sum + line.amount_minor, 0),
    lines: lines.map((line, at) => ({ line_no: at + 1, ...line }))
  })
}

// Goods taken back and goods given, in one document: a mutation of its own (docs/sync-protocol.md, `exchange.submit`).
export function exchange(database, data) {
  return mutate(database, 'exchange.submit', { type: 'exchange', id: data.exchange_id }, data)
}

export function collect(database, visit, customer, amount, currency) {
  return database.payments.insert({
    id: randomUUID(), customer_id: customer.id, visit_id: visit?.id ?? null, method: 'cash', currency,
    amount_minor: amount, paid_at: now()
  })
}

export function writeNote(database, customer, text) {
  return database.notes.insert({ id: randomUUID(), customer_id: customer.id, text, noted_at: now() })
}

// Anything that has no collection of its own goes out as a mutation; what became of it comes back in the same document.
export function mutate(database, type, entity, data) {
  return database.mutations.insert({ id: randomUUID(), type, at: now(), entity, data })
}

async function priceOf(database, product, customer) {
  const own = await database.tier_prices.findOne({ selector: { tier: customer.tier, product_id: product.id } }).exec()
  if (own) return own.price_minor
  const discount = await database.tier_discounts.findOne({ selector: { tier: customer.tier } }).exec()
  return Math.round(product.price_minor * (10_000 - (discount?.discount_bp ?? 0)) / 10_000)
}
