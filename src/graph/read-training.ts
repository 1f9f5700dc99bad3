// Reads the training set-up and checks what it refers to: nodes, optimisers, schedules and their options.
import { nearest } from '../language/nearest.ts';
import { parseValueName } from '../language/value-name.ts';
import { allOptimizers, findOptimizer } from '../operators/catalogue-details.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { checkAttributes } from './check-attributes.ts';
import { defaultTraining } from './default-training.ts';
import { toPointer } from './json-text.ts';
import { repair } from './repair.ts';
import { allSchedules, findSchedule } from './schedules.ts';
import { type GraphNode, type Training, trainingSchema } from './schema.ts';

type Report = (diagnostic: Diagnostic) => void;

/** @param raw the `training` member of the file, plain JSON or undefined */
export function readTraining(raw: unknown, nodes: readonly GraphNode[], report: Report): Training {
  const read: Training = repair(trainingSchema, raw ?? {}, 'training', '/training', report) ?? defaultTraining();
  const ids = new Set(nodes.map(({ id }) => id));
  const { loss, metrics, data, ...rest } = read;
  const refers = (name: string, pointer: string, what: string): boolean => {
    const fault = referenceFault(name, ids);
    if (fault !== undefined)
      report(error('E_TRAINING', `${what} names \`${name}\`: ${fault}; left out`, { json: pointer }));
    return fault === undefined;
  };
  const keptMetrics = metrics.filter(({ scores, target }, index) => {
    const json = toPointer(['training', 'metrics', index]);
    return refers(scores, `${json}/scores`, `metric ${index}`) && refers(target, `${json}/target`, `metric ${index}`);
  });
  const bind = Object.entries(data?.bind ?? {}).filter(([name]) =>
    refers(name, toPointer(['training', 'data', 'bind', name]), 'a binding'),
  );
  return {
    ...rest,
    metrics: keptMetrics,
    optimizer: checkOptimizer(read.optimizer, report),
    schedule: checkSchedule(read.schedule, report),
    ...(loss !== undefined && refers(loss, '/training/loss', 'the loss') ? { loss } : {}),
    ...(data === undefined ? {} : { data: { ...data, bind: Object.fromEntries(bind) } }),
  };
}

function referenceFault(name: string, ids: ReadonlySet<string>): string | undefined {
  const parsed = parseValueName(name, { defaultPort: 'y' });
  if (!parsed.ok) return 'that is not the name of a value';
  const id = /^\w+/.exec(parsed.value.node)?.[0] ?? '';
  if (ids.has(id)) return undefined;
  const near = nearest(id, [...ids]);
  return `there is no node \`${id}\`${near === undefined ? '' : ` (did you mean \`${near}\`?)`}`;
}

function checkOptimizer(optimizer: Training['optimizer'], report: Report): Training['optimizer'] {
  const { kind, lr, ...options } = optimizer;
  const entry = findOptimizer(kind);
  const { optimizer: fallback } = defaultTraining();
  if (entry === undefined) {
    const names = allOptimizers().map(({ id }) => id);
    report(unknownKind('E_OPTIMIZER', 'optimizer', 'optimiser', kind, names, fallback.kind));
    return fallback;
  }
  const rate = lr === undefined ? {} : { lr };
  return { kind, ...rate, ...checkOptions('optimizer', `optimiser ${kind}`, entry.options, options, report) };
}

function checkSchedule({ kind, ...options }: Training['schedule'], report: Report): Training['schedule'] {
  const entry = findSchedule(kind);
  const { schedule: fallback } = defaultTraining();
  if (entry === undefined) {
    const names = allSchedules().map(({ id }) => id);
    report(unknownKind('E_SCHEDULE', 'schedule', 'schedule', kind, names, fallback.kind));
    return fallback;
  }
  return { kind, ...checkOptions('schedule', `schedule ${kind}`, entry.options, options, report) };
}

function unknownKind(
  code: `E_${string}`,
  member: string,
  word: string,
  kind: string,
  names: readonly string[],
  instead: string,
): Diagnostic {
  const near = nearest(kind, names);
  const message = `there is no ${word} \`${kind.slice(0, 100)}\`; ${instead} takes its place`;
  const hint = { hint: near === undefined ? `There are ${names.join(', ')}` : `Did you mean \`${near}\`?` };
  return error(code, message, { json: `/training/${member}/kind` }, hint);
}

/** The options that are right. */
function checkOptions(
  member: string,
  owner: string,
  schema: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>>,
  report: Report,
): Readonly<Record<string, unknown>> {
  const place = { path: '', json: `/training/${member}`, owner };
  const { attributes, diagnostics } = checkAttributes(schema, options, place, false);
  for (const { at, ...rest } of diagnostics)
    report({ ...rest, at: { ...(at.json === undefined ? {} : { json: at.json }) } });
  return attributes;
}
