// A morning of a rep: load the day, work without a network, lose an answer, and end up equal to the server.
//
//   SERVER=http://127.0.0.1:8000 LOGIN=anna PASSWORD=… npm start

import { Q } from '@nozbe/watermelondb'
import { randomUUID } from 'node:crypto'
import { openInMemory } from './memory.js'
import { checkIn, checkOut, collect, takeOrder, writeNote } from './rep.js'
import { Server } from './server.js'
import { sync } from './sync.js'

const { SERVER, LOGIN, PASSWORD } = process.env
if (!SERVER || !LOGIN || !PASSWORD) {
  console.error('usage: SERVER=http://127.0.0.1:8000 LOGIN=<a rep> PASSWORD=<the password> npm start')
  process.exit(2)
}
const network = { up: true, loseNext: false }

// A network that can be away, or swallow the answer to a request that did arrive.
async function fetchOverIt(...request) {
  if (!network.up) throw new TypeError('no network')
  const answer = await fetch(...request)
  if (!network.loseNext) return answer
  network.loseNext = false
  throw new TypeError('the answer got lost')
}

const database = openInMemory()
const server = new Server(SERVER, fetchOverIt)

await server.logIn(LOGIN, PASSWORD, randomUUID())
await sync(database, server)
const customers = await database.get('customers').query(Q.sortBy('name')).fetch()
const names = customers.slice(0, 3).map((each) => each.name).join(', ')
console.log(`loaded ${customers.length} customers: ${names}${customers.length > 3 ? ', …' : ''}`)

network.up = false
const [product] = await database.get('products').query(Q.sortBy('price_minor', Q.desc)).fetch()
for (const customer of customers) {
  const visit = await checkIn(database, customer)
  const order = await takeOrder(database, visit, customer, [[product, 3]])
  await collect(database, visit, customer, order.amount_minor, order.currency)
  await writeNote(database, customer, 'The owner is in on Mondays only.')
  await checkOut(database, visit, 'shelf is full again')
}
console.log('sync in a cellar:', await sync(database, server).catch((error) => error.message))

network.up = true
network.loseNext = true
console.log('sync on a bad line:', await sync(database, server).catch((error) => error.message))
console.log('sync:', (await sync(database, server)).length, 'records want the eye of the rep')

// What the phone holds now.
const orders = await database.get('orders').query().fetch()
const payments = await database.get('payments').query().fetch()
const sum = (rows) => rows.reduce((total, row) => total + row.amount_minor, 0)
const visits = await database.get('visits').query(Q.where('checked_out_at', Q.notEq(null))).fetchCount()
const unit = `minor units of ${product.currency}`
console.log(`holds ${visits} visits, ${orders.length} orders of ${sum(orders)}, payments of ${sum(payments)} ${unit}`)

// And so says the server, asked by a phone that holds nothing.
const { changes } = await server.ask('GET', '/sync/v1/watermelon?last_pulled_at=null&schema_version=1&migration=null')
const alike = (rows, told) => rows.length === told.updated.length && sum(rows) === sum(told.updated)
const equal = alike(orders, changes.orders) && alike(payments, changes.payments)
console.log(equal ? 'equal to the server' : 'not equal to the server')
process.exitCode = equal ? 0 : 1
