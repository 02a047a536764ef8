// What a rep does, as documents. Times are when it was done; ids are made here, once.

import { randomUUID } from 'node:crypto'

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
