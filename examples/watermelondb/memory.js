// A database in memory, for Node. On a phone: new SQLiteAdapter({ schema, migrations, jsi: true }).

import LokiAdapter from '@nozbe/watermelondb/adapters/lokijs/index.js'
import { logger } from '@nozbe/watermelondb/utils/common/index.js'
import { migrations, openDatabase, schema } from './schema.js'

export function openInMemory() {
  logger.silence()
  const storage = { schema, migrations, useWebWorker: false, useIncrementalIndexedDB: true, extraLokiOptions: { autosave: false } }
  return openDatabase(new LokiAdapter.default(storage))
}
