// A morning of a rep: load the day, work without a network, lose answers, and end up equal to the server.
//
//   SERVER=http://127.0.0.1:8000 LOGIN=anna PASSWORD=… npm start

import { randomUUID } from 'node:crypto'
import { openDatabase } from './database.js'
import { Network } from './network.js'
import { checkIn, checkOut, collect, takeOrder, writeNote } from './rep.js'
import { fetchSchemas, replicate } from './replication.js'
import { Server } from './server.js'

const { SERVER, LOGIN, PASSWORD } = process.env
if (!SERVER || !LOGIN || !PASSWORD) {
  console.error('usage: SERVER=http://127.0.0.1:8000 LOGIN=<a rep> PASSWORD=<the password> npm start')
  process.exit(2)
}
const network = new Network()
const server = new Server(SERVER, network.fetch)
await server.logIn(LOGIN, PASSWORD, randomUUID())

const database = await openDatabase(LOGIN, await fetchSchemas(server))
const replication = replicate(database, server, {
  retryTime: 200,
  onTakenBack: (collection, document) => console.log('taken back from', collection, document.id),
  onOverruled: (collection, ours) => console.log('overruled in', collection, ours.id)
})
await replication.settle()
const customers = await database.customers.find({ sort: [{ name: 'asc' }] }).exec()
const names = customers.slice(0, 3).map((each) => each.name).join(', ')
console.log(`loaded ${customers.length} customers: ${names}${customers.length > 3 ? ', …' : ''}`)

network.up = false
const [product] = await database.products.find({ sort: [{ price_minor: 'desc' }] }).exec()
for (const customer of customers) {
  const visit = await checkIn(database, customer)
  const order = await takeOrder(database, visit, customer, [[product, 3]])
  await collect(database, visit, customer, order.amount_minor, order.currency)
  await writeNote(database, customer, 'The owner is in on Mondays only.')
  await checkOut(visit, 'shelf is full again')
}
console.log('worked without a network')

network.up = true
network.loseEvery = 2
await replication.settle()
network.loseEvery = 0
await replication.settle()

const visits = await database.visits.find({ selector: { checked_out_at: { $gt: '' } } }).exec()
const orders = await database.orders.find().exec()
const payments = await database.payments.find().exec()
const sum = (rows) => rows.reduce((total, row) => total + row.amount_minor, 0)
console.log(`lost ${network.lost} answers`)
const unit = `minor units of ${product.currency}`
console.log(`holds ${visits.length} visits, ${orders.length} orders of ${sum(orders)}, payments of ${sum(payments)} ${unit}`)

// And so says the server, asked by a phone that holds nothing.
const fetched = { order: [], payment: [] }
for (let page = { more: true }; page.more; ) {
  page = await server.ask('GET', '/sync/v1/changes' + (page.next_cursor ? `?cursor=${page.next_cursor}` : ''))
  for (const { entity, op, document } of page.changes) if (op === 'upsert') fetched[entity]?.push(document)
}
const alike = (rows, told) => rows.length === told.length && sum(rows) === sum(told)
const equal = alike(orders, fetched.order) && alike(payments, fetched.payment)
console.log(equal ? 'equal to the server' : 'not equal to the server')
process.exitCode = equal ? 0 : 1

await replication.cancel()
await database.close()
