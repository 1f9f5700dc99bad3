// Finds and loads the records of operators, optimisers and schedules, and checks that file, folder, export and id agree.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { toJSONSchema } from 'zod';
import { root } from '../lib/bootstrap.mjs';
import { loadTypeScript } from '../lib/load-typescript.mjs';

const folder = 'src/operators';

/**
 * @typedef {object} RecordFile
 * @property {string} path   from the project's root
 * @property {string} name   of the export
 * @property {string} id     of the record
 * @property {any} record
 */

/** Every record made by defineOperator, by id. @returns {Promise<RecordFile[]>} */
export async function operatorRecords() {
  const families = readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'optimizers')
    .map((entry) => entry.name);
  const found = await records(
    families.map((family) => `${folder}/${family}`),
    'defineOperator',
  );
  for (const { path, record } of found) {
    if (!path.startsWith(`${folder}/${record.family}/`)) throw new Error(`${path}: family is ${record.family}`);
  }
  return found;
}

/** Every record made by defineOptimizer, by id. @returns {Promise<RecordFile[]>} */
export function optimizerRecords() {
  return records([`${folder}/optimizers`], 'defineOptimizer');
}

/** Every record made by defineSchedule, by id. @returns {Promise<RecordFile[]>} */
export function scheduleRecords() {
  return records(['src/training/schedules'], 'defineSchedule');
}

/** JSON Schema (draft 7, which the JSON editor reads) of what may be written; what has a default may be left out. */
export function attributesSchema(schema) {
  const { $schema, ...rest } = toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  return rest;
}

async function records(folders, maker) {
  const declaration = new RegExp(`^export const (\\w+)(?:: \\w+)? = ${maker}\\(`, 'm');
  const found = folders
    .flatMap((path) => readdirSync(join(root, path)).map((file) => `${path}/${file}`))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, name: declaration.exec(readFileSync(join(root, path), 'utf8'))?.[1] }))
    .filter(({ name }) => name !== undefined);
  const modules = await loadTypeScript(found.map(({ path }) => path));
  const loaded = found.map(({ path, name }, index) => {
    const record = modules[index][name];
    const file = basename(path, '.ts');
    if (record.id.replaceAll('_', '-') !== file) throw new Error(`${path}: the id is ${record.id}`);
    const camel = file.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
    if (name !== camel && !name.startsWith(camel)) throw new Error(`${path}: exports ${name}, expected ${camel}`);
    return { path, name, id: record.id, record };
  });
  const sorted = loaded.sort((a, b) => (a.id < b.id ? -1 : 1));
  const twice = sorted.find(({ id }, index) => id === sorted[index - 1]?.id);
  if (twice) throw new Error(`two records are called ${twice.id}`);
  return sorted;
}
