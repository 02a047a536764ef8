// Announces a photo and sends its bytes with tus-js-client. Run it again after whatever went wrong: it goes on where it
// stopped.    SERVER=http://127.0.0.1:8000 LOGIN=anna PASSWORD=… node send.js photo.jpg

import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { FileUrlStorage, Upload } from 'tus-js-client'
import { Problem, Server } from './server.js'

const { SERVER, LOGIN, PASSWORD } = process.env
const file = process.argv[2]
if (!SERVER || !LOGIN || !PASSWORD || !file) {
  console.error('usage: SERVER=http://127.0.0.1:8000 LOGIN=<a rep> PASSWORD=<the password> node send.js photo.jpg')
  process.exit(2)
}
const CHUNK = Number(process.env.CHUNK ?? 256 * 1024) // small pieces: what was acknowledged never travels again
const memory = `${file}.sending.json` // what an app keeps in its database
const installation = `tus-js of ${LOGIN}`
const server = new Server(SERVER)

// The announcement is made once and kept: sent again, it is answered again, and nothing is doubled.
async function announcement(bytes) {
  if (existsSync(memory)) return JSON.parse(readFileSync(memory))
  const { changes } = await server.ask('GET', '/sync/v1/changes?limit=2000')
  const customer = changes.find((change) => change.entity === 'customer').document
  const [visit, photo] = [randomUUID(), randomUUID()]
  const at = { wall: new Date().toISOString(), mono_ms: Math.round(performance.now()), boot_id: randomUUID() }
  const mutation = (seq, type, entity, id, data) => ({ id: randomUUID(), seq, type, v: 1, at, entity: { type: entity, id }, data })
  const picture = {
    photo_id: photo,
    visit_id: visit,
    kind: 'shelf',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size_bytes: bytes.length,
    content_type: 'image/jpeg',
    taken_at: at.wall,
  }
  const made = {
    device_id: installation,
    app_version: '1.0.0',
    schema: 1,
    sent: at,
    mutations: [
      mutation(1, 'visit.check_in', 'visit', visit, { visit_id: visit, customer_id: customer.id, position: null }),
      mutation(2, 'photo.attach', 'photo', photo, picture),
    ],
  }
  writeFileSync(memory, JSON.stringify(made))
  return made
}

function send(photo, bytes) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(bytes, {
      endpoint: `${SERVER}/sync/v1/files`,
      chunkSize: CHUNK,
      metadata: { photo_id: photo },
      fingerprint: async () => `photo-${photo}`,
      urlStorage: new FileUrlStorage(`${file}.urls.json`),
      retryDelays: [0, 250, 500, 1000, 2000, 4000, 8000],
      onBeforeRequest: async (request) => request.setHeader('Authorization', `Bearer ${await server.token()}`),
      onAfterResponse: async (_request, answer) => {
        if (answer.getStatus() === 401) await server.refresh() // worn out before its time; the retry takes the new one
      },
      onShouldRetry: (error) => passes(error.originalResponse?.getStatus()),
      onError: (error) => reject(told(error)),
      onSuccess: resolve,
    })
    upload.findPreviousUploads().then(([before]) => {
      if (before) upload.resumeFromPreviousUpload(before)
      console.log(before ? 'resuming' : 'beginning')
      upload.start()
    })
  })
}

// No answer, a worn out token (which tus-js-client would not try again by itself), an offset of another time, a busy
// upload, too many at once, and troubles of the server: all of them pass.
const passes = (status) => !status || [401, 409, 423, 429].includes(status) || status >= 500

// The error of tus-js-client repeats the whole request, the token too: nothing for a log.
function told(error) {
  const answer = error.originalResponse
  if (!answer) return new Error(error.causingError?.message ?? 'no answer', { cause: error.causingError?.cause })
  let problem = {}
  try {
    problem = JSON.parse(answer.getBody())
  } catch {} // HEAD has no body
  return new Problem(answer.getStatus(), problem)
}

async function run() {
  const bytes = readFileSync(file)
  await server.logIn(LOGIN, PASSWORD, installation)
  const { results } = await server.ask('POST', '/sync/v1/mutations', await announcement(bytes))
  const { status, result, problem } = results[1]
  if (status !== 'applied') throw new Error(`the photo is ${status}: ${problem.code}: ${problem.detail}`)
  if (result.bytes_needed) await send(result.photo_id, bytes)
  console.log(`sent ${result.photo_id}`)
}

await run().catch((error) => {
  console.error(error.cause?.message ? `${error.message}: ${error.cause.message}` : error.message)
  process.exit(1)
})
